import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatAmount, type Amount } from '../../src/core/amount.js';
import type { Settlement } from '../../src/core/ledger.js';
import type { StagedRow } from '../../src/core/row.js';
import { defused } from '../../src/core/text.js';
import type { AtomicFile } from '../../src/io/atomic-file.js';
import { csvSource } from '../../src/io/csv/reader.js';
import { Database } from '../../src/io/ledger/database.js';
import { SqliteRuns } from '../../src/io/ledger/records.js';
import { allOf } from '../support/all-of.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { runName } from '../../src/core/row.js';
import { defaultResultsPath, headerLine, openResults, resultsText } from '../../src/io/results.js';

let folder: string;
let ledger: SqliteLedger;
let runs = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'revsync-results-'));
  const namespace = { vendor: 'convoso', account: 'main', origin: 'http://127.0.0.1' };
  ledger = SqliteLedger.open(join(folder, 'ledger.db'), namespace);
});

afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const OWN_HEADERS =
  'revsync_line,revsync_key,revsync_action,revsync_status,revsync_amount,revsync_previous_amount,' +
  'revsync_http_status,revsync_error_code,revsync_error,revsync_vendor_ref,revsync_corrects_ref,' +
  'revsync_warning,revsync_attempts,revsync_sent_at,revsync_run\n';

function sale(line: number, key: string, units: number, cells: readonly string[]): StagedRow {
  const sale = { intent: 'set', amount: units as Amount, fields: { call_id: key } } as const;
  return { line, key, cells, sale, digest: `digest ${key}` };
}

function invalid(line: number, cells: readonly string[], message = 'two, not one'): StagedRow {
  return { line, cells, status: 'invalid', code: 'column_count', message };
}

/** Stages the rows as the only file of a run and plans to send every sale. */
async function staged(header: readonly string[], rows: readonly StagedRow[]): Promise<number> {
  const run = await ledger.beginRun(0, [
    { intent: 'set', relation: 'new', doubt: 'none', do: 'send', action: 'create' },
  ]);
  await ledger.addInput(run, { name: 'sales.csv', path: '/sales.csv', header });
  await ledger.stage(run, rows);
  return run;
}

async function textOf(run: number): Promise<string> {
  return (await allOf(resultsText(ledger, run, 1))).join('');
}

function partials(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.partial'));
}

function opened(path: string): AtomicFile {
  const file = openResults(path, ['id']);
  if (!file.ok) throw new Error(file.error);
  return file.value;
}

/** The first cell of each row as it stands in a results file. */
async function written(cells: readonly string[]): Promise<string[]> {
  const run = await staged(
    ['note'],
    cells.map((cell, index) => invalid(index + 2, [cell])),
  );
  const stdin = Readable.from([Buffer.from(headerLine(['note']) + (await textOf(run)))]);
  const found: string[] = [];
  for await (const item of csvSource('-', { stdin, cwd: '/' }).read(new AbortController().signal)) {
    if (item.kind === 'records') found.push(...item.records.map((record) => record.cells[0] ?? ''));
  }
  return found;
}

describe('the header of the results', () => {
  it('is that of the source and then revsync’s own columns, in their fixed order', () => {
    expect(headerLine(['id', 'Sale, net', ''])).toBe(`id,"Sale, net",,${OWN_HEADERS}`);
  });

  it('is defused like any other cell', () => {
    expect(headerLine(['=cmd|x', '@sum', '-1'])).toBe(`'=cmd|x,'@sum,-1,${OWN_HEADERS}`);
  });
});

describe('a cell that a spreadsheet would run', () => {
  it('gets an apostrophe', async () => {
    const cells = [
      '=1+1',
      '+1-555-0100',
      '-1+1',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '=',
      '-',
      '-1e5',
      '--5',
      '=a"b,c\nd',
    ];
    expect(await written(cells)).toEqual([
      "'=1+1",
      "'+1-555-0100",
      "'-1+1",
      "'@SUM(A1)",
      "'\t=1",
      "'\r=1",
      "'=",
      "'-",
      "'-1e5",
      "'--5",
      '\'=a"b,c\nd',
    ]);
  });

  it('gets none if it is a plain number, or text that no spreadsheet runs', async () => {
    const cells = [
      '-5',
      '-5.50',
      '+1.5',
      '+15125550123',
      '-.5',
      '-5.',
      '1+1',
      'a=1',
      "'tis",
      '(75.50)',
      ' =1',
      'ü',
    ];
    expect(await written(cells)).toEqual(cells);
  });
});

