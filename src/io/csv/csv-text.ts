import { stringify } from 'csv-stringify/sync';

const [QUOTE, COMMA, CR, LF] = [0x22, 0x2c, 0x0d, 0x0a];

/**
 * The rows as CSV, each with the cells `more` behind its own. Most need no quotes, and the library takes five times as
 * long to find that out.
 */
export function csvText(rows: readonly (readonly string[])[], more: readonly string[] = []): string {
  const end = more.length === 0 ? '\n' : `,${csvText([more])}`;
  let text = '';
  for (const row of rows) {
    const joined = row.join(',');
    text += isPlain(joined, row.length) ? joined : quoted(row);
    text += end;
  }
  return text;
}

function quoted(row: readonly string[]): string {
  return stringify([row], { record_delimiter: '\n', quoted_match: /\r/ }).slice(0, -1);
}

/** Whether the cells of a record that were joined by commas can be told apart again as they stand. */
function isPlain(joined: string, cells: number): boolean {
  let commas = 0;
  for (let at = 0; at < joined.length; at += 1) {
    const code = joined.charCodeAt(at);
    if (code === QUOTE || code === CR || code === LF) return false;
    if (code === COMMA) commas += 1;
  }
  return joined !== '' && commas === cells - 1;
}
