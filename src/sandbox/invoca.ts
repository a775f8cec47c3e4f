import { err, ok, type Result } from '../core/result.js';
import { json, type Fake, type FakeAnswer, type FakeOptions } from './fake.js';
import { findCall, invalid, isMoney, moneyBack, tokenIsGood, truthOf, unauthorized } from './invoca-call.js';
import { alteredRows, readAlterations, type Alteration } from './invoca-alter.js';
import {
  isOldAccount,
  localTime,
  reportedPhone,
  reportedRows,
  servesTransactions,
  transactionsPage,
  type InvocaTransaction,
} from './invoca-transactions.js';
import { Journal } from './journal.js';
import { asObject, objectIn, jsonText, type JsonObject } from './json-body.js';

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
  readonly custom_parameters: readonly [string | null, string | null, string | null];
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

type Entry = Write | { readonly alteration: Alteration };

const ROUTE = /^\/api\/([^/]+)\/call_outcomes\.json$/;
const FIELDS: ReadonlySet<string> = new Set([
  'outcome_name',
  'partner_unique_id',
  'description',
  'occurred_at_time_t',
  'sale_amount',
  'value',
  'custom_parameter_1',
  'custom_parameter_2',
  'custom_parameter_3',
]);
const MAX_PARAMETER = 255;

/** `POST` and `PUT /api/<version>/call_outcomes.json`, both of which upsert, and the Transactions API over the same books. */
export function invocaFake({ journal: path, known }: FakeOptions): Fake {
  const journal = new Journal<Entry>(path);
  let outcomes = new Map<string, InvocaOutcome>();
  let isAltered = false;
  const starts = new Map<string, number>();
  const methods: string[] = [];
  const shown = new Map<boolean, readonly InvocaTransaction[]>();
  let transactions: InvocaTransaction[] = [];
  let entries = 0;
  const nextId = (): string => `OUTCOME-${entries + 1}`;
  const enter = (entry: Entry): void => {
    shown.clear();
    if ('alteration' in entry) {
      transactions = alteredRows(transactions, entry.alteration, nextId());
      isAltered = true;
    } else {
      const { method, outcome, transaction } = entry;
      methods.push(method);
      outcomes.set(keyOf(outcome), outcome);
      starts.set(transaction.complete_call_id, transaction.start_time_utc);
      transactions.push(transaction);
    }
    entries += 1;
  };
  const heldNow = (): ReadonlyMap<string, InvocaOutcome> => {
    if (isAltered) outcomes = outcomesIn(transactions, outcomes);
    isAltered = false;
    return outcomes;
  };
  for (const entry of journal.entries) enter(entry);
  const rowsOf = (old: boolean): readonly InvocaTransaction[] => {
    const rows = shown.get(old) ?? reportedRows(transactions, old);
    shown.set(old, rows);
    return rows;
  };

  return {
    vendor: 'invoca',
    serves: (path) => ROUTE.test(path) || servesTransactions(path),
    books: (): InvocaBooks => ({
      outcomes: Object.fromEntries(heldNow()),
      transactions: [...transactions],
      methods: [...methods],
    }),
    alter(body) {
      const changes = readAlterations(body, transactions);
      if (!changes.ok) return changes;
      for (const alteration of changes.value) {
        journal.add({ alteration });
        enter({ alteration });
      }
      return ok(undefined);
    },
    answer(request) {
      if (servesTransactions(request.path))
        return transactionsPage(request, rowsOf(isOldAccount(request.path)));
      const { method, at } = request;
      if (method !== 'POST' && method !== 'PUT') return json(405, { errors: { class: 'MethodNotAllowed' } });
      if (!/^\d{4}-\d\d-\d\d$/.test(ROUTE.exec(request.path)?.[1] ?? ''))
        return json(400, { errors: { class: 'InvalidInput', invalid_data: 'Invalid API version' } });
      const body = objectIn(request.body) ?? {};
      if (!tokenIsGood(jsonText(body['oauth_token']))) return unauthorized();
      const call = findCall(asObject(body['search']) ?? {}, known);
      if (!call.ok) return call.error;
      const sent = readOutcome(asObject(body['call_outcome']) ?? {}, at);
      if (!sent.ok) return sent.error;

      const id = nextId();
      const key = keyOf({ ...sent.value, call: call.value.id });
      const replaced = heldNow().get(key);
      const name = replaced?.outcome_name ?? sent.value.outcome_name;
      const outcome = { transaction_id: id, call: call.value.id, ...sent.value, outcome_name: name };
      const start = starts.get(call.value.id) ?? call.value.start ?? at;
      const transaction: InvocaTransaction = {
        transaction_id: id,
        corrects_transaction_id: replaced?.transaction_id ?? null,
        corrected_at: replaced === undefined ? null : localTime(at),
        complete_call_id: call.value.id,
        transaction_type: 'Reported Conversion',
        start_time_local: localTime(start),
        start_time_utc: start,
        calling_phone_number: reportedPhone(call.value.calling_phone_number),
        destination_phone_number: null,
        duration: call.value.duration,
        revenue: null,
        sale_amount: outcome.sale_amount === null ? null : moneyBack(outcome.sale_amount),
        signal_name: name,
        signal_partner_unique_id: outcome.partner_unique_id,
        signal_value: outcome.value,
      };
      journal.add({ method, outcome, transaction });
      enter({ method, outcome, transaction });
      return answerOf(outcome, transaction);
    },
  };
}

