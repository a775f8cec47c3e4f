import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convoso } from '../../src/vendors/convoso.js';
import { readPlainCsv, writePlainCell, type PlainRecord } from './plain-csv.js';
import { cut, defused, fuzz, KNOWN_STATUSES, planFile, TEST_LIMIT_MS } from './support.js';

const HEADER = 'call_log_id,revenue,note';
const places = fc.array(fc.nat(), { maxLength: 6 });

const piece = fc.oneof(
  {
    arbitrary: fc.constantFrom('"', '""', ',', '\n', '\r', '\r\n', '\0', '\ufeff', '', ' ', '\t'),
    weight: 8,
  },
  {
    arbitrary: fc.constantFrom('1', '100125', '12.50', '=1+1', '"a ""b"""', '"x\r\ny"', "'", '🦉', '\u2028'),
    weight: 6,
  },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 3 }), weight: 2 },
  { arbitrary: fc.constantFrom('x'.repeat(70_000), '"'.repeat(65_537), ','.repeat(3000)), weight: 1 },
);
const badBytes = fc.constantFrom(
  [0xff],
  [0xc3],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f],
  [0xc0, 0x80],
  [0xff, 0xfe],
  [0x1f, 0x8b],
  [0x1f, 0x8b, 8, 0],
);
/** Bytes that look like a sales file, with something wrong in most of them. */
const nearlyCsv = fc
  .array(
    fc.oneof(
      { arbitrary: piece.map((text) => Buffer.from(text)), weight: 15 },
      { arbitrary: badBytes.map((bytes) => Buffer.from(bytes)), weight: 1 },
    ),
    { maxLength: 25 },
  )
  .map((parts) => Buffer.concat(parts));

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  nearlyCsv,
  nearlyCsv.map((bytes) => gzipSync(bytes)),
  fc.tuple(nearlyCsv, fc.nat()).map(([bytes, place]) => {
    const zipped = gzipSync(bytes);
    return zipped.subarray(0, place % zipped.length);
  }),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), bytes])),
);

/** The records of a file, header first, or undefined where it cannot be read. */
function reference(bytes: Uint8Array): PlainRecord[] | undefined {
  try {
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
    const text = new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(plain);
    const { records, broken } = readPlainCsv(text);
    return broken || records.length === 0 ? undefined : records;
  } catch {
    return undefined;
  }
}

/** A refusal says what to do about it, after what is wrong. */
function expectRemedies(messages: readonly string[]): void {
  expect(messages.length).toBeGreaterThan(0);
  for (const message of messages) expect(message).toMatch(/^[^]+; \S[^]+$/);
}

/** What the results repeat of a record: as many cells as the header has. */
function repeated({ cells }: PlainRecord, header: PlainRecord): string[] {
  return header.cells.map((_, index) => defused(cells[index] ?? ''));
}

describe('any bytes', () => {
  it(
    'are refused with a remedy, or every record has one results row, in order',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          anyBytes,
          fc.constantFrom('', `${HEADER}\n`),
          places,
          async (bytes, start, where) => {
            const file = Buffer.concat([Buffer.from(start), bytes]);
            const planned = await planFile(convoso, cut(file, where));
            const wanted = reference(file);
            if (planned.kind === 'refused') {
              expectRemedies(planned.messages);
              if (start !== '')
                expect({ wanted, refused: planned.messages }).toMatchObject({ wanted: undefined });
              return;
            }
            const [header, ...records] = wanted ?? [];
            if (header === undefined) throw new Error('a file that cannot be read was taken');
            const { results } = planned;
            expect(results.header).toEqual(header.cells.map(defused));
            expect(results.rows.map(({ cells }) => cells)).toEqual(
              records.map((record) => repeated(record, header)),
            );
            expect(results.rows.map(({ own }) => own['revsync_line'])).toEqual(
              records.map(({ line }) => String(line)),
            );
            for (const { own } of results.rows) expect(KNOWN_STATUSES).toContain(own['revsync_status']);
          },
        ),
        fuzz(200),
      );
    },
    TEST_LIMIT_MS,
  );
});

/** Without a backslash, which before a quote can be read in two ways: such a file is refused. */
const text = (of: fc.StringConstraints): fc.Arbitrary<string> =>
  fc.string(of).map((cell) => cell.replaceAll('\\', '/'));

const cell = fc.oneof(
  {
    arbitrary: fc.constantFrom('', '100125', '12.50', ' 7 ', '-3', '=SUM(A1)', "'=1", '@x', '\t'),
    weight: 3,
  },
  {
    arbitrary: text({
      unit: fc.oneof(
        fc.constantFrom('"', ',', '\n', '\r', '\r\n', ' ', "'", '=', '+', '-', '\ufeff', '\0', 'ü', '🦉'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 6,
    }),
    weight: 20,
  },
  { arbitrary: fc.constantFrom('long '.repeat(20_000)), weight: 1 },
);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const record = fc.record({
  cells: fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 6 }),
  ends: fc.array(lineEnd, { minLength: 1, maxLength: 3 }),
});
const extraHeaders = fc
  .uniqueArray(cell, { maxLength: 3, selector: (name) => name.trim() })
  .filter((names) => names.every((name) => !/call|log|id|rev|amount|sale|total|price|convoso/i.test(name)));

describe('any table of cells', () => {
  it(
    'comes back in the results as it was, each record with the line on which it starts',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(record, { maxLength: 8 }),
          extraHeaders,
          fc.constantFrom('', '\ufeff'),
          fc.boolean(),
          places,
          async (table, extra, mark, zip, where) => {
            const names = ['call_log_id', 'revenue', ...extra];
            let text = `${mark}${names.map((name) => writePlainCell(name, false)).join(',')}\n`;
            const wanted: PlainRecord[] = [];
            for (const { cells, ends } of table) {
              const line = text.split(/\r\n|\r|\n/).length;
              const texts = cells.map(([one]) => one);
              if (texts.length > 1 || texts[0]?.trim() !== '') wanted.push({ line, cells: texts });
              text += cells.map(([one, always]) => writePlainCell(one, always)).join(',') + ends.join('');
            }
            const bytes = zip ? gzipSync(text) : Buffer.from(text);
            const planned = await planFile(convoso, cut(bytes, where));
            if (planned.kind === 'refused') throw new Error(planned.messages.join('; '));
            const header = { line: 1, cells: names };
            const cells = wanted.map((one) => repeated(one, header));
            expect(planned.results.header).toEqual(names.map(defused));
            expect(planned.results.rows.map((row) => row.cells)).toEqual(cells);
            expect(planned.results.rows.map(({ own }) => own['revsync_line'])).toEqual(
              wanted.map(({ line }) => String(line)),
            );

            // Fed back, a results file is the source again.
            const again = await planFile(convoso, [Buffer.from(planned.text)]);
            if (again.kind === 'refused') throw new Error(again.messages.join('; '));
            expect(again.results.header).toEqual(names.map(defused));
            expect(again.results.rows.map((row) => row.cells)).toEqual(cells);
          },
        ),
        fuzz(100),
      );
    },
    TEST_LIMIT_MS,
  );
});
