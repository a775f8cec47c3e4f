import type { Stop } from '../core/events.js';
import { LedgerError, type OpenLedger, type ProblemRow, type Totals } from '../core/ledger.js';
import type { PlanTerms } from '../core/plans.js';
import type { Pruned } from '../core/pruning.js';
import type { Sealer, Transport } from '../core/ports.js';
import type { Result } from '../core/result.js';
import type { ClaimedRow, RunId } from '../core/row.js';
import { LEFT_OPEN, NEEDS_SOMEONE } from '../core/status.js';
import type { Vendor } from '../core/vendor.js';
import type { Merged } from './conflicts.js';
import { autoRate, type AutoReport } from './auto-rate.js';
import { lookingBack } from './look-alikes.js';
import type { PlannedRun, Planner, PlanningPorts } from './plan-run.js';
import type { FinishedRun, PushSettings } from './push.js';
import { doubtInFlight, recover } from './recover.js';
import { mayCountTwice } from './retry.js';
import type { Unended } from './unended.js';
import type { RefusedFile, StagedFile } from './stage.js';

export interface PushJob {
  readonly vendor: Vendor;
  readonly planner: Planner;
  /** Nothing is sent. */
  readonly dryRun: boolean;
  /** Nothing is sent, and what was planned is held as a plan with these terms. */
  readonly hold?: PlanTerms | undefined;
  readonly settings: Omit<PushSettings, 'appends'>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What is not set of the account's credentials, a message each; rows may bring their own. */
  readonly missingSecrets: readonly string[];
  /** Opens the credential that a row brought along. */
  readonly sealer: Pick<Sealer, 'open'>;
  /** Milliseconds; source rows of runs that are older are forgotten after a push that came to its end. */
  readonly prune?: number | undefined;
}

export interface PushPorts extends PlanningPorts {
  readonly ledger: OpenLedger;
  /** Opens where results go before anything is sent, so that a place that cannot be written costs nothing. */
  openOutputs(run: RunId, files: readonly StagedFile[]): Promise<Result<Outputs, string>>;
  /**
   * The way to the vendor, asked for once there is something to send; `fresh` where no request may go over a connection
   * that another has used, since it would be lost with it.
   */
  connect(fresh: boolean): Promise<Connection>;
}

export interface Outputs {
  /** Writes what became of the rows. What cannot be written is a failure, and the rest is written all the same. */
  write(unended?: Unended): Promise<Written>;
  /** Leaves nothing behind of what is not in its place by now. */
  discard(): void;
}

export interface Written {
  /** Results files. */
  readonly results: readonly string[];
  /** The report's page. */
  readonly page?: string;
  /** The file of a plan. */
  readonly plan?: string;
  /** What could not be written, and what to do. */
  readonly failures: readonly string[];
}

export interface Connection {
  readonly transport: Transport;
  close(): Promise<void>;
}

/** How a push ended: what its exit code and its closing words are made of. */
export interface PushOutcome extends Written {
  /** Nothing was sent: it was a dry run, or a plan. */
  readonly dryRun: boolean;
  /** The run is held as a plan. */
  readonly held?: true;
  /** Absent where no file came to be planned, and where the ledger failed. */
  readonly run?: RunId;
  readonly totals?: readonly Totals[];
  readonly merged?: Merged;
  /** Where old source rows were to be forgotten. */
  readonly pruned?: Pruned;
  readonly stop?: Stop | undefined;
  /** Of `--rate auto`; of a dry run, what the push would begin with. */
  readonly pace?: AutoReport | undefined;
  readonly refused?: readonly RefusedFile[];
  /** Why nothing was tried: credentials that are missing, outputs that cannot be opened. */
  readonly unusable?: readonly string[];
  /** The first rows that need someone. */
  readonly problems: readonly ProblemRow[];
  /** Of a dry run, the first rows that change what was accepted before. */
  readonly corrections: readonly ProblemRow[];
  /** Of a dry run, the first rows that would be sent. */
  readonly first: readonly ClaimedRow[];
}

const PROBLEMS_SHOWN = 5;
const FIRST_SHOWN = 3;

/**
 * A push from its rows, wherever they come from, to its results: runs that died are closed, the rows are planned, the
 * outputs opened, the rows sent, the results written. Throws where the ledger fails before anything is sent.
 */
export async function runPush(job: PushJob, ports: PushPorts): Promise<PushOutcome> {
  const { ledger, clock, emit } = ports;
  const { vendor, dryRun, hold, missingSecrets } = job;
  if (dryRun) await ledger.countInFlight(doubtInFlight(vendor));
  else await recover(ledger, vendor, clock.now(), emit);
  const planned = await job.planner(ports);
  if (planned.kind === 'refused') return conclude({ refused: planned.files }, job, ports);
  if (planned.kind === 'interrupted') return conclude({ stop: planned.stop }, job, ports);

  const { run, totals, merged } = planned;
  if (missingSecrets.length > 0 && !bringOwnSecrets(planned, vendor))
    return drop(run, missingSecrets, job, ports);
  const outputs = await ports.openOutputs(run, planned.files);
  if (!outputs.ok) return drop(run, [`${outputs.error}; nothing was sent`], job, ports);
  try {
    if (hold !== undefined) return await holdAndWrite(planned, hold, outputs.value, job, ports);
    if (!dryRun) return await sendAndWrite(planned, outputs.value, job, ports);
    const first = await ledger.planned(run, FIRST_SHOWN);
    const pace = (await autoRate(job.settings.auto, mayCountTwice(vendor, totals), ports))?.report;
    const written = await outputs.value.write();
    return await conclude({ run, totals, merged, first, pace, ...written }, job, ports);
  } finally {
    outputs.value.discard();
  }
}

