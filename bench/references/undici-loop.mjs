// The fastest plain way to post a file with the HTTP client that revsync uses: no CSV, no check of an answer, no books.
//   node undici-loop.mjs URL BODIES CONCURRENCY        a file with one form body a line
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

const [address, file, concurrency] = process.argv.slice(2);
const { origin, pathname: path } = new URL(address);
const bodies = readFileSync(file, 'utf8').trimEnd().split('\n');
const pool = new Pool(origin, { connections: Number(concurrency), pipelining: 1 });
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
let next = 0;

async function lane() {
  while (next < bodies.length) {
    const { body } = await pool.request({ method: 'POST', path, headers, body: bodies[next++] });
    await body.text();
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, lane));
await pool.close();
