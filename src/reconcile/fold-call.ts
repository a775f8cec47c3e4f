import type { BookedRow } from '../core/transactions.js';
import { correctionChains, grouped, type Chain } from './correction-chains.js';

/** One outcome of a call as it stands now; the id is that of the row which says so. */
export interface FoldedOutcome extends Pick<
  BookedRow,
  'id' | 'type' | 'orderId' | 'value' | 'signals' | 'amount' | 'correctedAt'
> {
  /** The vendor's word for rows that name no outcome, such as `Sale`. */
  readonly name: string;
  readonly corrections: number;
  /** Rows of it whose beginning was not seen. */
  readonly pending: readonly string[];
  /** It is a sale or signal row of an older account, and several others of the call could belong to it. */
  readonly unpaired: boolean;
}

/** A call as it stands now: every correction applied, whatever the order in which rows arrived. */
export interface FoldedCall extends Pick<
  BookedRow,
  'call' | 'startedAt' | 'caller' | 'duration' | 'correctedAt'
> {
  readonly outcomes: readonly FoldedOutcome[];
  /** Corrections of any row of the call, the last of them at `correctedAt`. */
  readonly corrections: number;
  /** Rows that correct one that was not seen: what they say counts, and more may be known later. */
  readonly pending: readonly { readonly id: string; readonly corrects: string }[];
  /** Rows that correct each other in a circle; the last of each circle counts. */
  readonly circular: readonly string[];
}

const CALL_TYPE = 'call';
const SALE_TYPE = 'sale';
/** A row of these says that something was sold, whether it has a value or not. */
const SALE_TYPES: ReadonlySet<string> = new Set([SALE_TYPE, 'reported conversion']);
const SIGNAL_TYPE = 'signal';

/** Folds the rows of one call. Pure, total, and the same for every order of `rows`. */
export function foldCall(rows: readonly BookedRow[]): FoldedCall {
  const chains = correctionChains(rows);
  const pending = chains.flatMap(({ missing, rows }) =>
    missing === undefined
      ? []
      : rows.flatMap(({ id, corrects }) => (corrects === missing ? [{ id, corrects }] : [])),
  );
  const circular = chains.flatMap((chain) => (chain.circular ? chain.rows.map(({ id }) => id) : []));
  const about = chains.filter(isAboutCall);
  const outcomes = joinOldRows(chains.filter((chain) => !isAboutCall(chain)).map(outcomeOf));
  const corrections = chains.map((chain) => correctionsOf(chain));
  // The call's own row takes precedence over what outcomes repeat of the call.
  const witnesses = [...about, ...chains].flatMap(({ rows }) => rows.toReversed());
  return {
    call: rows[0]?.call ?? '',
    startedAt: witnesses.find((row) => row.startedAt !== undefined)?.startedAt,
    caller: witnesses.find((row) => row.caller !== undefined)?.caller,
    duration: witnesses.find((row) => row.duration !== undefined)?.duration,
    outcomes,
    corrections: corrections.reduce((sum, { count }) => sum + count, 0),
    correctedAt: latest(corrections.map(({ last }) => last)),
    pending,
    circular,
  };
}

/** Folds pages of rows, in which all rows of one call stand together: of each page the calls that end there. */
export async function* foldCalls(
  pages: AsyncIterable<readonly BookedRow[]>,
): AsyncGenerator<readonly FoldedCall[]> {
  for await (const calls of rowsByCall(pages)) yield calls.map((rows) => foldCall(rows));
}

/** The same without folding them: the rows of each call. */
export async function* rowsByCall(
  pages: AsyncIterable<readonly BookedRow[]>,
): AsyncGenerator<readonly (readonly BookedRow[])[]> {
  let rows: BookedRow[] = [];
  for await (const page of pages) {
    const calls: BookedRow[][] = [];
    for (const row of page) {
      if (rows[0] !== undefined && rows[0].call !== row.call) {
        calls.push(rows);
        rows = [];
      }
      rows.push(row);
    }
    yield calls;
  }
  if (rows.length > 0) yield [rows];
}

function isAboutCall({ rows }: Chain): boolean {
  return rows.every((row) => isCallRow(row) || (row.outcome === undefined && !isOldSale(row)));
}

/** The names that stand in one are of no sale. */
function isCallRow({ type }: BookedRow): boolean {
  return type.toLowerCase() === CALL_TYPE;
}

/** Older accounts report a sale by a row of its own that names no outcome. */
function isOldSale({ outcome, amount }: BookedRow): boolean {
  return outcome === undefined && amount !== undefined;
}

