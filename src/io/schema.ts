import { z } from 'zod';

// Every message of this schema is what is wanted, to be read after "… is not".

const TEXT = 'text';

const text = z.string(TEXT).regex(/\S/, TEXT);
const flag = z.boolean('true or false');
const choice = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.enum(words, `one of ${words.join(', ')}`);

function whole(least: number, most: number) {
  const wanted = `a whole number from ${least} to ${most}`;
  return z.int(wanted).min(least, wanted).max(most, wanted);
}

function number(least: number, most: number, what: string) {
  const wanted = `a number of ${what} from ${least} to ${most}`;
  return z.number(wanted).min(least, wanted).max(most, wanted);
}

const notExpanded = 'a path that is written out: ~ is not expanded here';
const path = text.regex(/^(?!~)/, notExpanded);

/** A map with something in it, as a `ReadonlyMap`. */
function mapOf<T extends z.ZodType>(values: T, wanted: string) {
  return z
    .record(z.string().regex(/\S/, 'the name of a field'), values, wanted)
    .refine((map) => Object.keys(map).length > 0, wanted)
    .meta({ minProperties: 1 })
    .transform((map): ReadonlyMap<string, z.output<T>> => new Map(Object.entries(map)));
}

/** How a text of the file is compared: without case and the white space around it. */
export function folded(text: string): string {
  return text.trim().toLowerCase();
}

const wantedTexts = 'a map from texts in the file to what is sent for them';
const textsByText = z
  .record(z.string(), z.string(TEXT), wantedTexts)
  .refine((map) => Object.keys(map).length > 0, wantedTexts)
  .meta({ minProperties: 1 })
  .transform(
    (map): ReadonlyMap<string, string> =>
      new Map(Object.entries(map).map(([key, value]) => [folded(key), value])),
  );

function cellMatch(wanted: string, example: string) {
  const list = `a list such as ${example}`;
  return z.strictObject(
    {
      column: text.describe('The header of the column'),
      values: z
        .array(text, list)
        .min(1, list)
        .transform((values): readonly string[] => values.map(folded))
        .describe('Texts in it, compared without case and the white space around them'),
    },
    wanted,
  );
}

const DELIMITERS = {
  ',': ',',
  ';': ';',
  '|': '|',
  '\t': '\t',
  comma: ',',
  semicolon: ';',
  tab: '\t',
  pipe: '|',
} as const;

const delimiter = z
  .enum(Object.keys(DELIMITERS) as (keyof typeof DELIMITERS)[], 'one of comma, semicolon, tab, pipe')
  .transform((word) => DELIMITERS[word]);

/** So many rows, or a share of them. */
export type RowLimit =
  { readonly kind: 'rows'; readonly rows: number } | { readonly kind: 'percent'; readonly percent: number };

const MOST_ROWS = 1_000_000_000;

function rowLimit(least: 0 | 1) {
  const share = least === 0 ? /^(\d|[1-9]\d|100)%$/ : /^([1-9]\d?|100)%$/;
  const wanted = `a whole number of rows from ${least}, or a share such as 10%`;
  return z
    .union([z.int(wanted).min(least, wanted).max(MOST_ROWS, wanted), z.string().regex(share, wanted)], wanted)
    .transform((limit): RowLimit =>
      typeof limit === 'number'
        ? { kind: 'rows', rows: limit }
        : { kind: 'percent', percent: Number(limit.slice(0, -1)) },
    );
}

const wantedZone = 'an IANA time zone such as America/New_York or UTC';
const timezone = z
  .string(wantedZone)
  .refine((text) => zoneOf(text) !== undefined, wantedZone)
  .transform((text) => zoneOf(text) ?? text);

