import { hasUnknownMoney, type ReportedRow } from '../core/reported.js';
import type { RowStatus } from '../core/status.js';
import { counts, OPEN, type LeftOut } from './measures.js';

/** A row that is shown by itself. */
export interface ShownRow extends ReportedRow {
  readonly input: string;
  readonly agent: string | undefined;
  readonly campaign: string | undefined;
  /** Whether its money is a cost. */
  readonly isCost: boolean;
}

/** Those that weigh most of any number of rows, in their order; of equal ones the first that came. */
export class Heaviest<T> {
  readonly #most: number;
  readonly #weight: (item: T) => number;
  #kept: T[] = [];
  /** What the lightest kept one weighs, once there is no room. */
  #least = -Infinity;
  count = 0;

  constructor(most: number, weight: (item: T) => number) {
    this.#most = most;
    this.#weight = weight;
  }

  add(item: T): void {
    this.count += 1;
    if (this.#weight(item) <= this.#least) return;
    this.#kept.push(item);
    // Sorted once in a while: twice the room costs less than a place for every item.
    if (this.#kept.length >= this.#most * 2) this.#cut();
  }

  get items(): readonly T[] {
    this.#cut();
    return this.#kept;
  }

  /** Sorting leaves equal ones in the order in which they came. */
  #cut(): void {
    this.#kept.sort((left, right) => this.#weight(right) - this.#weight(left));
    this.#kept = this.#kept.slice(0, this.#most);
    const last = this.#kept.at(-1);
    if (this.#kept.length === this.#most && last !== undefined) this.#least = this.#weight(last);
  }
}

/** How many rows had one error, and the first of them. */
export interface ErrorGroup {
  readonly status: RowStatus;
  readonly code: string;
  rows: number;
  /** In 1/10000. */
  amount: bigint;
  cost: bigint;
  /** Rows of which the money is not known. */
  unknown: number;
  readonly examples: ShownRow[];
}

/** Rows that need a person are shown up to this number, those with the most money first. */
export const MOST_OPEN_ROWS = 1000;
/** Corrections and reversals that are shown, the largest first. */
export const MOST_CHANGES = 200;
const MOST_ERRORS = 200;
const EXAMPLES = 3;

/** What a page shows beside sums: rows that need a person, errors with examples, and what was changed. */
export class TopRows {
  /** A row whose amount is not known weighs least. */
  readonly open = new Heaviest<ShownRow>(MOST_OPEN_ROWS, ({ amount }) =>
    amount === undefined ? -1 : Math.abs(amount),
  );
  readonly changes = new Heaviest<ShownRow>(MOST_CHANGES, ({ action, amount = 0, previousAmount = 0 }) =>
    Math.abs((action === 'correct' ? amount : 0) - previousAmount),
  );
  readonly #errors = new Map<string, ErrorGroup>();
  /** Rows of errors beyond those that are told apart. */
  furtherErrors = 0;

  add(row: ReportedRow, from: Pick<ShownRow, 'input' | 'agent' | 'campaign' | 'isCost'>): void {
    if (row.superseded === true) return;
    if (counts(row.status, 'planned')) {
      if (row.action !== undefined && row.action !== 'create') this.changes.add({ ...row, ...from });
    } else if (OPEN.includes(row.status as LeftOut)) {
      const shown = { ...row, ...from };
      this.open.add(shown);
      this.#countError(shown);
    }
  }

  #countError(row: ShownRow): void {
    const { status, code = '', amount = 0 } = row;
    const name = `${status} ${code}`;
    let group = this.#errors.get(name);
    if (group === undefined) {
      if (this.#errors.size >= MOST_ERRORS) {
        this.furtherErrors += 1;
        return;
      }
      group = { status, code, rows: 0, amount: 0n, cost: 0n, unknown: 0, examples: [] };
      this.#errors.set(name, group);
    }
    group.rows += 1;
    if (row.isCost) group.cost += BigInt(amount);
    else group.amount += BigInt(amount);
    if (hasUnknownMoney(row)) group.unknown += 1;
    if (group.examples.length < EXAMPLES) group.examples.push(row);
  }

  /** The most frequent first. */
  get errors(): readonly ErrorGroup[] {
    return [...this.#errors.values()].sort((left, right) => right.rows - left.rows);
  }
}
