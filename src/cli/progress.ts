import { formatAmount } from '../core/amount.js';
import type { EventSink, RateChange, Recovered, RunEvent } from '../core/events.js';
import type { Settlement } from '../core/ledger.js';
import { unreachable } from '../core/result.js';
import { runName } from '../core/row.js';
import { filesText, localText, plural } from '../core/text.js';
import { systemClock } from '../io/clock.js';
import { type Console, problemText } from './console.js';
import type { PushOptions } from './push-options.js';

type ProgressOptions = Pick<PushOptions, 'quiet' | 'verbose' | 'logFormat' | 'progress'>;

const TTY_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;

interface ProgressState {
  settled: number;
  /** Of them, those that were not accepted. */
  failed: number;
  toSend: number;
  began: number;
  /** Requests a second that `--rate auto` is at. */
  allowed: number | undefined;
}

/** Said only with `--verbose`. */
const DETAILS: readonly RunEvent['kind'][] = ['settled', 'retry', 'staged'];
const GROWING: readonly RateChange['because'][] = ['begun', 'as_fast'];

const RATE_BECAUSE: Readonly<Record<RateChange['because'], string>> = {
  begun: '--rate auto begins',
  as_fast: 'answers are as fast as at first',
  slower: 'answers take twice as long as at first',
  turned_away: 'the vendor turned a request away',
  unanswered: 'a request had no answer',
};

/** Says what a run does: a line that is written over on a terminal, elsewhere a plain line now and then. */
export function progress(
  console: Console,
  options: ProgressOptions,
  from: 'files' | 'ledger',
): { emit: EventSink; stop: () => void; readonly recovered: readonly Recovered[] } {
  const recovered: Recovered[] = [];
  const state: ProgressState = { settled: 0, failed: 0, toSend: 0, began: 0, allowed: undefined };
  const overwrite = console.interactive && options.logFormat === 'text';
  const lines = (): string[] => (state.began === 0 ? [] : progressLines(state, systemClock.elapsed()));
  const show = options.progress && options.quiet !== true;
  const timer = show ? setInterval(tick, overwrite ? TTY_EVERY_MS : PLAIN_EVERY_MS) : undefined;
  timer?.unref();

  function tick(): void {
    const { settled, failed, toSend } = state;
    const [line, ...shorter] = lines();
    if (overwrite) console.status(line ?? '', ...shorter);
    else if (line !== undefined) say('progress', line, { settled, failed, toSend });
  }

  function say(kind: string, text: string, data: object): void {
    console.log(options, kind, text, data);
  }

  function emit(event: RunEvent): void {
    if (event.kind === 'push_started')
      Object.assign(state, { toSend: event.toSend, began: systemClock.elapsed() });
    if (event.kind === 'settled') state.settled += 1;
    if (event.kind === 'settled' && event.settlement.status !== 'accepted') state.failed += 1;
    if (event.kind === 'rate') state.allowed = event.perSecond;
    const detail = DETAILS.includes(event.kind) || (event.kind === 'rate' && GROWING.includes(event.because));
    if (event.kind === 'recovered') recovered.push(event);
    else if (options.quiet === true || (detail && options.verbose !== true)) return;
    const { text, data } = describe(event, from);
    if (text !== undefined) say(event.kind, text, data);
  }

  return {
    emit,
    recovered,
    stop: () => {
      clearInterval(timer);
      console.status('');
    },
  };
}

function describe(event: RunEvent, from: 'files' | 'ledger'): { text: string | undefined; data: object } {
  switch (event.kind) {
    case 'recovered': {
      const { kind: _kind, ...data } = event;
      return { text: recoveredText(event, from), data };
    }
    case 'staged':
      return {
        text: `${event.input}: ${event.rows} rows read`,
        data: { file: event.input, rows: event.rows },
      };
    case 'file_warning':
      return {
        text: problemText(event.input, event.problem),
        data: { file: event.input, message: event.problem.message },
      };
    case 'push_started':
      return { text: undefined, data: {} };
    case 'settled':
      return { text: settledLine(event.settlement), data: settledData(event.settlement) };
    case 'retry': {
      const { input, line, message, waitMs } = event;
      return {
        text: `${input}:${line}: ${message}; again in ${seconds(waitMs)}`,
        data: { file: input, line, message, waitMs },
      };
    }
    case 'rate': {
      const { perSecond, inFlight, because } = event;
      return {
        text: `${RATE_BECAUSE[because]}: ${perSecondText(perSecond)} requests a second, ${inFlight} in flight`,
        data: { perSecond, inFlight, because },
      };
    }
    case 'paused':
      return {
        text: `the vendor is busy (${event.message}); no request for ${seconds(event.waitMs)}`,
        data: { waitMs: event.waitMs, message: event.message },
      };
    case 'stopping': {
      const { stop } = event;
      const why = stop.kind === 'interrupted' ? stop.signal : stop.message;
      return {
        text: `stopping: ${why}; rows in flight are finished first`,
        data: { reason: stop.kind, message: why },
      };
    }
    default:
      return unreachable(event);
  }
}

