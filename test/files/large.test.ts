import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRevsync, type Ended } from '../support/cli.js';

// The long form is `npm run test:large`, which sets this.
const long = process.env['REVSYNC_LARGE_ROWS'];
const ROWS = Number(long ?? 60_000);
/** Enough for all that is allocated once, the ledger's cache too. */
const FEWER = Math.max(20_000, ROWS / 10);
const SAMPLE_MS = 20;
/** Node, libsql and the modules take some 90 MB before the first row. */
const MOST_MEMORY_MB = 240;
/** What the collection of garbage puts off. Rows that were kept would cost more, in the long form several times as much. */
const MOST_GROWTH_MB = 50;
const MOST_MS = 600_000;

/** What a spreadsheet makes of a line end inside a cell, and of one that was pasted into it. */
const ENDS = ['\n', '\r\n', '\r'] as const;

interface Sale {
  readonly id: string;
  readonly note: string;
  readonly written: string;
  readonly status: string;
  readonly amount: string;
  /** Lines of the file that the record takes, with the empty one that may follow it. */
  readonly lines: number;
}

/** The sale of that number, from 1: half of the notes have line ends in them, one amount of a thousand is none. */
function saleOf(number: number): Sale {
  const breaks = number % 2 === 0 ? number % 5 : 0;
  const end = ENDS[number % ENDS.length] ?? '';
  const note = `Größe „${number}“ 😀, ${`"${end}`.repeat(breaks)}x`;
  const bad = number % 1000 === 7;
  const amount = `${number % 5000}.${(number % 90) | 10}`;
  return {
    id: String(5_000_000_000 + number),
    note,
    written: bad ? 'n/a' : amount,
    status: bad ? 'invalid' : 'planned',
    amount: bad ? '' : amount,
    lines: 1 + breaks + (number % 500 === 0 ? 1 : 0),
  };
}

/** "Unicode text" of a spreadsheet: UTF-16LE with its mark, tabs, CR LF. */
function* fileOf(rows: number): Generator<Buffer> {
  let text = '\uFEFFCall ID\tNote\tRevenue\r\n';
  for (let number = 1; number <= rows; number += 1) {
    const { id, note, written } = saleOf(number);
    text += `${id}\t"${note.replaceAll('"', '""')}"\t${written}\r\n`;
    if (number % 500 !== 0) continue;
    text += '\r\n';
    yield Buffer.from(text, 'utf16le');
    text = '';
  }
  yield Buffer.from(text, 'utf16le');
}

interface Measured extends Ended {
  readonly peakMb: number;
  readonly seconds: number;
}

/** A dry run: it reads, judges, stages and plans every row, and sends none. */
async function dryRun(folder: string, name: string): Promise<Measured> {
  const began = performance.now();
  const env = { PATH: process.env['PATH'] ?? '', REVSYNC_LEDGER: join(folder, `${name}.db`) };
  const args = ['push', `${name}.csv`, '--vendor', 'convoso', '--dry-run', '--quiet', '--out', `${name}.out`];
  const { process: child, ended } = startRevsync(args, folder, env);
  let peakMb = 0;
  const sampling = setInterval(() => (peakMb = peakOf(child.pid) ?? peakMb), SAMPLE_MS);
  child.once('exit', () => clearInterval(sampling));
  return { ...(await ended), peakMb, seconds: (performance.now() - began) / 1000 };
}

/** The most memory that the process ever held; undefined once it has ended, and where the system does not tell. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8')) ?? [];
    return kb === undefined ? undefined : Math.round(Number(kb) / 1024);
  } catch {
    return undefined;
  }
}

describe(`${ROWS} rows of UTF-16 with line ends inside quotes`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-large-'));
  let many: Measured;
  let few: Measured;
  beforeAll(async () => {
    for (const [name, rows] of [
      ['few', FEWER],
      ['many', ROWS],
    ] as const)
      await pipeline(Readable.from(fileOf(rows)), createWriteStream(join(folder, `${name}.csv`)));
    few = await dryRun(folder, 'few');
    many = await dryRun(folder, 'many');
    if (long === undefined) return;
    for (const [rows, { peakMb, seconds }] of [
      [FEWER, few],
      [ROWS, many],
    ] as const)
      console.log(`${rows} rows: ${peakMb} MB at most, ${seconds.toFixed(1)} s`);
  }, MOST_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'are all judged, each under the line on which it starts',
    async () => {
      expect(many.code).toBe(1);
      const wrong: unknown[] = [];
      let number = 0;
      let line = 2;
      const results = createReadStream(join(folder, 'many.out')).pipe(parse({ columns: true, bom: true }));
      for await (const row of results as AsyncIterable<Record<string, string>>) {
        number += 1;
        const { id, note, written, status, amount, lines } = saleOf(number);
        const wanted = [String(line), id, note, written, status, amount];
        const names = ['revsync_line', 'Call ID', 'Note', 'Revenue', 'revsync_status', 'revsync_amount'];
        const found = names.map((name) => row[name]);
        if (found.join('\t') !== wanted.join('\t') && wrong.length < 5) wrong.push({ number, found, wanted });
        line += lines;
      }
      expect(wrong).toEqual([]);
      expect(number).toBe(ROWS);
    },
    MOST_MS,
  );

  it('are refused with the line on which a quote is opened and never closed, behind all of them', async () => {
    const lines = Array.from({ length: FEWER }, (_, index) => saleOf(index + 1).lines);
    const line = 2 + lines.reduce((sum, count) => sum + count, 0);
    const file = createWriteStream(join(folder, 'few.csv'), { flags: 'a' });
    file.end(Buffer.from('1\t"open\r\n\t5\r\n', 'utf16le'));
    await once(file, 'close');
    const { code, stderr } = await dryRun(folder, 'few');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      new RegExp(`^few\\.csv:${line}: a quote is opened in the record that starts here`),
    );
  });

  it.runIf(process.platform === 'linux')(`take as much memory as ${FEWER}`, () => {
    expect(few.peakMb).toBeGreaterThan(0);
    expect(many.peakMb).toBeLessThan(MOST_MEMORY_MB);
    expect(many.peakMb - few.peakMb).toBeLessThan(MOST_GROWTH_MB);
  });
});
