import { z } from 'zod';
import { BREAKS, type Break } from '../core/breaks.js';
import { ACTIONS, STATUSES, type RowStatus } from '../core/status.js';

export { vendors } from './vendor-outputs.js';

// What `--json` prints, command by command. The code that makes it imports the types alone: zod is loaded by
// `revsync schema` and by nothing else. Keys may be added, none is renamed or removed.

const text = z.string();
const maybe = z.string().nullable();
const count = z.int().min(0);
const exitCode = z.int().min(0).max(255);
const instant = z.iso.datetime().describe('UTC');
export const money = z
  .string()
  .regex(/^-?\d+\.\d{2,4}$/)
  .describe('Decimal text, never a float');
export const signed = z.string().regex(/^[+-]?\d+\.\d{2,4}$/);

const problem = z
  .object({
    code: text.describe("A word of `revsync schema`, of the codes in docs/codes.md, or the vendor's own"),
    message: text,
    file: maybe,
    line: z.int().nullable(),
    remedy: maybe.describe('What to do'),
  })
  .meta({ id: 'problem' });

export const problems = z.array(problem).describe('Why the exit code is not 0');

export const head = <C extends string>(command: C) => ({
  revsync: text.describe('The version'),
  command: z.literal(command),
  exit_code: exitCode,
});

export const whose = { vendor: text, account: text, origin: text };
const when = { started_at: instant, ended_at: instant };
const stopped = z.object({ code: text, message: text, next_at: text.optional() }).nullable();

/** What a command prints that came to nothing. */
export const failure = z
  .object({
    revsync: text.describe('The version'),
    command: maybe.describe('Null where none of that name is known'),
    exit_code: exitCode.min(1),
    problems: problems.min(1),
  })
  .meta({ id: 'failure' });

export const sum = z.object({ rows: count, amount: money.nullable(), unknown: count.optional() });
export const change = z.object({ rows: count, change: signed.nullable(), unknown: count.optional() });
const statuses = STATUSES.map(({ status }) => status) as [RowStatus, ...RowStatus[]];
const rate = z.number().nullable();

export const push = z.object({
  ...head('push'),
  ...whose,
  dry_run: z.boolean(),
  run: maybe.describe('Such as run-12; null of a dry run, and where no file came to be planned'),
  stopped,
  files: z.array(text),
  passed_over: count.describe('Files of the profile that were pushed whole before'),
  results: z.array(text).describe('Paths'),
  report: maybe.describe('The path of the page'),
  plan: maybe.describe('The path of the plan that was made'),
  rows: count,
  statuses: z.record(z.enum(statuses), sum),
  actions: z.record(z.enum(ACTIONS), sum),
  changes: z.object({ new: z.object({ rows: count, amount: money }), corrected: change, taken_back: change }),
  pruned: count.nullable(),
  merged: z.object({ lines: count, rows: count }),
  rate: z
    .object({
      ...{ began: rate, highest: rate, last: rate, most: rate, borne: rate, next: rate },
      ...{ turned_away: count, halved: count },
    })
    .nullable(),
  recovered: z
    .array(
      z.object({
        run: maybe.describe('Null where it was killed before anything was planned'),
        ...{ files: z.array(text), started_at: instant, last_answer_at: instant.nullable() },
        ...{ rows: count, in_flight: count, unknown: count, not_sent: count },
      }),
    )
    .describe('Earlier runs that were killed'),
  problems,
  errors: z.array(text),
  warnings: z.array(text).describe('Who could not be told of it'),
  ...when,
});

/** A push of what was held before a run. */
export const apply = push.extend({
  command: z.literal('apply'),
  applies: text.describe('The plan, such as run-12'),
});

export const undo = push.extend({
  command: z.literal('undo'),
  undoes: text.describe('The run, such as run-12'),
});

/** A profile whose push came to nothing. */
const failedPush = failure.extend({ profile: text, vendor: maybe, account: text });

/** Of several profiles. */
export const pushAll = z.object({
  ...head('push'),
  dry_run: z.boolean(),
  runs: z.array(z.union([push.extend({ profile: text }), failedPush])),
  report: maybe.describe('The path of the page'),
  ...{ problems, errors: z.array(text), warnings: z.array(text), ...when },
});

const scope = z.object({ kind: text, id: text });
const warned = z.array(z.object({ id: text, message: text }));
const folded = z.object({ calls: count, pending: count }).nullable();
const pulled = {
  ...head('pull'),
  ...whose,
  scope,
  ...{ stopped, rows: count, warnings: count, warned, folded, out: maybe },
  ...{ problems, errors: z.array(text), ...when },
};

export const pull = z.object({
  ...pulled,
  ...{ from: maybe, to: maybe, timezone: text, since_last: z.boolean() },
  ...{ pages: count, rows_in_ledger: count, withdrawn: count, withdrawn_ids: z.array(text) },
  control: z.object({ rows: count, total: count.nullable(), same: z.boolean().nullable() }).nullable(),
});

export const pullCall = z.object({ ...pulled, call: text });

const side = z.object({ rows: count, amount: money, cost: money.optional() });
const breaks = BREAKS.map(({ word }) => word) as [Break, ...Break[]];