function recoveredText(
  { run, files, startedAt, lastAt, rows, inFlight, unknown, notSent }: Recovered,
  from: 'files' | 'ledger',
): string {
  const again = from === 'files' ? 'what is in this file' : 'what is undone now';
  const begun = `begun ${localText(startedAt)}`;
  if (run === undefined)
    return `an earlier push, ${begun}, was killed while it read its files; nothing was sent by it`;
  const last = lastAt === undefined ? '' : `, last answer ${localText(lastAt)}`;
  const far = `${rows - notSent - inFlight} of ${plural(rows, 'row')} (${filesText(files)}, ${begun}${last})`;
  const flying = inFlight === 1 ? '1 row was' : `${inFlight === 0 ? 'no' : inFlight} rows were`;
  const then = unknown > 0 ? ', they wait for `revsync resolve`' : `, ${again} is sent again`;
  const rest = notSent === 0 ? '' : `; ${plural(notSent, 'row')} not sent`;
  return `${runName(run)} was cut off at ${far}; ${flying} in flight${inFlight === 0 ? '' : then}${rest}`;
}

function settledLine({ row, status, code, message, attempts }: Settlement): string {
  const amount = row.amount === undefined ? '' : ` ${formatAmount(row.amount)}`;
  const http = attempts.at(-1)?.httpStatus;
  const why = code === undefined ? '' : ` ${code}: ${message ?? ''}`;
  return `${row.input}:${row.line}: ${row.key} ${row.action}${amount} ${status}${http === undefined ? '' : ` (HTTP ${http})`}${why}`;
}

function settledData({ row, status, code, message, attempts }: Settlement): object {
  return {
    file: row.input,
    line: row.line,
    key: row.key,
    action: row.action,
    amount: row.amount === undefined ? undefined : formatAmount(row.amount),
    status,
    httpStatus: attempts.at(-1)?.httpStatus,
    code,
    message,
    attempts: attempts.length,
  };
}

/** How far it is, and the same in fewer words, for terminals with less room. */
function progressLines({ settled, failed, toSend, began, allowed }: ProgressState, now: number): string[] {
  const elapsed = Math.max(1, now - began);
  const rate = (settled * 1000) / elapsed;
  const share = toSend === 0 ? 100 : Math.floor((settled * 100) / toSend);
  const auto = allowed === undefined ? '' : `, auto at ${perSecondText(allowed)}`;
  // What was sent before the rate grew says little of what comes.
  const next = Math.max(rate, allowed ?? 0);
  const left = next > 0 ? `, ${seconds(((toSend - settled) / next) * 1000)} left` : '';
  const bad = failed === 0 ? '' : `, ${failed} failed`;
  const [far, fast] = [`${settled} of ${toSend} rows`, `, ${rate.toFixed(rate < 10 ? 1 : 0)} rows/s`];
  return [
    `${far} (${share}%)${bad}${fast}${auto}${left}`,
    `${far} (${share}%)${bad}${fast}${left}`,
    `${far} (${share}%)${bad}${left}`,
    `${far}${bad}${left}`,
    `${far}${bad}`,
    `${settled} of ${toSend}${bad}`,
    `${settled} of ${toSend}`,
    `${share}%`,
  ];
}

/** A number of requests or rows a second. */
export function perSecondText(rate: number): string {
  return rate.toFixed(rate < 10 ? 1 : 0).replace(/\.0$/, '');
}

export function seconds(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  return `${(whole / 3600).toFixed(1)} h`;
}
