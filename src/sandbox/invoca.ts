import { err, ok, type Result } from '../core/result.js';
import { json, type Fake, type FakeAnswer, type FakeOptions, type FakeRequest } from './fake.js';
import { alteredRows, readAlterations, type Alteration } from './invoca-alter.js';
import {
  findCall,
  invalid,
  methodNotAllowed,
  readReport,
  refused,
  TIME,
  tokenIsGood,
  unauthorized,
  type InvocaCall,
} from './invoca-request.js';
import {
  isOldAccount,
  reportedRows,
  reportRow,
  servesTransactions,
  transactionsPage,
  type InvocaTransaction,
} from './invoca-transactions.js';
import { Journal } from './journal.js';
import { fieldsOf, jsonIn, jsonText, type JsonObject } from './request-parts.js';

/** What a call outcome holds now. A write replaces the whole record: what it leaves out is null afterwards. */
export interface InvocaOutcome {
  /** The latest, which the next correction replaces. */
  readonly transaction_id: string;
  readonly call: string;
  /** In the case in which it was first reported. */
  readonly outcome_name: string;
  readonly partner_unique_id: string;
  readonly description: string | null;
  readonly occurred_at_time_t: string;
  /** As it was sent. */
  readonly sale_amount: string | null;
  readonly value: boolean;
  /** All three. */
  readonly custom_parameters: readonly (string | null)[];
}

export interface InvocaBooks {
  /** By call, outcome name in lower case and partner_unique_id, with `|` between them. */
  readonly outcomes: Readonly<Record<string, InvocaOutcome>>;
  /** Every write that was applied, oldest first, as the Transactions API shows it. */
  readonly transactions: readonly InvocaTransaction[];
  /** The verb of each of these. */
  readonly methods: readonly string[];
}

interface Write {
  readonly method: string;
  readonly outcome: InvocaOutcome;
  readonly transaction: InvocaTransaction;
}

type Sent = Omit<InvocaOutcome, 'transaction_id' | 'call'>;

/** What a request asks for. */
interface Wanted {
  readonly call: InvocaCall;
  readonly sent: Sent;
}

type Entry = Write | { readonly alteration: Alteration };

const ROUTE = /^\/api\/([^/]+)\/call_outcomes\.json$/;
const PARAMETERS = ['custom_parameter_1', 'custom_parameter_2', 'custom_parameter_3'] as const;
const FIELDS: ReadonlySet<string> = new Set([
  'outcome_name',
  'partner_unique_id',
  'description',
  'occurred_at_time_t',
  'sale_amount',
  'value',
  ...PARAMETERS,
]);
const MAX_PARAMETER = 255;

/** `POST` and `PUT /api/<version>/call_outcomes.json`, both of which upsert, and the Transactions API over the same books. */
export function invocaFake({ journal: path, known }: FakeOptions): Fake {
  const books = new Books();
  const journal = new Journal<Entry>(path, (entry, number) => books.enter(entry, idOf(number)));

  return {
    vendor: 'invoca',
    serves: (path) => ROUTE.test(path) || servesTransactions(path),
    books: () => books.all(),
    alter(body) {
      const changes = readAlterations(body, books.transactions);
      if (!changes.ok) return changes;
      for (const alteration of changes.value) journal.add({ alteration });
      return ok(undefined);
    },
    answer(request) {
      if (servesTransactions(request.path))
        return transactionsPage(request, books.rows(isOldAccount(request.path)));
      const wanted = read(request, known);
      if (!wanted.ok) return wanted.error;
      const write = books.written(wanted.value, idOf(journal.next), request);
      journal.add(write);
      return answerOf(write);
    },
  };
}

function idOf(entry: number): string {
  return `OUTCOME-${entry}`;
}

class Books {
  #outcomes = new Map<string, InvocaOutcome>();
  /** Whether `#outcomes` are not those of `#transactions` any more. */
  #isAltered = false;
  #transactions: InvocaTransaction[] = [];
  readonly #methods: string[] = [];
  /** When each call began. */
  readonly #starts = new Map<string, number>();
  /** The rows of an older account, and of others, as they were last asked for. */
  readonly #shown = new Map<boolean, readonly InvocaTransaction[]>();

  get transactions(): readonly InvocaTransaction[] {
    return this.#transactions;
  }

