// The tables of docs/performance.md that are written by the benchmarks, one for each kind of machine. What limits a row
// is said there by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { COMPARED, markdown, NOT_MEASURED } from './table.mjs';

const DOCUMENT = new URL('../docs/performance.md', import.meta.url);

/** What names a row, whatever came of it: what it is, and its reference without its figure. */
function nameOf([what, , reference]) {
  return `${what} | ${reference.replace(/: .*/, '')}`;
}

function cellsOf(line) {
  return line.slice(2, -2).split(' | ');
}

/** The rows of a kind as they stand there, and where. */
function blockOf(text, kind) {
  const [from, to] = [`<!-- bench ${kind} -->\n`, `<!-- end of ${kind} -->`].map((mark) =>
    text.indexOf(mark),
  );
  if (from < 0 || to < from) throw new Error(`docs/performance.md: there is no place for ${kind}`);
  const begin = text.indexOf('\n', from) + 1;
  const lines = text.slice(begin, to).split('\n');
  return {
    begin,
    to,
    rows: lines
      .filter((line) => line.startsWith('| '))
      .slice(2)
      .map(cellsOf),
  };
}

/** Puts rows into the place of those of the same name; others stay as they were measured before. */
export function writeRows(kind, rows, machine, path = DOCUMENT) {
  const text = readFileSync(path, 'utf8');
  const { begin, to, rows: before } = blockOf(text, kind);
  const all = new Map(before.map((row) => [nameOf(row), row]));
  for (const row of rows) if (!row.includes(NOT_MEASURED)) all.set(nameOf(row), row);
  put(path, text, { begin, to }, [markdown(COMPARED, [...all.values()]), wrapped(machine)]);
}

/** Puts a table that is no comparison into the place of its own. */
export function writeTable({ place, title, head, rows }, machine, path = DOCUMENT) {
  const text = readFileSync(path, 'utf8');
  put(path, text, blockOf(text, place), [title, markdown(head, rows), wrapped(machine)]);
}

/** As wide as a page. */
function wrapped(text) {
  return text.replace(/(.{1,120})(?: |$)/g, '$1\n').trimEnd();
}

function put(path, text, { begin, to }, parts) {
  writeFileSync(path, `${text.slice(0, begin)}\n${parts.join('\n\n')}\n\n${text.slice(to)}`);
}
