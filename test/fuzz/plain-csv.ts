/** One record and the line on which it starts, from 1; CR LF, LF and CR end a line. */
export interface PlainRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * A CSV reader that can be read at a glance, for comparison: a cell is quoted as a whole or not at all, a
 * quote within quotes is doubled, one in a cell without quotes is text, and a line with nothing but white space is no record. `broken` tells that
 * a quote stands where none may.
 */
export function readPlainCsv(text: string): { records: PlainRecord[]; broken: boolean } {
  const records: PlainRecord[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const line = text.slice(0, at).split(/\r\n|\r|\n/).length;
    const cells: string[] = [];
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
      if (cell === undefined) return { records, broken: true };
      cells.push(cell.text);
      at = cell.end;
      if (text[at] !== ',') break;
      at += 1;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (cells.length > 1 || cells[0]?.trim() !== '') records.push({ line, cells });
  }
  return { records, broken: false };
}

interface Cell {
  readonly text: string;
  /** The place after it: a comma, a line end or the end. */
  readonly end: number;
}

function plainCell(text: string, from: number): Cell | undefined {
  let end = from;
  while (end < text.length && !',\r\n'.includes(text[end] ?? '')) end += 1;
  const cell = text.slice(from, end);
  return /^[ \t]+"/.test(cell) ? undefined : { text: cell, end };
}

function quotedCell(text: string, from: number): Cell | undefined {
  let end = from + 1;
  while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
  if (end >= text.length) return undefined;
  const quoted = text.slice(from + 1, end).replaceAll('""', '"');
  const next = text[end + 1];
  if (next !== undefined && !',\r\n'.includes(next)) return undefined;
  return { text: quoted, end: end + 1 };
}

/** A cell as CSV has it: in quotes where it needs them, or where `always`. */
export function writePlainCell(cell: string, always: boolean): string {
  return always || /[",\r\n\ufeff]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
