import { parse, type Options as ParseOptions } from 'csv-parse/sync';
import type { SourceItem, SourceRecord } from '../../core/ports.js';
import { QUOTES, type Quotes } from '../setting.js';
import type { Dialect } from './dialect.js';
import type { Faults } from './faults.js';
import { BACKSLASH, QuoteTrials } from './quote-trials.js';
import { QuoteRules, withDoubledQuotes } from './quotes.js';
import { RecordScanner, type QuoteFault, type RecordSink } from './record-scanner.js';

const RECORDS_PER_BATCH = 512;

/**
 * Takes UTF-8 text that comes in chunks apart into records, and knows the line on which each one starts. What is broken
 * becomes a fault; from the first one on only more of them are looked for.
 */
export class RecordReader implements RecordSink {
  readonly #delimiter: string;
  readonly #quotes: Quotes | undefined;
  readonly #options: ParseOptions;
  readonly #opening: Dialect['opening'];
  readonly #faults: Faults;
  readonly #rules: QuoteRules;
  readonly #scanner: RecordScanner;
  readonly #trials: QuoteTrials;
  #isBroken = false;
  #header: readonly string[] | undefined;
  #records: SourceRecord[] = [];

  constructor({ delimiter, skip, opening }: Dialect, quotes: Quotes | undefined, faults: Faults) {
    this.#delimiter = delimiter;
    this.#quotes = quotes;
    this.#options = {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      // The scanner lets no quote through that is out of place.
      relax_quotes: true,
    };
    this.#opening = opening;
    this.#faults = faults;
    this.#trials = new QuoteTrials(delimiter);
    this.#rules = new QuoteRules(delimiter, quotes);
    this.#scanner = new RecordScanner(this.#rules, skip + 1);
  }

  /** The line of the last record where nothing shows that it has come to its end. */
  get unended(): number | undefined {
    return this.#scanner.unended;
  }

  /** Whether nothing behind this can be read. */
  get isEndless(): boolean {
    return this.#scanner.isEndless;
  }

  /** The header and the records that end in a chunk. */
  *read(chunk: Buffer, isLast = false): Generator<SourceItem> {
    const { rest } = this.#scanner;
    this.#scanner.add(chunk, isLast, this);
    if (this.#quotes === undefined) this.#try(rest, chunk, isLast);
    if (this.#faults.any) return;
    let batch: SourceRecord[] = [];
    for (const record of this.taken()) {
      const { line, cells } = record;
      if (isBlank(cells, this.#header)) continue;
      if (this.#header === undefined) {
        this.#header = cells;
        yield { kind: 'header', line, cells, opening: this.#opening };
        continue;
      }
      batch.push(record);
      if (batch.length < RECORDS_PER_BATCH) continue;
      yield { kind: 'records', records: batch };
      batch = [];
    }
    if (batch.length > 0) yield { kind: 'records', records: batch };
  }

  /** What has been found since it was last asked for. */
  taken(): readonly SourceRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** Its cells end at each delimiter; the parser takes four times as long to see it. */
  plain(text: string, line: number): void {
    if (!this.#faults.any) this.#records.push({ line, cells: text.split(this.#delimiter) });
  }

  quoted(text: Buffer, line: number): void {
    if (this.#faults.any) return;
    const isDoubled = this.#quotes === undefined || this.#quotes === 'doubled';
    const doubled = isDoubled ? text : withDoubledQuotes(text, this.#rules);
    let start = line;
    const parsed: string[][] = parse(doubled, this.#options);
    for (const cells of parsed) {
      this.#records.push({ line: start, cells });
      start += linesOf(cells);
    }
  }

  broken(fault: QuoteFault, line: number): void {
    this.#isBroken = true;
    this.#faults.add(fault, line, () => this.#trials.faultOf(fault));
  }

  /** `rest` is what had come of the record before this chunk. */
  #try(rest: Buffer, chunk: Buffer, isLast: boolean): void {
    const { doubt } = this.#scanner;
    const ways = this.#isBroken ? QUOTES : doubt === undefined ? [] : (['backslash'] as const);
    if (ways.length === 0) return;
    this.#trials.add(ways, () => Buffer.concat([rest, chunk]), chunk, isLast);
    if (isLast && doubt !== undefined && !this.#isBroken && this.#trials.readsBackslashes)
      this.#faults.add('backslash', doubt, () => BACKSLASH);
  }
}

/** Not a record: a blank line or one of spaces, and above the header also one of delimiters. */
function isBlank(cells: readonly string[], header: readonly string[] | undefined): boolean {
  if (header !== undefined && cells.length > 1) return false;
  if (header?.length === 1) return cells[0] === '';
  return cells.every((cell) => cell.trim() === '');
}

/** Lines that a record takes; a CR LF in a cell is one line end. */
function linesOf(cells: readonly string[]): number {
  let lines = 1;
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) lines += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
  }
  return lines;
}
