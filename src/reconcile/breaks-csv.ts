import { formatAmount, formatTotal } from '../core/amount.js';
import {
  BREAKS,
  isOutcomeSlot,
  type Break,
  type ComparedRow,
  type Comparison,
  type Slot,
  type UnclaimedSlot,
} from '../core/breaks.js';
import type { Namespace } from '../core/ledger.js';
import type { RunId } from '../core/row.js';
import {
  ACCOUNT_COLUMN,
  ADDRESS_COLUMN,
  AS_OF_COLUMN,
  AS_OF_RUN_COLUMN,
  BREAK_COLUMN,
  SEND_AGAIN_COLUMN,
  VENDOR_COLUMN,
} from '../sales/breaks-file.js';
import { timeText } from '../sales/time.js';
import { DOUBTS, classify } from './classify.js';

/** The columns after the source's own. A contract: never renamed, never reordered. */
export const BREAK_COLUMNS = [
  BREAK_COLUMN,
  'revsync_key',
  'revsync_amount',
  'revsync_vendor_amount',
  'revsync_difference',
  'revsync_vendor_call',
  'revsync_vendor_ref',
  'revsync_vendor_outcome',
  'revsync_vendor_order',
  'revsync_vendor_caller',
  'revsync_vendor_started_at',
  'revsync_vendor_records',
  'revsync_vendor_corrections',
  'revsync_vendor_corrected_at',
  'revsync_vendor_pending',
  'revsync_line',
  'revsync_error',
  AS_OF_COLUMN,
  VENDOR_COLUMN,
  ACCOUNT_COLUMN,
  ADDRESS_COLUMN,
  AS_OF_RUN_COLUMN,
  SEND_AGAIN_COLUMN,
] as const;

/** Rows and money on one side, in 1/10000. */
interface Side {
  rows: number;
  amount: bigint;
}

/** What a reconciliation comes to. Complete once every row has been read. */
export class Tally {
  /** Sales of the file that count. */
  readonly file: Side = { rows: 0, amount: 0n };
  /** Records of the vendor that count. */
  readonly vendor: Side = { rows: 0, amount: 0n };
  /** Lines of the breaks CSV. */
  readonly words = new Map<Break, number>(BREAKS.map(({ word }) => [word, 0]));

  /** Of `missing_at_vendor`, those that a push of the breaks holds. */
  held = 0;

  get breaks(): number {
    return BREAKS.reduce((sum, { word, tiesOut }) => sum + (tiesOut ? 0 : (this.words.get(word) ?? 0)), 0);
  }

  /** Whether both sides say the same, row by row and in total. */
  get tiesOut(): boolean {
    return this.breaks === 0 && this.file.amount === this.vendor.amount;
  }

  count(word: Break): void {
    this.words.set(word, (this.words.get(word) ?? 0) + 1);
  }
}

export interface BreakStyle {
  /** The number of the source's own columns. */
  readonly width: number;
  /** Up to when it was seen what the vendor holds; epoch milliseconds. */
  readonly asOf: number;
  /** The newest run of then; 0 before the first. */
  readonly asOfRun: RunId;
  readonly whose: Namespace;
  /** Whether the vendor adds a record with every request. */
  readonly isAppended: boolean;
  /** Of the times; UTC where none is named. */
  readonly zone: string | undefined;
}

/** The cells of the last columns, which all rows share. */
export function seenCells({ asOf, asOfRun, whose }: BreakStyle): readonly string[] {
  return [timeText(asOf), whose.vendor, whose.account, whose.origin, String(asOfRun), ''];
}

/**
 * The cells of the breaks CSV without those that are shared, first of the rows of the file in their order, then of what
 * the vendor holds and no row is about. Amounts stand there once, so that the columns add up to the totals.
 */
export async function* breakRows(
  comparison: Comparison,
  run: RunId,
  { width, zone, isAppended }: BreakStyle,
  tally: Tally,
): AsyncGenerator<readonly (readonly string[])[]> {
  for await (const page of comparison.compared(run))
    yield page.map((row) => fileCells(row, zone, isAppended, tally));
  const blank = new Array<string>(width).fill('');
  for await (const page of comparison.unclaimed())
    yield page.map((slot) => [...blank, ...vendorCells(slot, zone, tally)]);
}

function fileCells(row: ComparedRow, zone: string | undefined, isAppended: boolean, tally: Tally): string[] {
  const { word, message, isHeld } = classify(row, isAppended);
  if (isHeld === true) tally.held += 1;
  tally.count(word);
  const counts = row.status === undefined && row.intent === 'set';
  // A row that says nothing of money wants what is held.
  const unsaid = word === 'matched' ? row.slot?.amount : undefined;
  const wanted = counts ? BigInt(row.amount ?? unsaid ?? 0) : 0n;
  if (counts) {
    tally.file.rows += 1;
    tally.file.amount += wanted;
  }
  // Beside the first row about it stands what the vendor holds.
  const slot = row.first && row.status !== 'duplicate' ? row.slot : undefined;
  const held = slot?.amount ?? 0n;
  if (slot !== undefined) countHeld(slot, tally);
  const hasDifference = row.status === undefined || slot !== undefined;
  return [
    ...row.cells,
    word,
    row.key ?? '',
    counts && row.amount !== undefined ? formatAmount(row.amount) : '',
    slot?.amount === undefined ? '' : formatTotal(held),
    hasDifference ? formatTotal(wanted - held) : '',
    ...heldCells(row.slot, zone),
    String(row.line),
    message ?? '',
  ];
}

function vendorCells(slot: UnclaimedSlot, zone: string | undefined, tally: Tally): string[] {
  // Money of which no one knows whether it is held is not known to be missing.
  const word = slot.doubt === 'untold' ? 'ambiguous' : 'missing_in_file';
  tally.count(word);
  countHeld(slot, tally);
  const amount = slot.amount ?? 0n;
  return [
    word,
    isOutcomeSlot(slot.slot) ? '' : slot.slot.replace(UNPRINTABLE, ''),
    '',
    slot.amount === undefined ? '' : formatTotal(amount),
    formatTotal(-amount),
    ...heldCells(slot, zone),
    '',
    slot.doubt === undefined ? '' : DOUBTS[slot.doubt],
  ];
}

const UNPRINTABLE = /[\p{Cc}]/gu;

function countHeld({ records, amount }: Slot, tally: Tally): void {
  tally.vendor.rows += Math.max(0, records);
  tally.vendor.amount += amount ?? 0n;
}

function heldCells(slot: Slot | undefined, zone: string | undefined): string[] {
  if (slot === undefined) return new Array<string>(10).fill('');
  const { call, ref, name, orderId, caller, startedAt, records, corrections, correctedAt, pending } = slot;
  return [
    call ?? '',
    ref ?? '',
    name ?? '',
    orderId ?? '',
    caller ?? '',
    timeText(startedAt, zone),
    String(records),
    String(corrections),
    timeText(correctedAt, zone),
    pending === 0 ? '' : String(pending),
  ];
}
