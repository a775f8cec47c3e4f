import type { Result } from '../core/result.js';

/** A request as a fake vendor sees it. */
export interface FakeRequest {
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A vendor that keeps books. Written from the vendor's own page, never from the code that talks to it. */
export interface Fake {
  readonly vendor: string;
  /** Whether a request of this path is for this vendor. */
  serves(path: string): boolean;
  /** Applies the request to the books where the vendor would, and answers as documented. */
  answer(request: FakeRequest): FakeAnswer;
  /** What the vendor holds, for people and tests to look at. */
  books(): unknown;
  /** Changes the books without a request, as `PUT /_sandbox/books/VENDOR` asks; says what is wrong with that. */
  alter?(body: string): Result<void, string>;
}

export interface FakeOptions {
  /** Where the books are kept; in memory only where absent. */
  readonly journal?: string | undefined;
  /** Ids that the vendor knows; absent: all but the marked ones. */
  readonly known?: ReadonlySet<string> | undefined;
  /** Rows that a report shows of one window at most, where the vendor has such a limit; absent: the vendor's. */
  readonly windowRows?: number | undefined;
  /** Whether a field that an update leaves out keeps its value (as where absent) or is emptied: Invoca does not say. */
  readonly omitted?: 'keep' | 'replace' | undefined;
  /** Whether Invoca rolls signals up, as its newer accounts do. */
  readonly rolledUp?: boolean | undefined;
}

/** Ids with this beginning are unknown to every fake, unless it has been told which ones it knows. */
export const UNKNOWN_ID_MARK = '404404';

/**
 * What has an id with this beginning keeps what it holds, whatever is written: a user's rights, a closed month. The
 * vendor answers as if all were well, and with what it holds.
 */
export const KEPT_ID_MARK = '423423';

/** What has an id with this beginning fails under HTTP 200. Nothing is applied but by TLDCRM, whose error says no less. */
export const FAILING_ID_MARK = '500500';

export function isKnown(id: string, known: ReadonlySet<string> | undefined): boolean {
  return known === undefined ? !id.startsWith(UNKNOWN_ID_MARK) : known.has(id);
}

export function json(status: number, value: unknown): FakeAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
