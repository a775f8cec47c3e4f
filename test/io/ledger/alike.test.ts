import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { statusInDoubt, type Doubt } from '../../../src/core/ledger.js';
import type { ReportedItem, ReportedRow } from '../../../src/core/reported.js';
import { isCost } from '../../../src/cli/options.js';
import { Database, type SqlValue } from '../../../src/io/ledger/database.js';
import { heldRows } from '../../../src/io/ledger/entries.js';
import { migrate } from '../../../src/io/ledger/schema.js';
import { csvRecords, jsonReport } from '../../../src/report/output.js';
import { reportPage } from '../../../src/report/page/page.js';
import { report, toldApart, type ReportJob } from '../../../src/report/report.js';
import { JOB } from '../../support/reported.js';

const ACCOUNT = { vendor: 'convoso', account: 'default', origin: 'http://127.0.0.1:1' };
const AT = Date.parse('2026-11-20T14:07:00Z');
/** Every kind of header: with each column, without one, with two that could be it, and one that was never written. */
const HEADERS = [
  ['Agent', 'Campaign', 'Call Date'],
  ['Amount', 'Agent'],
  ['Rep', 'Agent', 'Sale Date', 'Call Date', 'Campaign', 'Campaign Name'],
];

const amount = fc.option(
  fc.oneof(
    fc.constantFrom(0, 1_000_000, -25_000, 9_999_999_999_999, -9_999_999_999_999),
    fc.integer({ min: -500, max: 50_000 }),
  ),
  { nil: null, freq: 8 },
);
const cell = fc.constantFrom(
  '',
  ' ',
  'Alma',
  'Ben',
  'Ben ',
  '2026-11-20 09:12:01',
  '2026-11-21',
  '31/12/2026',
  '1763562940',
);

/** An entry, and the row that had it accepted unless that was pruned. */
const entry = fc.record({
  key: fc
    .constantFrom('', '|', '\u{1f600}', '\uffee', 'é')
    .chain((more) => fc.integer({ min: 1, max: 60 }).map((id) => `${id}${more}`)),
  isAccepted: fc.boolean().map((no) => !no),
  amount,
  run: fc.integer({ min: 1, max: 5 }),
  at: fc.integer({ min: 0, max: 40 }).map((minutes) => AT + minutes * 450_000),
  doubt: fc.option(fc.constantFrom<Doubt>('blocked', 'resend'), { nil: null, freq: 5 }),
  isInFlight: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  kept: fc.option(
    fc.record({
      input: fc.integer({ min: 1, max: 2 }),
      action: fc.constantFrom('create', 'create', 'correct', 'reverse', 'clear'),
      previous: amount,
      sentAt: fc.option(
        fc.integer({ min: 0, max: 40 }).map((minutes) => AT - minutes * 450_000),
        { nil: null },
      ),
      cells: fc.array(cell, { minLength: 1, maxLength: 6 }),
      isTwice: fc.boolean(),
    }),
    { nil: undefined },
  ),
});

type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

