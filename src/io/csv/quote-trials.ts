import type { Quotes } from '../setting.js';
import type { Fault } from './faults.js';
import { QuoteRules } from './quotes.js';
import { RecordScanner, type QuoteFault, type RecordSink } from './record-scanner.js';

/** Tries a way to write quotes on all of a file. */
class Trial implements RecordSink {
  readonly scanner: RecordScanner;
  reads = true;

  constructor(delimiter: string, quotes: Quotes) {
    this.scanner = new RecordScanner(new QuoteRules(delimiter, quotes), 1);
  }

  plain(): void {
    // Can be read.
  }

  quoted(): void {
    // Can be read.
  }

  broken(): void {
    this.reads = false;
  }
}

/**
 * Where nobody has said how the quotes of a file are written and some can be read in two ways, or in none: the ways to
 * write them are tried on all of it, so that a message can name the one that reads it.
 */
export class QuoteTrials {
  readonly #delimiter: string;
  readonly #trials = new Map<Quotes, Trial>();

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /**
   * Goes on with a chunk; ways that are new begin with `start`, which is the chunk and what had come of its first
   * record before. Up to there all ways read the same.
   */
  add(ways: readonly Quotes[], start: () => Buffer, chunk: Buffer, isLast: boolean): void {
    for (const trial of this.#trials.values()) if (trial.reads) trial.scanner.add(chunk, isLast, trial);
    for (const quotes of ways) {
      if (this.#trials.has(quotes)) continue;
      const trial = new Trial(this.#delimiter, quotes);
      this.#trials.set(quotes, trial);
      trial.scanner.add(start(), isLast, trial);
    }
  }

  /** Whether the file can be read with quotes that have a backslash before them, and has some. */
  get readsBackslashes(): boolean {
    const trial = this.#trials.get('backslash');
    return trial?.reads === true && trial.scanner.doubt !== undefined;
  }

  faultOf(kind: QuoteFault): Fault {
    const { found, remedy } = FAULTS[kind];
    const option = this.readsBackslashes
      ? 'backslash'
      : (['spaced', 'doubled'] as const).find((quotes) => this.#trials.get(quotes)?.reads);
    return { found, remedy: option === undefined ? remedy : `read the file with ${OPTIONS[option]}` };
  }
}

const OPTIONS: Readonly<Record<Quotes, string>> = {
  doubled: '--quotes doubled, which takes blanks and quotes in such a cell as they are',
  spaced: '--quotes spaced, which leaves out the blanks around quotes',
  backslash: '--quotes backslash, which takes \\" for a quote',
};

const FAULTS: Readonly<Record<QuoteFault, Fault>> = {
  never_closed: {
    found: 'a quote is opened in the record that starts here and never closed',
    remedy: 'close it, or double a quote that is part of the text',
  },
  too_long: {
    found: 'the record that starts here is longer than 1 MiB',
    remedy: 'most likely a quote in it is never closed',
  },
  endless: {
    found: 'the line is longer than 1 MiB',
    remedy: 'most likely this is no CSV file',
  },
  in_the_middle: {
    found: 'a quote stands in the middle of a cell in the record that starts here',
    remedy: 'put the cell in quotes and double the ones inside',
  },
  behind_a_blank: {
    found: 'a cell begins with a blank and a quote in the record that starts here',
    remedy: 'take the blank out, or put the cell in quotes and double the ones inside',
  },
};

/** A backslash before a quote, where both readings are left. */
export const BACKSLASH: Fault = {
  found: 'a backslash stands before a quote, which can be read in two ways',
  remedy: `read the file with ${OPTIONS.backslash}, or with --quotes doubled, which takes the backslash for text`,
};
