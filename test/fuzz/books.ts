import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import type { InvocaBooks } from '../../src/sandbox/invoca.js';
import type { InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import type { RingbaBooks } from '../../src/sandbox/ringba.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import type { TrackDriveBooks } from '../../src/sandbox/trackdrive.js';

/** What the books say about a row: its amount, null where it was applied without one. */
export interface Held {
  readonly amount: string | null;
  /** Whether the sale stands; false where it was taken back. */
  readonly stands: boolean;
}

/** How a vendor's books are read, by hand for each vendor. */
export interface BookReader {
  /** Requests that were applied. */
  readonly applied: (books: unknown) => number;
  /** Undefined where the books know nothing of the row, which is known by its key or by the vendor's ref. */
  readonly held: (books: unknown, key: string, ref: string) => Held | undefined;
  /** The amount that a request carries; undefined where it carries none. */
  readonly sent: (request: FakeRequest) => string | undefined;
}

function formRevenue({ body }: FakeRequest): string | undefined {
  return new URLSearchParams(body).get('revenue') ?? undefined;
}

/** The digits of a JSON number, as they are written. */
function numberIn(body: string, name: string): string | undefined {
  return new RegExp(`"${name}":(-?[\\d.]+)[,}]`).exec(body)?.[1];
}

export const BOOKS: Readonly<Record<string, BookReader>> = {
  convoso: {
    applied: (books) => (books as ConvosoBooks).updates.length,
    held: (books, key) => {
      const { revenue } = books as ConvosoBooks;
      return Object.hasOwn(revenue, key) ? { amount: revenue[key] ?? null, stands: true } : undefined;
    },
    sent: formRevenue,
  },
  trackdrive: {
    applied: (books) => (books as TrackDriveBooks).updates.length,
    held: (books, key) => {
      const { calls } = books as TrackDriveBooks;
      const call = Object.hasOwn(calls, key) ? calls[key] : undefined;
      if (call === undefined) return undefined;
      const { buyer_converted: buyer, offer_converted: offer, revenue } = call;
      // An offer's conversion that is taken back by itself.
      const offerAlone = buyer === null && revenue === null && offer === false;
      return { amount: revenue, stands: buyer !== false && !offerAlone };
    },
    sent: ({ body, query }) => numberIn(body, 'revenue') ?? query.get('revenue') ?? undefined,
  },
  tldcrm: {
    applied: (books) => (books as TldcrmBooks).costs.length,
    held: (books, key, ref) => {
      const rows = (books as TldcrmBooks).costs.filter(
        (row) => `${row.did}|${row.cid}|${row.call_date}` === key,
      );
      const [row] = rows;
      if (row === undefined || rows.length > 1 || String(row.cost_id) !== ref) return undefined;
      return { amount: row.cost, stands: true };
    },
    sent: ({ body }) => (JSON.parse(body) as { cost?: string }).cost,
  },
  invoca: {
    applied: (books) => (books as InvocaBooks).transactions.length,
    held: (books, _key, ref) => {
      const outcomes = Object.values((books as InvocaBooks).outcomes);
      const outcome = outcomes.find((one) => one.transaction_id === ref);
      return outcome && { amount: outcome.sale_amount, stands: outcome.value };
    },
    sent: ({ body }) =>
      (JSON.parse(body) as { call_outcome: { sale_amount?: string } }).call_outcome.sale_amount,
  },
  'invoca-signals': {
    applied: (books) => (books as InvocaSignalsBooks).transactions.length,
    held: (books, key) => {
      const { signals } = books as InvocaSignalsBooks;
      const id = key.replaceAll('%7C', '|').replaceAll('%25', '%');
      const signal = Object.values(signals).find((one) => one.partner_unique_id === id);
      return signal && { amount: signal.revenue, stands: signal.value };
    },
    sent: ({ body }) => (JSON.parse(body) as { signals: { revenue?: string }[] }).signals[0]?.revenue,
  },
  ringba: {
    applied: (books) => (books as RingbaBooks).adjustments.length,
    held: (books, key) => {
      const { calls } = books as RingbaBooks;
      const call = Object.hasOwn(calls, key) ? calls[key] : undefined;
      return call && { amount: call.conversionAmount, stands: true };
    },
    sent: ({ body }) => numberIn(body, 'newConversionAmount'),
  },
};

/** The decimal value of a cell in 1/10000, straight from its digits; undefined where it is no such number. */
export function tenThousandths(cell: string): bigint | undefined {
  const [, sign = '', whole = '', fraction = ''] = /^\s*(-?)(\d*)\.?(\d*)\s*$/.exec(cell) ?? [];
  if (whole + fraction === '' || /[1-9]/.test(fraction.slice(4))) return undefined;
  return BigInt(`${sign}${whole === '' ? '0' : whole}${fraction.slice(0, 4).padEnd(4, '0')}`);
}
