import { isDeepStrictEqual } from 'node:util';
import { ok, type Result } from '../core/result.js';
import type { FakeOptions } from './fake.js';
import { alteredRows, readInvocaAlterations, type InvocaAlteration } from './invoca-alter.js';
import {
  contentAfter,
  heldIn,
  isAlike,
  keyOf,
  placeOf,
  type Held,
  type Sent,
  type Source,
} from './invoca-held.js';
import type { InvocaCall } from './invoca-request.js';
import { reportRow, shownRows, type CustomDatum, type InvocaTransaction } from './invoca-transactions.js';
import { Journal } from './journal.js';

/** A report and the latest row about it. */
export interface Written {
  readonly held: Held;
  readonly row: InvocaTransaction;
}

/** What a request says, and when, about a call. */
export interface Report {
  readonly source: Source;
  readonly method: string;
  readonly at: number;
  readonly call: InvocaCall;
  readonly sent: Sent;
}

export interface Description {
  readonly at: number;
  readonly call: InvocaCall;
  readonly data: readonly CustomDatum[];
  /** Whether the request has no signal. */
  readonly alone: boolean;
}

export type CustomData = Readonly<Record<string, CustomDatum['value']>>;

type Entry =
  | (Written & { readonly method: string })
  | { readonly described: string; readonly data: readonly CustomDatum[]; readonly row?: InvocaTransaction }
  | { readonly alteration: InvocaAlteration }
  | { readonly inProgress: string };

/** What one account of the vendor holds, by whichever API it came. What was reported already makes nothing new. */
export class InvocaAccount {
  readonly #omitted: FakeOptions['omitted'];
  readonly #journal: Journal<Entry>;
  #held = new Map<string, Held>();
  /** Whether `#held` is not that of `#rows` any more. */
  #isAltered = false;
  #rows: InvocaTransaction[] = [];
  /** Of rows that were made and of changes to them. */
  #count = 0;
  readonly #methods: string[] = [];
  /** What reports were about, by the record of the call. */
  readonly #calls = new Map<string, { readonly id: string; readonly start: number }>();
  readonly #customData = new Map<string, CustomData>();
  readonly #inProgress: string[] = [];
  /** The rows of an older account, and of others, as they were last asked for. */
  readonly #shown = new Map<boolean, readonly InvocaTransaction[]>();

  constructor({ journal, omitted }: Pick<FakeOptions, 'journal' | 'omitted'>) {
    this.#omitted = omitted;
    this.#journal = new Journal<Entry>(journal, (entry) => this.#enter(entry));
  }

  /** A row for everything that was new, oldest first. */
  get rows(): readonly InvocaTransaction[] {
    return this.#rows;
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

  /** What is held of a source, by its key. */
  held(source: Source): ReadonlyMap<string, Held> {
    const own = [...this.#current().values()].filter((held) => held.source === source);
    return new Map(own.map((held) => [keyOf(held), held]));
  }

  /** How many signals a call would have with some more. */
  signalsWith(call: string, more: readonly Sent[]): number {
    const own = [...this.held('signal').values()].filter((held) => held.call === call);
    return new Set([...own, ...more.map((sent) => ({ ...sent, call }))].map(keyOf)).size;
  }

  /** The rows as the Transactions API shows them, oldest first. */
  shown(old: boolean): readonly InvocaTransaction[] {
    const rows =
      this.#shown.get(old) ?? shownRows(this.#rows, (record) => this.#calls.get(record)?.id ?? record, old);
    this.#shown.set(old, rows);
    return rows;
  }

  /** Enters a report where it says something new. */
  report({ source, method, at, call, sent }: Report): Written & { readonly isNew: boolean } {
    const before = this.#current().get(placeOf({ ...sent, source, call: call.id }));
    const content = contentAfter(sent, before, { at, omitted: this.#omitted });
    if (before !== undefined && isAlike(content, before)) {
      const row = this.#rows.findLast(({ transaction_id: id }) => id === before.transaction_id);
      if (row !== undefined) return { held: before, row, isNew: false };
    }
    const transaction_id = this.#nextId(source);
    const held = { source, transaction_id, call: call.id, ...content };
    const row = reportRow({
      transaction_id,
      transaction_type: source === 'outcome' ? 'Reported Conversion' : 'Signal',
      call,
      start: this.#calls.get(call.record)?.start ?? call.start ?? at,
      name: held.name,
      partner_unique_id: held.partner_unique_id,
      value: held.value,
      [source === 'outcome' ? 'sale_amount' : 'revenue']: held.amount,
      custom_data: [],
      corrects: before?.transaction_id ?? null,
      at,
    });
    this.#journal.add({ method, held, row });
    return { held, row, isNew: true };
  }

  /** Enters custom data; alone, it makes a correction of the call, which is answered with: one for the same. */
  describe({ at, call, data, alone }: Description): InvocaTransaction | undefined {
    if (!alone) {
      if (data.length > 0) this.#journal.add({ described: call.id, data });
      return undefined;
    }
    const last = this.#rows.findLast(
      (row) => row.complete_call_id === call.record && row.transaction_type === 'Call',
    );
    const before = last?.custom_data ?? [];
    const after = [...before.filter((old) => data.every(({ name }) => name !== old.name)), ...data];
    if (last !== undefined && isDeepStrictEqual(new Set(before), new Set(after))) return last;
    const row = reportRow({
      transaction_id: this.#nextId('call'),
      transaction_type: 'Call',
      call,
      start: this.#calls.get(call.record)?.start ?? call.start ?? at,
      name: last?.signal_name ?? null,
      partner_unique_id: null,
      value: null,
      custom_data: after,
      corrects: last?.transaction_id ?? call.id,
      at,
    });
    this.#journal.add({ described: call.id, data, row });
    return row;
  }

  /** Remembers that a request said so. */
  callInProgress(at: number): void {
    this.#journal.add({ inProgress: new Date(at).toISOString() });
  }

  /** Changes the rows without a report; says what is wrong with that. */
  alter(body: string): Result<void, string> {
    const changes = readInvocaAlterations(body, this.#rows);
    if (!changes.ok) return changes;
    for (const alteration of changes.value) this.#journal.add({ alteration });
    return ok(undefined);
  }

  #nextId(kind: Source | 'call'): string {
    return `${kind.toUpperCase()}-${this.#count + 1}`;
  }

  #enter(entry: Entry): void {
    if ('inProgress' in entry) return void this.#inProgress.push(entry.inProgress);
    this.#shown.clear();
    if ('alteration' in entry) {
      this.#rows = alteredRows(this.#rows, entry.alteration, this.#nextId('outcome'));
      this.#isAltered = true;
      this.#count += 1;
      return;
    }
    if ('described' in entry) {
      const data = Object.fromEntries(entry.data.map(({ name, value }) => [name, value]));
      this.#customData.set(entry.described, { ...this.#customData.get(entry.described), ...data });
      if (entry.row !== undefined) this.#add(entry.row, entry.described);
      return;
    }
    const { held, row, method } = entry;
    this.#current();
    this.#methods.push(method);
    this.#held.set(placeOf(held), held);
    this.#add(row, held.call);
  }

  #add(row: InvocaTransaction, call: string): void {
    this.#calls.set(row.complete_call_id, { id: call, start: row.start_time_utc });
    this.#rows.push(row);
    this.#count += 1;
  }

  #current(): ReadonlyMap<string, Held> {
    if (this.#isAltered) this.#held = heldIn(this.#rows, this.#held);
    this.#isAltered = false;
    return this.#held;
  }
}
