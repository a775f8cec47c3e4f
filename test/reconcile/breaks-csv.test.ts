import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatAmount, type Amount } from '../../src/core/amount.js';
import type { Source } from '../../src/core/ports.js';
import type { Span } from '../../src/core/breaks.js';
import type { Transaction } from '../../src/core/transactions.js';
import type { Vendor } from '../../src/core/vendor.js';
import { csvSource } from '../../src/io/csv/reader.js';
import { SqliteComparison } from '../../src/io/ledger/comparison.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { BREAK_COLUMNS, breakRows, Tally } from '../../src/reconcile/breaks-csv.js';
import { matchSales, type Against, type MatchJob } from '../../src/reconcile/match.js';
import { convoso } from '../../src/vendors/convoso.js';
import { invoca } from '../../src/vendors/invoca.js';
import { callRow, outcomeRow, pullInto, START } from '../support/pulled.js';
import { MAP, NO_CHOICE } from '../support/push.js';

const MINUTE = 60_000;

type Row = Readonly<Record<string, string>>;

interface Compared {
  readonly rows: readonly Row[];
  readonly tally: Tally;
}

/** A source that can be read twice, as an export is. */
function text(name: string, csv: string): Source {
  return {
    ...csvSource(name, { stdin: Readable.from([]), cwd: '/' }),
    read: (signal) => csvSource('-', { stdin: Readable.from([Buffer.from(csv)]), cwd: '/' }).read(signal),
  };
}