const folder = mkdtempSync(join(tmpdir(), 'revsync-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** A ledger of these entries, with the header of each input by its run and number. */
function ledgerOf(entries: readonly Entry[], headers: readonly number[]): Database {
  files += 1;
  const db = migrate(Database.scratch(join(folder, `${files}.db`)));
  const insert = (table: string, values: Readonly<Record<string, SqlValue>>): void =>
    db.run(
      `insert into ${table} (${Object.keys(values).join(', ')}) values (${Object.keys(values)
        .map(() => '?')
        .join(', ')})`,
      Object.values(values),
    );
  insert('namespaces', { id: 1, ...ACCOUNT });
  for (let run = 1; run <= 5; run += 1) {
    insert('runs', { id: run, namespace: 1, state: 'finished', started_at: 0 });
    for (const number of [1, 2]) {
      const header = JSON.stringify(HEADERS[headers[run * 2 + number] ?? 0]);
      insert('inputs', { run, number, name: `sales-${run}-${number}.csv`, path: '', header });
    }
  }
  insert('runs', { id: 6, namespace: 1, state: 'pushing', started_at: 0, claimed_to: 7 * 2 ** 32 });
  insert('inputs', { run: 6, number: 1, name: 'now.csv', path: '', header: '[]' });
  entries.forEach(({ key, isAccepted, run, at, doubt, kept, isInFlight, ...held }, index) => {
    const attempt = index + 1;
    const own = { namespace: 1, key, run, amount: held.amount };
    insert('entries', {
      ...(isAccepted ? { ...own, digest: 'd', intent: 'set', at } : { namespace: 1, key }),
      doubt,
      last_attempt: attempt,
    });
    const told = {
      line: index + 2,
      action: 'create',
      intent: 'set',
      digest: 'd',
      status: 'unknown',
      tries: '[]',
      at,
      input: 'x',
    };
    insert('attempts', { ...own, id: attempt, ...told, code: 'timeout', message: 'no answer' });
    const row = { key, amount: held.amount, intent: 'set' };
    if (isInFlight)
      insert('rows', {
        ...row,
        id: 6 * 2 ** 32 + index + 1,
        input: 1,
        line: index,
        cells: '[]',
        status: 'planned',
        action: 'create',
      });
    if (kept === undefined) return;
    const { input, action, previous, sentAt, cells, isTwice } = kept;
    const settled = {
      ...row,
      input,
      action,
      status: 'accepted',
      previous_amount: previous,
      sent_at: sentAt,
      cells: JSON.stringify(cells),
    };
    if (isTwice)
      insert('rows', {
        ...settled,
        id: run * 2 ** 32 + index + 1,
        line: 1,
        cells: '["Other"]',
        action: 'create',
      });
    insert('rows', { ...settled, id: run * 2 ** 32 + 1000 + index, line: index + 2 });
  });
  return db;
}

/** What a ledger holds, row by row, by the words of the port. */
function* oneByOne(entries: readonly Entry[], headers: readonly number[]): Generator<ReportedItem> {
  const { vendor, account } = ACCOUNT;
  const tableOf = (run: number, input = 0): ReportedItem => {
    const header = input === 0 ? [] : (HEADERS[headers[run * 2 + input] ?? 0] ?? []);
    const name = input === 0 ? `run-${run}` : `sales-${run}-${input}.csv`;
    return { kind: 'table', table: { input: name, header, vendor, account } };
  };
  const numbered = entries.map((one, index) => ({ ...one, index }));
  const inBytes = (left: Entry, right: Entry): number =>
    Buffer.compare(Buffer.from(left.key), Buffer.from(right.key));
  for (const { key, index, isAccepted, run, at, doubt, kept, isInFlight, amount: money } of numbered.sort(
    inBytes,
  )) {
    const held = (money ?? undefined) as ReportedRow['amount'];
    const none = { code: undefined, message: undefined, previousAmount: undefined, sentAt: undefined };
    if (isAccepted) {
      yield tableOf(run, kept?.input);
      const action = kept?.action;
      const previousAmount = (kept?.previous ?? undefined) as ReportedRow['amount'];
      const own = { key, run, amount: held, action, previousAmount, sentAt: kept?.sentAt ?? at };
      const row = { ...none, ...own, line: kept === undefined ? 0 : index + 2, cells: kept?.cells ?? [] };
      yield { kind: 'rows', rows: [{ ...row, status: 'accepted' }] };
    }
    if (doubt === null && !isInFlight) continue;
    const before = isAccepted ? held : undefined;
    const tried = isInFlight
      ? { run: 6, line: index }
      : { run, line: index + 2, code: 'timeout', message: 'no answer' };
    yield tableOf(tried.run);
    const row = {
      ...none,
      ...tried,
      key,
      action: 'create' as const,
      amount: held,
      cells: [],
      previousAmount: before,
    };
    yield {
      kind: 'rows',
      rows: [{ ...row, status: statusInDoubt(isInFlight ? 'blocked' : (doubt ?? 'blocked')) }],
    };
  }
}

async function textsOf(
  items: AsyncIterable<ReportedItem> | Iterable<ReportedItem>,
  job: ReportJob,
): Promise<unknown> {
  const computed = await report(items, job);
  if (!computed.ok) throw new Error(JSON.stringify(computed.error));
  const page = job.page
    ? reportPage(computed.value, { title: 't', version: '1', writtenAt: 0, zone: job.zone })
    : undefined;
  return { json: jsonReport(computed.value), csv: csvRecords(computed.value), page };
}

describe('what is held, in groups', () => {
  const dimensions = fc.uniqueArray(
    fc.constantFrom('agent', 'campaign', 'hour', 'day', 'weekday', 'status', 'vendor'),
    { minLength: 1, maxLength: 3 },
  );
  const job = fc.record({
    by: dimensions,
    page: fc.boolean(),
    zone: fc.constantFrom(undefined, 'Asia/Kathmandu', 'America/New_York'),
    rates: fc.constantFrom(
      undefined,
      { byAgent: new Map([['Alma', 200_000n]]), other: undefined },
      { byAgent: new Map(), other: 125_001n },
    ),
    costs: fc.constantFrom(undefined, new Map([['Ben', 70_000n]])),
    isCost: fc.constantFrom(isCost, () => true),
  });

  it('comes to the same, in figures, notes and order, as row by row', async () => {
    const entries = fc.uniqueArray(entry, { selector: ({ key }) => key, maxLength: 25 });
    const headers = fc.array(fc.nat({ max: 2 }), { minLength: 13, maxLength: 13 });
    const everyKind = fc.record({ pruned: fc.boolean(), settled: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        entries,
        headers,
        everyKind,
        job,
        async (random, headers, { pruned, settled }, asked) => {
          const entries = random.map((one): Entry => ({
            ...one,
            ...(pruned && { kept: undefined }),
            ...(settled && { doubt: null, isInFlight: false, isAccepted: true }),
          }));
          const job: ReportJob = { ...JOB, ...asked, lenient: true };
          const db = ledgerOf(entries, headers);
          try {
            const grouped = await textsOf(
              heldRows(db, ACCOUNT, () => 'blocked', toldApart(job)),
              job,
            );
            expect(grouped).toEqual(await textsOf(oneByOne(entries, headers), job));
          } finally {
            db.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});
