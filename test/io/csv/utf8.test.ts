import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileProblem } from '../../../src/core/ports.js';
import { Decoder } from '../../../src/io/csv/decode.js';
import { Faults } from '../../../src/io/csv/faults.js';

/** What is said of a file that arrives in these pieces. */
async function judge(chunks: readonly Buffer[]): Promise<FileProblem | undefined> {
  const faults = new Faults();
  const decoder = await Decoder.of('utf-8', faults);
  for (const chunk of chunks) decoder.decode(chunk);
  decoder.decode(Buffer.alloc(0), true);
  return faults.problems()[0];
}

/** Cuts where the numbers say; two equal ones make an empty piece. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function bad(line: number, byte: string): unknown {
  const remedy = 'save the file as "CSV UTF-8", or name its encoding, such as --encoding ';
  const message = `has a byte that is not UTF-8 (0x${byte}); ${remedy}`;
  return { line, message: expect.stringContaining(message) as string };
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
  it('passes however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(text, places, async (content, where) => {
        expect(await judge(cut(Buffer.from(content), where))).toBeUndefined();
      }),
    );
  });
});

describe('a file with a byte that is not UTF-8', () => {
  it('names the line of the byte, however it is cut into pieces', async () => {
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
    await fc.assert(
      fc.asyncProperty(text, intruder, text, places, async (before, bytes, after, where) => {
        const file = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(`.${after}`)]);
        const line = before.split(/\r\n|\r|\n/).length;
        const byte = (bytes[0] ?? 0).toString(16).toUpperCase();
        expect(await judge(cut(file, where))).toEqual(bad(line, byte));
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused where the last character is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(text, places, async (before, where) => {
        const file = Buffer.concat([Buffer.from(before), Buffer.from([0xe2, 0x82])]);
        expect(await judge(cut(file, where))).toEqual(bad(before.split(/\r\n|\r|\n/).length, 'E2'));
      }),
    );
  });

  it.each([
    ['of Windows-1252', 'id,name\n1,M', [0xfc], 2, 'FC'],
    ['at its very start', '', [0x93], 1, '93'],
    ['after lines that end with CR', 'a\rb\rc', [0xe9], 3, 'E9'],
    ['after lines that end with CR LF', 'a\r\nb\r\nc', [0xe9], 3, 'E9'],
    ['after lines that end with LF CR', 'a\n\rb', [0xe9], 3, 'E9'],
  ])('is refused with its line: %s', async (_, before, bytes, line, byte) => {
    const file = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from('ller')]);
    expect(await judge([file])).toEqual(bad(line, byte));
  });
});