export const reconcile = z.object({
  ...head('reconcile'),
  ...whose,
  ...{ against: text, stopped, files: z.array(text), out: maybe },
  ties_out: z.boolean().nullable(),
  breaks: z.record(z.enum(breaks), count),
  held: count,
  ...{ file: side, vendor_side: side },
  ...{ problems, errors: z.array(text), ...when },
});

const figures = z.record(text, z.union([text, z.number(), z.null()]));

export const report = z.object({
  ...head('report'),
  ...{ files: z.array(text), vendors: z.array(text), basis: z.enum(['held', 'planned']), time: maybe },
  ...{ by: z.array(text), groups: z.array(figures), total: figures, notes: z.array(text) },
  problems,
});

const run = z
  .object({
    run: text,
    ...whose,
    state: z.enum(['staging', 'pushing', 'finished', 'stopped', 'crashed', 'died', 'trial', 'planned']),
    who: maybe.describe('Who began it; null before 0.14.0'),
    plan: maybe.describe('The plan that it applied'),
    planned_by: maybe.describe('Who made that plan'),
    ...{ started_at: instant, ended_at: instant.nullable(), exit_code: exitCode.nullable() },
    ...{ inputs: z.array(text), has_rows: z.boolean() },
    undoes: maybe.describe('The run that it undoes, such as run-12'),
    mended: count.describe('Rows that were left open, and of whose keys a later run had something accepted'),
    statuses: z.array(z.object({ status: text, rows: count, amount: money.nullable() })),
  })
  .meta({ id: 'run' });

export const runs = z.array(run);

export const prune = z.object({
  ...head('runs'),
  pruned: z.array(text).describe('Runs of which the source rows are forgotten'),
  kept: count.describe('Runs that are as old and are kept'),
  problems,
});

const key = { ...whose, key: text, run: text, file: text, line: z.int() };
const atWork = z
  .object({ pid: z.int().nullable(), host: maybe, since: instant, rows: count, done: count })
  .nullable();
const lastPush = z
  .object({
    ...{ run: maybe, profile: maybe, files: z.array(text), ...when },
    ...{ exit_code: exitCode, says: maybe },
  })
  .nullable();

export const status = z.object({
  ...head('status'),
  accounts: z.array(
    z.object({
      ...whose,
      needs_somebody: z.boolean(),
      run: run.nullable(),
      at_work: atWork,
      last_push: lastPush,
    }),
  ),
  unknown: z.array(
    z.object({
      ...key,
      action: z.enum(ACTIONS),
      ...{ amount: money.nullable(), previous_amount: money.nullable(), at: instant },
      resolve: z.object({ accepted: text, not_applied: text }),
    }),
  ),
  held_refunds: z.array(z.object({ ...key, held: money, status: text, code: maybe, message: maybe })),
  plans: z
    .array(z.object({ run: text, ...whose, planned_by: maybe, planned_at: instant, rows: count }))
    .describe('Those that wait to be applied'),
  late: z.array(z.object({ profile: text, every_seconds: z.number(), last_started_at: instant.nullable() })),
  problems,
});

export const results = z.object({ ...head('results'), run: text, results: z.array(text), problems });

export const resolve = z.object({
  ...head('resolve'),
  keys: z.array(
    z.object({
      ...{ ...key, amount: money.nullable() },
      settled_as: z.enum(['accepted', 'not_applied', 'unknown']).nullable(),
    }),
  ),
  problems,
});

const candidate = z.object({
  ...{ field: text, required: z.boolean().optional(), column: maybe, constant: maybe },
  confidence: z.enum(['chosen', 'certain', 'likely', 'possible', 'none']),
  ...{ reason: text, candidates: z.array(text) },
});

export const init = z.object({
  ...head('init'),
  ...{ vendor: text, file: text, config: text, profile: text, written: z.boolean() },
  ...{ header_row: z.int().nullable(), rows: count, fields: z.array(candidate) },
  settings: z.array(z.object({ key: text, value: z.unknown(), reason: text })),
  hints: z.array(z.object({ about: text, lines: z.array(text) })),
  problems,
  content: z.record(text, z.unknown()).nullable().describe('The profile, as revsync.yaml says it'),
  requests: z.array(
    z.object({
      ...{ line: z.int(), action: z.enum(ACTIONS), method: text, url: text },
      ...{ headers: z.record(text, text), body: text },
    }),
  ),
});

export type Told<T extends z.ZodType> = Unchanged<z.output<T>>;
type Unchanged<T> = T extends readonly (infer One)[]
  ? readonly Unchanged<One>[]
  : T extends object
    ? { readonly [K in keyof T]: Unchanged<T[K]> }
    : T;

export type Problem = Told<typeof problem>;
export type Failure = Told<typeof failure>;
export type PushOutput = Told<typeof push>;
export type ApplyOutput = Told<typeof apply>;
export type UndoOutput = Told<typeof undo>;
export type FailedPush = Told<typeof failedPush>;
export type PushAllOutput = Told<typeof pushAll>;
export type PullOutput = Told<typeof pull>;
export type ReconcileOutput = Told<typeof reconcile>;
export type StatusOutput = Told<typeof status>;
export type RunOutput = Told<typeof run>;
export type InitOutput = Told<typeof init>;
export type ResolveOutput = Told<typeof resolve>;
export type PruneOutput = Told<typeof prune>;
