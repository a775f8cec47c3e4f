import { err, ok, type Result } from '../core/result.js';
import { json, type Fake, type FakeAnswer, type FakeOptions, type FakeRequest } from './fake.js';
import { InvocaAccount } from './invoca-account.js';
import type { CustomData, Written } from './invoca-books.js';
import { seconds, type Held, type Sent } from './invoca-held.js';
import {
  findCall,
  methodNotAllowed,
  readReport,
  refused,
  searchProblems,
  tokenRefusal,
  truthOf,
} from './invoca-request.js';
import type { CustomDatum, InvocaCall, InvocaTransaction } from './invoca-transactions.js';
import { fieldsOf, jsonIn, jsonText, type JsonObject } from './request-parts.js';

/** What a signal holds now. */
export interface InvocaSignal {
  /** The latest, which the next correction replaces. */
  readonly transaction_id: string;
  readonly call: string;
  readonly name: string;
  readonly partner_unique_id: string;
  /** Epoch seconds. */
  readonly occurred_at_time: string;
  /** As it was sent. */
  readonly revenue: string | null;
  readonly value: boolean;
}

export interface InvocaSignalsBooks {
  /** By call, name in lower case and partner_unique_id, with `|` between them; by the last alone where they are rolled up. */
  readonly signals: Readonly<Record<string, InvocaSignal>>;
  /** Everything that was new to the account, oldest first, as the Transactions API shows it. */
  readonly transactions: readonly InvocaTransaction[];
  /** By call, then by name. */
  readonly custom_data: Readonly<Record<string, CustomData>>;
  /** When `call_in_progress` came, whether or not the request was otherwise good. */
  readonly call_in_progress: readonly string[];
}

interface Wanted {
  readonly call: InvocaCall;
  readonly signals: readonly Sent[];
  readonly data: readonly CustomDatum[];
}

const ROUTE = /^\/api\/([^/]+)\/transactions\.json$/;
const VERSION = '2018-02-01';
const TOKEN_NAMES = ['oauth_token', 'authorization', 'Authorization', 'token'];
const IDS = ['transaction_id', 'call_record_id', 'external_call_unique_id'];
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
const MAX_SIGNALS_OF_A_CALL = 100;

/** `POST` and `PUT /api/2018-02-01/transactions.json`. All of a request is applied, or nothing. */
export function invocaSignalsFake(options: FakeOptions, account = new InvocaAccount(options)): Fake {
  account.open('signal', options.journal);
  return {
    vendor: 'invoca-signals',
    serves: (path) => ROUTE.test(path),
    books: (): InvocaSignalsBooks => ({
      signals: Object.fromEntries(
        [...account.books.heldOf('signal')].map(([key, held]) => [key, signalOf(held)]),
      ),
      transactions: [...account.books.rows],
      custom_data: Object.fromEntries(account.books.customData),
      call_in_progress: [...account.books.callsInProgress],
    }),
    alter: (body) => account.alter('signal', body),
    answer(request) {
      const body = fieldsOf(jsonIn(request.body));
      const refusal = refusalOf(request, body);
      if (refusal !== undefined) return refusal;
      const inProgress = setsCallInProgress(body);
      if (inProgress) account.callInProgress(request.at);
      const wanted = read(body, options.known, account);
      // With `call_in_progress` the vendor takes anything: what is wrong with it is never told.
      if (!wanted.ok) return inProgress ? json(201, {}) : wanted.error;
      const { call, signals, data } = wanted.value;
      const { method, at } = request;
      if (inProgress && account.rolledUp) account.foresee({ call, at }, signals);
      if (inProgress && account.rolledUp) return json(201, {});
      const written = signals.map((sent) => account.report({ source: 'signal', method, at, call, sent }));
      const own = account.describe({ call, data, at, alone: signals.length === 0 });
      return inProgress ? json(201, {}) : answerOf(written, own, call.id);
    },
  };
}

function signalOf(held: Held): InvocaSignal {
  const { transaction_id, call, name, partner_unique_id, occurred_at, amount, value } = held;
  const content = { name, partner_unique_id, occurred_at_time: occurred_at, revenue: amount, value };
  return { transaction_id, call, ...content };
}

