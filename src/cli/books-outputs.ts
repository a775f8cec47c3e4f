import { z } from 'zod';
import { head, money, problems, whose, type Told } from './outputs.js';

// What `--json` prints of the ledger itself, of a key and of the surroundings, as `outputs.ts` has it of the other commands.

const text = z.string();
const maybe = z.string().nullable();
const count = z.int().min(0);
const instant = z.iso.datetime().describe('UTC');

export const ledger = z.object({
  ...head('ledger'),
  ...{ what: z.enum(['backup', 'check', 'accept', 'init', 'copy']), ledger: text, to: maybe, backup: maybe },
  tables: z.array(z.object({ table: text, rows: count, checksum: text })).describe('copy: what was copied'),
  ...{
    bytes: count.nullable(),
    free_bytes: count.nullable(),
    runs: count.nullable(),
    keys: count.nullable(),
  },
  problems,
});

export const history = z.array(
  z.object({
    ...{
      at: instant,
      run: text,
      undoes: maybe,
      ...{ who: maybe, plan: maybe, planned_by: maybe },
      ...whose,
      input: text,
      line: z.int(),
    },
    ...{ action: text, status: text, amount: money.nullable(), previous_amount: money.nullable() },
    ...{ code: text.optional(), message: text.optional(), ref: text.optional(), corrects_ref: maybe },
    tries: z.array(
      z.object({
        ...{ at: instant, http_status: z.int().nullable(), code: maybe, message: maybe },
        kept: z.record(text, text).optional(),
      }),
    ),
  }),
);

export const doctor = z.array(
  z.object({ about: text, state: z.enum(['ok', 'warning', 'problem']), says: text }),
);

export type LedgerOutput = Told<typeof ledger>;
export type HistoryOutput = Told<typeof history>;
