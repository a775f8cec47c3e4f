// The least that reading a vendor's report into a file costs: its pages are asked for one after the other, parsed and
// written as CSV. Nothing is kept that a crash would leave, and no cell is looked at.
//   node fetch-parse-write.mjs URL OUT        prints how many rows there were
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Pool } from 'undici';

const [address, out] = process.argv.slice(2);
const { origin, pathname, search } = new URL(address);
const pool = new Pool(origin, { connections: 1 });
const file = createWriteStream(out);
let names;
let rows = 0;

function cellOf(value) {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

for (let after = ''; ;) {
  const { body } = await pool.request({ method: 'GET', path: `${pathname}${search}${after}` });
  const page = JSON.parse(await body.text());
  if (page.length === 0) break;
  if (names === undefined) {
    names = Object.keys(page[0]);
    file.write(`${names.join(',')}\n`);
  }
  file.write(page.map((row) => `${names.map((name) => cellOf(row[name])).join(',')}\n`).join(''));
  rows += page.length;
  after = `&start_after_transaction_id=${page.at(-1).transaction_id}`;
}
file.end();
await finished(file);
await pool.close();
console.log(rows);
