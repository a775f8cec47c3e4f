import { DAY_MS } from '../core/instant.js';
import type { Stop } from '../core/events.js';
import { LedgerError, type Settlement, type Totals } from '../core/ledger.js';
import type { Sealer, Transport } from '../core/ports.js';
import type { ClaimedRow, RowFailure, RowLimit, RunId } from '../core/row.js';
import type { Vendor } from '../core/vendor.js';
import { preparedFor } from '../sales/prepare.js';
import { rowSecrets } from '../sales/read-row.js';
import { autoRate, type AutoBounds, type AutoRate, type AutoReport } from './auto-rate.js';
import { Claims } from './claims.js';
import { ErrorThreshold } from './error-threshold.js';
import { Limiter, type Pace } from './limiter.js';
import type { PlannedRun, PlanningPorts } from './plan-run.js';
import { PushState } from './push-state.js';
import { doubtInFlight } from './recover.js';
import { mayCountTwice, type Budget } from './retry.js';
import { sendRow, type SendContext, type SendResult } from './send.js';
import { SettlementBatch } from './settlements.js';

export interface PushSettings extends Pace {
  /** Of `--rate auto`, which takes the place of a limit of a second. */
  readonly auto?: AutoBounds | undefined;
  readonly budget: Budget;
  readonly maxErrors: RowLimit;
  readonly confirm: boolean;
  /** Whether a second request of a row would count twice, as `mayCountTwice` has it. */
  readonly appends: boolean;
}

export interface SendingPorts extends PlanningPorts {
  readonly transport: Transport;
  readonly secrets: Readonly<Record<string, string>>;
  /** Opens the credential that a row brought along. */
  readonly sealer: Pick<Sealer, 'open'>;
}

export interface FinishedRun {
  readonly run: RunId;
  readonly stop: Stop | undefined;
  readonly totals: readonly Totals[];
  /** Of `--rate auto`. */
  readonly pace?: AutoReport | undefined;
}

/** Planned rows are claimed, sent and settled, and the run is closed. */
export async function pushRun(
  planned: PlannedRun,
  vendor: Vendor,
  settings: Omit<PushSettings, 'appends'>,
  ports: SendingPorts,
): Promise<FinishedRun> {
  const { run, totals } = planned;
  const { ledger, clock, emit } = ports;
  const toSend = totals.filter(({ status }) => status === 'planned').reduce((sum, { rows }) => sum + rows, 0);
  emit({ kind: 'push_started', run, toSend });
  const appends = mayCountTwice(vendor, totals);
  const auto = await autoRate(settings.auto, appends, ports);
  if (auto !== undefined) emit({ kind: 'rate', ...auto.begun });
  const stop = await pushPlanned(run, vendor, { ...settings, appends }, ports, auto);
  const pace = auto?.report;
  // Rows that could not be settled stay claimed: the next push finds them, as after a crash.
  if (stop?.kind === 'ledger_failed') return { run, stop, totals: [], pace };
  const rest = stop === undefined ? undefined : unsent(stop);
  const state = stop === undefined ? 'finished' : 'stopped';
  await ledger.endRun(run, {
    at: clock.now(),
    state,
    rest,
    borne: pace?.held === false ? pace.borne : undefined,
  });
  return { run, stop, totals: await ledger.totals(run), pace };
}

/**
 * Sends every planned row of a run: each lane waits for its turn, claims a row, sends it and adds its settlement.
 * Returns why it stopped, if it did not reach the last row; rows still planned then are left to `endRun`.
 */