/** The verb, the version, where the token stands, then the token. */
function refusalOf({ method, path, query, headers }: FakeRequest, body: JsonObject): FakeAnswer | undefined {
  if (method !== 'POST' && method !== 'PUT') return methodNotAllowed();
  if (ROUTE.exec(path)?.[1] !== VERSION) return refused(400, 'InvalidInput', 'Invalid API version for route');
  if (TOKEN_NAMES.some((name) => query.has(name) || name in body))
    return refused(400, 'InvalidInput', 'The token belongs in the header');
  return tokenRefusal(headers['authorization']);
}

function setsCallInProgress(body: JsonObject): boolean {
  const list: readonly unknown[] = Array.isArray(body['signals']) ? body['signals'] : [];
  return [body, body['search'], ...list].some((part) => {
    const value = fieldsOf(part)['call_in_progress'];
    return value !== undefined && truthOf(value) !== false;
  });
}

/** What is wrong with any of it, in one message; then the call, and whether it has room. */
function read(
  body: JsonObject,
  known: ReadonlySet<string> | undefined,
  account: InvocaAccount,
): Result<Wanted, FakeAnswer> {
  const search = fieldsOf(body['search']);
  const problems = searchProblems(search, IDS);
  for (const name of Object.keys(body)) if (!PARTS.has(name)) problems.push(`${name} is not allowed`);
  const given = listIn(body['signals']);
  const fields = listIn(body['custom_data']);
  if (given === undefined || fields === undefined || given.length + fields.length === 0)
    problems.push('signals or custom_data must be lists, and one of them not empty');
  if (given !== undefined && given.length > MAX_SIGNALS)
    problems.push(`at most ${MAX_SIGNALS} signals a request`);
  const signals = (given ?? []).map((fields) => readSignal(fieldsOf(fields), problems));
  const data = (fields ?? []).map((field) => ({
    name: jsonText(fieldsOf(field)['name']) ?? '',
    data_type: 'Text' as const,
    value: jsonText(fieldsOf(field)['value']) ?? '',
  }));
  if (data.some(({ name }) => name === '')) problems.push("custom_data name can't be blank");
  if (problems.length > 0) return err(invalidInput(problems));
  const call = findCall(search, IDS, known);
  if (!call.ok) return call;
  if (account.signalsWith(call.value.id, signals) > MAX_SIGNALS_OF_A_CALL)
    return err(invalidInput([`at most ${MAX_SIGNALS_OF_A_CALL} signals a call`]));
  return ok({ call: call.value, signals, data });
}

function invalidInput(problems: readonly string[]): FakeAnswer {
  return refused(403, 'InvalidInput', problems.join(', '));
}

function readSignal(fields: JsonObject, problems: string[]): Sent {
  for (const name of Object.keys(fields)) if (!FIELDS.has(name)) problems.push(`${name} is not allowed`);
  const report = readReport(fields, { name: 'name', amount: 'revenue' }, problems);
  const occurred = timeIn(jsonText(fields['occurred_at_time']));
  if (Number.isNaN(occurred)) problems.push('Occurred at time must be a time');
  return { ...report, occurred_at: occurred === undefined ? undefined : seconds(occurred) };
}

/** Epoch milliseconds of a time in seconds or as a text, which is not documented; NaN where it is neither. */
function timeIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{10}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** An absent list is an empty one; undefined where there is something else. */
function listIn(value: unknown): readonly unknown[] | undefined {
  return value === undefined ? [] : Array.isArray(value) ? value : undefined;
}

/** 200 for what is created and for what is updated; `own` is what custom data without a signal makes, a correction of the call. */
function answerOf(written: readonly Written[], own: InvocaTransaction | undefined, call: string): FakeAnswer {
  const start = own?.start_time_utc ?? written[0]?.row.start_time_utc ?? 0;
  return json(200, {
    signals: written.map(({ held, row }) => ({
      transaction_id: held.transaction_id,
      corrects_transaction_id: row.corrects_transaction_id,
      name: held.name,
      partner_unique_id: held.partner_unique_id,
      occurred_at_time_t: held.occurred_at,
      revenue: row.revenue,
      value: String(held.value),
    })),
    call: {
      transaction_id: own?.transaction_id ?? call,
      corrects_transaction_id: own?.corrects_transaction_id ?? null,
      start_time_t: seconds(start),
    },
  });
}
