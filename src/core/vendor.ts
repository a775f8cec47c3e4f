import { formatAmount, type Amount } from './amount.js';
import type { Echoes } from './echo.js';
import type { Outcome } from './outcome.js';
import type { Result } from './result.js';
import type { RowProblem, Sale } from './sale.js';
import type { Action } from './status.js';

/**
 * A vendor is data and three pure functions: no socket, clock, file, environment or state.
 * What differs between vendors and matters above them is in its semantics, with the page each rests on.
 */
export interface Vendor {
  /** The word after `--vendor`. */
  readonly id: string;
  readonly title: string;
  /** What the vendor calls the request, for people. */
  readonly request: string;
  readonly baseUrl: BaseUrl;
  readonly columns: readonly Column[];
  readonly limits: Limits;
  readonly semantics: Semantics;
  readonly secrets: readonly SecretName[];
  readonly errorCodes: readonly ErrorCode[];
  /** What has to be set up at the vendor before it takes a request, a sentence each. */
  readonly setup?: readonly string[];
  /** What an export of the vendor's calls the reference of an accepted row; absent where that is what the row is found by. */
  readonly refNames?: readonly string[];
  /** Absent where the vendor has no report that can be pulled. */
  readonly report?: ReportFields;
  /**
   * The request for one row, without any secret, or what is wrong with the formats of its fields. Whether a required
   * field is blank and whether the action is supported has been asked before, from `columns` and `semantics`; a
   * request that is made nevertheless is not sent. `mayBeHeld`: though this is a create, an earlier one may have been
   * applied, so that nothing may be told by leaving it out. It changes neither key nor content.
   */
  prepare(action: Action, sale: Sale, mayBeHeld?: boolean): Result<Prepared, RowProblem[]>;
  /**
   * What a sale shares with itself though its key differs, because the key holds a time or another way to find the
   * call. Absent where a key has but one spelling. Of an older ledger only the key is known, and no fields.
   */
  likenesses?(key: string, fields: Sale['fields']): readonly Likeness[];
  /**
   * In which of several ways a key names its call, where one call has a name in each and neither tells the other. Rows
   * of one run that name calls in two ways may be one call: those that share a likeness, or all where the vendor has none.
   */
  namedBy?(key: string): string;
  /** Fields of a reversal of all that the sale converted and `before` had not; undefined where that is nothing, absent where a reversal takes back all of a sale. */
  toTakeBack?(sale: Sale, before: Sale | undefined): Sale['fields'] | undefined;
  /** Adds the secrets, by the names in `secrets`. Called once per attempt; its result is never stored. */
  authorize(request: VendorRequest, secrets: Readonly<Record<string, string>>): VendorRequest;
  /** Total: any status and any text give an outcome; never throws. */
  readReply(reply: Reply): Outcome;
}

/** A report of what the vendor holds, and the fields of a sale that find it there. */
export interface ReportFields {
  /** The word after `revsync pull`, under which the ledger keeps it. */
  readonly source: string;
  /** Fields that find the call. Absent where the order id is the key of a sale, whatever its call is. */
  readonly call?: { readonly call: string; readonly caller?: string; readonly startedAt?: string };
  /** Absent where a call has but one sale. */
  readonly outcome?: string;
  readonly orderId?: string;
  /** Fields by which one sale is asked about; those of `call` where absent. */
  readonly asked?: AskedBy;
  /** Whether a sale of these fields says more than the report shows, so that it alone cannot tell that all of it is held. */
  hides?(fields: Readonly<Record<string, string>>): boolean;
}

/** The id of a call, or of any row about it; else who called and when. */
export interface AskedBy {
  readonly call?: string | undefined;
  readonly row?: string | undefined;
  readonly caller?: string | undefined;
  readonly startedAt?: string | undefined;
}

/** Two rows of different keys may be one sale where they share `same` and their times are near, or a zone apart. */
export interface Likeness {
  readonly same: string;
  /** In seconds since some moment. Absent where the row says no time: then any is near. */
  readonly at?: number | undefined;
  /** What tells its call from others, such as the vendor's own id of it, if it is known: two that differ are two sales. */
  readonly call?: string | undefined;
  /** One record of a file, read otherwise than before: it is one sale though the run has the other key too. */
  readonly isRecord?: true;
}

