import { err, ok, type Result } from '../core/result.js';
import { json, type Fake, type FakeAnswer, type FakeOptions, type FakeRequest } from './fake.js';
import {
  findCall,
  invalid,
  methodNotAllowed,
  readReport,
  refused,
  tokenIsGood,
  truthOf,
  unauthorized,
  type InvocaCall,
} from './invoca-request.js';
import { reportRow, type InvocaTransaction } from './invoca-transactions.js';
import { Journal } from './journal.js';
import { fieldsOf, jsonIn, jsonText, type JsonObject } from './request-parts.js';

/** What a signal holds now. A write replaces the whole record: what it leaves out is null afterwards. */
export interface InvocaSignal {
  /** The latest, which the next correction replaces. */
  readonly transaction_id: string;
  readonly call: string;
  readonly name: string;
  readonly partner_unique_id: string;
  readonly occurred_at_time: string | null;
  /** As it was sent. */
  readonly revenue: string | null;
  readonly value: boolean;
}

export interface InvocaSignalsBooks {
  /** By partner_unique_id alone, or by call and name in lower case, `|` between them, where it is blank. */
  readonly signals: Readonly<Record<string, InvocaSignal>>;
  /** Every signal that was applied, oldest first, as the Transactions API would show it. */
  readonly transactions: readonly InvocaTransaction[];
  /** By call, then by name. */
  readonly custom_data: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** When `call_in_progress` came, whether or not the request was otherwise good. */
  readonly call_in_progress: readonly string[];
}

interface Entry {
  readonly at: string;
  readonly call_in_progress: boolean;
  readonly applied: readonly { readonly signal: InvocaSignal; readonly transaction: InvocaTransaction }[];
  readonly custom_data: readonly { readonly call: string; readonly name: string; readonly value: string }[];
}

type Sent = Omit<InvocaSignal, 'transaction_id' | 'call'>;

interface Wanted {
  readonly call: InvocaCall;
  readonly signals: readonly Sent[];
  readonly customData: readonly { readonly name: string; readonly value: string }[];
}

const ROUTE = /^\/api\/([^/]+)\/transactions\.json$/;
const VERSION = '2018-02-01';
const TOKEN_NAMES = ['oauth_token', 'authorization', 'Authorization', 'token'];
const PARTS: ReadonlySet<string> = new Set(['search', 'signals', 'custom_data', 'call_in_progress']);
const FIELDS: ReadonlySet<string> = new Set([
  'call_in_progress',
  'name',
  'partner_unique_id',
  'occurred_at_time',
  'revenue',
  'value',
]);
const MAX_SIGNALS = 10;

/** `POST /api/2018-02-01/transactions.json` of an account with signal roll-up. All of a request is applied, or nothing. */
export function invocaSignalsFake({ journal: path, known }: FakeOptions): Fake {
  const signals = new Map<string, InvocaSignal>();
  const transactions: InvocaTransaction[] = [];
  const customData = new Map<string, Record<string, string>>();
  const journal = new Journal<Entry>(path, (entry) => {
    for (const { signal, transaction } of entry.applied) {
      signals.set(keyOf(signal), signal);
      transactions.push(transaction);
    }
    for (const { call, name, value } of entry.custom_data)
      customData.set(call, { ...customData.get(call), [name]: value });
  });

  const changes = (wanted: Wanted, at: number): Pick<Entry, 'applied' | 'custom_data'> => {
    const call = wanted.call.id;
    const started = transactions.find((row) => row.complete_call_id === call)?.start_time_utc;
    const latest = new Map(signals);
    const applied = wanted.signals.map((sent, index) => {
      const id = `SIGNAL-${transactions.length + index + 1}`;
      const replaced = latest.get(keyOf({ ...sent, call }));
      const signal = { transaction_id: id, call, ...sent, name: replaced?.name ?? sent.name };
      latest.set(keyOf(signal), signal);
      const start = started ?? wanted.call.start ?? at;
      const report = { ...signal, call: wanted.call, start, replaced, at };
      return { signal, transaction: reportRow(report, 'Signal', { revenue: signal.revenue }) };
    });
    return { applied, custom_data: wanted.customData.map((datum) => ({ call, ...datum })) };
  };

  return {
    vendor: 'invoca-signals',
    serves: (path) => ROUTE.test(path),
    books: (): InvocaSignalsBooks => ({
      signals: Object.fromEntries(signals),
      transactions: [...transactions],
      custom_data: Object.fromEntries(customData),
      call_in_progress: journal.entries.filter((entry) => entry.call_in_progress).map(({ at }) => at),
    }),
    answer(request) {
      if (request.method !== 'POST') return methodNotAllowed();
      const body = fieldsOf(jsonIn(request.body));
      const refusal = refusalOf(request, body);
      if (refusal !== undefined) return refusal;
      const inProgress = setsCallInProgress(body);
      const wanted = read(body, known);
      // With `call_in_progress` the vendor takes anything: what is wrong with it is never told.
      if (!wanted.ok && !inProgress) return wanted.error;
      const done = wanted.ok ? changes(wanted.value, request.at) : { applied: [], custom_data: [] };
      journal.add({ at: new Date(request.at).toISOString(), call_in_progress: inProgress, ...done });
      return json(inProgress ? 201 : 200, {});
    },
  };
}

