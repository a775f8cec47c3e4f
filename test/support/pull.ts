import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Transport } from '../../src/core/ports.js';
import type { Period, PulledTransactions, Scope, TransactionStore } from '../../src/core/transactions.js';
import type { Reply } from '../../src/core/vendor.js';
import { pathOf } from '../../src/io/http/request-text.js';
import { openForPull } from '../../src/io/open-ledger.js';
import { transactionsText } from '../../src/io/transactions-file.js';
import { pull, type PullOutcome, type PullEvent } from '../../src/reconcile/pull.js';
import type { PullJob } from '../../src/reconcile/pull-job.js';
import type { Fake, FakeAnswer } from '../../src/sandbox/fake.js';
import { invocaFake, type InvocaBooks } from '../../src/sandbox/invoca.js';
import type { InvocaTransaction } from '../../src/sandbox/invoca-transactions.js';
import { invocaTransactions } from '../../src/vendors/invoca-transactions.js';
import { allOf } from './all-of.js';
import { answered, type Scripted } from './answer.js';
import { VirtualClock } from './clock.js';
import { askLedger, ledgerOfTest } from './shared-ledger.js';

export const DAY = 86_400_000;
export const NOON = Date.UTC(2026, 10, 20, 12);

/** As if the last poll had been five minutes ago. */
export async function letTimePass(ledger: string): Promise<void> {
  await askLedger(ledger, 'update scopes set polled_at = polled_at - 300000');
}

export type Rows = readonly Partial<InvocaTransaction>[];

/** Puts rows into the books of a fake Invoca; each call that is new to it gets a row of its own before them. */
export function addRows(fake: Fake, rows: Rows): void {
  const added = rows.map((row) => ({ add: { start_time_utc: NOON, sale_amount: '10.0', ...row } }));
  const done = fake.alter?.(JSON.stringify(added));
  if (done?.ok !== true) throw new Error(done?.error ?? 'the fake cannot be altered');
}

/**
 * Sales of `calls` calls, of which every third one is corrected `depth` times. The corrections lie far from what
 * they correct, with other calls between.
 */
export function addChains(fake: Fake, calls: number, depth: number, name = 'CALL'): void {
  const { transactions } = fake.books() as InvocaBooks;
  let latest = new Map<string, string>();
  let next = transactions.length + 1;
  for (let level = 0; level <= depth; level += 1) {
    const rows: Partial<InvocaTransaction>[] = [];
    const ids = new Map<string, string>();
    for (let call = 0; call < calls; call += level === 0 ? 1 : 3) {
      const id = `${name}-${call}`;
      rows.push({
        complete_call_id: id,
        corrects_transaction_id: latest.get(id) ?? null,
        corrected_at: level === 0 ? null : '2026-11-21 09:00:00 -05:00',
        sale_amount: `${10 + level}.0`,
        calling_phone_number: '404-555-0100',
      });
      ids.set(id, `OUTCOME-${next}`);
      next += 1;
    }
    addRows(fake, rows);
    latest = ids;
  }
}

/** What happens to a request instead of, or to, its answer; `request` counts from 1. */
export type Mishap = (request: number, answer: () => FakeAnswer) => Scripted | Promise<Scripted> | undefined;

export type With = Partial<Omit<PullJob, 'report'>> & {
  readonly wrap?: (store: TransactionStore) => TransactionStore;
  readonly interrupt?: AbortSignal;
  readonly mishap?: Mishap;
};

/** A ledger in a folder of its own, a fake Invoca and a clock on which waiting takes no time. */
export class PullDesk {
  readonly clock = new VirtualClock({ began: NOON + DAY });
  readonly fake = invocaFake({});
  readonly scope: Scope = { kind: 'networks', id: '33' };
  readonly #folder = mkdtempSync(join(tmpdir(), 'revsync-pull-'));
  #ledger: Promise<string> | undefined;
  /** The targets of the requests so far. */
  readonly requests: string[] = [];
  events: PullEvent[] = [];

  constructor() {
    onTestFinished(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  async open(scope = this.scope, period: Period = { from: '', to: '' }): Promise<PulledTransactions> {
    const account = { vendor: 'invoca', account: 'test', origin: 'http://127.0.0.1' };
    const ledger = await (this.#ledger ??= ledgerOfTest(join(this.#folder, 'ledger.db')));
    return openForPull(ledger, account, scope, period);
  }

  /** One pull that writes its rows if it comes to its end, as the command does. */
  async pull({ mishap, wrap, interrupt, ...job }: With = {}): Promise<PullOutcome & { file?: string }> {
    const { scope = this.scope, period = { from: '', to: '' } } = job;
    const store = await this.open(scope, period);
    this.events = [];
    try {
      const pulled = await pull(
        {
          report: invocaTransactions,
          columns: [],
          zone: 'UTC',
          sinceLast: false,
          wait: false,
          writesOut: true,
          budget: { retries: 5, deadlineMs: 600_000 },
          pageRows: 5,
          ...job,
          scope,
          period,
        },
        {
          store: wrap?.(store) ?? store,
          transport: this.#transport(mishap),
          clock: this.clock,
          secrets: { INVOCA_OAUTH_TOKEN: 'an-oauth-token', INVOCA_TRANSACTIONS_API_VERSION: '2020-10-01' },
          emit: (event) => void this.events.push(event),
          interrupt: interrupt ?? new AbortController().signal,
        },
      );
      if (pulled.stop !== undefined || job.writesOut === false) return pulled;
      const style = { format: 'csv', zone: 'UTC' } as const;
      const file = (await allOf(transactionsText(store, job.sinceLast === true ? 'new' : 'all', style))).join(
        '',
      );
      await store.writtenOut();
      return { ...pulled, file };
    } finally {
      await store.close();
    }
  }

  /** The ids of the rows that the fake shows now, in its order. */
  held(): string[] {
    const request = {
      method: 'GET',
      path: '/api/2020-10-01/networks/transactions/33.json',
      query: new URLSearchParams({ limit: '4000' }),
      headers: { authorization: 'a-token' },
      body: '',
      at: NOON,
    };
    const rows = JSON.parse(this.fake.answer(request).body) as InvocaTransaction[];
    return rows.map(({ transaction_id: id }) => id);
  }

  #transport(mishap: Mishap | undefined): Transport {
    return {
      send: async (request, read) => {
        const { pathname, searchParams } = new URL(pathOf(request), 'http://fake');
        this.requests.push(pathname + '?' + searchParams.toString());
        const answer = (): FakeAnswer =>
          this.fake.answer({
            method: request.method,
            path: pathname,
            query: searchParams,
            headers: request.headers,
            body: '',
            at: this.clock.now(),
          });
        const ended = mishap?.(this.requests.length, answer);
        return answered((await ended) ?? replyOf(answer(), this.clock.now()), read);
      },
    };
  }
}

export function replyOf({ status, headers = {}, body }: FakeAnswer, receivedAt = 0): Reply {
  return { status, headers, text: body, receivedAt };
}

/** The ids in a file that `PullDesk` has written, in its order. */
export function idsIn(file: string | undefined): string[] {
  return (file ?? '')
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(',')[0] ?? '');
}
