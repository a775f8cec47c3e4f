import type { Unanswered } from './outcome.js';
import type { Reply, VendorRequest } from './vendor.js';

/** Time and chance, so that what waits and what is drawn can be given by a test. */
export interface Clock {
  /** Epoch milliseconds: for what is written down. Somebody may set it, forward or back. */
  now(): number;
  /** Milliseconds since some moment that stays: for how long something takes or has to wait. */
  elapsed(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

/** What came of an attempt on the wire; `httpStatus` is absent where there was no reply to read. */
export interface Answer<T> {
  readonly outcome: T | Unanswered;
  readonly httpStatus?: number;
}

export interface Transport {
  /**
   * One attempt; `read` says what its reply means. Rejects only where `read` throws. `signal` gives the attempt up;
   * what is in `rowSecrets` is blotted out of all that `read` returns, which therefore compares what it has to. `mayGo` is asked
   * in the turn in which the request is handed to a connected socket: where it is false, nothing is sent.
   */
  send<T>(
    request: VendorRequest,
    read: (reply: Reply) => T,
    signal: AbortSignal,
    rowSecrets: Readonly<Record<string, string>>,
    mayGo?: () => boolean,
  ): Promise<Answer<T>>;
}

/** Hides what must not be on disk; only the process that sealed it can open it. */
export interface Sealer {
  seal(text: string): string;
  open(sealed: string): string;
}

/** One record of a source file. `line` is where it starts, counted from 1. */
export interface SourceRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Why a file was refused, with its line where there is one. */
export interface FileProblem {
  readonly line?: number;
  readonly message: string;
}

export type SourceItem =
  | {
      readonly kind: 'header';
      readonly line: number;
      readonly cells: readonly string[];
      /** Whether the file begins with a byte order mark. */
      readonly isMarked?: boolean;
      /** The first lines of the file, in case that another one is the header. */
      readonly opening: readonly SourceRecord[];
    }
  | { readonly kind: 'records'; readonly records: readonly SourceRecord[] }
  /**
   * The file has been read to its end; `digest` is of its bytes. `unended` is the line of the last record where nothing
   * shows that it is all there: no line end, no quote, no mark of the end.
   */
  | { readonly kind: 'end'; readonly digest: string; readonly unended?: number | undefined }
  /** With everything that keeps it from being read. */
  | { readonly kind: 'refused'; readonly problems: readonly FileProblem[] };

/** A sales file: one header, then records in batches, then `end`; `refused` ends it too. */
export interface Source {
  /** As the user named it; `-` is standard input. */
  readonly name: string;
  /** Absolute; `-` is standard input. */
  readonly path: string;
  /** `again`: it is to be read once more after this, so that what comes only once is kept, where no one else sees it. */
  read(signal: AbortSignal, again?: boolean): AsyncIterable<SourceItem>;
  /** Lets go of what was kept. */
  close?(): void;
}
