// The least that exactly once costs with the libraries that revsync uses: each sale is in a database before it is sent
// and settled there once it is answered, and a results CSV is written from it. No cell is judged, no answer is looked
// at beyond its status, nothing is sent again, and nothing is said meanwhile.
//   node books-loop.mjs URL SALES CONCURRENCY DATABASE RESULTS
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from 'node:fs';
import { parse } from 'csv-parse';
import Libsql from 'libsql';
import { Pool } from 'undici';

const ROWS_STAGED = 500;
const ROWS_CLAIMED = 256;
const ROWS_SETTLED = 1024;
const ROWS_WRITTEN = 250;

const [address, sales, concurrency, database, results] = process.argv.slice(2);
const { origin, pathname: path } = new URL(address);
const token = process.env['CONVOSO_AUTH_TOKEN'];

const db = new Libsql(database);
db.exec('pragma journal_mode = wal; pragma synchronous = normal');
db.exec(`create table sales (id integer primary key, key text unique, amount text, cells text, status text,
  http_status integer, sent_at integer)`);
const stage = db.prepare(`insert into sales (key, amount, cells, status)
  select value ->> 1, value ->> 4, value, 'planned' from json_each(?)`);
const claim = db.prepare(`update sales set status = 'claimed' where id between ? and ?`);
const claimed = db.prepare('select id, key, amount from sales where id between ? and ?').raw();
const settle =
  db.prepare(`update sales set status = value ->> 1, http_status = value ->> 2, sent_at = value ->> 3
  from json_each(?) where sales.id = value ->> 0`);
const settled = db
  .prepare('select cells, id, status, http_status, sent_at from sales where id between ? and ?')
  .raw();

const parser = createReadStream(sales).pipe(parse());
let header;
let batch = [];
for await (const record of parser) {
  if (header === undefined) header = record;
  else if (batch.push(record) === ROWS_STAGED) {
    stage.run(JSON.stringify(batch));
    batch = [];
  }
}
stage.run(JSON.stringify(batch));
const [last] = db.prepare('select count(*) from sales').raw().get();

// What is claimed and settled from here on is on the disk before anything else happens.
db.exec('pragma synchronous = full');
const pool = new Pool(origin, { connections: Number(concurrency), pipelining: 1 });
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
let queue = [];
let next = 1;
let answered = [];

function take() {
  if (queue.length === 0 && next <= last) {
    const to = next + ROWS_CLAIMED - 1;
    claim.run(next, to);
    queue = claimed.all(next, to).reverse();
    next = to + 1;
  }
  return queue.pop();
}

async function lane() {
  for (let row = take(); row !== undefined; row = take()) {
    const [id, key, amount] = row;
    const sentAt = Date.now();
    const form = new URLSearchParams({ auth_token: token, call_log_id: key, revenue: amount });
    const answer = await pool.request({ method: 'POST', path, headers, body: form.toString() });
    await answer.body.text();
    const status = answer.statusCode === 200 ? 'accepted' : 'failed';
    answered.push([id, status, answer.statusCode, sentAt]);
    if (answered.length === ROWS_SETTLED) {
      settle.run(JSON.stringify(answered));
      answered = [];
    }
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, lane));
settle.run(JSON.stringify(answered));
await pool.close();

// No cell of these files needs quotes.
const file = openSync(results, 'w');
writeSync(file, `${[...header, 'line', 'status', 'http_status', 'sent_at'].join(',')}\n`);
for (let from = 1; from <= last; from += ROWS_WRITTEN) {
  const lines = settled
    .all(from, from + ROWS_WRITTEN - 1)
    .map(([cells, id, ...own]) => [...JSON.parse(cells), id + 1, ...own].join(','));
  writeSync(file, `${lines.join('\n')}\n`);
}
fsyncSync(file);
closeSync(file);
db.close();
