import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileProblem } from '../../../src/core/ports.js';
import { Decoder } from '../../../src/io/csv/decode.js';

/** What a check says of a file that arrives in these pieces. */
function judge(chunks: readonly Buffer[]): FileProblem | undefined {
  const decoder = new Decoder('utf-8');
  for (const chunk of chunks) {
    const decoded = decoder.decode(chunk);
    if (!decoded.ok) return decoded.error;
  }
  const rest = decoder.decode(Buffer.alloc(0), true);
  return rest.ok ? undefined : rest.error;
}

/** Cuts where the numbers say; two equal ones make an empty piece. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function bad(line: number, byte: string): FileProblem {
  const remedy = 'save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252';
  return { line, message: `has a byte that is not UTF-8 (0x${byte}); ${remedy}` };
}

const places = fc.array(fc.nat(), { maxLength: 12 });
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\n', '\r', '\r\n', ',', 'a', 'ü', '€', '🦉', '\ufffd', '\ufeff', '\0'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  maxLength: 40,
});

describe('a file that is UTF-8', () => {
  it('passes however it is cut into pieces', () => {
    fc.assert(
      fc.property(text, places, (content, where) => {
        expect(judge(cut(Buffer.from(content), where))).toBeUndefined();
      }),
    );
  });
});

describe('a file with a byte that is not UTF-8', () => {
  it('names the line of the byte, however it is cut into pieces', () => {
    const intruder = fc.constantFrom(
      [0x80],
      [0xff],
      [0xc0, 0x80],
      [0xc3, 0x28],
      [0xe2, 0x82, 0x2c],
      [0xf0, 0x9f, 0xa6],
      [0xed, 0xa0, 0x80],
      [0xf5],
    );
    fc.assert(
      fc.property(text, intruder, text, places, (before, bytes, after, where) => {
        const file = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(`.${after}`)]);
        const line = before.split(/\r\n|\r|\n/).length;
        const byte = (bytes[0] ?? 0).toString(16).toUpperCase();
        expect(judge(cut(file, where))).toEqual(bad(line, byte));
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused where the last character is cut off', () => {
    fc.assert(
      fc.property(text, places, (before, where) => {
        const file = Buffer.concat([Buffer.from(before), Buffer.from([0xe2, 0x82])]);
        expect(judge(cut(file, where))).toEqual(bad(before.split(/\r\n|\r|\n/).length, 'E2'));
      }),
    );
  });

  it.each([
    ['of Windows-1252', 'id,name\n1,M', [0xfc], 2, 'FC'],
    ['at its very start', '', [0x93], 1, '93'],
    ['after lines that end with CR', 'a\rb\rc', [0xe9], 3, 'E9'],
    ['after lines that end with CR LF', 'a\r\nb\r\nc', [0xe9], 3, 'E9'],
    ['after lines that end with LF CR', 'a\n\rb', [0xe9], 3, 'E9'],
  ])('is refused with its line: %s', (_, before, bytes, line, byte) => {
    expect(judge([Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from('ller')])])).toEqual(
      bad(line, byte),
    );
  });
});
