import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The books of a fake vendor as the list of everything it ever applied, one JSON object a line. A line is
 * on file before the vendor answers, so the books survive the death of the process.
 */
export class Journal<Entry> {
  readonly #path: string | undefined;
  readonly #apply: (entry: Entry, number: number) => void;
  readonly #entries: Entry[] = [];

  /** `apply` gets every entry that is on file, then each new one, numbered from 1. */
  constructor(path: string | undefined, apply: (entry: Entry, number: number) => void) {
    this.#path = path;
    this.#apply = apply;
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!existsSync(path)) return;
    const lines = readFileSync(path, 'utf8').split('\n');
    // What follows the last line end was cut off by a crash: never answered, so never applied.
    for (const line of lines.slice(0, -1)) this.#enter(JSON.parse(line) as Entry);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The number of the next entry. */
  get next(): number {
    return this.#entries.length + 1;
  }

  add(entry: Entry): void {
    if (this.#path !== undefined) appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    this.#enter(entry);
  }

  #enter(entry: Entry): void {
    this.#entries.push(entry);
    this.#apply(entry, this.#entries.length);
  }
}