/** What rows bring along of a credential is sealed for this process, which ends before anything is sent. */
const OWN_CREDENTIAL =
  'rows bring a credential of their own, which no file and no ledger may hold, so that a plan of them cannot be sent later; ' +
  'push them, or leave that column out and set the credential in the environment';

async function holdAndWrite(
  { run, totals, merged }: PlannedRun,
  terms: PlanTerms,
  outputs: Outputs,
  job: PushJob,
  ports: PushPorts,
): Promise<PushOutcome> {
  const { ledger, clock } = ports;
  if (!(await ledger.holdPlan(run, terms, clock.now()))) return drop(run, [OWN_CREDENTIAL], job, ports);
  return conclude({ run, totals, merged, held: true, ...(await outputs.write()) }, job, ports);
}

/** From here on a ledger that fails has stopped the run: what was sent stays claimed, and the next push finds it. */
async function sendAndWrite(
  planned: PlannedRun,
  outputs: Outputs,
  job: PushJob,
  ports: PushPorts,
): Promise<PushOutcome> {
  try {
    const { merged } = planned;
    const { run, stop, totals, pace } = await send(planned, job, ports);
    if (stop?.kind === 'ledger_failed') {
      const { kind: code, message, unsaved } = stop;
      return await conclude({ stop, pace, ...(await outputs.write({ code, message, unsaved })) }, job, ports);
    }
    const written = await outputs.write();
    const old = stop === undefined && written.failures.length === 0 ? await pruneOld(job, ports) : {};
    return await conclude({ run, totals, merged, stop, pace, ...written, ...old }, job, ports);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return conclude({ stop: { kind: 'ledger_failed', message: error.message, unsaved: [] } }, job, ports);
  }
}

/** What cannot be forgotten now is by the next push. */
async function pruneOld(
  { prune, vendor }: PushJob,
  { ledger, clock }: PushPorts,
): Promise<Pick<Partial<PushOutcome>, 'pruned' | 'failures'>> {
  if (prune === undefined) return {};
  try {
    return { pruned: await ledger.prune({ before: clock.now() - prune, lookBack: lookingBack([vendor]) }) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { failures: [`${error.message}; old source rows are kept`] };
  }
}

async function send(
  planned: PlannedRun,
  { vendor, settings, secrets, sealer }: PushJob,
  ports: PushPorts,
): Promise<FinishedRun> {
  // A dry run does without.
  const { pushRun } = await import('./push.js');
  const connection = await ports.connect(mayCountTwice(vendor, planned.totals));
  const { transport } = connection;
  try {
    return await pushRun(planned, vendor, settings, { ...ports, transport, secrets, sealer });
  } finally {
    await connection.close();
  }
}

/** A credential of the account may be missing where every row has a cell for its own. */
function bringOwnSecrets({ files }: PlannedRun, vendor: Vendor): boolean {
  const column = vendor.columns.find(({ kind }) => kind.is === 'secret');
  return (
    column !== undefined && files.length > 0 && files.every(({ columns }) => columns.cells.has(column.field))
  );
}

/** Of a push that came to nothing. */
export const NOTHING = { results: [], failures: [], problems: [], corrections: [], first: [] } as const;

async function drop(
  run: RunId,
  unusable: readonly string[],
  { dryRun }: PushJob,
  { ledger }: PushPorts,
): Promise<PushOutcome> {
  await ledger.dropRun(run);
  return { ...NOTHING, dryRun, unusable };
}

/** Rescues the ledger where it has to be, and picks the rows to show. */
async function conclude(
  end: Partial<PushOutcome>,
  { dryRun, hold }: PushJob,
  { ledger }: PushPorts,
): Promise<PushOutcome> {
  const failures = [...(end.failures ?? []), ...(await ledger.rescue())];
  const outcome = { ...NOTHING, ...end, dryRun: dryRun || hold !== undefined, failures };
  const { run, totals = [] } = end;
  if (run === undefined) return outcome;
  // Every row is read for these, so they are not looked for where the totals have none.
  const needsSomeone = totals.some(({ status }) => LEFT_OPEN.includes(status));
  const corrects = dryRun && totals.some(({ action }) => action === 'correct');
  return {
    ...outcome,
    problems: needsSomeone ? await ledger.problems(run, NEEDS_SOMEONE, PROBLEMS_SHOWN) : [],
    corrections: corrects ? await ledger.corrections(run, PROBLEMS_SHOWN) : [],
  };
}