/** What a sale shares with itself under another key; of the cells of its record, where they are kept. */
export type LikenessesOf = (
  key: string,
  fields: Sale['fields'],
  cells: readonly string[] | undefined,
) => readonly Likeness[];

interface BaseUrl {
  readonly env: string;
  /** Absent where every company has its own host. */
  readonly default?: string;
}

/** A field of the vendor's request and the headers under which people keep it. */
export interface Column {
  readonly field: string;
  readonly kind: ColumnKind;
  /** Whether a file without it is refused, and a row in which it is blank. */
  readonly required?: boolean;
  /** Whether keys are made of it: one that cannot be read leaves its row without a key. */
  readonly inKey?: true;
  readonly about: string;
  /** What a row is told in which a required one is blank; `it is` and `about` where absent. */
  readonly blank?: string;
  /** Compared without case, spaces and punctuation: `Call Log ID` also finds `call_log_id`. */
  readonly names: readonly string[];
}

/**
 * How a cell is read before the vendor sees it:
 * `text` as it is; `id` as it is too, but never what a spreadsheet makes of one, `own` where the user and not the vendor gives it; `amount` as the row's money; `money` as further money, written like `12.50`;
 * `flag` as `true` or `false`; `phone` as E.164, numbers without a country taken as North American;
 * `instant` as Unix seconds, or milliseconds where they count; `local_time` as `YYYY-MM-DD HH:mm:ss` in
 * the time zone of the file, with its offset behind it where the clocks there showed it twice; `named_texts` is any number of columns whose headers are `FIELD.NAME`, each a text
 * in a field of that name; `secret` never reaches the vendor's `prepare`, but stands for a credential.
 */
export type ColumnKind =
  | { readonly is: 'id'; readonly own?: true }
  | { readonly is: 'text' | 'amount' | 'money' | 'phone' | 'instant' | 'local_time' | 'named_texts' }
  /**
   * `reversesWhen`: the value that takes a sale back; with `alone` only in a row that has no other flag and no amount,
   * whose sale then has these fields too.
   */
  | {
      readonly is: 'flag';
      readonly reversesWhen?: 'true' | 'false';
      readonly alone?: Readonly<Record<string, string>>;
    }
  | { readonly is: 'secret'; readonly secret: string };

interface Limits {
  /** Decimals the vendor keeps, at most `AMOUNT_DECIMALS`. */
  readonly decimals: number;
  readonly negativeAmounts: 'documented' | 'undocumented';
  readonly concurrency: number;
  readonly rate: readonly RateLimit[];
  readonly timeoutSeconds: number;
}

/** At most so many requests, retries included; of several each is kept. */
export interface RateLimit {
  readonly requests: number;
  /** Any minute, wherever it begins, and any 24 hours; within a second they are spread. */
  readonly per: 'second' | 'minute' | 'day';
}

/** For a vendor that publishes no limit. */
export const GENTLE = {
  concurrency: 4,
  rate: [{ requests: 5, per: 'second' }],
} as const satisfies Partial<Limits>;

/** Why what the semantics say may be relied on: a page of the vendor's, or an assumption and its reason. */
export type Basis = { readonly documented: string } | { readonly assumed: string };

interface Support {
  readonly kind: 'supported' | 'unsupported';
  /** What a row is told that asks for it where it cannot be had. */
  readonly refusal?: string;
  /** What remains where a sale is undone by it before which nothing was. */
  readonly leaves?: string;
}

type Repeat = 'overwrites' | 'upserts' | 'appends';

