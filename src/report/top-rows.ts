import type { Amount } from '../core/amount.js';
import type { ReportedRow } from '../core/reported.js';
import type { RowStatus } from '../core/status.js';
import { mayCount, OPEN, type LeftOut } from './measures.js';

/** A row that is shown by itself. */
export interface ShownRow {
  readonly input: string;
  readonly line: number;
  readonly key: string | undefined;
  readonly status: RowStatus;
  readonly agent: string | undefined;
  readonly campaign: string | undefined;
  readonly amount: Amount | undefined;
  readonly previousAmount: Amount | undefined;
  readonly action: ReportedRow['action'];
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** Those that weigh most of any number of rows, in their order; of equal ones the first that came. */
export class Heaviest<T> {
  readonly #most: number;
  readonly #weight: (item: T) => number;
  #kept: { item: T; weight: number; number: number }[] = [];
  /** What the lightest kept one weighs, once there is no room. */
  #least = -Infinity;
  count = 0;

  constructor(most: number, weight: (item: T) => number) {
    this.#most = most;
    this.#weight = weight;
  }

  add(item: T): void {
    this.count += 1;
    const weight = this.#weight(item);
    if (weight <= this.#least) return;
    this.#kept.push({ item, weight, number: this.count });
    // Sorted once in a while: twice the room costs less than a place for every item.
    if (this.#kept.length >= this.#most * 2) this.#cut();
  }

  get items(): readonly T[] {
    this.#cut();
    return this.#kept.map(({ item }) => item);
  }

  #cut(): void {
    this.#kept.sort((left, right) => right.weight - left.weight || left.number - right.number);
    this.#kept = this.#kept.slice(0, this.#most);
    if (this.#kept.length === this.#most) this.#least = this.#kept.at(-1)?.weight ?? -Infinity;
  }
}

/** How many rows had one error, and the first of them. */
export interface ErrorGroup {
  readonly status: RowStatus;
  readonly code: string;
  rows: number;
  /** In 1/10000. */
  amount: bigint;
  readonly examples: ShownRow[];
}

/** Rows that need a person are shown up to this number, those with the most money first. */
export const MOST_OPEN_ROWS = 1000;
/** Corrections and reversals that are shown, the largest first. */
export const MOST_CHANGES = 200;
const MOST_ERRORS = 200;
const EXAMPLES = 3;

/** What a page shows beside sums: rows that need a person, errors with examples, and what was changed. */
export class Highlights {
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

  add(row: ReportedRow, input: string, agent: string | undefined, campaign: string | undefined): void {
    if (row.superseded === true) return;
    const isOpen = (OPEN as readonly (LeftOut | RowStatus)[]).includes(row.status);
    const isChange = mayCount(row.status) && row.action !== undefined && row.action !== 'create';
    if (!isOpen && !isChange) return;
    const { line, key, status, amount, previousAmount, action, code, message } = row;
    const shown = {
      input,
      line,
      key,
      status,
      agent,
      campaign,
      amount,
      previousAmount,
      action,
      code,
      message,
    };
    if (isChange) return this.changes.add(shown);
    this.open.add(shown);
    this.#countError(shown);
  }

  #countError(row: ShownRow): void {
    const code = row.code ?? '';
    const name = `${row.status} ${code}`;
    const known = this.#errors.get(name);
    if (known === undefined && this.#errors.size >= MOST_ERRORS) {
      this.furtherErrors += 1;
      return;
    }
    const group = known ?? { status: row.status, code, rows: 0, amount: 0n, examples: [] };
    if (known === undefined) this.#errors.set(name, group);
    group.rows += 1;
    group.amount += BigInt(row.amount ?? 0);
    if (group.examples.length < EXAMPLES) group.examples.push(row);
  }

  /** The most frequent first. */
  get errors(): readonly ErrorGroup[] {
    return [...this.#errors.values()].sort((left, right) => right.rows - left.rows);
  }
}
