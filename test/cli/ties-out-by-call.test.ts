import { describe, expect, it } from 'vitest';
import { type Workspace, type Ended } from '../support/cli.js';
import { workspaceOfTest } from '../support/shared-ledger.js';
import { vendorServer } from '../support/vendor-server.js';

const SALES = 30;
const CORRECTED = 6;
const REFUNDED = 4;
const REFUNDS = ['--reversal-column', 'status', '--reversal-values', 'refunded', '--may-be-empty'];

interface Case {
  readonly vendor: string;
  readonly header: string;
  readonly callOf: (index: number) => string;
  /** The same calls as the file may name them, too. */
  readonly alsoCalled?: (index: number) => string;
  /** Six changes behind the vendor's back, and the call and break that each of them makes. */
  readonly changes: readonly { readonly change: object; readonly call: string; readonly word: string }[];
  /** What the closing words say of the vendor's own count. */
  readonly control: string;
  /** Breaks that a person has to look at, once the others were sent again. */
  readonly left: number;
  /** Whether a sale that was taken back before is taken back again only where somebody says so. */
  readonly takesBackOnce?: true;
}

const CASES: readonly Case[] = [
  {
    vendor: 'trackdrive',
    header: 'Call ID,Revenue,status',
    callOf: (index) => String(500 + index),
    alsoCalled: (index) => `00000000-0000-4000-8000-000000000${String(500 + index)}`,
    changes: [
      {
        change: { set: '506', fields: { revenue: '99.99' } },
        call: '506',
        word: 'amount_differs',
      },
      { change: { remove: '507' }, call: '507', word: 'missing_at_vendor' },
      {
        change: { set: '508', fields: { buyer_converted: false } },
        call: '508',
        word: 'reversed_at_vendor',
      },
      {
        change: { set: '509', fields: { buyer_converted: 'Pending Review' } },
        call: '509',
        word: 'ambiguous',
      },
      {
        change: { set: '527', fields: { buyer_converted: true } },
        call: '527',
        word: 'amount_differs',
      },
      {
        change: { add: { id: '999', revenue: '5.00', buyer_converted: true } },
        call: '00000000-0000-4000-8000-000000000999',
        word: 'missing_in_file',
      },
    ],
    control: '30 rows, as TrackDrive counts them',
    left: 3,
    takesBackOnce: true,
  },
  {
    vendor: 'ringba',
    header: 'Inbound Call ID,Conversion Amount,status',
    callOf: (index) => `RGB${String(500 + index)}`,
    changes: [
      {
        change: { set: 'RGB506', fields: { conversionAmount: '99.99' } },
        call: 'RGB506',
        word: 'amount_differs',
      },
      { change: { remove: 'RGB507' }, call: 'RGB507', word: 'missing_at_vendor' },
      {
        change: { set: 'RGB508', fields: { hasConverted: false } },
        call: 'RGB508',
        word: 'reversed_at_vendor',
      },
      {
        change: { set: 'RGB509', fields: { conversionAmount: '0' } },
        call: 'RGB509',
        word: 'missing_at_vendor',
      },
      {
        change: { set: 'RGB527', fields: { conversionAmount: '5.00', hasConverted: true } },
        call: 'RGB527',
        word: 'amount_differs',
      },
      {
        change: { add: { inboundCallId: 'RGB999', conversionAmount: '5.00', hasConverted: true } },
        call: 'RGB999',
        word: 'missing_in_file',
      },
    ],
    control: '30 rows, as Ringba counts them',
    left: 2,
  },
];

interface Desk {
  readonly space: Workspace;
  push(file?: string, ...more: string[]): Promise<Ended>;
  pull(...args: string[]): Promise<Ended>;
  reconcile(...args: string[]): Promise<Ended>;
  alter(changes: readonly object[]): Promise<void>;
}

