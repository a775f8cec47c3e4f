import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { EventSink, Stop } from '../../src/core/events.js';
import type { Answer, Clock, Transport } from '../../src/core/ports.js';
import type { RunId } from '../../src/core/row.js';
import { ok } from '../../src/core/result.js';
import type { RateLimit, Reply, Vendor, VendorRequest } from '../../src/core/vendor.js';
import type { ColumnChoice } from '../../src/sales/columns.js';
import type { MapOptions } from '../../src/sales/read-row.js';
import type { AutoBounds } from '../../src/push/auto-rate.js';
import { planRun, type RunJob } from '../../src/push/plan-run.js';
import { runPush, type PushJob, type PushOutcome, type Written } from '../../src/push/run.js';
import { csvSource } from '../../src/io/csv/reader.js';
import { HttpTransport } from '../../src/io/http/transport.js';
import { SharedLedger } from '../../src/io/ledger/shared/ledger.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import type { Namespace, ResultRow } from '../../src/core/ledger.js';
import { allOf } from './all-of.js';
import { processSealer } from '../../src/io/seal.js';
import { redactor } from '../../src/io/redact.js';
import { whole } from './answer.js';
import { newDatabase, SERVER } from './shared-ledger.js';

/** A clock on which a hundred milliseconds pass in one. */
export function fastClock(factor = 100): Clock {
  const began = Date.now();
  return {
    now: () => Math.round(began + (performance.now() - start) * factor),
    elapsed: () => (performance.now() - start) * factor,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms / factor);
        signal?.addEventListener('abort', done);
      }),
  };
}

const start = performance.now();

export const MAP: MapOptions = {
  blankAmount: 'refuse',
  round: undefined,
  style: { timezone: undefined, dateOrder: undefined, amounts: {} },
  negativeAmounts: 'refuse',
  zero: 'amount',
  refund: 'reverse',
  reversalValues: new Set(['refunded']),
  only: undefined,
  mayBeEmpty: true,
  constants: new Map(),
  values: new Map(),
  waived: [],
  needsRowSecret: false,
  sealer: processSealer(),
};

/** Columns are found by their names. */
export const NO_CHOICE: ColumnChoice = { columns: new Map(), constants: new Map() };

export interface Pushed {
  readonly rows: readonly ResultRow[];
  readonly stop: Stop | undefined;
  readonly merged: PushOutcome['merged'];
  readonly pace: PushOutcome['pace'];
  /** Why the file was refused. */
  readonly refused: readonly string[];
}

export interface PushWith {
  readonly older?: boolean;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly map?: Partial<MapOptions>;
  readonly onConflict?: RunJob['onConflict'];
  readonly retries?: number;
  readonly transport?: Transport;
  readonly reversalColumn?: string;
  readonly concurrency?: number;
  readonly account?: string;
  readonly sendAgain?: boolean;
  readonly rate?: readonly RateLimit[];
  readonly auto?: AutoBounds;
  readonly dryRun?: boolean;
  readonly emit?: EventSink;
  readonly clock?: Clock;
}

/** A ledger in a folder of its own, and pushes of CSV text to a server, within this process. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'revsync-desk-'));
  readonly ledger = join(this.folder, 'ledger.db');
  /** The address of its database, where it has one. */
  #shared: Promise<string> | undefined;

  async push(vendor: Vendor, csv: string, url: string, options: PushWith = {}): Promise<Pushed> {
    const namespace = { vendor: vendor.id, account: options.account ?? 'test', origin: new URL(url).origin };
    const { dryRun = false } = options;
    const ledger = await this.#open(namespace, dryRun);
    // No test at a desk pulls the plug.
    ledger.db.exec('pragma synchronous = off');
    const { secrets = {}, onConflict = 'refuse' } = options;
    const transport = options.transport ?? wire(vendor, url, secrets);
    const csvFile = {
      ...csvSource('-', { stdin: Readable.from([Buffer.from(csv)]), cwd: '/' }),
      name: 'sales.csv',
    };
    const read: RunJob = {
      vendor,
      sources: [csvFile],
      columns: { ...NO_CHOICE, reversal: options.reversalColumn },
      skipTotalRow: false,
      guards: { once: false, older: options.older },
      map: { ...MAP, ...options.map },
      onConflict,
      plan: { holdCorrections: false, force: false },
      limit: undefined,
      sendAgain: options.sendAgain,
    };
    const job: PushJob = {
      vendor,
      planner: (ports) => planRun(read, ports),
      sealer: read.map.sealer,
      dryRun,
      settings: {
        concurrency: options.concurrency ?? 4,
        rate: options.rate ?? [],
        auto: options.auto,
        budget: { retries: options.retries ?? 3, deadlineMs: 3_600_000 },
        maxErrors: { kind: 'rows', rows: 1_000_000 },
        confirm: false,
      },
      secrets,
      missingSecrets: [],
    };
    const rows: ResultRow[] = [];
    const write = async (run: RunId): Promise<Written> => {
      rows.push(...(await allOf(ledger.rows(run, 1))).flat());
      return { results: [], failures: [] };
    };
    try {
      const {
        stop,
        merged,
        pace,
        refused = [],
      } = await runPush(job, {
        ledger,
        clock: options.clock ?? fastClock(),
        emit: options.emit ?? (() => undefined),
        interrupt: new AbortController().signal,
        openOutputs: (run) => Promise.resolve(ok({ write: () => write(run), discard: () => undefined })),
        connect: () => Promise.resolve({ transport, close: () => Promise.resolve() }),
      });
      return {
        rows,
        stop,
        merged,
        pace,
        refused: refused.flatMap(({ problems }) => problems.map(({ message }) => message)),
      };
    } finally {
      await ledger.close();
      if (transport instanceof HttpTransport) await transport.close();
    }
  }

  async #open(namespace: Namespace, dryRun: boolean): Promise<SqliteLedger> {
    if (SERVER === undefined)
      return dryRun ? SqliteLedger.dryRun(this.ledger, namespace) : SqliteLedger.open(this.ledger, namespace);
    const url = await (this.#shared ??= newDatabase(SERVER));
    return dryRun ? SharedLedger.plan(url, namespace) : SharedLedger.push(url, namespace, 1000);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function wire(
  vendor: Vendor,
  url: string,
  secrets: Readonly<Record<string, string>>,
  { connections = 4, timeoutMs = 5000 } = {},
): HttpTransport {
  return new HttpTransport({
    baseUrl: new URL(url),
    connections,
    timeoutMs,
    freshConnections: vendor.semantics.repeat.kind === 'appends',
    redact: redactor(secrets),
    env: {},
  });
}

/** One request on the wire, outside any run. */
export async function sendOnce(vendor: Vendor, url: string, request: VendorRequest): Promise<Answer<Reply>> {
  const transport = wire(vendor, url, {});
  try {
    return await transport.send(request, whole, new AbortController().signal, {});
  } finally {
    await transport.close();
  }
}