  all(): InvocaBooks {
    return {
      outcomes: Object.fromEntries(this.#held()),
      transactions: [...this.#transactions],
      methods: [...this.#methods],
    };
  }

  rows(old: boolean): readonly InvocaTransaction[] {
    const rows = this.#shown.get(old) ?? reportedRows(this.#transactions, old);
    this.#shown.set(old, rows);
    return rows;
  }

  /** What a request writes, as `id`; nothing is entered yet. */
  written({ call, sent }: Wanted, id: string, { method, at }: FakeRequest): Write {
    const replaced = this.#held().get(keyOf({ ...sent, call: call.id }));
    const name = replaced?.outcome_name ?? sent.outcome_name;
    const outcome = { transaction_id: id, call: call.id, ...sent, outcome_name: name };
    const start = this.#starts.get(call.id) ?? call.start ?? at;
    const report = { ...outcome, name, call, start, replaced, at };
    return { method, outcome, transaction: reportRow(report, 'Reported Conversion', outcome) };
  }

  /** `id` is that of a row that the entry adds. */
  enter(entry: Entry, id: string): void {
    this.#shown.clear();
    if ('alteration' in entry) {
      this.#transactions = alteredRows(this.#transactions, entry.alteration, id);
      this.#isAltered = true;
      return;
    }
    const { method, outcome, transaction } = entry;
    this.#methods.push(method);
    this.#outcomes.set(keyOf(outcome), outcome);
    this.#starts.set(transaction.complete_call_id, transaction.start_time_utc);
    this.#transactions.push(transaction);
  }

  #held(): ReadonlyMap<string, InvocaOutcome> {
    if (this.#isAltered) this.#outcomes = outcomesIn(this.#transactions, this.#outcomes);
    this.#isAltered = false;
    return this.#outcomes;
  }
}

/** What is held after a change that no request made: the latest row of each key, with what only pushes tell. */
function outcomesIn(
  transactions: readonly InvocaTransaction[],
  before: ReadonlyMap<string, InvocaOutcome>,
): Map<string, InvocaOutcome> {
  const held = new Map<string, InvocaOutcome>();
  for (const row of transactions) {
    if (row.transaction_type !== 'Reported Conversion') continue;
    const outcome = {
      call: row.complete_call_id,
      outcome_name: row.signal_name ?? '',
      partner_unique_id: row.signal_partner_unique_id ?? '',
      description: null,
      occurred_at_time_t: String(Math.floor(row.start_time_utc / 1000)),
      custom_parameters: [null, null, null],
    } as const;
    const key = keyOf(outcome);
    const { transaction_id, sale_amount } = row;
    const now = { transaction_id, sale_amount, value: row.signal_value ?? true };
    held.set(key, { ...outcome, ...before.get(key), ...now });
  }
  return held;
}

function keyOf({
  call,
  outcome_name: name,
  partner_unique_id: partner,
}: Pick<InvocaOutcome, 'call' | 'outcome_name' | 'partner_unique_id'>): string {
  return [call, name.toLowerCase(), partner].join('|');
}

/** The verb, the version, the token, the call, then the outcome. */
function read(
  { method, path, body: text, at }: FakeRequest,
  known: ReadonlySet<string> | undefined,
): Result<Wanted, FakeAnswer> {
  if (method !== 'POST' && method !== 'PUT') return err(methodNotAllowed());
  if (!/^\d{4}-\d\d-\d\d$/.test(ROUTE.exec(path)?.[1] ?? ''))
    return err(refused(400, 'InvalidInput', 'Invalid API version'));
  const body = fieldsOf(jsonIn(text));
  if (!tokenIsGood(jsonText(body['oauth_token']))) return err(unauthorized());
  const call = findCall(fieldsOf(body['search']), known);
  if (!call.ok) return call;
  const sent = readOutcome(fieldsOf(body['call_outcome']), at);
  return sent.ok ? ok({ call: call.value, sent: sent.value }) : sent;
}

/** A field that is not documented is refused, so that a misspelled one is seen. */
function readOutcome(fields: JsonObject, at: number): Result<Sent, FakeAnswer> {
  const strange = Object.keys(fields).find((name) => !FIELDS.has(name));
  if (strange !== undefined) return err(invalid(`${strange} is not a field of a call outcome`));
  const report = readReport(fields, { name: 'outcome_name', amount: 'sale_amount' });
  if (!report.ok) return report;
  const occurred = jsonText(fields['occurred_at_time_t']) ?? String(Math.floor(at / 1000));
  if (!TIME.test(occurred)) return err(invalid('Occurred at time t must have 10 digits'));
  const parameters = PARAMETERS.map((name) => jsonText(fields[name]) ?? null);
  if (parameters.some((text) => Array.from(text ?? '').length > MAX_PARAMETER))
    return err(invalid(`Custom parameter is too long (maximum is ${MAX_PARAMETER})`));
  const { name, amount, ...alike } = report.value;
  return ok({
    ...alike,
    outcome_name: name,
    description: jsonText(fields['description']) ?? null,
    occurred_at_time_t: occurred,
    sale_amount: amount,
    custom_parameters: parameters,
  });
}

function answerOf({ outcome, transaction }: Write): FakeAnswer {
  const parameters = PARAMETERS.map((name, index) => [name, outcome.custom_parameters[index] ?? ''] as const);
  const amount = transaction.sale_amount === null ? {} : { sale_amount: transaction.sale_amount };
  return json(transaction.corrects_transaction_id === null ? 201 : 200, {
    call_outcome: {
      transaction_id: outcome.transaction_id,
      corrects_transaction_id: transaction.corrects_transaction_id,
      outcome_name: outcome.outcome_name,
      partner_unique_id: outcome.partner_unique_id,
      description: outcome.description ?? '',
      occurred_at_time_t: outcome.occurred_at_time_t,
      ...amount,
      value: String(outcome.value),
      ...Object.fromEntries(parameters),
    },
    call: {
      transaction_id: outcome.call,
      start_time_t: String(Math.floor(transaction.start_time_utc / 1000)),
    },
  });
}
