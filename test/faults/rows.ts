import type { Amount } from '../../src/core/amount.js';
import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import type { InvocaBooks } from '../../src/sandbox/invoca.js';
import type { InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import type { RingbaBooks } from '../../src/sandbox/ringba.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import type { TrackDriveBooks } from '../../src/sandbox/trackdrive.js';

/** The rows of a vendor, numbered from 1 to 9, each about a call of its own. */
export interface Rows {
  readonly header: string;
  readonly row: (number: number, amount: string) => string;
  readonly key: (number: number) => string;
  /** The money that the books hold for the row, one entry per billable record. */
  readonly held: (books: unknown, number: number) => readonly string[];
  /** HTTP status of the vendor's own answer to the first request about a call, and to a further one. */
  readonly created: number;
  readonly updated: number;
}

const ROWS: ReadonlyMap<string, Rows> = new Map<string, Rows>([
  [
    'convoso',
    {
      header: 'Call Log ID,Revenue',
      row: (number, amount) => `10012${number},${amount}`,
      key: (number) => `10012${number}`,
      held: (books, number) => given((books as ConvosoBooks).revenue[`10012${number}`]),
      created: 200,
      updated: 200,
    },
  ],
  [
    'trackdrive',
    {
      header: 'Call UUID,Revenue',
      row: (number, amount) => `0f8b-1${number},${amount}`,
      key: (number) => `0f8b-1${number}`,
      held: (books, number) =>
        (books as TrackDriveBooks).billing
          .filter(({ call }) => call === `0f8b-1${number}`)
          .map(({ revenue }) => revenue),
      created: 200,
      updated: 200,
    },
  ],
  [
    'tldcrm',
    {
      header: 'DID,Caller ID,Call Date,Cost',
      row: (number, amount) => `8005550100,512555012${number},2026-11-20 14:05:00,${amount}`,
      key: (number) => `8005550100|512555012${number}|2026-11-20 14:05:00`,
      held: (books, number) =>
        (books as TldcrmBooks).costs
          .filter(({ cid }) => cid === `512555012${number}`)
          .map(({ cost }) => cost),
      created: 200,
      updated: 200,
    },
  ],
  [
    'invoca',
    {
      header: 'Transaction ID,Outcome Name,Order ID,Sale Amount',
      row: (number, amount) => `00000002-000A,Sale,A-${number},${amount}`,
      key: (number) => `00000002-000A|sale|A-${number}`,
      held: (books, number) =>
        given((books as InvocaBooks).outcomes[`00000002-000A|sale|A-${number}`]?.sale_amount),
      created: 201,
      updated: 200,
    },
  ],
  [
    'invoca-signals',
    {
      header: 'Transaction ID,Signal,Order ID,Revenue',
      row: (number, amount) => `00000002-000A,Sale,A-${number},${amount}`,
      key: (number) => `A-${number}`,
      held: (books, number) =>
        given((books as InvocaSignalsBooks).signals[`00000002-000A|sale|A-${number}`]?.revenue),
      created: 200,
      updated: 200,
    },
  ],
  [
    'ringba',
    {
      header: 'Inbound Call ID,Conversion Amount',
      row: (number, amount) => `RGB1F2E-${number},${amount}`,
      key: (number) => `RGB1F2E-${number}`,
      held: (books, number) => given((books as RingbaBooks).calls[`RGB1F2E-${number}`]?.conversionAmount),
      created: 200,
      updated: 200,
    },
  ],
]);

function given(text: string | null | undefined): string[] {
  return text == null ? [] : [text];
}

export function rowsOf(vendor: string): Rows {
  const rows = ROWS.get(vendor);
  if (rows === undefined) throw new Error(`no rows of ${vendor}`);
  return rows;
}

/** 10.21, 20.22, …, 90.29: no two rows have one amount. */
export function amountText(number: number): string {
  return `${number}0.2${number}`;
}

/** The same in 1/10000. */
export function amount(number: number): Amount {
  return (number * 100_000 + 2_000 + number * 100) as Amount;
}
