import type { Random } from './random.js';

/** What die-at.mjs is told: the operation, and which occurrence of it, from 1. */
export type DieAt =
  | { readonly on: 'start' | 'exit' }
  | {
      readonly on: 'statement' | 'transaction';
      /** Part of a statement's text. */
      readonly has: string;
      readonly when: 'before' | 'after';
      readonly nth: number;
    }
  | {
      readonly on: 'file';
      readonly call: 'openSync' | 'writeSync' | 'fsyncSync' | 'closeSync' | 'renameSync';
      /** Part of the file's name. */
      readonly has: string;
      readonly when: 'before' | 'half' | 'after';
      readonly nth: number;
    }
  | {
      readonly on: 'socket';
      readonly step: 'connect' | 'send' | 'reply';
      readonly when: 'before' | 'half' | 'after';
      readonly nth: number;
    };

export const PHASES = [
  'start-up',
  'recovery',
  'staging',
  'planning',
  'claim to send',
  'send to reply',
  'reply to settle',
  'results',
  'any time',
] as const;
export type Phase = (typeof PHASES)[number];

/** The phases of first kills, one after the other; a few of any vendor's instants cover half of the cycle. */
export const CYCLE: readonly Phase[] = [
  'claim to send',
  'send to reply',
  'reply to settle',
  'results',
  'any time',
  'start-up',
  'staging',
  'planning',
  'any time',
  'any time',
];

/** What decides how often an operation happens in a run. */
export interface RunShape {
  readonly toSend: number;
  readonly concurrency: number;
  readonly appends: boolean;
  /** Whether its rows come from a plan that the ledger holds. */
  readonly applies: boolean;
  /** Whether the ledger is made by this run. */
  readonly newLedger: boolean;
  /** What the run before left behind, if it died. */
  readonly left: 'nothing' | 'staging' | 'claims' | 'pushing';
}

interface Point {
  readonly name: string;
  readonly phase: Phase;
  /** `nth` is drawn up to `most`. */
  readonly at: DieAt;
  /** How often the operation surely happens in such a run; 1 where it is left out. */
  readonly most?: (run: RunShape) => number;
}

type When = 'before' | 'half' | 'after';

function sql(
  phase: Phase,
  name: string,
  on: 'statement' | 'transaction',
  has: string,
  when: readonly ('before' | 'after')[],
  most?: Point['most'],
): Point[] {
  return when.map((when) => ({
    name: `${name}, ${when}${on === 'transaction' ? ' its commit' : ''}`,
    phase,
    at: { on, has, when, nth: 1 },
    most,
  }));
}

function socket(
  phase: Phase,
  name: string,
  step: 'connect' | 'send' | 'reply',
  when: When,
  most: Point['most'],
): Point {
  return { name, phase, at: { on: 'socket', step, when, nth: 1 }, most };
}

function results(
  phase: Phase,
  call: 'openSync' | 'writeSync' | 'fsyncSync' | 'closeSync' | 'renameSync',
  name: string,
  when: readonly When[],
  nth = 1,
): Point[] {
  const at = (when: When): DieAt => ({ on: 'file', call, has: '.results.csv', when, nth });
  return when.map((when) => ({
    name: when === 'half' ? `${name}, half of it` : `${name}, ${when}`,
    phase,
    at: at(when),
    most: () => nth,
  }));
}

const once = (wanted: boolean): number => (wanted ? 1 : 0);
const sends = ({ toSend }: RunShape): number => toSend;
/** Rows that append are claimed one by one; others in groups, each of twice the rows of the one before. */
const claims = ({ toSend, concurrency, appends }: RunShape): number => {
  if (appends) return toSend;
  let groups = 0;
  for (let claimed = 0; claimed < toSend; groups += 1) claimed = claimed * 2 + Math.max(16, concurrency * 4);
  return groups;
};
/** Rows share a commit: at worst a whole round of rows that append, or all rows that repeat harmlessly. */
const settles = ({ toSend, concurrency, appends }: RunShape): number =>
  appends ? Math.ceil(toSend / concurrency / 2) : once(toSend > 0);
/** A dead run's claims are settled by the same statements. */
const settlesFirst = (run: RunShape): number => (run.left === 'claims' ? 0 : settles(run));
/** A connection serves many rows, except where a stale one would look like a lost reply that counts. */
const connects = ({ toSend, appends }: RunShape): number => (appends ? toSend : once(toSend > 0));
/** Where a row is not sent again, a lost reply is one that never comes. */
const replies = ({ toSend, appends }: RunShape): number => (appends ? toSend >> 1 : toSend);

const SETTLE = 'insert into settled';
const CLOSE = 'update runs set state = ?';

