import { z } from 'zod';
import { encodingNamed, wantedEncoding } from './encodings.js';
import { GLOBS, NOTIFY, WEB_ADDRESS } from './job-schema.js';
import { PROFILE_SETTINGS } from './profile-settings.js';
import {
  camelCase,
  DELIMITERS,
  MOST_REQUESTS,
  rateOf,
  rowLimitOf,
  WANTED_RATE,
  type InputOf,
  type Kind,
  type Setting,
  type Settings,
  type ValueOf,
} from './setting.js';
import { ageOf, durationOf, WANTED_DURATION } from './spans.js';
import { unreachable } from '../core/result.js';
import type { RowLimit } from '../core/row.js';
import { WANTED_ZONE, zoneOf } from '../core/zones.js';

// Every message of this schema is what is wanted, to be read after "… is not".

const TEXT = 'text';

const text = z.string(TEXT).regex(/\S/, TEXT);
const path = text.regex(/^(?!~)/, 'a path that is written out: ~ is not expanded here');

/** How a text of the file is compared: without case and the white space around it. */
export function folded(text: string): string {
  return text.trim().toLowerCase();
}

/** A map with something in it, as a `ReadonlyMap`. */
function mapOf<T extends z.ZodType>(
  values: T,
  wanted: string,
  keys = z.string(),
  keyOf = (key: string) => key,
) {
  return z
    .record(keys, values, wanted)
    .refine((map) => Object.keys(map).length > 0, wanted)
    .meta({ minProperties: 1 })
    .transform(
      (map): ReadonlyMap<string, z.output<T>> =>
        new Map(Object.entries(map).map(([key, value]) => [keyOf(key), value])),
    );
}

const field = z.string().regex(/\S/, 'the name of a field');

const replacements = mapOf(
  mapOf(z.string(TEXT), 'a map from texts in the file to what is sent for them', z.string(), folded),
  'a map from fields to maps of texts',
  field,
);

function cells(example: string) {
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
    'a map of column and values',
  );
}

const headers = z.array(text, 'a list of headers').min(1, 'a list of headers');

const delimiter = z
  .enum([...DELIMITERS.values(), ...DELIMITERS.keys()], `one of ${[...DELIMITERS.keys()].join(', ')}`)
  .transform((word) => DELIMITERS.get(word) ?? word);

const encoding = z
  .string(wantedEncoding(''))
  .refine((text) => encodingNamed(text) !== undefined, {
    error: ({ input }) => wantedEncoding(String(input)),
  })
  .transform((text) => encodingNamed(text) ?? text);

const MOST_ROWS = 1_000_000_000;

function rows(from: 0 | 1) {
  const share = from === 0 ? /^(\d|[1-9]\d|100)%$/ : /^([1-9]\d?|100)%$/;
  const wanted = `a whole number of rows from ${from}, or a share such as 10%`;
  return z
    .union([z.int(wanted).min(from, wanted).max(MOST_ROWS, wanted), z.string().regex(share, wanted)], wanted)
    .transform((limit) => rowLimitOf(String(limit), from) as RowLimit);
}

const zone = z.string(WANTED_ZONE).transform((text, context) => {
  const found = zoneOf(text);
  if (found.ok) return found.value;
  context.addIssue({ code: 'custom', message: found.error });
  return z.NEVER;
});

const wantedAmount = 'text that is an amount such as "50000.00" (amounts are never floats)';
const amount = z.string(wantedAmount).regex(/^\d{1,15}(\.\d{1,4})?$/, wantedAmount);

const wantedAge = 'hours or days such as 36h or 2d';
const age = z
  .string(wantedAge)
  .regex(/^[1-9]\d{0,5}[hd]$/, wantedAge)
  .transform((text) => ageOf(text) as number);

const duration = z
  .string(WANTED_DURATION)
  .regex(/^[1-9]\d{0,5}[smh]$/, WANTED_DURATION)
  .transform((text) => durationOf(text) as number);

const limit = z.union(
  [z.number(WANTED_RATE).min(0, WANTED_RATE).max(MOST_REQUESTS, WANTED_RATE), z.string(WANTED_RATE)],
  WANTED_RATE,
);
const rate = z
  .union([...limit.options, z.array(limit, WANTED_RATE).min(1, WANTED_RATE)], WANTED_RATE)
  .transform((limits, context) => {
    const found = rateOf([limits].flat().join(','));
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: WANTED_RATE });
    return z.NEVER;
  });