/** What is held after a change behind everybody's back: the latest row of each key, with what only pushes tell. */
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

type Sent = Omit<InvocaOutcome, 'transaction_id' | 'call'>;

/** A field that is not documented is refused, so that a misspelled one is seen. */
function readOutcome(fields: JsonObject, at: number): Result<Sent, FakeAnswer> {
  const strange = Object.keys(fields).find((name) => !FIELDS.has(name));
  if (strange !== undefined) return err(invalid(`${strange} is not a field of a call outcome`));
  const name = jsonText(fields['outcome_name']);
  if (name === undefined) return err(invalid("Outcome name can't be blank"));
  const amount = jsonText(fields['sale_amount']);
  if (amount === undefined ? 'sale_amount' in fields : !isMoney(amount))
    return err(invalid('Sale amount must be a number greater than 0 without symbols or separators'));
  const value = truthOf(fields['value']);
  if (value === undefined) return err(invalid('Value must be true or false'));
  const occurred = jsonText(fields['occurred_at_time_t']) ?? String(Math.floor(at / 1000));
  if (!/^\d{10}(\d{3})?$/.test(occurred)) return err(invalid('Occurred at time t must have 10 digits'));
  const parameter = (number: number): string | null => jsonText(fields[`custom_parameter_${number}`]) ?? null;
  const parameters = [parameter(1), parameter(2), parameter(3)] as const;
  if (parameters.some((text) => Array.from(text ?? '').length > MAX_PARAMETER))
    return err(invalid(`Custom parameter is too long (maximum is ${MAX_PARAMETER})`));
  return ok({
    outcome_name: name,
    partner_unique_id: jsonText(fields['partner_unique_id']) ?? '',
    description: jsonText(fields['description']) ?? null,
    occurred_at_time_t: occurred,
    sale_amount: amount ?? null,
    value,
    custom_parameters: parameters,
  });
}

function answerOf(outcome: InvocaOutcome, transaction: InvocaTransaction): FakeAnswer {
  const [first, second, third] = outcome.custom_parameters;
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
      custom_parameter_1: first ?? '',
      custom_parameter_2: second ?? '',
      custom_parameter_3: third ?? '',
    },
    call: {
      transaction_id: outcome.call,
      start_time_t: String(Math.floor(transaction.start_time_utc / 1000)),
    },
  });
}
