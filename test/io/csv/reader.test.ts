import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileProblem, Source, SourceItem, SourceRecord } from '../../../src/core/ports.js';
import { csvSource, type CsvFormat } from '../../../src/io/csv/reader.js';
import { allOf } from '../../support/all-of.js';

interface File {
  readonly header: readonly string[] | undefined;
  readonly headerLine: number | undefined;
  readonly records: readonly SourceRecord[];
  readonly refused: FileProblem | undefined;
  /** All, where it is refused. */
  readonly problems?: readonly FileProblem[];
}

/** What a file that arrives in these pieces is read as. */
async function read(...pieces: readonly (string | Buffer)[]): Promise<File> {
  return readAs({}, ...pieces);
}

async function readAs(format: CsvFormat, ...pieces: readonly (string | Buffer)[]): Promise<File> {
  const stdin = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  const records: SourceRecord[] = [];
  let file: File = { header: undefined, headerLine: undefined, records, refused: undefined };
  for await (const item of csvSource('-', { stdin, cwd: '/' }, format).read(new AbortController().signal)) {
    if (item.kind === 'header') file = { ...file, header: item.cells, headerLine: item.line };
    else if (item.kind === 'records') records.push(...item.records);
    else if (item.kind === 'refused') file = { ...file, refused: item.problems[0], problems: item.problems };
  }
  return file;
}

/** The records of a file that begins with `id,note` on line 1. */
async function recordsOf(...pieces: readonly (string | Buffer)[]): Promise<SourceRecord[]> {
  const file = await read(...pieces);
  expect({ ...file, records: [] }).toEqual({
    header: ['id', 'note'],
    headerLine: 1,
    records: [],
    refused: undefined,
  });
  return [...file.records];
}

