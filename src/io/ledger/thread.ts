import { parentPort, workerData } from 'node:worker_threads';
import type { RepeatedRow, RowFailure, RowUpdate, RunId } from '../../core/row.js';
import type { Namespace, InputFile, PlanRule, RunEnd } from '../../core/ledger.js';
import type { RowTexts } from './database.js';
import { SqliteLedger } from './ledger.js';
import type { StagedTexts } from './staging.js';

/** What the thread of a ledger is started with. */
export interface ThreadStart {
  readonly path: string;
  readonly namespace: Namespace;
  readonly dryRun: boolean;
}

/** One call, answered in the order in which they come. */
export interface Call {
  readonly method: keyof Calls;
  readonly args: readonly unknown[];
}

export type CallAnswer = { readonly value: unknown } | { readonly error: Error; readonly name: string };

/** The calls of a ledger as they cross threads; rows and settlements as JSON, which is copied faster than objects. */
export type Calls = ReturnType<typeof callsOf>;

function callsOf(ledger: SqliteLedger) {
  let groups: AsyncIterator<readonly RepeatedRow[]> | undefined;
  return {
    open: () => ledger.database.path,
    beginRun: (at: number, rules: readonly PlanRule[]) => ledger.beginRun(at, rules),
    addInput: (run: RunId, input: InputFile) => ledger.addInput(run, input),
    stage: (rows: StagedTexts) => ledger.stageTexts(rows),
    endInput: (run: RunId, digest: string) => ledger.endInput(run, digest),
    pushedBefore: (digest: string) => ledger.pushedBefore(digest),
    /** The next group of rows with one key; undefined behind the last. */
    repeated: async (run: RunId): Promise<readonly RepeatedRow[] | undefined> => {
      groups ??= ledger.repeated(run)[Symbol.asyncIterator]();
      const next = await groups.next();
      if (next.done !== true) return next.value;
      groups = undefined;
      return undefined;
    },
    update: (run: RunId, updates: readonly RowUpdate[]) => ledger.update(run, updates),
    holdAfter: (run: RunId, limit: number, failure: RowFailure) => ledger.holdAfter(run, limit, failure),
    planned: (run: RunId, limit: number) => ledger.planned(run, limit),
    claim: (run: RunId, limit: number) => ledger.claimText(run, limit),
    settle: (run: RunId, settlements: RowTexts, at: number) => ledger.settleTexts(run, settlements, at),
    endRun: (run: RunId, end: RunEnd) => ledger.endRun(run, end),
    totals: (run: RunId) => ledger.totals(run),
    abandoned: () => ledger.abandoned(),
    dropRun: (run: RunId) => ledger.dropRun(run),
    rescue: () => ledger.rescue(),
    close: () => ledger.close(),
  };
}

const { path, namespace, dryRun } = workerData as ThreadStart;
let calls: Calls | undefined;
let before: Promise<void> = Promise.resolve();

function openCalls(): Calls {
  return callsOf(dryRun ? SqliteLedger.dryRun(path, namespace) : SqliteLedger.open(path, namespace));
}

async function answer({ method, args }: Call): Promise<void> {
  try {
    calls ??= openCalls();
    const call = calls[method] as (...args: readonly unknown[]) => unknown;
    parentPort?.postMessage({ value: await call(...args) } satisfies CallAnswer);
  } catch (error) {
    const told = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ error: told, name: told.name } satisfies CallAnswer);
  }
  if (method === 'close') parentPort?.close();
}

parentPort?.on('message', (call: Call) => {
  before = before.then(() => answer(call));
});
