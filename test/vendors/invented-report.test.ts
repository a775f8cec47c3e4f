import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Amount } from '../../src/core/amount.js';
import { jsonObject, outcomeOfStatus } from '../../src/core/reply.js';
import { ACCOUNT, type TransactionReport } from '../../src/core/transactions.js';
import { SqliteTransactions } from '../../src/io/ledger/transactions.js';
import { pull, type PullOutcome } from '../../src/reconcile/pull.js';
import { answered } from '../support/answer.js';
import { VirtualClock } from '../support/clock.js';

const MOST = 10;

/** A report that nobody has: windows of a day, no more than ten rows of one, a count beside its pages. */
const ringbooksCalls: TransactionReport = {
  vendor: 'ringbooks',
  title: 'Ringbooks',
  scopes: [],
  windows: { of: 'moments', required: true, days: 1, rows: MOST },
  corrections: 'in_place',
  moreColumns: false,
  pageRows: 3,
  pollEveryMs: 0,
  timeoutSeconds: 10,
  secrets: [],
  request: ({ window, cursor = '0', limit }) => ({
    method: 'GET',
    path: '/v3/calls',
    query: { from: String(window?.from), until: String(window?.until), at: cursor, limit: String(limit) },
    headers: {},
    body: { kind: 'none' },
  }),
  authorize: (request) => request,
  readPage(reply) {
    const { calls, next, total } = (jsonObject(reply) ?? {}) as {
      calls?: number[];
      next?: string;
      total?: number;
    };
    if (calls === undefined) return outcomeOfStatus(reply);
    const rows = calls.map((at) => {
      const id = String(at);
      return { id, call: id, type: '', startedAt: at, outcome: '', amount: 1 as Amount, columns: { id } };
    });
    return { kind: 'rows', rows, warnings: [], next, total };
  },
  control: 'in_pages',
};

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 20);

/** Pulls two days of which the vendor holds these calls; `counts` is what it says of how many it shows. */
async function pulled(
  held: readonly number[],
  counts: (shown: number) => number = (shown) => shown,
  ledger = newLedger(),
  failAt = Infinity,
): Promise<
  PullOutcome & { windows: string[]; ids: string[]; control?: PullOutcome['control']; ledger: string }
> {
  const period = { from: '2026-11-20', to: '2026-11-21' };
  const namespace = { vendor: 'ringbooks', account: 'test', origin: 'http://127.0.0.1' };
  const store = SqliteTransactions.open(ledger, namespace, ACCOUNT, period);
  const windows: string[] = [];
  let requests = 0;
  const outcome = await pull(
    {
      report: ringbooksCalls,
      scope: ACCOUNT,
      period,
      zone: 'UTC',
      columns: [],
      sinceLast: false,
      wait: false,
      writesOut: false,
      budget: { retries: 0, deadlineMs: 1000 },
      pageRows: 3,
    },
    {
      store,
      transport: {
        send: (request, read) => {
          requests += 1;
          const { from = '', until = '', at = '' } = request.query ?? {};
          windows.push(`${(Number(from) - START) / HOUR}-${(Number(until) - START) / HOUR}@${at}`);
          if (requests === failAt)
            return Promise.resolve({ outcome: { kind: 'in_doubt', code: 'lost_reply', message: 'lost' } });
          const all = held.filter((call) => call >= Number(from) && call <= Number(until)).slice(0, MOST);
          const end = Number(at) + 3;
          const next = end < all.length ? String(end) : undefined;
          const text = JSON.stringify({ calls: all.slice(Number(at), end), next, total: counts(all.length) });
          return Promise.resolve(answered({ status: 200, headers: {}, text, receivedAt: 0 }, read));
        },
      },
      clock: new VirtualClock({ began: START }),
      secrets: {},
      emit: () => undefined,
      interrupt: new AbortController().signal,
    },
  );
  const ids: string[] = [];
  for await (const rows of store.rows('all')) ids.push(...rows.map(({ id }) => id));
  await store.close();
  return { ...outcome, windows, ids, ledger };
}

function newLedger(): string {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-report-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'ledger.db');
}

/** One an hour on the first day, of which one is at its very end; one on the second. */
const HELD = [...Array.from({ length: 25 }, (_, hour) => START + hour * HOUR), START + 30 * HOUR];

it('is read by one file: a day that is capped in parts, every row once, and the count agrees', async () => {
  const { windows, ids, control, stop } = await pulled(HELD);
  expect(stop).toBeUndefined();
  expect(ids).toEqual(HELD.map(String));
  expect(windows.slice(0, 4)).toEqual(['0-24@0', '0-12@0', '0-6@0', '0-6@3']);
  expect(windows.at(-1)).toBe('24-48@0');
  expect(control?.same).toBe(true);
});

it('is told of where the vendor counts other rows than it shows', async () => {
  const { control } = await pulled([START, START + HOUR], (shown) => shown + (shown > 0 ? 1 : 0));
  expect(control).toEqual({ rows: 2, total: 3, same: false });
});

it('goes on in the middle of a window, and counts what came before', async () => {
  const held = HELD.slice(0, 8);
  const broken = await pulled(held, undefined, undefined, 3);
  expect(broken.stop?.kind).toBe('gave_up');
  const { windows, ids, control } = await pulled(held, undefined, broken.ledger);
  expect(windows).toEqual(['0-24@6', '24-48@0']);
  expect(ids).toEqual(held.map(String));
  expect(control).toEqual({ rows: 8, total: 8, same: true });
});
