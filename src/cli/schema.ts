import { z } from 'zod';
import { CONFIG } from '../io/schema.js';
import { doctor, history, ledger } from './books-outputs.js';
import { Console, UsageError } from './console.js';
import { EXIT } from './exit-codes.js';
import { explain } from './explain-outputs.js';
import type { Host } from './host.js';
import * as outputs from './outputs.js';
import { plan } from './plan-outputs.js';
import type { OptionsOf } from './settings.js';

const { failure, pull, pullCall, push, pushAll, reconcile, report, status, runs, results } = outputs;
const { prune, undo, apply } = outputs;
const { resolve, vendors, init } = outputs;

/** What each command prints where it worked. */
const COMMANDS: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries({
    push: z.union([push, pushAll]),
    ...{ undo, apply },
    plan,
    ...{ pull: z.union([pull, pullCall]), reconcile, report, status, results, history },
    runs: z.union([runs, prune]),
    ...{ resolve, explain, ledger, vendors, init, doctor },
  }).map(([id, type]) => [id, type.meta({ id, title: `revsync ${id} --json` })]),
);

/** The word for the schema of a profile's file. */
const OF_CONFIG = 'config';

/** What may be named, for messages and completion. */
export const SCHEMA_WORDS: readonly string[] = [...COMMANDS.keys(), OF_CONFIG];

/** `revsync schema [COMMAND]`: the JSON Schema of what `--json` prints; `config` is that of revsync.yaml. */
export async function schema(
  host: Host,
  of: string | undefined,
  options: OptionsOf<'schema'>,
): Promise<number> {
  const console = await Console.open(host, options.color);
  if (of !== undefined && !SCHEMA_WORDS.includes(of))
    throw new UsageError(
      `there is no schema of ${JSON.stringify(of)}; use one of ${SCHEMA_WORDS.join(', ')}`,
    );
  const data = of === OF_CONFIG ? configJsonSchema() : outputJsonSchema(of);
  await console.print(`${JSON.stringify(data, null, 2)}\n`);
  return EXIT.done;
}

/** Of revsync.yaml. */
export function configJsonSchema(): object {
  return z.toJSONSchema(CONFIG, { io: 'input', target: 'draft-07' });
}

/**
 * Of what `--json` prints, of one command or all of them. Keys may be added later, so that a reader has to take more than
 * it knows; `closed` takes only what is known now.
 */
export function outputJsonSchema(command?: string, closed = false): object {
  const named = [...COMMANDS].filter(([name]) => command === undefined || name === command);
  return z.toJSONSchema(
    z.union([...named.map(([, type]) => type), failure]).meta({
      title: `revsync ${command ?? 'COMMAND'} --json`,
      description: 'What revsync prints on standard output with --json, however it ends',
    }),
    {
      target: 'draft-07',
      override: ({ jsonSchema }) => {
        if (!closed && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    },
  );
}