async function compared(
  vendor: Vendor,
  csv: string,
  againstOf: (comparison: SqliteComparison) => Promise<Against>,
  { ledger: path, job = {} }: { ledger?: string; job?: Partial<MatchJob> } = {},
): Promise<Compared> {
  const namespace = { vendor: vendor.id, account: 'default', origin: 'https://there' };
  const ledger = SqliteLedger.dryRun(path ?? '/nowhere/ledger.db', namespace);
  try {
    const comparison = new SqliteComparison(ledger.db, namespace);
    const against = await againstOf(comparison);
    const all: MatchJob = {
      vendor,
      sources: [text('sales.csv', csv)],
      columns: {
        ...NO_CHOICE,
        reversal: csv.split('\n')[0]?.includes('status') === true ? 'status' : undefined,
      },
      map: MAP,
      skipTotalRow: false,
      onConflict: 'refuse',
      against,
      ...job,
    };
    const ports = {
      ledger,
      comparison,
      now: 0,
      emit: () => undefined,
      interrupt: new AbortController().signal,
    };
    const done = await matchSales(all, ports);
    if (done.kind !== 'matched') throw new Error(JSON.stringify(done));
    const tally = new Tally();
    const columns = [...done.header, ...BREAK_COLUMNS];
    const rows: Row[] = [];
    const whose = { vendor: all.vendor.id, account: 'default', origin: 'https://vendor.example' };
    const style = {
      width: done.header.length,
      asOf: 0,
      asOfRun: 0,
      whose,
      zone: undefined,
      isAppended: false,
    };
    for await (const page of breakRows(comparison, done.run, style, tally))
      rows.push(
        ...page.map((cells) => Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']))),
      );
    return { rows, tally };
  } finally {
    await ledger.close();
  }
}

const SALES = 'transaction_id,start_time,calling_phone_number,outcome_name,partner_unique_id,amount,status';

/** What a pull has brought, beside the sales; `sales` are lines under `SALES`. */
async function againstPulled(
  sales: readonly string[],
  rows: readonly Transaction[],
  {
    span = {},
    toleranceMs = MINUTE,
    job,
  }: { span?: Span; toleranceMs?: number; job?: Partial<MatchJob> } = {},
): Promise<Compared> {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-compare-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ledger = join(folder, 'ledger.db');
  await pullInto(ledger, {
    namespace: { vendor: 'invoca', account: 'default', origin: 'https://there' },
    rows,
  });
  return compared(
    invoca,
    [SALES, ...sales, ''].join('\n'),
    async (comparison) => {
      const [scope] = await comparison.pulled('invoca');
      if (scope === undefined || invoca.report === undefined) throw new Error('nothing pulled');
      return {
        kind: 'pulled',
        report: invoca.report,
        corrections: 'added',
        scope,
        toleranceMs,
        span,
      };
    },
    { ledger, job },
  );
}

function words({ rows }: Compared): (string | undefined)[] {
  return rows.map((row) => row['revsync_break']);
}

describe('sales against what was pulled', () => {
  it('names each break, with both amounts, the difference and the ids, and adds up', async () => {
    const found = await againstPulled(
      [
        'A,,,Sale,1,10.00,',
        'B,,,Sale,,20.00,',
        'C,,,Sale,,30.00,',
        'D,,,Sale,,40.00,',
        'E,,,Sale,,50.00,',
        'F,,,Sale,,60.00,refunded',
      ],
      [
        ...['A', 'B', 'D', 'E', 'F', 'G'].map((id) => callRow(id)),
        outcomeRow('A', 'A1', 1000, { orderId: '1' }),
        outcomeRow('B', 'B1', 2000),
        outcomeRow('B', 'B2', 2100, { corrects: 'B1', correctedAt: START + MINUTE }),
        outcomeRow('D', 'D1', 4000),
        outcomeRow('D', 'D2', 4000),
        outcomeRow('E', 'E1', 5000),
        outcomeRow('E', 'E2', undefined, { value: false, corrects: 'E1', correctedAt: START }),
        outcomeRow('F', 'F1', 6000),
        outcomeRow('G', 'G1', 700),
      ],
    );
    const shown = found.rows.map((row) =>
      ['break', 'amount', 'vendor_amount', 'difference', 'vendor_call', 'vendor_ref', 'vendor_corrections']
        .map((name) => row[`revsync_${name}`])
        .join(' | '),
    );
    expect(shown).toEqual([
      'matched | 10.00 | 10.00 | 0.00 | A | A1 | 0',
      'amount_differs | 20.00 | 21.00 | -1.00 | B | B2 | 1',
      'missing_at_vendor | 30.00 |  | 30.00 |  |  | ',
      'doubled_at_vendor | 40.00 | 80.00 | -40.00 | D | D1 D2 | 0',
      'reversed_at_vendor | 50.00 |  | 50.00 | E | E2 | 1',
      'amount_differs |  | 60.00 | -60.00 | F | F1 | 0',
      'missing_in_file |  | 7.00 | -7.00 | G | G1 | 0',
    ]);
    expect(found.rows[1]).toMatchObject({
      revsync_vendor_started_at: '2026-11-20T15:00:00+00:00',
      revsync_vendor_corrected_at: '2026-11-20T15:01:00+00:00',
      revsync_vendor_caller: '+15125550123',
      revsync_vendor_outcome: 'Sale',
      revsync_line: '3',
      transaction_id: 'B',
    });
    expect(found.tally.file).toEqual({ rows: 5, amount: 1_500_000n });
    expect(found.tally.vendor).toEqual({ rows: 6, amount: 1_780_000n });
    expect(found.tally.tiesOut).toBe(false);
    expect(found.tally.breaks).toBe(6);
  });

  it('ties out where a sale was sent twice with corrections, taken back on both sides, or worth nothing', async () => {
    const found = await againstPulled(
      ['A,,,Sale,,10.00,', 'B,,,Sale,,,refunded', 'C,,,No Sale,,0.00,', 'A,,,Sale,,10.00,'],
      [
        outcomeRow('A', 'A1', 900),
        outcomeRow('A', 'A2', 1000, { corrects: 'A1', correctedAt: START }),
        outcomeRow('B', 'B1', 100, { value: false }),
        outcomeRow('C', 'C1', undefined, { outcome: 'No Sale' }),
      ],
    );
    expect(words(found)).toEqual(['matched', 'matched', 'matched', 'matched']);
    expect(found.tally.tiesOut).toBe(true);
    expect(found.tally.file.amount).toBe(100_000n);
  });

  it('finds a call by caller and start within the tolerance, and says where two could be meant', async () => {
    const sales = [
      ',2026-11-20T15:00:30Z,+15125550123,Sale,,10.00,',
      ',2026-11-20T15:01:01Z,(512) 555-0124,Sale,,20.00,',
      ',2026-11-20T15:00:10Z,+15125550125,Sale,,30.00,',
      ',2026-11-20T15:00:10Z,+15125550126,Sale,K,40.00,',
    ];
    const at = (id: string, phone: string, seconds: number): Transaction =>
      callRow(id, { caller: phone, startedAt: START + seconds * 1000 });
    const rows = [
      at('A', '+15125550123', 0),
      outcomeRow('A', 'A1', 1000),
      at('B', '+15125550124', 0),
      outcomeRow('B', 'B1', 2000),
      at('C', '+15125550125', 0),
      at('D', '+15125550125', 20),
      at('E', '+15125550126', 0),
      at('F', '+15125550126', 20),
      outcomeRow('F', 'F1', 4000, { orderId: 'K' }),
    ];
    const found = await againstPulled(sales, rows);
    expect(words(found)).toEqual(['matched', 'missing_at_vendor', 'ambiguous', 'matched', 'missing_in_file']);
    expect(found.rows[2]?.['revsync_error']).toBe('2 calls of that caller began within the tolerance');
    expect(words(await againstPulled(sales, rows, { toleranceMs: 61_000 }))[1]).toBe('matched');
    const twin = [callRow('G', { startedAt: START + 10_000 }), outcomeRow('G', 'G1', 4000, { orderId: 'K' })];
    const twice = await againstPulled(
      sales.slice(3),
      [...twin, ...rows.slice(6)].map((row) => ({ ...row, caller: '+15125550126' })),
    );
    expect(twice.rows.map((row) => row['revsync_vendor_call'])).toEqual(['G', 'F']);
  });

  it('goes by any id of the call, whatever the case of the name, and without an order id by the one that is left', async () => {
    const found = await againstPulled(
      ['A1,,,SÄLE,,10.00,', 'B,,,Sale,1,20.00,', 'B,,,Sale,,30.00,', 'C,,,Sale,,5.00,'],
      [
        callRow('A'),
        outcomeRow('A', 'A1', 1000, { outcome: 'säle', orderId: 'X' }),
        outcomeRow('B', 'B1', 2000, { orderId: '1' }),
        outcomeRow('B', 'B2', 3000, { orderId: '2' }),
        outcomeRow('C', 'C1', 500, { orderId: '1' }),
        outcomeRow('C', 'C2', 600, { orderId: '2' }),
      ],
    );
    expect(words(found)).toEqual([
      'matched',
      'matched',
      'matched',
      'ambiguous',
      'missing_in_file',
      'missing_in_file',
    ]);
  });

  it('leaves what the vendor holds on other days alone, but not where a row is about it', async () => {
    const earlier = { startedAt: START - 1 };
    const found = await againstPulled(
      ['A,,,Sale,,10.00,'],
      [
        callRow('A', earlier),
        outcomeRow('A', 'A1', 1000, earlier),
        callRow('B', earlier),
        outcomeRow('B', 'B1', 2000, earlier),
        callRow('C'),
        outcomeRow('C', 'C1', 3000),
        outcomeRow('C', 'C2', undefined, { outcome: 'Quote' }),
      ],
      { span: { from: START } },
    );
    expect(words(found)).toEqual(['matched', 'missing_in_file']);
  });

  it('says of a row that cannot be sent that it is invalid, and does not miss what it is about', async () => {
    const found = await againstPulled(['A,,,Sale,,1O.00,'], [outcomeRow('A', 'A1', 1000)]);
    expect(words(found)).toEqual(['invalid']);
    expect(found.rows[0]).toMatchObject({ revsync_vendor_amount: '10.00', revsync_difference: '-10.00' });
    expect(found.tally.tiesOut).toBe(false);
  });

  it('counts an older account by its sale rows once, and does not guess between several', async () => {
    const old = (id: string, type: string, fields: Partial<Transaction>): Transaction => ({
      ...outcomeRow('A', id, undefined),
      type,
      ...fields,
    });
    const pair = (number: number, orderId: string): Transaction[] => [
      old(`S${number}`, 'Sale', { amount: 100_000 as Amount }),
      old(`G${number}`, 'Signal', { orderId }),
    ];
    const sale = 'A,,,Sale,x,10.00,';
    expect(words(await againstPulled([sale], pair(1, 'x')))).toEqual(['matched']);
    const several = await againstPulled([sale], [...pair(1, 'x'), ...pair(2, 'y')]);
    expect(words(several)[0]).toBe('ambiguous');
    expect(several.rows[0]?.['revsync_error']).toContain('not told which belong together');
  });

  it('gives the vendor the sum of lines that are sent as one', async () => {
    const found = await againstPulled(
      ['A,,,Sale,,10.00,', 'A,,,Sale,,5.00,'],
      [outcomeRow('A', 'A1', 1500)],
      {
        job: { onConflict: 'sum' },
      },
    );
    expect(words(found)).toEqual(['matched', 'matched']);
    expect(found.tally.file).toEqual({ rows: 1, amount: 150_000n });
    expect(found.tally.tiesOut).toBe(true);
  });
});

/** By an export with the columns `id` and `total`. */
async function againstExport(sales: string, lines: readonly string[]): Promise<Compared> {
  const source = text('export.csv', ['id,total', ...lines, ''].join('\n'));
  const key = ['call_id=id'];
  return compared(convoso, sales, async () =>
    Promise.resolve({
      ...{ kind: 'export', source, key, amount: 'total' },
      ...{ decimal: undefined, ref: undefined, madeAt: undefined },
    }),
  );
}

const money = fc
  .oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 9_999_999 }))
  .map((n) => (n * 100) as Amount);

