import type { FileProblem, SourceRecord } from '../../core/ports.js';
import { err, ok, type Result } from '../../core/result.js';
import { DELIMITERS } from '../setting.js';

/** How the cells of a file are told apart, and where its header is. */
export interface Dialect {
  readonly delimiter: string;
  /** Lines before the header that are no part of the table. */
  readonly skip: number;
  /** The first lines, each cut by itself: for a message that says which of them may be the header. */
  readonly opening: readonly SourceRecord[];
}

export interface DialectOptions {
  readonly delimiter?: string | undefined;
  /** The line of the header, from 1, as an editor shows it. */
  readonly headerRow?: number | undefined;
}

const LINES_LOOKED_AT = 20;

/** Judges the start of a file: `sep=;` on its first line, else what stands most often in its header, outside quotes. */
export function dialectOf(start: string, options: DialectOptions): Result<Dialect, FileProblem> {
  const lines = linesOf(start);
  const [, declared] = /^"?sep=(.)"?$/i.exec(lines[0]?.text.trimEnd() ?? '') ?? [];
  const first = Math.max(options.headerRow ?? 1, declared === undefined ? 1 : 2);
  const opening = lines
    .filter(({ line, text }) => line >= (declared === undefined ? 1 : 2) && text.trim() !== '')
    .map(({ line, text }) => ({ line, cells: cutBy(text, delimitersIn(text)[0] ?? ',') }));
  const table = lines.filter(({ line, text }) => line >= first && text.trim() !== '');
  const delimiter = options.delimiter ?? declared;
  if (delimiter !== undefined) return ok({ delimiter, skip: first - 1, opening });

  // A title above the header has no delimiter; then the lines below it tell.
  const telling = table.find(({ text }) => delimitersIn(text).length > 0);
  const [best, second] = telling === undefined ? [','] : delimitersIn(telling.text);
  if (telling !== undefined && second !== undefined) {
    const words = [...DELIMITERS].filter(([, mark]) => mark === best || mark === second);
    const message = `could be separated by ${words.map(([word]) => word).join(' or by ')}; say which with --delimiter ${words.map(([word]) => word).join(' or ')}`;
    return err({ line: telling.line, message });
  }
  return ok({ delimiter: best ?? ',', skip: first - 1, opening });
}

/** The delimiter that a line has most of; two where it has as many of both. */
function delimitersIn(text: string): string[] {
  const counts = [...DELIMITERS.values()].map((mark) => ({ mark, count: cutBy(text, mark).length - 1 }));
  const most = Math.max(...counts.map(({ count }) => count));
  return most === 0 ? [] : counts.filter(({ count }) => count === most).map(({ mark }) => mark);
}

/** Cells of one line, quotes respected and taken off. */
function cutBy(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}

/** The first lines with their numbers. A line end in quotes ends none. */
function linesOf(start: string): { line: number; text: string }[] {
  const lines: { line: number; text: string }[] = [];
  let line = 1;
  let begun = { line, text: '' };
  let quotes = 0;
  for (const [part, end] of partsOf(start)) {
    begun.text += part;
    quotes += part.split('"').length - 1;
    line += end === '' ? 0 : 1;
    if (quotes % 2 === 1) {
      begun.text += end;
      continue;
    }
    lines.push(begun);
    if (lines.length >= LINES_LOOKED_AT) return lines;
    begun = { line, text: '' };
  }
  return quotes % 2 === 1 ? [...lines, begun] : lines;
}

function* partsOf(text: string): Generator<[string, string]> {
  for (const [, part = '', end = ''] of text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)) yield [part, end];
}