describe('the rows of the results', () => {
  it('say of each row what happened to it, in the order of the source', async () => {
    const run = await staged(
      ['id', 'revenue'],
      [
        sale(2, '100125', 500_000, ['100125', '50.00']),
        invalid(3, ['100126', '']),
        sale(4, '=100127', 1, ['=100127', '-5']),
      ],
    );
    const [first, second] = await ledger.claim(run, 10);
    if (first === undefined || second === undefined) throw new Error('nothing was claimed');
    const at = Date.UTC(2026, 10, 20, 9, 30, 0, 7);
    await ledger.settle(
      run,
      [
        {
          row: first,
          status: 'accepted',
          attempts: [
            { at: at - 250, code: 'lost_reply', message: 'socket hang up' },
            { at, httpStatus: 200 },
          ],
          ref: '-x9',
          correctsRef: '@old',
          warning: '=no lead',
        },
        {
          row: second,
          status: 'rejected',
          attempts: [{ at, httpStatus: 404, code: '@code', message: '+bad "call"' }],
          code: '@code',
          message: '+bad "call"',
        },
      ],
      at,
    );
    expect(await textOf(run)).toBe(
      "100125,50.00,2,100125,create,accepted,50.00,,200,,,'-x9,'@old,'=no lead,2,2026-11-20T09:30:00.007Z,run-1\n" +
        '100126,,3,,,invalid,,,,column_count,"two, not one",,,,0,,run-1\n' +
        `'=100127,-5,4,'=100127,create,rejected,0.0001,,404,'@code,"'+bad ""call""",,,,1,2026-11-20T09:30:00.007Z,run-1\n`,
    );
  });

  it('say what was accepted before where a row corrects it', async () => {
    const first = await staged(['id'], [sale(2, '7', 500_000, ['7'])]);
    const rows = await ledger.claim(first, 1);
    await ledger.settle(
      first,
      rows.map((row) => ({ row, status: 'accepted', attempts: [{ at: 0, httpStatus: 200 }] })),
      0,
    );
    await ledger.endRun(first, { at: 0, state: 'finished' });

    const second = await ledger.beginRun(1, [
      { intent: 'set', relation: 'changed', doubt: 'none', do: 'send', action: 'correct' },
    ]);
    await ledger.addInput(second, { name: 'sales.csv', path: '/sales.csv', header: ['id'] });
    await ledger.stage(second, [{ ...sale(2, '7', 755_000, ['7']), digest: 'another' }]);
    expect(await textOf(second)).toBe('7,2,7,correct,planned,75.50,50.00,,,,,,,0,,run-2\n');
    expect(await textOf(first)).toBe(
      '7,2,7,create,accepted,50.00,,200,,,,,,1,1970-01-01T00:00:00.000Z,run-1\n',
    );
  });

  it('are all there, each once, past the size of a page', async () => {
    const rows = Array.from({ length: 1203 }, (_, index) => invalid(index + 2, [`r${index}`]));
    const run = await staged(['id'], rows);
    expect((await textOf(run)).split('\n').map((line) => line.split(',', 2).join(' '))).toEqual([
      ...Array.from({ length: 1203 }, (_, index) => `r${index} ${index + 2}`),
      '',
    ]);
  });
});

