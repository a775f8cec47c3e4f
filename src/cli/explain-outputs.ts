import { z } from 'zod';
import { ACTIONS, INTENTS, STATUSES, type Intent, type RowStatus } from '../core/status.js';
import { history } from './books-outputs.js';
import { head, problems, type Told } from './outputs.js';

// What `revsync explain --json` prints, as `outputs.ts` has it of the other commands.

export type { Problem } from './outputs.js';

const text = z.string();
const maybe = z.string().nullable();
const line = z.int().min(1);

const explainedCode = z.object({
  ...{ code: text, of: z.enum(['row', 'status', 'break', 'problem', 'vendor']), vendor: maybe },
  ...{ means: text, effect: maybe, remedy: maybe, example: maybe },
});

const cellProblem = z.object({ field: text, code: text, message: text, remedy: maybe });

const held = z.object({
  held: z.boolean().describe('False where nothing was ever accepted, and only something is in doubt'),
  intent: z.enum(INTENTS as [Intent, ...Intent[]]).nullable(),
  ...{ amount: maybe, since: maybe, run: maybe, ref: maybe, doubt: z.enum(['resend', 'blocked']).nullable() },
});

const row = z.object({
  ...{ file: text, line, vendor: text, account: text, origin: text },
  first_line: line.nullable().describe('Of the record; null where none has the line'),
  last_line: line.nullable(),
  stands: maybe.describe('What stands at the line where it is no record'),
  fields: z.array(
    z.object({
      ...{ field: text, headers: z.array(text), found: text, cell: maybe, read: maybe, by: z.array(text) },
      problems: z.array(cellProblem),
    }),
  ),
  missing: z.array(text).describe('Fields of the vendor that the file says nothing of'),
  columns: z.array(z.object({ header: text, cell: text, says: text })).describe('Those that are no field'),
  ...{ key: maybe, asks: maybe, problems: z.array(cellProblem) },
  result: z
    .object({
      ...{ line, key: maybe, action: z.enum(ACTIONS).nullable() },
      status: z.enum(STATUSES.map(({ status }) => status) as [RowStatus, ...RowStatus[]]),
      ...{ amount: maybe, previous_amount: maybe, error_code: maybe, error: maybe, warning: maybe },
    })
    .nullable()
    .describe('As a dry run of the file has it; null where the file is refused'),
  ...{ held: held.nullable(), why: z.array(text) },
  request: z
    .object({ method: text, url: text, headers: z.record(text, text), body: text })
    .nullable()
    .describe('As it would be sent, credentials replaced by their names'),
  commands: z.array(text).describe('To look further'),
});

const key = z.object({
  ...{ key: text, vendor: text, account: text, origin: text, held: held.nullable() },
  in_flight: maybe.describe('A row that is on its way, or was when its run died'),
  last: z
    .object({
      ...{ run: text, file: text, line, fields: z.record(text, text) },
      columns: z.array(z.object({ header: text, cell: text })),
    })
    .nullable()
    .describe('The last row that was sent; null where its source rows were forgotten'),
  meets: z
    .array(z.object({ row: text, action: maybe, status: text, code: maybe, message: maybe }))
    .describe('What would become of rows that a push could bring'),
  history,
  commands: z.array(text).describe('Where it waits for somebody: what settles it'),
});

export const explain = z.object({
  ...head('explain'),
  codes: z.array(explainedCode),
  row: row.nullable(),
  keys: z.array(key).describe('One of every account that knows it'),
  problems,
});

export type ExplainedCode = Told<typeof explainedCode>;
export type ExplainedRow = Told<typeof row>;
export type ExplainedKey = Told<typeof key>;
export type ExplainedHeld = Told<typeof held>;
export type ExplainOutput = Told<typeof explain>;