async function desk({ vendor }: Case): Promise<Desk> {
  const space = await workspaceOfTest();
  const server = await vendorServer<unknown>(vendor);
  const on = ['--base-url', server.url];
  // The fake has calls when they are first written to.
  const day = new Date().toISOString().slice(0, 10);
  const days = ['--from', day, '--to', day, '--timezone', 'UTC'];
  return {
    space,
    push: (file = 'sales.csv', ...more) =>
      space.run('push', file, '--vendor', vendor, ...on, ...REFUNDS, '--rate', '100000', ...more),
    pull: (...args) => space.run('pull', vendor, ...on, ...days, ...args),
    reconcile: (...args) =>
      space.run('reconcile', 'sales.csv', '--vendor', vendor, ...on, ...REFUNDS, ...args),
    alter: async (changes) => {
      const body = JSON.stringify(changes);
      const altered = await fetch(`${server.url}/_sandbox/books/${vendor}`, { method: 'PUT', body });
      expect(await altered.text()).not.toContain('error');
      expect(altered.ok).toBe(true);
    },
  };
}

/** A day's sales; `later` with some corrected and some taken back. */
function salesFile({ header }: Case, nameOf: (index: number) => string, later: boolean): string {
  const lines = Array.from({ length: SALES }, (_, index) => {
    const cents = 1000 + index + (later && index < CORRECTED ? 50 : 0);
    const refunded = later && index >= SALES - REFUNDED;
    return `${nameOf(index)},${(cents / 100).toFixed(2)},${refunded ? 'refunded' : ''}`;
  });
  return `${[header, ...lines].join('\n')}\n`;
}

describe.each(CASES)('$vendor against the calls that were pulled', (one) => {
  it('ties out after push, correction, reversal and pull; six changes are six breaks', async () => {
    const { space, push, pull, reconcile, alter } = await desk(one);
    for (const later of [false, true]) {
      space.write('sales.csv', salesFile(one, one.callOf, later));
      const pushed = await push();
      expect(pushed.stderr).toMatch(/accepted/);
      expect(pushed.code).toBe(0);
    }
    const pulled = await pull('--page-rows', '7');
    expect(pulled.stderr).toContain(
      `30 rows came in 5 pages; the ledger has 30\ncontrol total: ${one.control}\n`,
    );
    expect(pulled.code).toBe(0);
    for (const nameOf of [one.callOf, one.alsoCalled ?? one.callOf]) {
      space.write('sales.csv', salesFile(one, nameOf, true));
      const tied = await reconcile('--json');
      expect(JSON.parse(tied.stdout)).toMatchObject({
        against: 'account',
        ties_out: true,
        breaks: { matched: SALES },
      });
      expect(tied.code).toBe(0);
    }

    space.write('sales.csv', salesFile(one, one.callOf, true));
    await alter(one.changes.map(({ change }) => change));
    expect((await pull('--out', 'held.csv')).code).toBe(0);
    expect(space.rows('held.csv')).toHaveLength(SALES);
    const broken = await reconcile();
    expect(broken.stderr).toContain('they do not tie out: 6 breaks');
    expect(broken.code).toBe(1);
    const rows = space.rows('sales.breaks.csv').filter((row) => row['revsync_break'] !== 'matched');
    expect(
      rows.map((row) => [row['revsync_key'] || row['revsync_vendor_call'], row['revsync_break']]),
    ).toEqual(one.changes.map(({ call, word }) => [call, word]));
    for (const { revsync_break: word, revsync_error: error } of rows)
      if (word === 'ambiguous') expect(error).toMatch(/^cannot tell: /);

    // What is missing or differs is sent again, and then only what a person has to look at is left.
    const mended = await push('sales.breaks.csv');
    expect(mended.code).toBe(one.takesBackOnce === true ? 1 : 0);
    if (one.takesBackOnce === true) {
      const held = space
        .rows('sales.breaks.results.csv')
        .filter((row) => row['revsync_status'] === 'not_sent');
      expect(held.map((row) => [row['revsync_key'], row['revsync_error_code']])).toEqual([
        ['527', 'looks_sent'],
      ]);
      expect((await push('sales.breaks.csv', '--send-again')).code).toBe(0);
    }
    expect((await pull()).code).toBe(0);
    expect((await reconcile()).stderr).toContain(`they do not tie out: ${one.left} breaks`);
  });
});
