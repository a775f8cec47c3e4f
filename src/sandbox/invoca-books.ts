import { alteredRows, type InvocaAlteration } from './invoca-alter.js';
import { heldIn, keyOf, placeOf, type Held, type Source } from './invoca-held.js';
import { callOf } from './invoca-request.js';
import { shownRows, type CustomDatum, type InvocaTransaction } from './invoca-transactions.js';

/** A report and the latest row about it. */
export interface Written {
  readonly held: Held;
  readonly row: InvocaTransaction;
}

/** Custom data of a call, and the call's own row where that changes with it. */
interface Described {
  readonly call: string;
  readonly data: readonly CustomDatum[];
  readonly own: InvocaTransaction | null;
}

/** What happened to an account. */
export type Entry =
  | { readonly written: Written; readonly method: string }
  | { readonly described: Described }
  | { readonly alteration: InvocaAlteration }
  /** When a request said that the call was in progress. */
  | { readonly inProgress: string };

export type Numbered = Entry & { readonly number: number };

export type CustomData = Readonly<Record<string, CustomDatum['value']>>;

/** What an account holds after all that happened to it. */
export class AccountBooks {
  readonly #rolledUp: boolean;
  #held = new Map<string, Held>();
  /** Whether `#held` is not that of `#rows` any more. */
  #isAltered = false;
  #rows: InvocaTransaction[] = [];
  #last = 0;
  readonly #methods: string[] = [];
  /** What reports were about, by the record of the call. */
  readonly #calls = new Map<string, { readonly id: string; readonly start: number }>();
  readonly #customData = new Map<string, CustomData>();
  readonly #inProgress: string[] = [];
  /** The rows of an older account, and of others, as they were last asked for. */
  readonly #shown = new Map<boolean, readonly InvocaTransaction[]>();

  constructor(rolledUp: boolean) {
    this.#rolledUp = rolledUp;
  }

  /** A row for everything that was new, oldest first. */
  get rows(): readonly InvocaTransaction[] {
    return this.#rows;
  }

  /** The number of the next entry, which the row that it makes has in its id. */
  get next(): number {
    return this.#last + 1;
  }

  /** The verb of each report that was new. */
  get methods(): readonly string[] {
    return this.#methods;
  }

  /** By call, then by name. */
  get customData(): ReadonlyMap<string, CustomData> {
    return this.#customData;
  }

  /** When requests said that a call was in progress. */
  get callsInProgress(): readonly string[] {
    return this.#inProgress;
  }

  /** By `placeOf`. */
  get held(): ReadonlyMap<string, Held> {
    return this.#current();
  }

  /** What is held of a source, by `keyOf`. */
  heldOf(source: Source): ReadonlyMap<string, Held> {
    const own = [...this.held.values()].filter((held) => held.source === source);
    return new Map(own.map((held) => [keyOf(held, this.#rolledUp), held]));
  }

  /** When a call began, in epoch milliseconds, where that is known. */
  startOf(record: string): number | undefined {
    return this.#calls.get(record)?.start;
  }

  /** The rows as the Transactions API shows them, oldest first. */
  shown(old: boolean): readonly InvocaTransaction[] {
    const rows = this.#shown.get(old) ?? shownRows(this.#rows, this.#callIdOf, old);
    this.#shown.set(old, rows);
    return rows;
  }

  enter(entry: Numbered): void {
    this.#last = Math.max(this.#last, entry.number);
    if ('inProgress' in entry) return void this.#inProgress.push(entry.inProgress);
    this.#shown.clear();
    if ('alteration' in entry) {
      this.#rows = alteredRows(this.#rows, entry.alteration, {
        id: `OUTCOME-${entry.number}`,
        rolledUp: this.#rolledUp,
      });
      this.#isAltered = true;
    } else if ('described' in entry) {
      const { call, data, own } = entry.described;
      const named = Object.fromEntries(data.map(({ name, value }) => [name, value]));
      this.#customData.set(call, { ...this.#customData.get(call), ...named });
      if (own !== null) this.#add(own, call);
    } else if ('written' in entry) {
      const { held, row } = entry.written;
      this.#methods.push(entry.method);
      this.#current().set(placeOf(held, this.#rolledUp), held);
      this.#add(row, held.call);
    }
  }

  #current(): Map<string, Held> {
    const how = { rolledUp: this.#rolledUp, callIdOf: this.#callIdOf };
    if (this.#isAltered) this.#held = heldIn(this.#rows, this.#held, how);
    this.#isAltered = false;
    return this.#held;
  }

  /** A row takes the place of one with its id. */
  #add(row: InvocaTransaction, call: string): void {
    this.#calls.set(row.complete_call_id, { id: call, start: row.start_time_utc });
    if (row.transaction_id === call)
      this.#rows = this.#rows.filter(({ transaction_id: id }) => id !== row.transaction_id);
    this.#rows.push(row);
  }

  readonly #callIdOf = (record: string): string => this.#calls.get(record)?.id ?? callOf(record);
}
