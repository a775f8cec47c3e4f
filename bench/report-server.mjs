// The report of the benchmarks, a process of its own: Invoca's transactions, as many as the number of the network that
// is asked for. Every page is a function of its numbers, so that whoever reads it can be checked.
import { createServer } from 'node:http';

const START = Date.UTC(2026, 9, 1);
const CENTS = 500_000;
/** A call has its own row and one of what came of it; that of every tenth call is corrected. */
const CALLS_OF_BLOCK = 10;
const ROWS_OF_BLOCK = 2 * CALLS_OF_BLOCK + 1;

/** 0 to 2^32 - 1, each number's place its own and far from its neighbour's. */
function scattered(number) {
  return Math.imul(number, 2_654_435_761) >>> 0;
}

function hex(number, digits = 8) {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}

function idOf(number) {
  return `00000000-${hex(number)}`;
}

/** Rows are numbered from 1 on, in the order of their calls. */
function rowOf(number) {
  const at = number - 1;
  const place = at % ROWS_OF_BLOCK;
  const isCorrection = place === ROWS_OF_BLOCK - 1;
  const call =
    Math.floor(at / ROWS_OF_BLOCK) * CALLS_OF_BLOCK + (isCorrection ? CALLS_OF_BLOCK - 1 : place >> 1);
  const isCall = !isCorrection && place % 2 === 0;
  const began = START + call * 1000;
  const cents = 100 + (scattered(number + 7) % CENTS);
  return {
    transaction_id: idOf(number),
    corrects_transaction_id: isCorrection ? idOf(number - 1) : null,
    corrected_at: isCorrection ? new Date(began + 86_400_000).toISOString() : null,
    complete_call_id: `${hex(scattered(call))}-${hex(scattered(call + 1))}-${hex(call)}`,
    transaction_type: isCall ? 'Call' : 'Reported Conversion',
    start_time_local: new Date(began).toISOString(),
    start_time_utc: began,
    advertiser_name: 'Sunrise Home Services',
    advertiser_campaign_name: `Medicare Q${(call % 4) + 1} Inbound`,
    affiliate_name: `Publisher ${call % 40}`,
    media_type: 'Online: Display',
    calling_phone_number: `512-555-${String(call % 10_000).padStart(4, '0')}`,
    destination_phone_number: '800-555-0100',
    city: 'Austin',
    region: 'TX',
    duration: 30 + (call % 600),
    revenue: isCall ? null : `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    sale_amount: null,
    signal_name: isCall ? null : 'Sale',
    signal_partner_unique_id: isCall ? null : `order-${call}`,
    signal_value: isCall ? null : true,
    custom_data: [],
  };
}

/** A page costs its reader's benchmark nothing the second time. */
const pages = new Map();

function pageOf(url) {
  const known = pages.get(url);
  if (known !== undefined) return known;
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const [, rows] = /\/networks\/transactions\/(\d+)\.json$/.exec(pathname) ?? [];
  const after = parseInt(searchParams.get('start_after_transaction_id')?.slice(9) ?? '0', 16);
  const count = Math.max(0, Math.min(Number(searchParams.get('limit')), Number(rows) - after));
  const page = Buffer.from(
    JSON.stringify(Array.from({ length: count }, (_, index) => rowOf(after + index + 1))),
  );
  pages.set(url, page);
  return page;
}

const server = createServer((request, response) => {
  const page = pageOf(request.url);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': page.length });
  response.end(page);
});
process.on('disconnect', () => process.exit());
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () =>
  process.send?.({ port: server.address().port }),
);