/** Cuts where the numbers say; two equal ones make an empty piece. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('a results file that is fed back', () => {
  it('has its quotes as it was written, whatever its messages quote', async () => {
    const line = '1,2,"call_log_id: ""\\"",x"" is no id"\n';
    const { records, refused } = await read(`id,revsync_line,revsync_error\n${line}`);
    expect({ refused, cells: records.map(({ cells }) => cells) }).toEqual({
      refused: undefined,
      cells: [['1', '2', 'call_log_id: "\\",x" is no id']],
    });
    expect((await read(`id,line,error\n${line}`)).refused?.message).toContain('a backslash stands before');
  });
});

const NEVER_CLOSED =
  'a quote is opened in the record that starts here and never closed; close it, or double a quote that is part of the text';
const IN_THE_MIDDLE =
  'a quote stands in the middle of a cell in the record that starts here; put the cell in quotes and double the ones inside';
const TOO_LONG =
  'the record that starts here is longer than 1 MiB; most likely a quote in it is never closed';

describe('the line on which a record starts', () => {
  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('is counted where lines end with %s', async (_, end) => {
    expect(await recordsOf(['id,note', '1,a', '2,b', '3,c', ''].join(end))).toEqual([
      { line: 2, cells: ['1', 'a'] },
      { line: 3, cells: ['2', 'b'] },
      { line: 4, cells: ['3', 'c'] },
    ]);
  });

  it('is counted where the last line does not end', async () => {
    expect(await recordsOf('id,note\n1,a\n2,b')).toEqual([
      { line: 2, cells: ['1', 'a'] },
      { line: 3, cells: ['2', 'b'] },
    ]);
  });

  it('is counted past blank lines of every kind, which are no records', async () => {
    expect(await recordsOf('id,note\n\n1,a\r\n\r\n\r\n2,b\r\r3,c\n   \n\t\n4,d\n\n')).toEqual([
      { line: 3, cells: ['1', 'a'] },
      { line: 6, cells: ['2', 'b'] },
      { line: 8, cells: ['3', 'c'] },
      { line: 11, cells: ['4', 'd'] },
    ]);
  });

  it('is counted past quoted line ends of every kind', async () => {
    const text = 'id,note\n1,"a\nb"\n2,"a\r\nb\r\nc"\r\n3,"a\rb"\n\n4,"\n\r\n"\n5,e\n';
    expect(await recordsOf(text)).toEqual([
      { line: 2, cells: ['1', 'a\nb'] },
      { line: 4, cells: ['2', 'a\r\nb\r\nc'] },
      { line: 7, cells: ['3', 'a\rb'] },
      { line: 10, cells: ['4', '\n\r\n'] },
      { line: 13, cells: ['5', 'e'] },
    ]);
  });

  it('is counted where the header does not stand on the first one', async () => {
    const file = await read('\n \n"id\n",note\n1,a\n');
    expect(file).toEqual({
      header: ['id\n', 'note'],
      headerLine: 3,
      records: [{ line: 5, cells: ['1', 'a'] }],
      refused: undefined,
    });
  });
});

describe('a record', () => {
  it('keeps its cells as they are, and however many they are', async () => {
    expect(await recordsOf('id,note\n 1 ,"say ""so"""\n2\n3,a,b\n,\n')).toEqual([
      { line: 2, cells: [' 1 ', 'say "so"'] },
      { line: 3, cells: ['2'] },
      { line: 4, cells: ['3', 'a', 'b'] },
      { line: 5, cells: ['', ''] },
    ]);
  });

  it('is one of many hundreds, each once and in its order', async () => {
    const text = Array.from({ length: 1500 }, (_, index) => `${index},x\n`).join('');
    const records = await recordsOf(`id,note\n${text}`);
    expect(records.map(({ line, cells }) => `${line}:${cells.join('|')}`)).toEqual(
      Array.from({ length: 1500 }, (_, index) => `${index + 2}:${index}|x`),
    );
  });
});

describe('a file', () => {
  it('may begin with a byte order mark, which is no part of the first header', async () => {
    expect(await recordsOf('\ufeffid,note\n1,a\n')).toEqual([{ line: 2, cells: ['1', 'a'] }]);
    expect(await recordsOf('\ufeff"id",note\n1,a\n')).toEqual([{ line: 2, cells: ['1', 'a'] }]);
  });

  it('may be empty, or a header and nothing else', async () => {
    expect(await read('')).toEqual({
      header: undefined,
      headerLine: undefined,
      records: [],
      refused: undefined,
    });
    expect(await read()).toEqual({
      header: undefined,
      headerLine: undefined,
      records: [],
      refused: undefined,
    });
    expect(await recordsOf('id,note')).toEqual([]);
  });

  it('may be gzipped, whatever pieces it comes in', async () => {
    const zipped = gzipSync('id,note\n1,"a\nb"\n2,c\n');
    const wanted = [
      { line: 2, cells: ['1', 'a\nb'] },
      { line: 4, cells: ['2', 'c'] },
    ];
    expect(await recordsOf(zipped)).toEqual(wanted);
    expect(await recordsOf(...[...zipped].map((byte) => Buffer.from([byte])))).toEqual(wanted);
  });

  it('is refused where the gzip data is cut off', async () => {
    const zipped = gzipSync(`id,note\n${'1,a\n'.repeat(5000)}`);
    const { refused } = await read(zipped.subarray(0, zipped.length - 12));
    expect(refused).toEqual({
      message: 'the gzip data ends too early; the file was cut off, fetch it again',
    });
  });

  it('is refused where the gzip data is damaged', async () => {
    const zipped = gzipSync('id,note\n1,a\n');
    zipped[zipped.length - 8] = (zipped.at(-8) ?? 0) ^ 0xff;
    const { refused } = await read(zipped);
    expect(refused).toEqual({ message: 'the gzip data is damaged; fetch the file again' });
  });

  it('is refused with the line of a byte that is not UTF-8', async () => {
    const { refused } = await read('id,note\r\n1,"a\r\nb"\r\n2,M', Buffer.from([0xfc]), 'ller\r\n');
    expect(refused).toEqual({
      line: 4,
      message:
        'has a byte that is not UTF-8 (0xFC); save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252',
    });
  });

  it('is refused where its last character is cut off', async () => {
    const { refused } = await read('id,note\n1,', Buffer.from([0xe2, 0x82]));
    expect(refused).toEqual({
      line: 2,
      message:
        'has a byte that is not UTF-8 (0xE2); save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252',
    });
  });

  it('is refused where it cannot be read', async () => {
    const problems: unknown[] = [];
    for await (const item of csvSource('sales.csv', { stdin: Readable.from([]), cwd: '/nowhere' }).read(
      new AbortController().signal,
    )) {
      problems.push(item);
    }
    expect(problems).toEqual([
      { kind: 'refused', problems: [{ message: 'there is no such file; check the path' }] },
    ]);
  });
});

describe('a quote in a cell without quotes', () => {
  it('is text, and swallows no line behind it', async () => {
    expect(await recordsOf('id,note\n1,55" TV\n2,Bob "the" Smith\n3,a"\n4,"b"\n')).toEqual([
      { line: 2, cells: ['1', '55" TV'] },
      { line: 3, cells: ['2', 'Bob "the" Smith'] },
      { line: 4, cells: ['3', 'a"'] },
      { line: 5, cells: ['4', 'b'] },
    ]);
  });

  it('is text in the header, and hides no delimiter there', async () => {
    const file = await read('Size 55";Amount, net;x\n1;2;3\n');
    expect(file.header).toEqual(['Size 55"', 'Amount, net', 'x']);
  });
});

describe('a quote out of place', () => {
  it.each([
    ['never closed', 'id,note\n1,a\n2,"b\n3,c\n', { line: 3, message: NEVER_CLOSED }],
    [
      'never closed, after blank lines',
      'id,note\n\n1,a\n\n\r\n2,"b\n3,c\n',
      { line: 6, message: NEVER_CLOSED },
    ],
    [
      'never closed, after quoted lines',
      'id,note\n1,"a\r\n\r\nb"\n2,"b\n',
      { line: 5, message: NEVER_CLOSED },
    ],
    ['never closed in the header', 'id,"note\n1,a\n', { line: 1, message: NEVER_CLOSED }],
    ['closed in the middle', 'id,note\n1,a\n2,"5" tape\n3,c\n', { line: 3, message: IN_THE_MIDDLE }],
  ])('refuses the file with the line of its record: %s', async (_, text, problem) => {
    expect((await read(text)).refused).toEqual(problem);
    expect((await read(...cut(Buffer.from(text), [5, 13, 17]))).refused).toEqual(problem);
  });

  it('is found after a mebibyte, and does not fill the memory', async () => {
    const { refused } = await read(
      'id,note\n1,a\n2,"b\n',
      ...Array.from({ length: 40 }, () => '3,c\n'.repeat(10_000)),
    );
    expect(refused).toEqual({ line: 3, message: TOO_LONG });
  });

  it('is not suspected in a record of less than a mebibyte', async () => {
    const long = 'x'.repeat(1_000_000);
    expect(await recordsOf(`id,note\n1,"${long}"\n2,b\n`)).toEqual([
      { line: 2, cells: ['1', long] },
      { line: 3, cells: ['2', 'b'] },
    ]);
  });
});

const cell = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', ',', '\n', '\r', '\r\n', ' ', "'", '=', 'a', '1', 'ü', '€', '🦉', '\ufeff', '\0'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 8,
});
const row = fc.tuple(cell, cell, cell).map((cells) => [...cells]);
const end = fc.constantFrom('\n', '\r\n', '\r');
const places = fc.array(fc.nat(), { maxLength: 12 });

describe('any table of cells', () => {
  it('is read as it was written, whatever its line ends and the pieces it comes in', async () => {
    const table = fc.array(row, { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(table, end, places, fc.boolean(), async (rows, record_delimiter, where, zip) => {
        const text = stringify([['a', 'b', 'c'], ...rows], {
          record_delimiter,
          quoted_match: /[\r\n\ufeff]/,
        });
        const bytes = zip ? gzipSync(text) : Buffer.from(text);
        const file = await read(...cut(bytes, where));
        expect(file.refused).toBeUndefined();
        expect(file.header).toEqual(['a', 'b', 'c']);
        expect(file.records.map(({ cells }) => cells)).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  it('has each record on the line on which it starts, though every line ends otherwise', async () => {
    const quoted = (cells: readonly string[]): string =>
      cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(',');
    const piece = fc.record({ cells: row, ends: fc.array(end, { minLength: 1, maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), places, async (pieces, where) => {
        const wanted: SourceRecord[] = [];
        let text = 'a,b,c\n';
        for (const { cells, ends } of pieces) {
          wanted.push({ line: text.split(/\r\n|\r|\n/).length, cells });
          text += quoted(cells) + ends.join('');
        }
        const file = await read(...cut(Buffer.from(text), where));
        expect(file).toEqual({ header: ['a', 'b', 'c'], headerLine: 1, records: wanted, refused: undefined });
      }),
      { numRuns: 500 },
    );
  });
});

describe('the option in a message', () => {
  it('is that of the export where the file is one', async () => {
    const file = await readAs({ prefix: '--export-' }, 'id,note\n1, "a"\n', Buffer.from([0xfc]));
    expect(file.problems?.map(({ message }) => message)).toEqual([
      expect.stringContaining('read the file with --export-quotes spaced'),
      expect.stringContaining('such as --export-encoding windows-1252'),
    ]);
  });
});

describe('--header-row', () => {
  const long = 'x'.repeat(100_000);

  it.each([
    ['LF', [`${long}\n`, 'id,note\n1,a\n']],
    ['CR LF between two pieces', [`${long}\r`, '\nid,note\n1,a\n']],
    ['CR between two pieces', [`${long}\r`, 'id,note\n1,a\n']],
  ])('leaves out a line of many pieces that ends in %s', async (_, pieces) => {
    expect(await readAs({ headerRow: 2 }, ...pieces)).toEqual({
      header: ['id', 'note'],
      headerLine: 2,
      records: [{ line: 3, cells: ['1', 'a'] }],
      refused: undefined,
    });
  });

  it('refuses a file whose last line is left out', async () => {
    const { refused } = await readAs({ headerRow: 3 }, `${long}\n`, `${long}\r`);
    expect(refused?.message).toMatch(/^has no line 3, where --header-row says the header is; /);
  });
});

describe('a source that is read again', () => {
  const never = new AbortController().signal;
  const text = 'id,note\n1,a\n2,b\n';

  async function itemsOf(source: Source, again = false): Promise<SourceItem[]> {
    return allOf(source.read(never, again));
  }

  it.each([
    ['as text', Buffer.from(text)],
    ['as gzip', gzipSync(text)],
  ])('gives standard input twice, %s', async (_, bytes) => {
    const source = csvSource('-', { stdin: Readable.from(cut(bytes, [3, 9])), cwd: '/' });
    const first = await itemsOf(source, true);
    expect(first.map(({ kind }) => kind)).toEqual(['header', 'records', 'end']);
    expect(await itemsOf(source)).toEqual(first);
  });

  it('gives a pipe twice, from a copy that has no name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'revsync-pipe-'));
    try {
      execFileSync('mkfifo', [join(folder, 'sales')]);
      const source = csvSource('sales', { stdin: Readable.from([]), cwd: folder });
      const writing = writeFile(join(folder, 'sales'), text);
      const first = await itemsOf(source, true);
      await writing;
      expect(readdirSync(tmpdir()).filter((name) => /^revsync-[\da-f]{8}-/.test(name))).toEqual([]);
      expect(await itemsOf(source)).toEqual(first);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is given up in the middle of what says nothing more', async () => {
    const stdin = new PassThrough();
    const interrupt = new AbortController();
    const source = csvSource('-', { stdin, cwd: '/' });
    const reading = allOf(source.read(interrupt.signal, true));
    stdin.write(text);
    setTimeout(() => interrupt.abort('SIGINT'), 20);
    await reading;
    source.close?.();
    expect(stdin.destroyed).toBe(true);
  });
});
