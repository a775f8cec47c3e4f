import type { Source, SourceItem, SourceRecord } from '../core/ports.js';

/** A record, and the lines that it takes up. */
export interface WatchedRecord extends SourceRecord {
  readonly last: number;
}

/** A source that remembers its header, and the last record that begins on a line or before it; without a line all of them. */
export class Watched implements Source {
  readonly name: string;
  readonly path: string;
  header: SourceRecord | undefined;
  /** The last line that anything was read from. */
  lastLine = 0;
  readonly #source: Source;
  readonly #line: number | undefined;
  #records: SourceRecord[] = [];

  constructor(source: Source, line: number | undefined) {
    this.name = source.name;
    this.path = source.path;
    this.#source = source;
    this.#line = line;
  }

  /** Where the file is refused by its header alone, the rest is read all the same, so that its row can be told. */
  async *read(signal: AbortSignal, again?: boolean): AsyncGenerator<SourceItem> {
    this.#records = [];
    const items = this.#source.read(signal, again)[Symbol.asyncIterator]();
    let next = await items.next();
    try {
      for (; next.done !== true; next = await items.next()) {
        this.#see(next.value);
        yield next.value;
      }
    } finally {
      while (next.done !== true && !signal.aborted) {
        next = await items.next();
        if (next.done !== true) this.#see(next.value);
      }
      await items.return?.();
    }
  }

  close(): void {
    this.#source.close?.();
  }

  /** The record that has a line; undefined where none has. */
  recordAt(line: number): WatchedRecord | undefined {
    const record = this.#records.findLast((one) => one.line <= line);
    if (record === undefined) return undefined;
    const last = lastLineOf(record);
    return last < line ? undefined : { ...record, last };
  }

  /** Where each record begins. */
  get lines(): readonly number[] {
    return this.#records.map(({ line }) => line);
  }

  #see(item: SourceItem): void {
    if (item.kind === 'header') this.header = item;
    if (item.kind === 'records') this.#keep(item.records);
  }

  #keep(records: readonly SourceRecord[]): void {
    const end = records.at(-1);
    if (end !== undefined) this.lastLine = lastLineOf(end);
    const wanted = this.#line;
    if (wanted === undefined) this.#records.push(...records);
    else this.#records = [records.findLast(({ line }) => line <= wanted) ?? this.#records].flat();
  }
}

/** A cell in quotes may have line ends in it. */
function lastLineOf({ line, cells }: SourceRecord): number {
  const ends = cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
  return line + ends;
}