/** What the vendor does with a request, as far as it matters to what is sent, and on what that rests. */
export interface Semantics {
  /** What a second identical request does; `appends` makes another billable record. */
  readonly repeat: { readonly kind: Repeat } & Basis;
  /** What a second identical reversal does, where that is not what `repeat` says. */
  readonly repeatedReversal?: { readonly kind: Repeat } & Basis;
  readonly correct: { readonly kind: 'resend' | 'unsupported' } & Basis;
  readonly reverse: Support & Basis;
  readonly clear: Support & Basis;
  /** Whether a row without an amount has a meaning of its own, for `--blank-amount omit`; only with one of these fields, where they are named. */
  readonly noAmount: Support & { readonly withOneOf?: readonly string[] } & Basis;
  /**
   * What amounts are where they are no revenue: then reports keep them apart. `keys` is a pattern that every key matches
   * and none of another vendor's does: a results file does not say whom it was sent to.
   */
  readonly amount?: { readonly kind: 'cost'; readonly keys: string } & Basis;
  /** What 0.00 is in a row without a flag of its own, unless `--zero` says it: an amount like others, or no sale. */
  readonly zero: {
    readonly kind: 'amount' | 'no_sale';
    /** What a first 0.00 is warned of where it is an amount. */
    readonly firstIs?: 'sale_without_amount';
    /** No sale is told as such where nothing is held; elsewhere nothing is sent then. */
    readonly tellsNoSale?: true;
  } & Basis;
  /** A required field whose absence the user may accept with `--allow-missing-call-date`, and what it costs; it is then the day of the push. */
  readonly missingCallDate?: { readonly kind: 'accepted' } & Basis;
  /** A row is held that looks like one of another key, by `likenesses`, unless the user says that it is another sale. */
  readonly looksSent?: { readonly kind: 'held' } & Basis;
  /**
   * How `--confirm` gets an answer with the amount that the vendor now holds: `add` are fields of the form or the JSON
   * object that ask for it; `always` where it comes without being asked for. Absent where neither is known. What an
   * answer does say is compared at any rate.
   */
  readonly echo?: ({ readonly add: Readonly<Record<string, string>> } | { readonly always: true }) & Basis;
}

/** What a second identical request of an action does. */
export function repeatOf({ semantics }: Vendor, action: Action | undefined): Repeat {
  const { repeat, repeatedReversal = repeat } = semantics;
  return action === 'reverse' ? repeatedReversal.kind : repeat.kind;
}

/** Whether a key has one amount at the vendor, which a later one replaces: then lines can be summed and netted. */
export function keepsOneAmount({ semantics: { repeat, correct } }: Vendor): boolean {
  return repeat.kind !== 'appends' && correct.kind === 'resend';
}

/** Whether a second request makes another record, so that nothing may be sent again that was applied. */
export function appends({ semantics: { repeat } }: Vendor): boolean {
  return repeat.kind === 'appends';
}

/** An environment variable. Of those with one `anyOf`, one is enough. */
export interface SecretName {
  readonly name: string;
  readonly about: string;
  readonly anyOf?: string;
  /** One with a default is no secret. */
  readonly default?: string;
  /** An id of the account that stands in the path: no secret either, and only letters, digits, `-` and `_`. */
  readonly inPath?: true;
}

/** A shorter credential could not be kept out of texts without blotting out ordinary words. */
export const SHORTEST_SECRET = 4;

/** Whether it must be seen nowhere. */
export function isSecret({ default: preset, inPath }: SecretName): boolean {
  return preset === undefined && inPath === undefined;
}

export interface ErrorCode {
  readonly code: string;
  readonly means: string;
  readonly effect: 'row rejected' | 'run stopped' | 'row unknown';
}

export interface Prepared {
  /** What a later row for the same thing would share. */
  readonly key: string;
  readonly request: VendorRequest;
  /** What an answer that repeats what was sent would say. */
  readonly echoes?: Echoes;
  /** What has to differ for a row to count as changed; the request's path and body where absent. */
  readonly content?: unknown;
  /** Of a reversal, the parts of the sale that it takes back, a bit each, `MONEY_PART` that of its money; absent where a sale has none. */
  readonly takesBack?: number;
}

export interface VendorRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Absolute path below the base URL, each cell value in it percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
}

export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'form'; readonly fields: Readonly<Record<string, string>> }
  /** An `ExactNumber` anywhere in it is written as its digits. */
  | { readonly kind: 'json'; readonly value: Readonly<Record<string, unknown>> };

/** A JSON number that keeps the digits it was written with, `150.50` too, which no float does. */
export interface ExactNumber {
  readonly exact: string;
}

/** Further money is a text already. */
export function exactNumber(amount: Amount | string): ExactNumber {
  return { exact: typeof amount === 'string' ? amount : formatAmount(amount) };
}

export interface Reply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as UTF-8, cut at a cap; bad bytes read as U+FFFD. */
  readonly text: string;
  /** `text` as people may see it, where a secret stands in it. */
  readonly shown?: string;
  /** Epoch milliseconds, to read an HTTP date in `retry-after` against. */
  readonly receivedAt: number;
}
