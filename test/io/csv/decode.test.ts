import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { csvSource } from '../../../src/io/csv/reader.js';

/** Records of a file in one encoding, or why it is refused; in pieces of so many bytes. */
async function read(bytes: Buffer, encoding?: string, piece = bytes.length): Promise<unknown> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += piece) pieces.push(bytes.subarray(at, at + piece));
  const records: unknown[] = [];
  for await (const item of csvSource('-', { stdin: Readable.from(pieces), cwd: '/' }, { encoding }).read(
    new AbortController().signal,
  )) {
    if (item.kind === 'refused') return item.problems.length === 1 ? item.problems[0] : item.problems;
    if (item.kind === 'records') records.push(...item.records.map(({ line, cells }) => [line, ...cells]));
  }
  return records;
}

const TEXT = 'id;name\r\n1;Jürgen €\r\n2;"Zoë\r\n🦉"\r\n3;x\r\n';
const RECORDS = [
  [2, '1', 'Jürgen €'],
  [3, '2', 'Zoë\r\n🦉'],
  [5, '3', 'x'],
];

function utf16(text: string, big: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return big ? bytes.swap16() : bytes;
}

describe('a file in UTF-16', () => {
  it.each([
    ['little-endian', false],
    ['big-endian', true],
  ])('is read by its mark, whatever pieces it comes in: %s', async (_, big) => {
    for (const piece of [1, 2, 3, 7, 1000]) {
      expect(await read(utf16(`\ufeff${TEXT}`, big), undefined, piece)).toEqual(RECORDS);
    }
  });

  it('is read by its name where it has no mark, and named where it has neither', async () => {
    expect(await read(utf16(TEXT, false), 'utf-16le')).toEqual(RECORDS);
    expect(await read(utf16(TEXT, true), 'utf-16be')).toEqual(RECORDS);
    expect(await read(utf16(TEXT, false))).toEqual({
      line: 1,
      message:
        'looks like utf-16le without its mark; name it with --encoding utf-16le, or save the file as "CSV UTF-8"',
    });
  });

  it('is refused with the line of half a character', async () => {
    const bytes = Buffer.concat([utf16('\ufeffid;name\n1;a\n2;', false), Buffer.from([0x3d, 0xd8, 0x0a, 0])]);
    expect(await read(bytes)).toEqual({
      line: 3,
      message: 'has a character that is not UTF-16LE; save the file as "CSV UTF-8"',
    });
    expect(await read(utf16('\ufeffid;name\n1;a', false).subarray(0, -1))).toMatchObject({ line: 2 });
  });

  it('is refused where --encoding contradicts its mark', async () => {
    expect(await read(utf16(`\ufeff${TEXT}`, false), 'windows-1252')).toEqual({
      line: 1,
      message: 'begins with the mark of utf-16le, and --encoding says windows-1252; leave --encoding out',
    });
  });
});

describe('a file in Windows-1252', () => {
  it('is read by its name', async () => {
    const bytes = Buffer.from('id;name\n1;M\xfcller \x80\n2;\x93x\x94\n', 'latin1');
    expect(await read(bytes, 'windows-1252')).toEqual([
      [2, '1', 'Müller €'],
      [3, '2', '“x”'],
    ]);
  });

  it('is refused with the line of a byte it does not have', async () => {
    const bytes = Buffer.from('id;name\n1;a\n2;\x81\n', 'latin1');
    expect(await read(bytes, 'windows-1252')).toEqual({
      line: 3,
      message: 'has a byte that is not Windows-1252 (0x81); save the file as "CSV UTF-8"',
    });
  });
});