describe('any two books', () => {
  it('are told apart row by row, and every amount of either side is counted once', async () => {
    const entry = fc.record({
      file: fc.option(fc.oneof(money, fc.constant(0 as Amount)), { nil: undefined }),
      vendor: fc.array(
        fc.oneof({ weight: 3, arbitrary: money }, { weight: 1, arbitrary: fc.constant(0 as Amount) }),
        { maxLength: 2 },
      ),
      same: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (entries) => {
        const held = entries.map(({ file, vendor, same }) =>
          same && file !== undefined ? vendor.map(() => file) : vendor,
        );
        const id = (index: number): string => String(100_000 + index);
        const sales = entries.flatMap(({ file }, index) =>
          file === undefined ? [] : [`${id(index)},${formatAmount(file)}`],
        );
        const exported = held.flatMap((amounts, index) =>
          amounts.map((amount) => `${id(index)},${formatAmount(amount)}`),
        );
        const found = await againstExport(['call_log_id,revenue', ...sales, ''].join('\n'), exported);
        const wanted = new Map<string, string>();
        for (const [index, { file }] of entries.entries()) {
          const word = wordOf(file, held[index] ?? []);
          if (word !== undefined) wanted.set(id(index), word);
        }
        const told = new Map(found.rows.map((row) => [row['revsync_key'] ?? '', row['revsync_break'] ?? '']));
        expect(told).toEqual(wanted);
        expect(found.rows).toHaveLength(wanted.size);
        const sum = (name: string): bigint =>
          found.rows.reduce((total, row) => total + BigInt((row[name] ?? '').replace('.', '') || '0'), 0n) *
          100n;
        const total = (amounts: readonly Amount[]): bigint =>
          amounts.reduce((all, amount) => all + BigInt(amount), 0n);
        const [mine, theirs] = [total(entries.flatMap(({ file }) => file ?? [])), total(held.flat())];
        expect([sum('revsync_amount'), found.tally.file.amount]).toEqual([mine, mine]);
        expect([sum('revsync_vendor_amount'), found.tally.vendor.amount]).toEqual([theirs, theirs]);
        expect(sum('revsync_difference')).toBe(mine - theirs);
        expect(found.tally.tiesOut).toBe([...wanted.values()].every((word) => word === 'matched'));
      }),
      { numRuns: 60 },
    );
  });
});

/** As a person would say it, from the amounts of one id on either side; undefined where there is no row about it. */
function wordOf(file: Amount | undefined, vendor: readonly Amount[]): string | undefined {
  const worth = vendor.filter((amount) => amount !== 0);
  if (file === undefined) return worth.length > 0 ? 'missing_in_file' : undefined;
  if (vendor.length === 0) return 'missing_at_vendor';
  if (worth.length > 1) return 'doubled_at_vendor';
  return (worth[0] ?? 0) === file ? 'matched' : 'amount_differs';
}
