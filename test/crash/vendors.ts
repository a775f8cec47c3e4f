import type { ConvosoBooks, ConvosoUpdate } from '../../src/sandbox/convoso.js';
import type { InvocaBooks } from '../../src/sandbox/invoca.js';
import type { Written } from '../../src/sandbox/invoca-books.js';
import type { InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import type { InvocaTransaction } from '../../src/sandbox/invoca-transactions.js';
import type { RingbaAdjustment, RingbaBooks } from '../../src/sandbox/ringba.js';
import type { TldcrmBooks, TldcrmCost } from '../../src/sandbox/tldcrm.js';
import type { TrackDriveBooks, TrackDriveUpdate } from '../../src/sandbox/trackdrive.js';

/** A row of a sales file of the harness. */
export interface Sale {
  /** The place of the file among all files of the harness: no key is in two of them. */
  readonly place: number;
  /** From 0, within the file. */
  readonly number: number;
  readonly amount: string;
  /** The sale is taken back; the amount is not sent then. */
  readonly reversed: boolean;
}

/** What the books hold for one key. */
export interface Held {
  /** Every amount that counts at the vendor: more than one is money counted twice. */
  readonly live: readonly string[];
  readonly reversed: boolean;
  /** How often the key was written, whatever came of it. */
  readonly writes: number;
  /** The vendor's own ids of what counts, where its replies tell them. */
  readonly refs: readonly string[];
}

/** What the harness has to know of a vendor. Everything here is written by hand, from VENDORS.md and the fakes. */
export interface CrashVendor {
  readonly id: string;
  /** Whether every request that is repeated counts once more. */
  readonly appends: boolean;
  readonly canReverse: boolean;
  readonly decimals: 2 | 4;
  readonly header: string;
  readonly line: (sale: Sale) => string;
  /** What a push of its files has to be told. */
  readonly options?: readonly string[];
  /** The key as the ledger and the results write it. */
  readonly key: (sale: Pick<Sale, 'place' | 'number'>) => string;
  /** The place of the file from which a line of the journal came. */
  readonly placeOf: (entry: unknown) => number;
  /** By key, in the ledger's spelling. */
  readonly held: (books: unknown) => ReadonlyMap<string, Held>;
}

const FIRST_PLACE = 1_000_000;
const DID = '8005550100';
const DAY_MS = 86_400_000;
/** So long ago that no file of the harness has a time in the future, and not so long that nobody would believe it. */
const FIRST_DAY = (Math.floor(Date.now() / DAY_MS) - 3_600) * DAY_MS;

function callId({ place, number }: Pick<Sale, 'place' | 'number'>): string {
  return `${FIRST_PLACE + place}${String(number).padStart(3, '0')}`;
}

function placeOfCall(id: string): number {
  return Number(id.slice(0, 7)) - FIRST_PLACE;
}

/** A day for every place, a second for every row. */
function callDate({ place, number }: Pick<Sale, 'place' | 'number'>): string {
  const at = new Date(FIRST_DAY + place * DAY_MS + number * 1000);
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

export const CRASH_VENDORS: readonly CrashVendor[] = [
  {
    id: 'convoso',
    appends: false,
    canReverse: false,
    decimals: 2,
    header: 'Call Log ID,Revenue',
    line: (sale) => `${callId(sale)},${sale.amount}`,
    key: callId,
    placeOf: (entry) => placeOfCall((entry as ConvosoUpdate).call_log_id),
    held: (books) => {
      const { revenue, updates } = books as ConvosoBooks;
      return heldBy(
        Object.keys(revenue),
        (key) => [revenue[key]].filter((amount) => amount != null),
        (key) => updates.filter((update) => update.call_log_id === key).length,
      );
    },
  },
  {
    id: 'trackdrive',
    appends: false,
    canReverse: true,
    decimals: 2,
    header: 'Call UUID,Revenue,Buyer Converted',
    line: (sale) => `${callId(sale)},${sale.reversed ? ',false' : `${sale.amount},`}`,
    key: callId,
    placeOf: (entry) => placeOfCall((entry as TrackDriveUpdate).call),
    held: (books) => {
      const { billing, calls, updates } = books as TrackDriveBooks;
      return heldBy(
        Object.keys(calls),
        (key) => {
          const own = billing.filter(({ call }) => call === key);
          const billed = own.filter(({ kind }) => kind === 'conversion').map(({ revenue }) => revenue);
          const offsets = own.filter(({ kind }) => kind === 'reversal').length;
          return billed.slice(offsets);
        },
        (key) => updates.filter(({ call }) => call === key).length,
        (key) => calls[key]?.buyer_converted === false,
      );
    },
  },
  {
    id: 'tldcrm',
    appends: true,
    canReverse: false,
    decimals: 4,
    header: 'DID,Caller ID,Call Date,Cost',
    line: (sale) => `${DID},${cid(sale)},${callDate(sale)},${sale.amount}`,
    key: (sale) => `${DID}|${cid(sale)}|${callDate(sale)}`,
    placeOf: (entry) => {
      const day = (entry as TldcrmCost).call_date.slice(0, 10);
      return Math.round((Date.parse(`${day}T00:00:00Z`) - FIRST_DAY) / DAY_MS);
    },
    held: (books) => {
      const costs = new Map<string, TldcrmCost[]>();
      for (const cost of (books as TldcrmBooks).costs) {
        const key = `${cost.did}|${cost.cid}|${cost.call_date}`;
        costs.set(key, [...(costs.get(key) ?? []), cost]);
      }
      const of = (key: string): TldcrmCost[] => costs.get(key) ?? [];
      return heldBy(
        [...costs.keys()],
        (key) => of(key).map(({ cost }) => cost),
        (key) => of(key).length,
        () => false,
        (key) => of(key).map(({ cost_id: id }) => String(id)),
      );
    },
  },
  {
    id: 'invoca',
    appends: false,
    canReverse: true,
    decimals: 2,
    header: 'Transaction ID,Outcome Name,Order ID,Sale Amount,Value',
    line: (sale) => `${callId(sale)},Sale,SO-${callId(sale)},${invocaMoney(sale)}`,
    key: (sale) => `${callId(sale)}|sale|SO-${callId(sale)}`,
    placeOf: (entry) => placeOfCall((entry as { written: Written }).written.held.call),
    held: (books) => {
      const { outcomes, transactions } = books as InvocaBooks;
      const reported = transactions.filter(({ transaction_type: type }) => type === 'Reported Conversion');
      return heldInTransactions(Object.keys(outcomes), reported, (row) =>
        [
          row.complete_call_id.replace('REC-', ''),
          row.signal_name?.toLowerCase(),
          row.signal_partner_unique_id,
        ].join('|'),
      );
    },
  },
  {
    id: 'invoca-signals',
    appends: false,
    canReverse: true,
    decimals: 2,
    header: 'Transaction ID,Signal,Order ID,Revenue,Value',
    line: (sale) => `${callId(sale)},Sale,SO-${callId(sale)},${invocaMoney(sale)}`,
    key: (sale) => `SO-${callId(sale)}`,
    placeOf: (entry) => placeOfCall((entry as { written: Written }).written.held.call),
    held: (books) => {
      const { signals, transactions } = books as InvocaSignalsBooks;
      return heldInTransactions(
        Object.values(signals).map((signal) => signal.partner_unique_id),
        // The account has the rows of call outcomes too.
        transactions.filter(({ transaction_type: type }) => type === 'Signal'),
        (row) => row.signal_partner_unique_id ?? '',
        // The answers of this API are not documented to tell an id.
        false,
      );
    },
  },
  {
    id: 'ringba',
    appends: false,
    canReverse: true,
    decimals: 2,
    header: 'Inbound Call ID,Conversion Amount,Status',
    line: (sale) => `${callId(sale)},${sale.reversed ? ',refunded' : `${sale.amount},sold`}`,
    options: ['--reversal-column', 'Status', '--reversal-values', 'refunded', '--may-be-empty'],
    key: callId,
    placeOf: (entry) => placeOfCall((entry as RingbaAdjustment).inboundCallId),
    held: (books) => {
      const { calls, adjustments } = books as RingbaBooks;
      const amountOf = (key: string): string => calls[key]?.conversionAmount ?? '0';
      return heldBy(
        Object.keys(calls),
        (key) => (units(amountOf(key)) === 0 ? [] : [amountOf(key)]),
        (key) => adjustments.filter(({ inboundCallId }) => inboundCallId === key).length,
        (key) => units(amountOf(key)) === 0,
      );
    },
  },
];

function cid({ number }: Pick<Sale, 'number'>): string {
  return String(5_125_550_100 + (number % 90));
}

function invocaMoney({ amount, reversed }: Sale): string {
  return reversed ? ',false' : `${amount},`;
}

function heldBy(
  keys: readonly string[],
  live: (key: string) => readonly string[],
  writes: (key: string) => number,
  reversed: (key: string) => boolean = () => false,
  refs: (key: string) => readonly string[] = () => [],
): Map<string, Held> {
  return new Map(
    keys.map((key) => [
      key,
      { live: live(key), reversed: reversed(key), writes: writes(key), refs: refs(key) },
    ]),
  );
}

/** Every write is a row there; what no later one corrects counts. */
function heldInTransactions(
  keys: readonly string[],
  transactions: readonly InvocaTransaction[],
  keyOf: (row: InvocaTransaction) => string,
  tellsIds = true,
): Map<string, Held> {
  const corrected = new Set(transactions.map((row) => row.corrects_transaction_id));
  const standing = (key: string): InvocaTransaction[] =>
    transactions.filter((row) => keyOf(row) === key && !corrected.has(row.transaction_id));
  return heldBy(
    keys,
    (key) =>
      standing(key)
        .filter((row) => row.signal_value)
        .map((row) => row.sale_amount ?? row.revenue ?? ''),
    (key) => transactions.filter((row) => keyOf(row) === key).length,
    (key) => standing(key).some((row) => !row.signal_value),
    (key) => (tellsIds ? standing(key).map((row) => row.transaction_id) : []),
  );
}

/** An amount in 1/10000, from text such as `12.5` or `12.5000`. */
export function units(text: string): number {
  const [whole = '', fraction = ''] = text.split('.');
  return Number(`${whole}${fraction.padEnd(4, '0')}`);
}