/** Mostly what a page of plain cells is made of, and now and then one that needs more. */
const cell = fc.oneof(
  { weight: 20, arbitrary: fc.stringMatching(/^[A-Za-z0-9 .:\[\]/'\u00e4\u6f22]{0,12}$/) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '],[',
      ',',
      '"',
      '"],["',
      '\\',
      'a\nb',
      '-5',
      '=1',
      '\uff1d1',
      "'",
      'null',
      '[]',
    ),
  },
);

describe('a row of the results', () => {
  it('has every cell of its source, whatever lies beside it on the page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 8 }),
        // A comma of ours takes every row out of the plain way.
        fc.constantFrom('two, not one', 'not one'),
        async (rows, message) => {
          const run = await staged(
            ['a', 'b', 'c'],
            rows.map((cells, index) => invalid(index + 2, cells, message)),
          );
          const found = parse(await textOf(run), { relax_column_count: true });
          const own = (index: number): string[] => [
            String(index + 2),
            '',
            '',
            'invalid',
            '',
            '',
            '',
            'column_count',
            message,
            '',
            '',
            '',
            '0',
            '',
          ];
          expect(found).toEqual(
            rows.map((cells, index) => [...cells.map(defused), ...own(index), runName(run)]),
          );
        },
      ),
    );
  });

  it('has its amounts and its time as they are written everywhere', async () => {
    const unit = fc.oneof(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.integer({ min: 0, max: 9_999_999_999_999 }),
    );
    const time = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(unit, time), { minLength: 1, maxLength: 5 }),
        async (sales) => {
          const key = (index: number): string => `${runs}-${index}`;
          runs += 1;
          const run = await staged(
            ['id'],
            sales.map(([units], index) => sale(index + 2, key(index), units, ['x'])),
          );
          const claimed = await ledger.claim(run, sales.length);
          const settled = claimed.map((row, index): Settlement => {
            const at = sales[index]?.[1] ?? 0;
            return { row, status: 'accepted', attempts: [{ at, httpStatus: 200 }] };
          });
          await ledger.settle(run, settled, 0);
          const found = parse(await textOf(run));
          expect(found.map((cells) => [cells[5], cells[14]])).toEqual(
            sales.map(([units, at]) => [formatAmount(units as Amount), new Date(at).toISOString()]),
          );
        },
      ),
    );
  });
});

describe('a results file', () => {
  it('has another name until it is whole, and replaces the one of the last run', async () => {
    const path = join(folder, 'sales.results.csv');
    writeFileSync(path, 'of the last run');
    const run = await staged(['id'], [invalid(2, ['1'])]);
    const file = opened(path);
    expect(readFileSync(path, 'utf8')).toBe('of the last run');
    const [partial = ''] = partials();
    expect(partial).toMatch(/^sales\.results\.csv\.[0-9a-f]{8}-\d+-[0-9a-f]{8}\.partial$/);
    expect(readFileSync(join(folder, partial), 'utf8')).toBe(`id,${OWN_HEADERS}`);
    expect(await file.finish(resultsText(ledger, run, 1))).toEqual({ ok: true, value: undefined });
    expect(readFileSync(path, 'utf8')).toBe(
      `id,${OWN_HEADERS}1,2,,,invalid,,,,column_count,"two, not one",,,,0,,run-1\n`,
    );
    expect(partials()).toEqual([]);
  });

  it('has the rows of its own input alone', async () => {
    const run = await staged(['id'], [invalid(2, ['first'])]);
    await ledger.addInput(run, { name: 'more.csv', path: '/more.csv', header: ['id'] });
    await ledger.stage(run, [invalid(2, ['second'])]);
    expect(await textOf(run)).toMatch(/^first,.*\n$/);
  });

  it('is given up where the ledger cannot be read', async () => {
    const path = join(folder, 'sales.results.csv');
    const gone = Database.reader(ledger.db.path);
    gone.close();
    expect(await opened(path).finish(resultsText(new SqliteRuns(gone), 1, 1))).toEqual({
      ok: false,
      error: expect.stringMatching(/^results .*sales.results.csv: .*not open/) as string,
    });
    expect([existsSync(path), partials()]).toEqual([false, []]);
  });

  it('leaves nothing behind where it is given up', () => {
    const path = join(folder, 'sales.results.csv');
    const file = opened(path);
    file.discard();
    expect([existsSync(path), partials()]).toEqual([false, []]);
  });

  it('is refused before anything is sent where its folder does not exist', () => {
    const path = join(folder, 'none', 'sales.results.csv');
    expect(openResults(path, ['id'])).toEqual({
      ok: false,
      error: `results ${path}: its folder does not exist; make it or choose another place with --out`,
    });
  });

  it.each([
    ['sales.csv', 'sales.results.csv'],
    ['/data/sales.csv.gz', '/data/sales.results.csv'],
    ['Sales.CSV', 'Sales.results.csv'],
    ['sales.tsv', 'sales.results.csv'],
    ['sales.txt', 'sales.results.csv'],
    ['sales', 'sales.results.csv'],
    ['sales.2026', 'sales.2026.results.csv'],
    ['-', 'stdin.results.csv'],
  ])('of %s is %s unless the user says otherwise', (input, path) => {
    expect(defaultResultsPath(input)).toBe(path);
  });

  it('names its run so that it is not taken for a key', () => {
    expect(runName(7)).toBe('run-7');
  });
});
