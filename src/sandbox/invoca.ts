import { err, ok, type Result } from '../core/result.js';
import { json, type Fake, type FakeAnswer, type FakeOptions, type FakeRequest } from './fake.js';
import { InvocaAccount } from './invoca-account.js';
import { seconds, type Held, type Sent } from './invoca-held.js';
import { servesTransactions, transactionsPage } from './invoca-pages.js';
import {
  findCall,
  methodNotAllowed,
  readReport,
  refused,
  searchProblems,
  textOrNull,
  tokenRefusal,
} from './invoca-request.js';
import type { InvocaCall, InvocaTransaction } from './invoca-transactions.js';
import { fieldsOf, jsonIn, jsonText, type JsonObject } from './request-parts.js';

/** What a call outcome holds now. */
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
  readonly custom_parameter_1: string | null;
  readonly custom_parameter_2: string | null;
  readonly custom_parameter_3: string | null;
}

export interface InvocaBooks {
  /** By call, outcome name in lower case and partner_unique_id, with `|` between them; by the last alone if rolled up. */
  readonly outcomes: Readonly<Record<string, InvocaOutcome>>;
  /** Everything that was new to the account, oldest first, as the Transactions API shows it. */
  readonly transactions: readonly InvocaTransaction[];
  /** The verb of each of these. */
  readonly methods: readonly string[];
}

/** What a request asks for. */
interface Wanted {
  readonly call: InvocaCall;
  readonly sent: Sent;
}

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
/** Code points. */
const MAX_PARAMETER = 255;
const IDS = ['transaction_id'];
const SECONDS = /^\d{10}$/;

/** `POST` and `PUT /api/<version>/call_outcomes.json`, both of which upsert, and the Transactions API of the account. */
export function invocaFake(options: FakeOptions, account = new InvocaAccount(options)): Fake {
  account.open('outcome', options.journal);
  return {
    vendor: 'invoca',
    serves: (path) => ROUTE.test(path) || servesTransactions(path),
    books: (): InvocaBooks => ({
      outcomes: Object.fromEntries(
        [...account.books.heldOf('outcome')].map(([key, held]) => [key, outcomeOf(held)]),
      ),
      transactions: [...account.books.rows],
      methods: [...account.books.methods],
    }),
    alter: (body) => account.alter('outcome', body),
    answer(request) {
      if (servesTransactions(request.path)) return transactionsPage(request, account);
      const wanted = read(request, options.known);
      if (!wanted.ok) return wanted.error;
      const { method, at } = request;
      const { held, row, isNew } = account.report({ source: 'outcome', method, at, ...wanted.value });
      return answerOf(held, row, isNew);
    },
  };
}

function outcomeOf({ source: _, signals: __, name, occurred_at, amount, ...alike }: Held): InvocaOutcome {
  return { ...alike, outcome_name: name, occurred_at_time_t: occurred_at, sale_amount: amount };
}

/** The verb, the version, the token, what is wrong with the fields, then the call. */
function read(
  { method, path, body: text }: FakeRequest,
  known: ReadonlySet<string> | undefined,
): Result<Wanted, FakeAnswer> {
  if (method !== 'POST' && method !== 'PUT') return err(methodNotAllowed());
  if (!/^\d{4}-\d\d-\d\d$/.test(ROUTE.exec(path)?.[1] ?? ''))
    return err(refused(400, 'InvalidInput', 'Invalid API version'));
  const body = fieldsOf(jsonIn(text));
  const refusal = tokenRefusal(jsonText(body['oauth_token']));
  if (refusal !== undefined) return err(refusal);
  const search = fieldsOf(body['search']);
  const problems = searchProblems(search, IDS);
  const sent = readOutcome(fieldsOf(body['call_outcome']), problems);
  if (problems.length > 0)
    return err(refused(403, 'RecordInvalid', `Validation failed: ${problems.join(', ')}`));
  const call = findCall(search, IDS, known);
  return call.ok ? ok({ call: call.value, sent }) : call;
}

/** A field that is not documented is a problem, so that a misspelled one is seen. */
function readOutcome(fields: JsonObject, problems: string[]): Sent {
  for (const name of Object.keys(fields))
    if (!FIELDS.has(name)) problems.push(`${name} is not a field of a call outcome`);
  const report = readReport(fields, { name: 'outcome_name', amount: 'sale_amount' }, problems);
  const occurred = jsonText(fields['occurred_at_time_t']);
  if (occurred !== undefined && !SECONDS.test(occurred))
    problems.push('Occurred at time t must have 10 digits');
  const parameters = PARAMETERS.map((name) => [name, textOrNull(fields[name])] as const);
  if (parameters.some(([, text]) => Array.from(text ?? '').length > MAX_PARAMETER))
    problems.push(`Custom parameter is too long (maximum is ${MAX_PARAMETER})`);
  return {
    ...report,
    ...Object.fromEntries(parameters),
    description: textOrNull(fields['description']),
    occurred_at: occurred,
  };
}

/** The record as it is held then; 201 for a first report alone. */
function answerOf(held: Held, row: InvocaTransaction, isNew: boolean): FakeAnswer {
  const parameters = PARAMETERS.map((name) => [name, held[name] ?? ''] as const);
  return json(isNew && row.corrects_transaction_id === null ? 201 : 200, {
    call_outcome: {
      transaction_id: held.transaction_id,
      corrects_transaction_id: row.corrects_transaction_id,
      outcome_name: held.name,
      partner_unique_id: held.partner_unique_id,
      description: held.description ?? '',
      occurred_at_time_t: held.occurred_at,
      sale_amount: row.sale_amount,
      value: String(held.value),
      ...Object.fromEntries(parameters),
    },
    call: { transaction_id: held.call, start_time_t: seconds(row.start_time_utc) },
  });
}
