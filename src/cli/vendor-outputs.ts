import { z } from 'zod';

// What `revsync vendors --json` prints, as `outputs.ts` has it of the other commands.

const text = z.string();
const count = z.int().min(0);

const basis = z.looseObject({ kind: text.optional(), documented: text.optional(), assumed: text.optional() });

const vendor = z
  .object({
    ...{ id: text, title: text, request: text, baseUrl: z.object({ env: text, default: text.optional() }) },
    columns: z.array(
      z.object({
        ...{ field: text, kind: z.looseObject({ is: text }), about: text, names: z.array(text) },
        ...{ required: z.boolean().optional(), inKey: z.literal(true).optional(), blank: text.optional() },
      }),
    ),
    limits: z.object({
      ...{ concurrency: count, decimals: count, negativeAmounts: text, timeoutSeconds: z.number() },
      rate: z.array(z.object({ requests: z.number(), per: z.enum(['second', 'minute', 'day']) })),
    }),
    semantics: z.record(text, basis),
    secrets: z.array(z.looseObject({ name: text, about: text })),
    errorCodes: z.array(z.object({ code: text, means: text, effect: text })),
    ...{ setup: z.array(text).optional(), refNames: z.array(text).optional() },
    report: z.looseObject({ source: text }).optional(),
  })
  .meta({ id: 'vendor' });

export const vendors = z.union([vendor, z.array(vendor)]);
