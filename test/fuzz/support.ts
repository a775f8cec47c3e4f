import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect } from 'vitest';
import { STATUSES } from '../../src/core/status.js';
import type { Vendor } from '../../src/core/vendor.js';
import { planRun, type RunJob } from '../../src/push/plan-run.js';
import { systemClock } from '../../src/io/clock.js';
import { csvSource } from '../../src/io/csv/reader.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { RESULT_COLUMNS } from '../../src/core/row.js';
import { openResults, resultsText } from '../../src/io/results.js';
import { MAP, NO_CHOICE } from '../support/push.js';
import { readPlainCsv } from './plain-csv.js';

const { REVSYNC_FUZZ_RUNS: RUNS, REVSYNC_FUZZ_SEED: SEED, REVSYNC_FUZZ_PATH: PATH } = process.env;

/** A run that takes longer than this hangs. */
const RUN_LIMIT_MS = 10_000;
/** Shrinking ends in time for the seed to be told before the test itself runs out of time. */
const SEARCH_LIMIT_MS = 45_000;

fc.installGlobalPlugin(fc.timeout(RUN_LIMIT_MS));
if (RUNS === undefined) fc.installGlobalPlugin(fc.interruptAfterTimeLimit(SEARCH_LIMIT_MS));

/** Time for a test whose number of runs was raised. */
export const TEST_LIMIT_MS = RUNS === undefined ? 60_000 : 24 * 3_600_000;

/**
 * How a property is run: `usual` times, or REVSYNC_FUZZ_RUNS times. A failure names its seed and path, which
 * REVSYNC_FUZZ_SEED and REVSYNC_FUZZ_PATH take to run that one case again.
 */
export function fuzz<T>(usual: number): fc.Parameters<T> {
  return {
    numRuns: RUNS === undefined ? usual : Number(RUNS),
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
    ...(PATH === undefined ? {} : { path: PATH }),
  };
}

export const KNOWN_STATUSES: readonly string[] = STATUSES.map(({ status }) => status);

/** A results file: the header of the source, and of each row the source's cells and revsync's columns by name. */
export interface Results {
  readonly header: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly own: Record<string, string> }[];
}

export function readResults(text: string): Results {
  const { records } = readPlainCsv(text);
  const [header = { cells: [] }, ...rows] = records;
  const width = header.cells.length - RESULT_COLUMNS.length;
  expect(header.cells.slice(width)).toEqual([...RESULT_COLUMNS]);
  for (const { cells } of rows) expect(cells).toHaveLength(header.cells.length);
  return {
    header: header.cells.slice(0, width),
    rows: rows.map(({ cells }) => ({
      cells: cells.slice(0, width),
      own: Object.fromEntries(RESULT_COLUMNS.map((name, index) => [name, cells[width + index] ?? ''])),
    })),
  };
}

export type Planned =
  | { readonly kind: 'results'; readonly text: string; readonly results: Results }
  | { readonly kind: 'refused'; readonly messages: readonly string[] };

/** A file read, judged and planned against empty books, and its results file. Nothing is sent. */
export async function planFile(vendor: Vendor, pieces: readonly Uint8Array[]): Promise<Planned> {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-fuzz-'));
  const namespace = { vendor: vendor.id, account: 'fuzz', origin: 'http://127.0.0.1' };
  const ledger = SqliteLedger.dryRun(join(folder, 'no-ledger.db'), namespace);
  try {
    const stdin = Readable.from(pieces.map((piece) => Buffer.from(piece)));
    const job: RunJob = {
      vendor,
      sources: [{ ...csvSource('-', { stdin, cwd: '/' }), name: 'sales.csv' }],
      columns: NO_CHOICE,
      skipTotalRow: false,
      guards: { once: false },
      map: MAP,
      onConflict: 'refuse',
      plan: { holdCorrections: false, force: false },
      limit: undefined,
    };
    const interrupt = new AbortController().signal;
    const planned = await planRun(job, { ledger, clock: systemClock, emit: () => undefined, interrupt });
    if (planned.kind === 'interrupted') throw new Error('interrupted by nobody');
    if (planned.kind === 'refused') {
      const messages = planned.files.flatMap(({ problems }) => problems.map(({ message }) => message));
      return { kind: 'refused', messages };
    }
    const path = join(folder, 'results.csv');
    const [input] = await ledger.inputs(planned.run);
    const file = openResults(path, input?.header ?? []);
    if (!file.ok) throw new Error(file.error);
    expect(await file.value.finish(resultsText(ledger, planned.run, 1))).toEqual({
      ok: true,
      value: undefined,
    });
    const text = readFileSync(path, 'utf8');
    return { kind: 'results', text, results: readResults(text) };
  } finally {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a results file makes of text that a spreadsheet would run as a formula. */
export function defused(cell: string): string {
  const [, first = ''] = /^'*([^]?)/.exec(cell) ?? [];
  const number = /^[+-]?\d+\.?\d*$|^[+-]?\.\d+$/.test(cell);
  return first !== '' && '=+-@\t\r\n＝＋－＠'.includes(first) && !number ? `'${cell}` : cell;
}

/** Bytes cut where the numbers say; two equal ones make an empty piece. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}