function outcomeOf(chain: Chain): FoldedOutcome {
  const last = chain.rows.at(-1);
  if (last === undefined) throw new Error('a chain without rows');
  const newestFirst = chain.rows.toReversed();
  const { count, last: correctedAt } = correctionsOf(chain);
  const signals = signalsOf(chain);
  return {
    id: last.id,
    type: last.type,
    name: newestFirst.find(({ outcome }) => outcome !== undefined)?.outcome ?? last.type,
    orderId: newestFirst.find(({ orderId }) => orderId !== undefined)?.orderId,
    value: signals === undefined ? valueOf(last) : valueOfAny(signals),
    signals,
    // A correction is the whole record: one without an amount leaves none.
    amount: last.amount,
    corrections: count,
    correctedAt,
    pending: chain.missing === undefined ? [] : chain.rows.map(({ id }) => id),
    unpaired: false,
  };
}

function valueOf({ type, value }: BookedRow): boolean | undefined {
  return value ?? (SALE_TYPES.has(type.toLowerCase()) ? true : undefined);
}

/** What is true by now, by names in lower case: what a later row says of a signal counts, and null says nothing. */
function signalsOf({ rows }: Chain): FoldedOutcome['signals'] {
  const said = rows.flatMap(({ signals = {} }) => Object.entries(signals));
  const known = new Map<string, boolean | null>();
  for (const [name, value] of said)
    known.set(name.toLowerCase(), value ?? known.get(name.toLowerCase()) ?? null);
  return known.size === 0 ? undefined : Object.fromEntries(known);
}

/** Any that is true holds it. */
function valueOfAny(signals: NonNullable<FoldedOutcome['signals']>): boolean | undefined {
  const values = Object.values(signals);
  return values.includes(true) ? true : values.includes(false) ? false : undefined;
}

/**
 * In an older account the `Signal` row says that there was a sale, under the name and order id that it was reported
 * with, and the `Sale` row what it came to. They belong together where only one of each has the name and the order
 * id, or the name, or is left.
 */
function joinOldRows(outcomes: readonly FoldedOutcome[]): FoldedOutcome[] {
  let sales = outcomes.filter(isSale);
  let signals = outcomes.filter(isBareSignal);
  if (sales.length === 0 || signals.length === 0) return [...outcomes];
  const joinedRows: FoldedOutcome[] = [];
  for (const keyOf of JOINED_BY) {
    const [salesByKey, signalsByKey] = [grouped(sales, keyOf), grouped(signals, keyOf)];
    const pairs = [...salesByKey].flatMap(([key, [sale, ...moreSales]]) => {
      const [signal, ...moreSignals] = signalsByKey.get(key) ?? [];
      if (sale === undefined || signal === undefined) return [];
      return moreSales.length + moreSignals.length > 0 ? [] : [{ sale, signal }];
    });
    joinedRows.push(...pairs.map(({ sale, signal }) => joined(signal, sale)));
    sales = sales.filter((sale) => !pairs.some((pair) => pair.sale === sale));
    signals = signals.filter((signal) => !pairs.some((pair) => pair.signal === signal));
  }
  const unpaired = sales.length > 0 && signals.length > 0;
  return [
    ...outcomes.filter((outcome) => !isSale(outcome) && !isBareSignal(outcome)),
    ...joinedRows,
    ...[...signals, ...sales].map((outcome) => ({ ...outcome, unpaired })),
  ];
}

const JOINED_BY: readonly ((outcome: FoldedOutcome) => string)[] = [
  ({ name, orderId = '' }) => `${name.toLowerCase()}\u001f${orderId}`,
  ({ name }) => name.toLowerCase(),
  () => '',
];

function isSale({ type }: FoldedOutcome): boolean {
  return type.toLowerCase() === SALE_TYPE;
}

function isBareSignal({ type, amount }: FoldedOutcome): boolean {
  return type.toLowerCase() === SIGNAL_TYPE && amount === undefined;
}

function joined(signal: FoldedOutcome, sale: FoldedOutcome): FoldedOutcome {
  return {
    ...signal,
    value: signal.value !== false && sale.value,
    amount: sale.amount,
    corrections: signal.corrections + sale.corrections,
    correctedAt: latest([signal.correctedAt, sale.correctedAt]),
    pending: [...signal.pending, ...sale.pending],
  };
}

function correctionsOf({ rows }: Chain): { count: number; last: number | undefined } {
  const corrections = rows.filter(({ corrects }) => corrects !== undefined);
  return { count: corrections.length, last: latest(corrections.map(({ correctedAt }) => correctedAt)) };
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
