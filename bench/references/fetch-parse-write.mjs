// The least that a report of a vendor costs: its pages are asked for one after the other, parsed, and written as a CSV
// with the libraries that revsync uses. Nothing is kept that a crash would leave, and no cell is looked at.
//   node fetch-parse-write.mjs URL OUT        prints how many rows there were
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { Pool } from 'undici';

const [address, out] = process.argv.slice(2);
const { origin, pathname, search } = new URL(address);
const pool = new Pool(origin, { connections: 1 });
const writer = stringify({ header: true });
const file = writer.pipe(createWriteStream(out));
let rows = 0;
for (let after = ''; ;) {
  const path = `${pathname}${search}${after && `&start_after_transaction_id=${after}`}`;
  const page = await (await pool.request({ method: 'GET', path })).body.json();
  if (page.length === 0) break;
  for (const row of page) writer.write(row);
  rows += page.length;
  after = page.at(-1).transaction_id;
}
writer.end();
await finished(file);
await pool.close();
console.log(rows);
