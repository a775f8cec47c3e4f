import { z } from 'zod';
import { ACTIONS } from '../core/status.js';
import { change, head, money, problems, signed, sum, whose, type Told } from './outputs.js';

// What `revsync plan --json` prints, as `outputs.ts` has it of the other commands.

const text = z.string();
const maybe = z.string().nullable();
const count = z.int().min(0);
const instant = z.iso.datetime().describe('UTC');

const planned = {
  actions: z.record(z.enum(ACTIONS), sum),
  changes: z.object({ new: z.object({ rows: count, amount: money }), corrected: change, taken_back: change }),
  net: signed.describe('What is held changes by so much in all'),
  net_unknown: count.describe('Rows of which that is not known'),
  largest: z
    .array(
      z.object({
        ...{ file: text, line: z.int(), key: text, action: z.enum(ACTIONS), agent: maybe },
        ...{ amount: money.nullable(), previous_amount: money.nullable(), change: signed.nullable() },
      }),
    )
    .describe('The largest changes'),
  agents: z
    .array(z.object({ agent: text, rows: count, change: signed, unknown: count }))
    .nullable()
    .describe('Null where no column says who sold'),
  not_sent: z.array(
    z.object({ status: text, code: maybe, rows: count, file: text, line: z.int(), message: maybe }),
  ),
};

export const plan = z.object({
  ...head('plan'),
  ...{ run: text, ...whose, files: z.array(text) },
  ...{ planned_by: maybe, planned_at: instant, approve: maybe },
  policy: z.object({ correct: z.boolean(), force: z.boolean(), send_again: z.boolean() }),
  left: count.describe('Rows that it would send and of which none was accepted yet'),
  applied: z.array(
    z.object({
      ...{ run: text, who: maybe, state: text, started_at: instant, ended_at: instant.nullable() },
    }),
  ),
  ...planned,
  problems,
});

export type PlanOutput = Told<typeof plan>;
