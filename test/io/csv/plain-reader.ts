import type { Quotes } from '../../../src/io/setting.js';

/** A record, or a line that is left out since no record can be read from it. */
export type PlainRecord = { readonly line: number; readonly cells: readonly string[] | 'broken' };

/** CSV read character by character, as slowly and plainly as can be. */
export function readPlainly(text: string, delimiter: string, quotes: Quotes | undefined): PlainRecord[] {
  const records: PlainRecord[] = [];
  let at = 0;
  while (at < text.length) {
    const line = linesIn(text.slice(0, at)) + 1;
    const record = recordAt(text, at, delimiter, quotes);
    records.push({ line, cells: record?.cells ?? 'broken' });
    at = record?.end ?? at + (/^[^\r\n]*(\r\n|\r|\n)?/.exec(text.slice(at))?.[0].length ?? 0);
  }
  return records;
}

export function linesIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

function recordAt(
  text: string,
  start: number,
  delimiter: string,
  quotes: Quotes | undefined,
): { cells: string[]; end: number } | undefined {
  const blanks = delimiter === '\t' ? /^ */ : /^[ \t]*/;
  const behindBlanks = (at: number): number => at + (blanks.exec(text.slice(at))?.[0].length ?? 0);
  const cells: string[] = [];
  for (let at = start; ;) {
    const first = quotes === 'doubled' ? at : behindBlanks(at);
    let cell = '';
    if (text[first] === '"' && (first === at || quotes !== undefined)) {
      at = first + 1;
      for (;;) {
        const two = text.slice(at, at + 2);
        if (at >= text.length) return undefined;
        if (two === '""' || (quotes === 'backslash' && (two === '\\"' || two === '\\\\'))) {
          cell += two.slice(1);
          at += 2;
        } else if (two.startsWith('"')) break;
        else {
          cell += two.slice(0, 1);
          at += 1;
        }
      }
      at = quotes === 'spaced' || quotes === 'backslash' ? behindBlanks(at + 1) : at + 1;
    } else {
      if (text[first] === '"' && first > at) return undefined;
      while (at < text.length && !`${delimiter}\r\n`.includes(text[at] ?? '')) {
        cell += text.charAt(at);
        at += 1;
      }
    }
    cells.push(cell);
    if (at >= text.length) return { cells, end: at };
    if (text[at] === '\n') return { cells, end: at + 1 };
    if (text[at] === '\r') return { cells, end: text[at + 1] === '\n' ? at + 2 : at + 1 };
    if (text[at] !== delimiter) return undefined;
    at += 1;
    if (at >= text.length) return { cells: [...cells, ''], end: at };
  }
}