function zoneOf(text: string): string | undefined {
  // Some versions of Node take offsets such as +05:00 as well, which know no clock changes.
  if (!/^[a-z]/i.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const wantedAmount = 'text that is an amount such as "50000.00" (amounts are never floats)';

const OPTIONAL = {
  account: text.describe('Keeps ledgers of several accounts apart'),
  base_url: text.describe("The vendor's address"),
  ledger: path.describe('The ledger file, from the folder of this file'),
  env_file: path.describe('Variables to read before the environment, from the folder of this file'),
  columns: mapOf(text, 'a map from fields to headers').describe('Where the file keeps a field'),
  constants: mapOf(text, 'a map from fields to texts').describe('What a field is in every row'),
  values: mapOf(textsByText, 'a map from fields to maps of texts').describe(
    'What is sent for the texts of a field, compared without case and the white space around them',
  ),
  reversal: cellMatch('a map of column and values', '[refunded, chargeback]').describe(
    'Which sales are taken back',
  ),
  refund: choice('reverse', 'clear').describe('What is done for a sale that is taken back'),
  negative_amounts: choice('refuse', 'reverse', 'send').describe('What a negative amount means'),
  only: cellMatch('a map of column and values', '[sold]').describe('Which rows are read at all'),
  timezone: timezone.describe('The zone of times without an offset, such as America/New_York'),
  date_format: text.describe('How times are written'),
  decimal: z
    .enum(['.', ','], 'one of "." and ",", in quotes')
    .describe('What stands before the decimals of an amount'),
  currency: text.describe('What the amounts are in'),
  delimiter: delimiter.describe('What stands between cells'),
  encoding: choice('utf-8', 'utf-16le', 'utf-16be', 'windows-1252').describe('How the file is encoded'),
  header_row: whole(1, 1_000_000).describe('The line that holds the header'),
  skip_total_row: flag.describe('Whether a last row of totals is left out'),
  round: choice('half-up', 'half-even').describe('Amounts finer than the vendor keeps'),
  blank_amount: choice('refuse', 'clear', 'omit').describe('A row whose amount is blank'),
  on_conflict: choice('refuse', 'last', 'sum').describe('Rows with one key and different content'),
  rate: number(0.001, 1_000_000, 'requests a second').describe('Requests a second at most'),
  concurrency: whole(1, 1024).describe('Rows in flight at most'),
  retries: whole(0, 1000).describe('Further attempts per row'),
  timeout: number(0.001, 10_000_000, 'seconds').describe('Seconds an answer may take'),
  deadline: number(0.001, 10_000_000, 'seconds').describe('Seconds a row may take with all its attempts'),
  max_errors: rowLimit(1).describe('Stop after so many failed rows, or at this share of the last 200'),
  max_invalid: rowLimit(0).describe('Send nothing where more rows cannot be sent'),
  max_total: z
    .string(wantedAmount)
    .regex(/^\d{1,15}(\.\d{1,4})?$/, wantedAmount)
    .describe('Send nothing where the amounts come to more'),
  confirm: flag.describe('Have the vendor echo each amount, and compare'),
  correct: flag.describe('Whether rows are sent whose amount was accepted differently before'),
  allow_missing_call_date: flag.describe(
    'Send rows without a call date where the vendor would take the present time',
  ),
};

/** One profile as it is written; its output has the same keys and the values of `Profile`. */
export const PROFILE = z.strictObject(
  {
    vendor: text.describe('Whom to send to; `revsync vendors` lists them'),
    ...z.strictObject(OPTIONAL).partial().shape,
  },
  'a map of settings such as vendor: and columns:',
);

const wantedProfiles = 'a map from names to profiles';

/** The whole file. `revsync.schema.json` is made from it. */
export const CONFIG = z
  .strictObject(
    {
      profiles: z
        .record(
          z.string().regex(/^[\w.-]+$/, 'a name of letters, digits, "-", "_" and "."'),
          PROFILE,
          wantedProfiles,
        )
        .refine((profiles) => Object.keys(profiles).length > 0, wantedProfiles)
        .meta({ minProperties: 1 })
        .describe('What `revsync push --profile NAME` uses, by name'),
    },
    'a map that begins with profiles:',
  )
  .meta({ title: 'revsync.yaml', description: 'Profiles for revsync. Credentials never belong in here.' });

/** A profile as `revsync.yaml` spells it. */
export type ProfileInput = z.input<typeof PROFILE>;

type Camel<S extends string> = S extends `${infer Head}_${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : S;

type Settings = z.output<typeof PROFILE>;

/**
 * A profile as it is used: the keys of the file in camel case, of which only `vendor` is always there.
 * Maps are `ReadonlyMap`s by field; texts to compare are `folded`; `delimiter` is the character; `maxTotal` is
 * the text; `ledger` and `envFile` are absolute.
 */
export type Profile = { readonly name: string } & {
  readonly [K in keyof Settings as Camel<K>]: Settings[K];
};

/** `ledger` and `envFile` are left as they are. */
export function profileOf(name: string, settings: Settings): Profile {
  const camel = (key: string): string => key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const entries = Object.entries(settings).map(([key, value]) => [camel(key), value]);
  return { name, ...Object.fromEntries(entries) } as Profile;
}
