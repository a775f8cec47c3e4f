import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../../src/io/csv/dialect.js';
import { DELIMITERS } from '../../../src/io/setting.js';

function delimiterOf(start: string): string | undefined {
  const dialect = dialectOf(start, {});
  return dialect.ok ? dialect.value.delimiter : undefined;
}

describe('the delimiter of a file', () => {
  it.each([
    ['a,b,c\n1,2,3\n', ','],
    ['a;b;c\n1,5;2;3\n', ';'],
    ['a\tb\n', '\t'],
    ['a|b\n', '|'],
    ['"Name, first";Amount;Id\n', ';'],
    ['sep=;\na,b\n', ';'],
    ['"sep=|"\r\na,b\r\n', '|'],
    ['Report\n\na;b\n', ';'],
    ['a\n1\n', ','],
    ['', ','],
  ])('%j has %j', (start, delimiter) => {
    expect(delimiterOf(start)).toBe(delimiter);
  });

  it('is asked for where the header has as many of two', () => {
    expect(dialectOf('\nAgent, Name;Revenue\n', {})).toEqual({
      ok: false,
      error: {
        line: 2,
        message: 'could be separated by comma or by semicolon; say which with --delimiter comma or semicolon',
      },
    });
    expect(dialectOf('Agent, Name;Revenue\n', { delimiter: ';' })).toMatchObject({
      ok: true,
      value: { delimiter: ';', skip: 0 },
    });
  });

  it('is looked for in the line that --header-row names', () => {
    expect(dialectOf('Report, of today, in short\n\n\na;b\n', { headerRow: 4 })).toMatchObject({
      ok: true,
      value: { delimiter: ';', skip: 3 },
    });
  });

  it('is not counted in quotes, and a line end in quotes ends no line', () => {
    const dialect = dialectOf('"a,\nb";c\n1;2\n', {});
    expect(dialect).toMatchObject({
      ok: true,
      value: {
        delimiter: ';',
        opening: [
          { line: 1, cells: ['a,\nb', 'c'] },
          { line: 3, cells: ['1', '2'] },
        ],
      },
    });
  });

  it('is found in any header of more than one column', () => {
    // A line of blanks and tabs is a blank one.
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z ]{0,7}$/);
    const names = fc.array(name, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(names, fc.constantFrom(...DELIMITERS.values()), (names, delimiter) => {
        expect(delimiterOf(`${names.join(delimiter)}\n`)).toBe(delimiter);
      }),
    );
  });
});
