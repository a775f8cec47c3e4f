import { expect, it } from 'vitest';
import type { InvocaBooks } from '../../src/sandbox/invoca.js';
import { type Ended } from '../support/cli.js';
import { workspaceOfTest } from '../support/shared-ledger.js';
import { letTimePass } from '../support/pull.js';
import { vendorServer } from '../support/vendor-server.js';

const SALES = 2000;
const CORRECTED = 200;
const REFUNDED = 50;
const HEADER = 'transaction_id,outcome_name,amount,status';
const REFUNDS = ['--reversal-column', 'status', '--reversal-values', 'refunded', '--may-be-empty'];

/** A day's sales; `later` with a tenth of them corrected and some taken back. */
function salesFile(later: boolean): string {
  const lines = Array.from({ length: SALES }, (_, index) => {
    const cents = 1000 + index + (later && index < CORRECTED ? 50 : 0);
    const refunded = later && index >= SALES - REFUNDED;
    return `C-${index},Sale,${(cents / 100).toFixed(2)},${refunded ? 'refunded' : ''}`;
  });
  return `${[HEADER, ...lines].join('\n')}\n`;
}

function numberOf(text: string | undefined): bigint {
  return BigInt((text ?? '').replace('.', ''));
}

it(
  'ties out after a push, corrections and reversals, and names every change behind its back',
  { timeout: 180_000 },
  async () => {
    const space = await workspaceOfTest();
    const server = await vendorServer<InvocaBooks>('invoca');
    const on = ['--base-url', server.url];
    const push = (): Promise<Ended> =>
      space.run('push', 'sales.csv', '--vendor', 'invoca', ...on, ...REFUNDS, '--rate', '100000');
    const pull = (...args: string[]): Promise<Ended> =>
      space.run('pull', 'invoca', '--network', '33', ...on, '--page-rows', '700', ...args);
    const reconcile = (): Promise<Ended> =>
      space.run('reconcile', 'sales.csv', '--vendor', 'invoca', ...on, ...REFUNDS, '--json');

    space.write('sales.csv', salesFile(false));
    expect((await push()).code).toBe(0);
    space.write('sales.csv', salesFile(true));
    expect((await push()).code).toBe(0);
    expect(server.books().transactions).toHaveLength(SALES + CORRECTED + REFUNDED);

    const pulled = await pull('--folded', '--out', 'held.csv');
    expect(pulled.stderr).toContain(`folded into ${SALES} calls`);
    expect(pulled.code).toBe(0);
    const calls = space.rows('held.csv');
    const sum = (name: string): bigint => calls.reduce((all, row) => all + numberOf(row[name]), 0n);
    const wanted = Array.from({ length: SALES - REFUNDED }, (_, index) => 1000 + index).reduce(
      (all, cents) => all + cents,
      CORRECTED * 50,
    );
    expect([sum('sales'), sum('amount'), sum('corrections')]).toEqual([
      BigInt(SALES - REFUNDED),
      BigInt(wanted),
      BigInt(CORRECTED + REFUNDED),
    ]);

    const tied = await reconcile();
    const total = `${Math.floor(wanted / 100)}.${String(wanted % 100).padStart(2, '0')}`;
    expect(JSON.parse(tied.stdout)).toMatchObject({
      ties_out: true,
      breaks: { matched: SALES },
      file: { amount: total },
      vendor_side: { amount: total },
    });
    expect(tied.code).toBe(0);

    const changes = [
      { set: idOf('C-300'), fields: { sale_amount: '99.99' } },
      { remove: idOf('C-301') },
      { add: { complete_call_id: 'NOBODY', sale_amount: '5.00' } },
      { add: {}, like: idOf('C-302') },
      { set: idOf('C-303'), fields: { signal_value: false } },
      { set: idOf('C-304'), fields: { signal_partner_unique_id: 'X' } },
      { add: { signal_partner_unique_id: 'Y' }, like: idOf('C-304') },
    ];
    const altered = await fetch(`${server.url}/_sandbox/books/invoca`, {
      method: 'PUT',
      body: JSON.stringify(changes),
    });
    expect(altered.ok).toBe(true);
    await letTimePass(space.ledger);
    expect((await pull()).code).toBe(0);
    const broken = await reconcile();
    expect(broken.code).toBe(1);
    const rows = space.rows('sales.breaks.csv').filter((row) => row['revsync_break'] !== 'matched');
    expect(
      rows.map((row) => [row['transaction_id'] || row['revsync_vendor_call'], row['revsync_break']]),
    ).toEqual([
      ['C-300', 'amount_differs'],
      ['C-301', 'missing_at_vendor'],
      ['C-302', 'doubled_at_vendor'],
      ['C-303', 'reversed_at_vendor'],
      ['C-304', 'ambiguous'],
      ['NOBODY', 'missing_in_file'],
      // Each of these could be the ambiguous one.
      ['REC-C-304', 'missing_in_file'],
      ['REC-C-304', 'missing_in_file'],
    ]);
    expect(rows[0]).toMatchObject({
      revsync_amount: '13.00',
      revsync_vendor_amount: '99.99',
      revsync_difference: '-86.99',
    });

    // What is missing or differs is sent again, whatever the ledger remembers; nothing else is.
    const before = server.books().transactions.length;
    const mended = await space.run(
      ...['push', 'sales.breaks.csv', '--vendor', 'invoca', ...on, ...REFUNDS, '--rate', '100000'],
    );
    expect(mended.code).toBe(0);
    const sent = server.books().transactions.slice(before);
    expect(sent.map(({ complete_call_id: call, sale_amount: amount }) => [call, amount])).toEqual([
      ['REC-C-300', '13.0'],
      ['REC-C-301', '13.01'],
    ]);

    function idOf(call: string): string {
      const row = server.books().transactions.find(({ complete_call_id: id }) => id === `REC-${call}`);
      return row?.transaction_id ?? '';
    }
  },
);
