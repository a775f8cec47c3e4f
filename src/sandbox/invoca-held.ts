import { isDeepStrictEqual } from 'node:util';
import type { FakeOptions } from './fake.js';
import { moneyBack, type CustomDatum, type InvocaTransaction } from './invoca-transactions.js';

/** What a report says about a call. */
export interface Content {
  /** In the case in which it was first reported. */
  readonly name: string;
  readonly partner_unique_id: string;
  readonly description: string | null;
  /** Epoch seconds, ten digits. */
  readonly occurred_at: string;
  /** As it was sent. */
  readonly amount: string | null;
  readonly value: boolean;
  readonly custom_parameter_1: string | null;
  readonly custom_parameter_2: string | null;
  readonly custom_parameter_3: string | null;
}

type Key = 'name' | 'partner_unique_id';

/** A report as it was sent: undefined where it leaves a field out. */
export type Sent = Pick<Content, Key> & {
  readonly [Name in Exclude<keyof Content, Key>]?: Content[Name] | undefined;
};

/** The API that a report came by. */
export type Source = 'outcome' | 'signal';

/** A report as the account holds it now. */
export interface Held extends Content {
  /** What is true of each signal of an event, in a rolled-up account. */
  readonly signals: readonly CustomDatum[];
  readonly source: Source;
  /** The latest, which the next correction replaces. */
  readonly transaction_id: string;
  /** The call's own transaction id. */
  readonly call: string;
}

type Place = Pick<Held, 'call' | Key>;

/** A report that leaves everything out. */
const FIRST = {
  description: null,
  amount: null,
  value: true,
  custom_parameter_1: null,
  custom_parameter_2: null,
  custom_parameter_3: null,
} as const;

/** What a report makes of what was held before. A time that it leaves out is kept, whatever becomes of other fields. */
export function contentAfter(
  { name, occurred_at, ...sent }: Sent,
  before: Held | undefined,
  { at, omitted }: { readonly at: number; readonly omitted: FakeOptions['omitted'] },
): Content {
  const given = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
  return {
    ...FIRST,
    ...(omitted !== 'replace' && before !== undefined ? contentOf(before) : {}),
    ...(given as Omit<Content, 'name' | 'occurred_at'>),
    name: before?.name ?? name,
    occurred_at: occurred_at ?? before?.occurred_at ?? seconds(at),
  };
}

function contentOf({ source: _, transaction_id: __, call: ___, signals: ____, ...content }: Held): Content {
  return content;
}

/** An event as what it says of one of its signals, which may be new to it. */
export function ofSignal(event: Held, name: string): Held {
  if (isNamed(name)(event)) return event;
  const signal = event.signals.find(isNamed(name));
  return { ...event, name: signal?.name ?? name, value: signal?.value !== false };
}

function isNamed(name: string): (one: { readonly name: string }) => boolean {
  return (one) => one.name.toLowerCase() === name.toLowerCase();
}

/** What is true of the signals of an event once this one is as it says. */
export function signalsAfter(
  { name, value }: Content,
  before: readonly CustomDatum[] = [],
): readonly CustomDatum[] {
  const signal = { name, data_type: 'Signal', value } as const;
  return before.some(isNamed(name))
    ? before.map((one) => (isNamed(name)(one) ? signal : one))
    : [...before, signal];
}

/** Whether it says what is held already; amounts are decimals. */
export function isAlike(content: Content, held: Held): boolean {
  const alike = (one: Content): Content => ({ ...one, amount: moneyBack(one.amount) });
  return isDeepStrictEqual(alike(content), alike(contentOf(held)));
}

/** By which the vendor knows a report again. */
export function keyOf({ call, name, partner_unique_id: partner }: Place, rolledUp: boolean): string {
  return rolledUp && partner !== '' ? partner : [call, name.toLowerCase(), partner].join('|');
}

/** The same, apart for each API where reports are not rolled up. */
export function placeOf(held: Place & Pick<Held, 'source'>, rolledUp: boolean): string {
  const key = keyOf(held, rolledUp);
  return rolledUp ? key : `${held.source} ${key}`;
}

/** What is held after a change of rows that no report made: the latest of each, with what only reports tell. */
export function heldIn(
  rows: readonly InvocaTransaction[],
  before: ReadonlyMap<string, Held>,
  { rolledUp, callIdOf }: { readonly rolledUp: boolean; readonly callIdOf: (record: string) => string },
): Map<string, Held> {
  const after = new Map<string, Held>();
  for (const row of rows) {
    if (row.transaction_type === 'Call') continue;
    const signals = row.custom_data.filter(({ data_type: type }) => type === 'Signal');
    const held = {
      ...FIRST,
      source: row.transaction_type === 'Reported Conversion' ? 'outcome' : 'signal',
      call: callIdOf(row.complete_call_id),
      name: signals[0]?.name ?? row.signal_name ?? '',
      partner_unique_id: row.signal_partner_unique_id ?? '',
      occurred_at: seconds(row.start_time_utc),
    } as const;
    const now = {
      transaction_id: row.transaction_id,
      amount: row.sale_amount ?? row.revenue,
      value: row.signal_value ?? signals[0]?.value !== false,
      signals,
    };
    const place = placeOf(held, rolledUp);
    after.set(place, { ...held, ...before.get(place), ...now });
  }
  return after;
}

export function seconds(at: number): string {
  return String(Math.floor(at / 1000));
}
