// Files that the benchmarks read. Every row is a function of its number and every row is good, so that a checker
// knows what has to come of it.
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';

export const TOKEN = 'benchmark-token';
const LINES_PER_WRITE = 1000;
const HEADER = 'Call Date,Call Log ID,Agent,Campaign,Sale Amount,Status';
const EXPORT_HEADER = 'call_log_id,lead_id,campaign_id,call_date,revenue';

/** 0 to 2^32 - 1, each number's place its own and far from its neighbour's. */
function scattered(number) {
  return Math.imul(number, 2_654_435_761) >>> 0;
}

/** Calls are numbered as they come, with others between them. */
export function idOf(number) {
  return String(5_000_000_000 + number * 7 + (scattered(number) % 7));
}

/** 1.00 to 5000.99. */
function centsOf(number) {
  return 100 + (scattered(number + 7) % 500_000);
}

function amountOf(number) {
  const cents = String(centsOf(number));
  return `${cents.slice(0, -2)}.${cents.slice(-2)}`;
}

function dateOf(number) {
  const at = new Date(Date.UTC(2026, 9, 1) + (number % 2_000_000) * 1000).toISOString();
  return `${at.slice(0, 10)} ${at.slice(11, 19)}`;
}

function saleOf(number) {
  const agent = `Agent ${(number % 180) + 1}`;
  const campaign = `Medicare Q${(number % 4) + 1} Inbound`;
  return `${dateOf(number)},${idOf(number)},${agent},${campaign},${amountOf(number)},Sold`;
}

/** The form body that has to reach the vendor for a sale. */
function bodyOf(number) {
  return `auth_token=${TOKEN}&call_log_id=${idOf(number)}&revenue=${amountOf(number)}`;
}

function exportedOf(number) {
  return `${idOf(number)},${number},${(number % 4) + 1},${dateOf(number)},${amountOf(number)}`;
}

function curlOf(number, url) {
  return `url = "${url}"\ndata = "${bodyOf(number)}"\noutput = "/dev/null"`;
}

/** The same sales for everybody who is to send or read them; a vendor's report has the newest first. */
const KINDS = {
  sales: { header: HEADER, lineOf: saleOf },
  exported: { header: EXPORT_HEADER, lineOf: exportedOf, newestFirst: true },
  bodies: { lineOf: bodyOf },
  curl: { lineOf: curlOf, between: 'next\n' },
};

/** Resolves to the path of a file of a kind with `rows` sales from the number `from` on, written when first asked for. */
export function filesIn(folder, url) {
  const made = new Map();
  return async (kind, rows, from = 0) => {
    const path = join(folder, `${kind}-${rows}-${from}.csv`);
    if (!made.has(path)) made.set(path, pipeline(chunksOf(kind, rows, from, url), createWriteStream(path)));
    await made.get(path);
    return path;
  };
}

function* chunksOf(kind, rows, from, url) {
  const { header, lineOf, between = '', newestFirst = false } = KINDS[kind];
  if (header !== undefined) yield `${header}\n`;
  for (let done = 0; done < rows; done += LINES_PER_WRITE) {
    const count = Math.min(LINES_PER_WRITE, rows - done);
    const numbers = Array.from({ length: count }, (_, index) => done + index).map((index) =>
      newestFirst ? from + rows - 1 - index : from + index,
    );
    yield (done === 0 ? '' : between) + numbers.map((number) => `${lineOf(number, url)}\n`).join(between);
  }
}

/** What the sales of a file come to, in cents. */
export function centsIn(rows, from = 0) {
  let cents = 0;
  for (let number = from; number < from + rows; number += 1) cents += centsOf(number);
  return cents;
}

/** How many rows of a results or breaks file have each word in a column; no cell of them has a comma in it. */
export async function wordsIn(path, column) {
  const words = {};
  let at;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const cells = line.split(',');
    if (at === undefined) at = cells.indexOf(column);
    else words[cells[at]] = (words[cells[at]] ?? 0) + 1;
  }
  return words;
}

/** What the vendor's report of so many rows comes to: its calls, and the cents of the last row of each. */
export async function tallyOf(origin, rows) {
  const cents = new Map();
  const url = `${origin}/api/2020-10-01/networks/transactions/${rows}.json?limit=4000`;
  for (let after = ''; ;) {
    const page = await (await fetch(`${url}${after}`)).json();
    if (page.length === 0) break;
    for (const { complete_call_id: call, revenue } of page)
      cents.set(call, revenue === null ? (cents.get(call) ?? 0) : Math.round(Number(revenue) * 100));
    after = `&start_after_transaction_id=${page.at(-1).transaction_id}`;
  }
  return { calls: cents.size, cents: [...cents.values()].reduce((sum, one) => sum + one, 0) };
}
