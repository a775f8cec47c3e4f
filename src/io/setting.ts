import type { CommandName } from './command-name.js';
import type { RowLimit } from '../core/row.js';
import type { RateLimit } from '../core/vendor.js';
import type { Notify } from './telling.js';

export type { CommandName };

/** Headings of the help, in its order. */
export const GROUPS = [
  'Connection',
  'Selection',
  'Files',
  'Amounts',
  'Dates',
  'Guards',
  'Sending',
  'Output',
] as const;

/** One thing that can be set: by an option, in a profile or by both. */
export interface Setting {
  /** As commander takes it: `--rate <n>`. Without one, only a profile can say it. */
  readonly flag?: string;
  /** In `revsync.yaml`. Without one, only an option can say it. */
  readonly key?: string;
  readonly kind: Kind;
  readonly group: (typeof GROUPS)[number];
  /** The commands that take it. */
  readonly on: readonly CommandName[];
  readonly about: string;
  /** Whether a help shows the option that has no room for all of them. */
  readonly often?: true;
  /** Of the option. */
  readonly default?: string | number;
  /** The environment variable that is read where the option is not given. */
  readonly env?: string;
  /** Whether the command, or the profile, is refused without it. */
  readonly required?: true;
  /** The option that excludes it. */
  readonly conflicts?: string;
  /** What is otherwise with one command; a text is what it is about there. */
  readonly but?: { readonly [C in CommandName]?: string | Partial<Omit<Setting, 'key' | 'group' | 'on'>> };
}

/** By the names of the options in code, as commander makes them of the flags: `dateFormat`. */
export type Settings = Readonly<Record<string, Setting>>;

interface ChoiceKind {
  readonly is: 'choice';
  readonly of: readonly [string, ...string[]];
  /** In a profile, where it is not `one of` them. */
  readonly wanted?: string;
}

interface NumberKind {
  readonly is: 'number';
  readonly whole: boolean;
  readonly from: number;
  readonly to: number;
  /** What an option that is something else is told to be, after "write". */
  readonly write: string;
  /** What a value in a profile is said not to be, where it is not `write`. */
  readonly wanted?: string;
}

/** How a value is validated, completed and typed. */
export type Kind =
  | ChoiceKind
  | NumberKind
  /** A number of rows, or a share of them in percent. */
  | { readonly is: 'rows'; readonly from: 0 | 1 }
  /** Texts by field; `FIELD=HEADER` as an option. `write` is what an option is told to be. */
  | { readonly is: 'fields'; readonly wanted: string; readonly write: string }
  /** Some texts of one column, such as `example`. */
  | { readonly is: 'cells'; readonly example: string }
  /** The name of something that is there: a profile of the file, a run of the ledger such as `run-12`, a key of it. */
  | { readonly is: 'known'; readonly what: 'profile' | 'run' | 'key' | 'run_or_key' | 'plan' | 'explained' }
  | { readonly is: PlainKind };

type PlainKind =
  | 'flag'
  | 'text'
  /** Of a file or folder. */
  | 'path'
  | 'vendor'
  | 'zone'
  | 'day'
  | 'date_order'
  | 'amount'
  /** Hours or days, such as `36h`. */
  | 'age'
  /** Seconds, minutes or hours, such as `30m`. */
  | 'duration'
  | 'currency'
  | 'delimiter'
  | 'encoding'
  | 'id'
  /** With commas between, as they are. */
  | 'names'
  /** With commas between, compared without case. */
  | 'values'
  /** By field, what is sent for its texts. */
  | 'replacements'
  /** Headers of the file; the option says one of them, and may be repeated. */
  | 'headers'
  /** Patterns of names, one or several. */
  | 'globs'
  /** Who is told how a push ended. */
  | 'notify'
  /** Of https, or on this machine. */
  | 'web_address'
  /** Names of profiles; the option says one of them, and may be repeated. */
  | 'profiles'
  /** Requests a second, `auto`, or several limits. */
  | 'rate'
  /** What a report is put together by. */
  | 'dimensions'
  | 'commission_rate';

/** What may stand between cells, with the words `--delimiter` takes for it. */
export const DELIMITERS: ReadonlyMap<string, string> = new Map([
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['pipe', '|'],
]);

/**
 * How quotes are written in a file. `doubled`: a quote inside of quotes twice. `spaced`: the same, and blanks around
 * quotes are no part of the cell. `backslash`: the same, and a quote inside of quotes may have a backslash before it.
 */
export const QUOTES = ['doubled', 'spaced', 'backslash'] as const;

export type Quotes = (typeof QUOTES)[number];

