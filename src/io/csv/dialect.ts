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

/** Cells of one line, without the quotes around them. */
function cutBy(text: string, delimiter: string): string[] {
  let at = 0;
  return withoutQuoted(text)
    .split(delimiter)
    .map((part) => {
      const cell = text.slice(at, at + part.length);
      at += part.length + delimiter.length;
      return part.includes(QUOTED) ? cell.trim().replace(/^"|"$/g, '').replaceAll('""', '"') : cell;
    });
}

/** The first lines with their numbers. A line end in quotes ends none. */
function linesOf(start: string): { line: number; text: string }[] {
  const lines: { line: number; text: string }[] = [];
  let line = 1;
  let at = 0;
  for (const [part, , end = ''] of withoutQuoted(start).matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)) {
    const text = start.slice(at, at + part.length - end.length);
    lines.push({ line, text });
    if (lines.length >= LINES_LOOKED_AT) break;
    line += start.slice(at, at + part.length).match(/\r\n|\r|\n/g)?.length ?? 0;
    at += part.length;
  }
  return lines;
}

/** What a cell begins behind, whatever the delimiter is. */
const CELL_STARTS = [...DELIMITERS.values(), '\r', '\n'].join('');
/** Stands for what is in quotes. */
const QUOTED = '\0';

/** The text with something else for what is in quotes, as many signs. Quotes are opened where a cell begins. */
function withoutQuoted(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (let open = text.indexOf('"'); open >= 0; open = text.indexOf('"', Math.max(kept, open + 1))) {
    let before = open - 1;
    while (text[before] === ' ') before -= 1;
    if (before >= 0 && !CELL_STARTS.includes(text[before] ?? '')) continue;
    let close = text.indexOf('"', open + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    const end = close < 0 ? text.length : close + 1;
    parts.push(text.slice(kept, open), QUOTED.repeat(end - open));
    kept = end;
  }
  return parts.join('') + text.slice(kept);
}
