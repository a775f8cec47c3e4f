import { isDeepStrictEqual } from 'node:util';
import { ok, type Result } from '../core/result.js';
import type { FakeOptions } from './fake.js';
import { readInvocaAlterations } from './invoca-alter.js';
import { AccountBooks, type Entry, type Numbered, type Written } from './invoca-books.js';
import {
  contentAfter,
  isAlike,
  keyOf,
  ofSignal,
  placeOf,
  signalsAfter,
  type Sent,
  type Source,
} from './invoca-held.js';
import {
  reportRow,
  type CustomDatum,
  type InvocaCall,
  type InvocaTransaction,
} from './invoca-transactions.js';
import { Journal } from './journal.js';

/** What a request says about a call, and when. */
interface About {
  readonly call: InvocaCall;
  readonly at: number;
}

interface Report extends About {
  readonly source: Source;
  readonly method: string;
  readonly sent: Sent;
}

interface Description extends About {
  readonly data: readonly CustomDatum[];
  /** Whether the request has no signal. */
  readonly alone: boolean;
}

/**
 * One account of the vendor, for all of its APIs. What was reported already makes nothing new. In a rolled-up
 * account a report is known by its `partner_unique_id` alone, whichever API it came by.
 */
export class InvocaAccount {
  readonly rolledUp: boolean;
  readonly #omitted: FakeOptions['omitted'];
  readonly #books: AccountBooks;
  readonly #journals = new Map<Source, Journal<Numbered>>();
  /** What journals held when they were opened, which is not in the books yet. */
  #waiting: Numbered[] = [];

  constructor({ omitted, rolledUp = false }: Pick<FakeOptions, 'omitted' | 'rolledUp'>) {
    this.#omitted = omitted;
    this.rolledUp = rolledUp;
    this.#books = new AccountBooks(rolledUp);
  }

  /** Where what comes by an API is written down. */
  open(source: Source, path: string | undefined): void {
    const journal = new Journal<Numbered>(path, () => undefined);
    // Books of an older form have no numbers.
    this.#waiting.push(...journal.entries.filter(({ number }) => Number.isInteger(number)));
    this.#journals.set(source, journal);
  }

  /** What happened so far, in its order, whatever journal it stands in. */
  get books(): AccountBooks {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const entry of waiting.sort((a, b) => a.number - b.number)) this.#books.enter(entry);
    return this.#books;
  }

  /** How many signals a call would have with some more. */
  signalsWith(call: string, more: readonly Sent[]): number {
    const own = [...this.books.heldOf('signal').values()].filter((held) => held.call === call);
    const all = [...own, ...more.map((sent) => ({ ...sent, call }))];
    return new Set(all.map((one) => keyOf(one, this.rolledUp))).size;
  }

  /** Enters a report where it says something new. */
  report({ source, method, at, call, sent }: Report): Written & { readonly isNew: boolean } {
    const { books, rolledUp } = this;
    const event = books.held.get(placeOf({ ...sent, source, call: call.id }, rolledUp));
    const before = event && ofSignal(event, sent.name);
    const content = contentAfter(sent, before, { at, omitted: this.#omitted });
    const signals = rolledUp ? signalsAfter(content, before?.signals) : [];
    if (before !== undefined && isAlike(content, before) && isDeepStrictEqual(signals, before.signals)) {
      const row = books.rows.findLast(({ transaction_id: id }) => id === before.transaction_id);
      if (row !== undefined) return { held: before, row, isNew: false };
    }
    const transaction_id = `${source.toUpperCase()}-${books.next}`;
    const held = { source, transaction_id, call: call.id, ...content, signals };
    const isOutcome = source === 'outcome' && !rolledUp;
    const row = reportRow({
      transaction_id,
      transaction_type: rolledUp ? 'Post Call Event' : isOutcome ? 'Reported Conversion' : 'Signal',
      call,
      start: this.#startOf({ call, at }),
      name: rolledUp ? namesOf(signals) : held.name,
      partner_unique_id: held.partner_unique_id,
      value: rolledUp ? null : held.value,
      [isOutcome ? 'sale_amount' : 'revenue']: held.amount,
      custom_data: rolledUp ? signals : [],
      corrects: before?.transaction_id ?? null,
      at,
    });
    this.#add(source, { method, written: { held, row } });
    return { held, row, isNew: true };
  }

  /** Enters signals of a call that has not ended, where signals are rolled up: they stand in its own row. */
  foresee(about: About, sent: readonly Sent[]): void {
    const last = this.#ownRow(about.call);
    const data = sent.map(({ name, value = true }) => ({ name, data_type: 'Signal' as const, value }));
    const own = this.#callRow(about, merged(last?.custom_data ?? [], data), null);
    this.#add('signal', { described: { call: about.call.id, data: [], own } });
  }

  /** Enters custom data; alone, it makes a correction of the call, which is answered with: one for the same. */
  describe({ data, alone, ...about }: Description): InvocaTransaction | undefined {
    const { call } = about;
    if (!alone) {
      if (data.length > 0) this.#add('signal', { described: { call: call.id, data, own: null } });
      return undefined;
    }
    const last = this.#ownRow(call);
    const before = last?.custom_data ?? [];
    const after = merged(before, data);
    if (last?.corrects_transaction_id != null && isDeepStrictEqual(before, after)) return last;
    const own = this.#callRow(about, after, last?.transaction_id ?? call.id);
    this.#add('signal', { described: { call: call.id, data, own } });
    return own;
  }

  /** Remembers that a request said so. */
  callInProgress(at: number): void {
    this.#add('signal', { inProgress: new Date(at).toISOString() });
  }

  /** Changes the rows without a report; says what is wrong with that. */
  alter(source: Source, body: string): Result<void, string> {
    const changes = readInvocaAlterations(body, this.books.rows);
    if (!changes.ok) return changes;
    for (const alteration of changes.value) this.#add(source, { alteration });
    return ok(undefined);
  }

  #add(source: Source, entry: Entry): void {
    const numbered = { ...entry, number: this.books.next };
    this.#journals.get(source)?.add(numbered);
    this.#books.enter(numbered);
  }

  /** The latest row that is about the call only, where it is not one that nothing was said about. */
  #ownRow({ record }: InvocaCall): InvocaTransaction | undefined {
    return this.books.rows.findLast(
      (row) => row.complete_call_id === record && row.transaction_type === 'Call',
    );
  }

  #callRow(about: About, custom_data: readonly CustomDatum[], corrects: string | null): InvocaTransaction {
    return reportRow({
      transaction_id: corrects === null ? about.call.id : `CALL-${this.books.next}`,
      transaction_type: 'Call',
      call: about.call,
      start: this.#startOf(about),
      name: namesOf(custom_data) || null,
      partner_unique_id: null,
      value: null,
      custom_data,
      corrects,
      at: about.at,
    });
  }

  #startOf({ call, at }: About): number {
    return this.books.startOf(call.record) ?? call.start ?? at;
  }
}

/** `Sale,Quote`. */
function namesOf(data: readonly CustomDatum[]): string {
  return data
    .filter(({ data_type: type }) => type === 'Signal')
    .map(({ name }) => name)
    .join(',');
}

/** In its order; what is said again has the new value. */
function merged(before: readonly CustomDatum[], data: readonly CustomDatum[]): CustomDatum[] {
  const all = new Map([...before, ...data].map((datum) => [datum.name, datum]));
  return [...all.values()];
}