/** Where a run is killed, other than at any time. */
const POINTS: readonly Point[] = [
  { name: 'before the program is read', phase: 'start-up', at: { on: 'start' } },
  ...sql('start-up', 'ledger opened', 'statement', 'pragma busy_timeout', ['after']),
  ...sql('start-up', 'journal mode', 'statement', 'pragma journal_mode', ['before', 'after']),
  ...sql('start-up', 'schema made', 'transaction', 'create table runs', ['before', 'after'], (run) =>
    once(run.newLedger),
  ),
  ...sql('start-up', 'account named', 'transaction', 'into namespaces', ['before', 'after'], (run) =>
    once(run.newLedger),
  ),
  ...sql('start-up', 'lock taken', 'statement', 'begin exclusive', ['before', 'after']),

  ...sql('recovery', 'staged run dropped', 'transaction', 'delete from rows', ['before', 'after'], (run) =>
    once(run.left === 'staging'),
  ),
  ...sql('recovery', 'claims settled', 'transaction', SETTLE, ['before', 'after'], (run) =>
    once(run.left === 'claims'),
  ),
  ...sql('recovery', 'dead run closed', 'transaction', CLOSE, ['before', 'after'], (run) =>
    once(run.left === 'claims' || run.left === 'pushing'),
  ),

  ...sql('staging', 'run begun', 'transaction', 'insert into runs', ['before', 'after']),
  ...sql('staging', 'rules written', 'statement', 'insert into rules', ['after']),
  ...sql('staging', 'input named', 'statement', 'insert into inputs', ['after']),
  ...sql('staging', 'some rows staged', 'statement', 'insert into rows', ['after']),
  ...sql('staging', 'rows staged', 'transaction', 'insert into rows', ['before', 'after']),

  ...sql(
    'planning',
    'repeated keys sought',
    'statement',
    'insert into repeated_keys',
    ['before', 'after'],
    (run) => once(!run.applies),
  ),
  ...results('planning', 'openSync', 'results opened', ['before', 'after']),
  ...results('planning', 'writeSync', 'results header written', ['half', 'after']),

  ...sql('claim to send', 'claim', 'transaction', 'claimed_to = ?', ['before', 'after'], claims),
  socket('claim to send', 'before connecting', 'connect', 'before', connects),
  socket('claim to send', 'connecting', 'connect', 'after', connects),
  socket('claim to send', 'before the request', 'send', 'before', sends),

  socket('send to reply', 'half a request sent', 'send', 'half', sends),
  socket('send to reply', 'request sent', 'send', 'after', sends),
  socket('send to reply', 'reply come, not read', 'reply', 'before', replies),

  socket('reply to settle', 'reply read', 'reply', 'after', replies),
  ...sql('reply to settle', 'row settled', 'statement', SETTLE, ['before', 'after'], settlesFirst),
  ...sql('reply to settle', 'attempt kept', 'statement', 'insert into attempts', ['after'], settlesFirst),
  ...sql('reply to settle', 'entry kept', 'statement', 'insert into entries', ['after'], settlesFirst),
  ...sql('reply to settle', 'settlement', 'transaction', SETTLE, ['before', 'after'], settles),

  ...sql('results', 'run closed', 'transaction', CLOSE, ['before', 'after']),
  ...results('results', 'writeSync', 'results written', ['before', 'half', 'after'], 2),
  ...results('results', 'fsyncSync', 'results synced', ['before', 'after']),
  ...results('results', 'closeSync', 'results closed', ['after']),
  ...results('results', 'renameSync', 'results renamed', ['before', 'after']),
  { name: 'at exit', phase: 'results', at: { on: 'exit' } },
];

/** How a run is to die. */
export type Death =
  | { readonly kind: 'point'; readonly phase: Phase; readonly name: string; readonly at: DieAt }
  | { readonly kind: 'time'; readonly phase: 'any time'; readonly name: string; readonly ms: number };

/** A death anywhere in a run that takes so long undisturbed. */
export function drawDeathInTime(chance: Random, durationMs: number): Death {
  const ms = Math.round(chance.next() * durationMs);
  return { kind: 'time', phase: 'any time', name: `after ${ms} ms`, ms };
}

/** A death in the phase, at one of the points that such a run surely comes to; undefined where it has none. */
export function drawDeath(phase: Phase, run: RunShape, chance: Random): Death | undefined {
  const usable = POINTS.filter((point) => point.phase === phase && (point.most?.(run) ?? 1) > 0);
  if (usable.length === 0) return undefined;
  const { name, at, most } = chance.pick(usable);
  if (!('nth' in at)) return { kind: 'point', phase, name, at };
  const least = at.on === 'file' ? at.nth : 1;
  const nth = chance.between(least, Math.max(least, most?.(run) ?? 1)) + earlier(phase, at, run);
  return { kind: 'point', phase, name, at: { ...at, nth } };
}

/** How often the operation happens before the phase: a dead run is settled and closed like any other. */
function earlier(phase: Phase, at: DieAt, { left }: RunShape): number {
  if (at.on !== 'transaction' || phase === 'recovery') return 0;
  if (at.has === SETTLE) return left === 'claims' ? 1 : 0;
  if (at.has === CLOSE) return left === 'claims' || left === 'pushing' ? 1 : 0;
  return 0;
}

export function pointNames(): readonly { phase: Phase; name: string }[] {
  return POINTS.map(({ phase, name }) => ({ phase, name }));
}