function keyOf(signal: Pick<InvocaSignal, 'call' | 'name' | 'partner_unique_id'>): string {
  const { call, name, partner_unique_id: partner } = signal;
  return partner === '' ? [call, name.toLowerCase()].join('|') : partner;
}

/** The version, then where the token stands, then the token. */
function refusalOf({ path, query, headers }: FakeRequest, body: JsonObject): FakeAnswer | undefined {
  if (ROUTE.exec(path)?.[1] !== VERSION) return refused(400, 'InvalidInput', 'Invalid API version for route');
  if (TOKEN_NAMES.some((name) => query.has(name) || name in body))
    return refused(400, 'InvalidInput', 'The token belongs in the header');
  return tokenIsGood(headers['authorization']) ? undefined : unauthorized();
}

function setsCallInProgress(body: JsonObject): boolean {
  const list: readonly unknown[] = Array.isArray(body['signals']) ? body['signals'] : [];
  return [body, body['search'], ...list].some((part) => {
    const value = fieldsOf(part)['call_in_progress'];
    return value !== undefined && truthOf(value) !== false;
  });
}

function read(body: JsonObject, known: ReadonlySet<string> | undefined): Result<Wanted, FakeAnswer> {
  const call = findCall(fieldsOf(body['search']), known);
  if (!call.ok) return call;
  const strange = Object.keys(body).find((name) => !PARTS.has(name));
  if (strange !== undefined) return err(invalid(`${strange} is not allowed`));
  const given = listIn(body['signals']);
  const data = listIn(body['custom_data']);
  if (given === undefined || data === undefined || given.length + data.length === 0)
    return err(invalid('signals or custom_data must be lists, and one of them not empty'));
  if (given.length > MAX_SIGNALS) return err(invalid(`at most ${MAX_SIGNALS} signals a request`));
  const signals: Sent[] = [];
  for (const fields of given) {
    const signal = readSignal(fieldsOf(fields));
    if (!signal.ok) return signal;
    signals.push(signal.value);
  }
  const customData = data.map((datum) => ({
    name: jsonText(fieldsOf(datum)['name']) ?? '',
    value: jsonText(fieldsOf(datum)['value']) ?? '',
  }));
  if (customData.some(({ name }) => name === '')) return err(invalid("custom_data name can't be blank"));
  return ok({ call: call.value, signals, customData });
}

function readSignal(fields: JsonObject): Result<Sent, FakeAnswer> {
  const strange = Object.keys(fields).find((name) => !FIELDS.has(name));
  if (strange !== undefined) return err(invalid(`${strange} is not allowed`));
  const report = readReport(fields, { name: 'name', amount: 'revenue' });
  if (!report.ok) return report;
  const { amount: revenue, ...alike } = report.value;
  return ok({ ...alike, revenue, occurred_at_time: jsonText(fields['occurred_at_time']) ?? null });
}

/** An absent list is an empty one; undefined where there is something else. */
function listIn(value: unknown): readonly unknown[] | undefined {
  return value === undefined ? [] : Array.isArray(value) ? value : undefined;
}