/** What a value is once it is read from a profile, where it is no text. */
export interface KindValues {
  readonly flag: boolean;
  readonly number: number;
  readonly rows: RowLimit;
  readonly fields: ReadonlyMap<string, string>;
  readonly replacements: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly cells: { readonly column: string; readonly values: readonly string[] };
  readonly headers: readonly string[];
  readonly globs: readonly string[];
  readonly notify: Notify;
  /** None for no limit; `auto` in place of one of a second. */
  readonly rate: readonly (RateLimit | 'auto')[];
  /** Milliseconds. */
  readonly age: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** What it is in YAML. */
interface KindInputs extends Pick<KindValues, 'flag' | 'number' | 'cells' | 'headers'> {
  readonly globs: string | readonly string[];
  readonly notify: Omit<Notify, 'on'> & Partial<Pick<Notify, 'on'>>;
  readonly rows: number | string;
  readonly fields: Readonly<Record<string, string>>;
  readonly replacements: Readonly<Record<string, KindInputs['fields']>>;
  readonly rate: number | string | readonly (number | string)[];
}

/** The type of a value of this kind: one of its words, what `Values` says, or text. */
export type ValueOf<K extends Kind, Values = KindValues> = K extends { of: readonly (infer Word)[] }
  ? Word
  : K['is'] extends keyof Values
    ? Values[K['is']]
    : string;

export type InputOf<K extends Kind> = ValueOf<K, KindInputs>;

/** All of a setting but what it shares with those around it. */
type Entry = Omit<Setting, 'group' | 'on'>;

/** Settings of the same commands, and under the same heading of their help. */
export function under<const C extends CommandName, const E extends Readonly<Record<string, Entry>>>(
  group: Setting['group'],
  on: readonly C[],
  entries: E,
) {
  const all = Object.entries(entries).map(([name, entry]) => [name, { ...entry, group, on }]);
  return Object.fromEntries(all) as {
    readonly [N in keyof E]: E[N] & { readonly group: Setting['group']; readonly on: readonly C[] };
  };
}

/** What an entry says besides; a text is what it is about. */
type Rest = string | Omit<Entry, 'flag' | 'key' | 'kind'>;

/** What an option can say. A kind of which there is nothing more to say is named by a word. */
export function option<const F extends string, const K extends Kind | PlainKind, const R extends Rest>(
  flag: F,
  kind: K,
  rest: R,
) {
  return {
    flag,
    kind: (typeof kind === 'string' ? { is: kind } : kind) as K extends PlainKind ? { readonly is: K } : K,
    ...((typeof rest === 'string' ? { about: rest } : rest) as R extends string ? { readonly about: R } : R),
  };
}

/** One that a help shows which has no room for all. */
export function often<const E extends Entry>(entry: E) {
  return { ...entry, often: true } as E & { readonly often: true };
}

/** What an option and a profile can say. */
export function both<
  const N extends string,
  const F extends string,
  const K extends Kind | PlainKind,
  const R extends Rest,
>(key: N, flag: F, kind: K, rest: R) {
  return { key, ...option(flag, kind, rest) };
}

export function choice<const W extends ChoiceKind['of']>(...of: W) {
  return { is: 'choice', of } as const;
}

export function wholeNumber(from: number, to: number, write = `a whole number from ${from} to ${to}`) {
  return { is: 'number', whole: true, from, to, write } as const;
}

/** One or more, of what has no limit worth a word. */
export const COUNT = wholeNumber(1, 1_000_000_000, 'a whole number from 1');

export const SECONDS = {
  is: 'number',
  whole: false,
  from: 0.001,
  to: 10_000_000,
  write: 'a number of seconds, such as 30',
  wanted: 'a number of seconds from 0.001 to 10000000',
} as const;

/** `50` or `10%`; undefined for anything else and for what is less than `from`. */
export function rowLimitOf(text: string, from: number): RowLimit | undefined {
  const [, digits, percent] = /^(\d+)(%?)$/.exec(text) ?? [];
  const number = Number(digits ?? NaN);
  if (percent === '%' && number >= from && number <= 100) return { kind: 'percent', percent: number };
  return percent === '' && number >= from ? { kind: 'rows', rows: number } : undefined;
}

/** What a rate that is something else is told to be. */
export const WANTED_RATE =
  'requests a second such as 5 (0: no limit), auto, or limits such as 5,80/min,2000/day';

export const MOST_REQUESTS = 1_000_000;
const UNITS: Readonly<Record<string, RateLimit['per']>> = {
  ...{ s: 'second', second: 'second', min: 'minute', minute: 'minute', day: 'day' },
};

/** A number of requests a second. */
export const PER_SECOND = {
  is: 'number',
  whole: false,
  from: 0.001,
  to: MOST_REQUESTS,
  write: 'requests a second such as 50',
} as const;

/** `5,80/min,2000/day`, each unit once, or `auto` for that of a second; `0` is no limit at all. Undefined for anything else. */
export function rateOf(text: string): KindValues['rate'] | undefined {
  if (text.trim() === '0') return [];
  const limits = text.split(',').map((part): RateLimit | 'auto' | undefined => {
    if (part.trim().toLowerCase() === 'auto') return 'auto';
    const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/([a-z]+))?$/.exec(part.trim().toLowerCase()) ?? [];
    const requests = Number(digits ?? NaN);
    const per = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    const fits =
      requests >= 0.001 && requests <= MOST_REQUESTS && (per === 'second' || Number.isInteger(requests));
    return per !== undefined && fits ? { requests, per } : undefined;
  });
  const units = new Set(limits.map((limit) => (limit === 'auto' ? 'second' : limit?.per)));
  return units.size === limits.length && !units.has(undefined)
    ? (limits as (RateLimit | 'auto')[])
    : undefined;
}

/** A key of a profile as its name in `Profile`. */
export function camelCase(key: string): string {
  return key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