export async function pushPlanned(
  run: RunId,
  vendor: Vendor,
  settings: PushSettings,
  ports: SendingPorts,
  auto?: AutoRate,
): Promise<Stop | undefined> {
  const state = new PushState(ports);
  const limiter = new Limiter(ports.clock, settings, await spentBefore(settings, ports), auto);
  await leaveAlone(limiter, ports);
  const threshold = new ErrorThreshold(settings.maxErrors);
  const settlements = new SettlementBatch(run, settings.appends, ports, state);
  const claims = new Claims(run, settings, limiter, ports.ledger, settlements, state);
  const { stopping, abandoned } = state;
  const context = { ...settings, ...ports, vendor, limiter, stopping, abandoned };

  const late: Settlement[] = [];
  const settle = ({ settlement, stop }: SendResult): void => {
    if (!ports.ledger.holds() && settlement.status !== 'not_sent') late.push(settlement);
    if (stop !== undefined) state.stop(stop);
    ports.emit({ kind: 'settled', settlement });
    settlements.add(settlement);
    const tripped = threshold.count(settlement.status === 'failed' || settlement.status === 'unknown');
    if (tripped !== undefined) state.stop({ kind: 'storm', message: tripped });
  };
  let isFirst = true;
  await limiter.run(async () => {
    const mayStart = await limiter.waitForTurn(claims.ended);
    if (!mayStart && limiter.spent !== undefined && (await claims.areLeft())) state.stop(limiter.spent);
    if (!mayStart) return false;
    const row = await claims.next();
    if (row === undefined) return false;
    const began = ports.clock.elapsed();
    await sendClaimed(row, context)
      .then(settle)
      .catch((error: unknown) => state.bug(error));
    if (isFirst && state.why === undefined) limiter.openAll(ports.clock.elapsed() - began);
    isFirst = false;
    return true;
  });
  state.drain();
  for (const row of await claims.rest()) settlements.add(notSent(row, state.why));
  const unsaved = await settlements.end();
  state.rethrow();
  if (late.length > 0) await tellLate(run, late, vendor, ports);
  return state.why?.kind === 'ledger_failed' ? { ...state.why, unsaved } : state.why;
}

/** What cannot be written down is listed with the answers that the ledger did not take. */
async function tellLate(
  run: RunId,
  late: readonly Settlement[],
  vendor: Vendor,
  { ledger, clock }: SendingPorts,
): Promise<void> {
  const doubtOf = doubtInFlight(vendor);
  const rows = late.map(({ row: { position, key, action } }) => ({ position, key, doubt: doubtOf(action) }));
  try {
    await ledger.sentLate(run, rows, clock.now());
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
  }
}

/** A vendor that has asked a machine for time is not asked at once by the next one. */
async function leaveAlone(limiter: Limiter, { ledger, emit }: SendingPorts): Promise<void> {
  const waitMs = await ledger.pauseLeft();
  if (waitMs === 0) return;
  limiter.pause(waitMs);
  emit({ kind: 'paused', waitMs, message: 'it has asked the machine that pushed before to wait' });
}

/** Of a day's budget, how long ago requests of it were begun, whatever run they were of. */
async function spentBefore({ rate }: Pace, { ledger, clock }: SendingPorts): Promise<readonly number[]> {
  const budget = rate.find(({ per }) => per === 'day')?.requests;
  if (budget === undefined) return [];
  const now = clock.now();
  const begun = await ledger.attemptedSince(now - DAY_MS, budget);
  return begun.map((at) => Math.max(0, now - at));
}

/** Sends a row, with the credential that it brought along. */
async function sendClaimed(
  row: ClaimedRow,
  context: SendContext & Pick<SendingPorts, 'sealer'>,
): Promise<SendResult> {
  const { vendor, sealer } = context;
  const prepared = preparedFor(row, vendor, context.confirm);
  return sendRow(row, prepared, rowSecrets(row.sealed, vendor, sealer), context);
}

function notSent(row: ClaimedRow, stop: Stop | undefined): Settlement {
  const { code, message } = unsent(stop);
  return { row, status: 'not_sent', attempts: [], code, message };
}

/** What becomes of rows that were never sent because the run ended. */
export function unsent(stop: Stop | undefined): RowFailure {
  if (stop === undefined || stop.kind === 'interrupted') {
    return { status: 'not_sent', code: 'interrupted', message: 'the run was interrupted first' };
  }
  return { status: 'not_sent', code: stop.kind, message: `the run stopped first: ${stop.message}` };
}
