import type { RepeatedRow, Row } from '../core/row.js';
import { isOwnColumn, plural } from '../core/text.js';

const COLUMNS_NAMED = 3;
const LONGEST_CELL = 40;

/** Which rows of a group are equal to the letter: one text for each content. Files may have their columns in another order. */
export function contentsOf(rows: readonly RepeatedRow[]): readonly string[] {
  const [first] = rows;
  const sameHeader = rows.every(
    ({ header }) => header === first?.header || JSON.stringify(header) === JSON.stringify(first?.header),
  );
  // What a reconciliation found about a row is nothing that the source says.
  const hasOwn = rows.some(({ header }) => header.some(isOwnColumn));
  const texts = new Map<readonly string[], string>();
  const textOf = ({ header, cells }: RepeatedRow): string => {
    if (sameHeader && !hasOwn) return JSON.stringify(cells);
    const named = header.flatMap((name, index) =>
      isOwnColumn(name) ? [] : [JSON.stringify([name, cells[index] ?? ''])],
    );
    return JSON.stringify(named.sort());
  };
  return rows.map((row) => {
    const text = texts.get(row.cells) ?? textOf(row);
    texts.set(row.cells, text);
    return text;
  });
}

/** The columns in which two rows differ, with what stands there in the other one and in this. */
export function differences(row: RepeatedRow, other: RepeatedRow): string {
  const names = row.header === other.header ? [] : [...other.header];
  const found = [
    ...row.header.map((name, index) => {
      const at = row.header === other.header ? index : names.indexOf(name);
      // A name may stand there twice.
      if (at >= 0 && row.header !== other.header) names[at] = '\0';
      return { name, index, here: row.cells[index], there: at < 0 ? undefined : other.cells[at] };
    }),
    ...names.flatMap((name, index) =>
      name === '\0' ? [] : [{ name, index, here: undefined, there: other.cells[index] }],
    ),
  ].filter(({ name, here, there }) => here !== there && !isOwnColumn(name));
  const shown = found.slice(0, COLUMNS_NAMED).map(({ name, index, here, there }) => {
    const column = name.trim() === '' ? `column ${index + 1}` : name;
    return `${column} (${quoted(there)}, here ${quoted(here)})`;
  });
  const more = found.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${plural(more, 'more column')}` : ''}`;
}

function quoted(cell: string | undefined): string {
  if (cell === undefined) return 'no such column';
  return JSON.stringify(cell.length > LONGEST_CELL ? `${cell.slice(0, LONGEST_CELL)}…` : cell);
}

/** A row as another one of the same run speaks of it. */
export function place(row: Pick<Row, 'input' | 'line'>, from: Pick<Row, 'input' | 'line'>): string {
  return row.input === from.input ? `line ${row.line}` : `${row.input}:${row.line}`;
}
