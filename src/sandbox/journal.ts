import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The books of a fake vendor as the list of everything it ever applied, one JSON object a line. A line is
 * on file before the vendor answers, so the books survive the death of the process.
 */
export class Journal<Entry> {
  readonly #path: string | undefined;
  readonly #entries: Entry[] = [];

  constructor(path: string | undefined) {
    this.#path = path;
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!existsSync(path)) return;
    const lines = readFileSync(path, 'utf8').split('\n');
    // What follows the last line end was cut off by a crash: never answered, so never applied.
    for (const line of lines.slice(0, -1)) this.#entries.push(JSON.parse(line) as Entry);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    if (this.#path === undefined) return;
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }
}