function schemaOf(kind: Kind): z.ZodType {
  switch (kind.is) {
    case 'flag':
      return z.boolean('true or false');
    case 'choice':
      return z.enum(kind.of, kind.wanted ?? `one of ${kind.of.join(', ')}`);
    case 'number': {
      const wanted = kind.wanted ?? kind.write;
      const number = kind.whole ? z.int(wanted) : z.number(wanted);
      return number.min(kind.from, wanted).max(kind.to, wanted);
    }
    case 'rows':
      return rows(kind.from);
    case 'fields':
      return mapOf(text, kind.wanted, field);
    case 'replacements':
      return replacements;
    case 'cells':
      return cells(kind.example);
    case 'headers':
      return headers;
    case 'path':
      return path;
    case 'globs':
      return GLOBS;
    case 'notify':
      return NOTIFY;
    case 'web_address':
      return WEB_ADDRESS;
    case 'zone':
      return zone;
    case 'rate':
      return rate;
    case 'amount':
      return amount;
    case 'age':
      return age;
    case 'duration':
      return duration;
    case 'delimiter':
      return delimiter;
    case 'encoding':
      return encoding;
    case 'text':
    case 'vendor':
    case 'known':
    case 'day':
    case 'date_order':
    case 'currency':
    case 'id':
    case 'names':
    case 'profiles':
    case 'values':
    case 'dimensions':
    case 'commission_rate':
      return text;
    default:
      return unreachable(kind);
  }
}

/** What the option is about, as it reads beside the key of a profile. */
export function aboutKey({ flag, kind, about }: Setting): string {
  const said = about.replace(/; repeatable| \(default: [^)]*\)/g, '');
  const from = kind.is === 'path' ? ', from the folder of this file' : '';
  const whole = `${flag?.startsWith('--no-') === true ? 'false to ' : ''}${said}${from}`;
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`;
}

/** One profile with these settings as it is written; its output has the same keys and the values of `Profile`. */
export function profileSchema(settings: Settings) {
  const keys = Object.values(settings).flatMap((setting) => {
    if (setting.key === undefined) return [];
    const value = schemaOf(setting.kind).describe(aboutKey(setting));
    return [[setting.key, setting.kind.is === 'vendor' ? value : value.optional()] as const];
  });
  return z.strictObject(Object.fromEntries(keys), 'a map of settings such as vendor: and columns:');
}

const wantedProfiles = 'a map from names to profiles';

/** The whole file, with such profiles. `revsync.schema.json` is made from it. */
export function configSchema(profile: z.ZodType) {
  const name = z.string().regex(/^[\w.-]+$/, 'a name of letters, digits, "-", "_" and "."');
  const profiles = z
    .record(name, profile, wantedProfiles)
    .refine((profiles) => Object.keys(profiles).length > 0, wantedProfiles)
    .meta({ minProperties: 1 })
    .describe('What `revsync push --profile NAME` uses, by name');
  return z
    .strictObject({ profiles }, 'a map that begins with profiles:')
    .meta({ title: 'revsync.yaml', description: 'Profiles for revsync. Credentials never belong in here.' });
}

type Keyed = Extract<(typeof PROFILE_SETTINGS)[keyof typeof PROFILE_SETTINGS], { key: string }>;
type Key = Keyed['key'];
type KindOf<K extends Key> = Extract<Keyed, { key: K }>['kind'];

/** A profile as `revsync.yaml` spells it. */
export type ProfileInput = { readonly vendor: string } & {
  readonly [K in Key]?: InputOf<KindOf<K>> | undefined;
};

/** The same, once it is validated. */
export type ProfileValues = { readonly vendor: string } & {
  readonly [K in Key]?: ValueOf<KindOf<K>> | undefined;
};

type Camel<S extends string> = S extends `${infer Head}_${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : S;

/**
 * A profile as it is used: the keys of the file in camel case, of which only `vendor` is always there.
 * Maps are `ReadonlyMap`s by field; texts to compare are `folded`; `delimiter` is the character; `maxTotal` is
 * the text; `ledger` and `envFile` are absolute.
 */
export type Profile = { readonly name: string; readonly vendor: string } & {
  readonly [K in Key as Camel<K>]?: ProfileValues[K];
};

export const PROFILE = profileSchema(PROFILE_SETTINGS) as unknown as z.ZodType<
  ProfileValues,
  ProfileInput
> & {
  readonly shape: Readonly<Record<string, z.ZodType>>;
};

export const CONFIG = configSchema(PROFILE);

/** `ledger` and `envFile` are left as they are. */
export function profileOf(name: string, settings: ProfileValues): Profile {
  const entries = Object.entries(settings).map(([key, value]) => [camelCase(key), value]);
  return { name, ...Object.fromEntries(entries) } as Profile;
}
