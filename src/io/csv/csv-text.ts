import { stringify } from 'csv-stringify/sync';

/** The rows as CSV. Most need no quotes, and the library takes five times as long to find that out. */
export function csvText(rows: readonly (readonly string[])[]): string {
  let text = '';
  for (const row of rows) {
    const joined = row.join(',');
    text += isPlain(joined, row.length)
      ? `${joined}\n`
      : stringify([row], { record_delimiter: '\n', quoted_match: /\r/ });
  }
  return text;
}

/** Whether the cells of a record that were joined by commas can be told apart again as they stand. */
function isPlain(joined: string, cells: number): boolean {
  if (joined === '' || /["\r\n]/.test(joined)) return false;
  let commas = 0;
  for (let at = joined.indexOf(','); at >= 0; at = joined.indexOf(',', at + 1)) commas += 1;
  return commas === cells - 1;
}
