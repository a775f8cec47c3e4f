import { createHash } from 'node:crypto';
import type { SqlValue } from '../database.js';

/** A row by the names of its columns. */
export type Cells = Readonly<Record<string, SqlValue | undefined>>;

/** How many rows a table has, and what they come to in whatever order. */
export interface Tally {
  readonly table: string;
  readonly rows: number;
  readonly checksum: string;
}

const LANES = 4;

/** The sum of the digests of rows, which is the same in whatever order they come. */
class Checksum {
  #rows = 0;
  readonly #lanes = new Uint32Array(LANES);

  add(row: string): void {
    const digest = createHash('sha1').update(row).digest();
    for (let lane = 0; lane < LANES; lane += 1)
      this.#lanes[lane] = (this.#lanes[lane] ?? 0) + digest.readUInt32BE(lane * 4);
    this.#rows += 1;
  }

  tally(table: string): Tally {
    const checksum = [...this.#lanes].map((lane) => lane.toString(16).padStart(8, '0')).join('');
    return { table, rows: this.#rows, checksum };
  }
}

/** What tables come to, each as it is read. */
export class Checksums {
  readonly #tables = new Map<string, Checksum>();

  /** `names` are the columns that count. */
  add(table: string, names: readonly string[], rows: readonly Cells[]): void {
    const sum = this.#tables.get(table) ?? new Checksum();
    this.#tables.set(table, sum);
    for (const row of rows) sum.add(plain(JSON.stringify(names.map((name) => row[name] ?? null))));
  }

  get tallies(): readonly Tally[] {
    return [...this.#tables].map(([table, sum]) => sum.tally(table));
  }
}

/** PostgreSQL has no U+0000 in a text: it becomes U+FFFD. */
function plain(json: string): string {
  if (!json.includes('\\u0000')) return json;
  const cells = JSON.parse(json) as SqlValue[];
  return JSON.stringify(
    cells.map((cell) => (typeof cell === 'string' ? cell.replaceAll('\0', '\ufffd') : cell)),
  );
}
