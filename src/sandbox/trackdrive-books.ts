import type { Alteration } from './alterations.js';
import { DECIMAL, negated, sumOf } from './decimals.js';
import { KEPT_ID_MARK } from './fake.js';
import { jsonText } from './request-parts.js';

export const FLAGS = ['buyer_converted', 'offer_converted'] as const;
export const MONEY = ['revenue', 'payout', 'add_revenue', 'add_payout'] as const;
const TEXTS = ['trackdrive_buyer_id', 'trackdrive_traffic_source_id', 'disposition'] as const;
/** The parameters that change a call; `add_revenue` and `add_payout` add to what it holds. */
export const PARAMETERS = [...FLAGS, ...MONEY, ...TEXTS] as const;

export type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>;

export type TrackDriveRoute = 'calls' | 'secure';

/** One update that was applied, with the parameters as they were sent. No token is kept. */
export interface TrackDriveUpdate {
  readonly at: string;
  readonly route: TrackDriveRoute;
  /** The id in the path. */
  readonly call: string;
  readonly parameters: Parameters;
  /** Whether the key may not write money, so that it was left out without a word. */
  readonly limited?: true;
}

/** What a call holds now: null where nothing was ever sent. */
export interface TrackDriveCall {
  /** Digits; the vendor's own where the call was named by its UUID only. */
  readonly id: string;
  readonly uuid: string;
  /** ISO 8601, UTC: when the vendor first heard of the call. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly caller_number: string | null;
  readonly number_called: string | null;
  readonly buyer: string | null;
  readonly offer: string | null;
  readonly traffic_source: string | null;
  readonly status: string;
  /** Another text than the vendor's two only where it was put there without a request. */
  readonly buyer_converted: boolean | string | null;
  readonly offer_converted: boolean | string | null;
  readonly revenue: string | null;
  readonly payout: string | null;
  readonly trackdrive_buyer_id: string | null;
  readonly trackdrive_traffic_source_id: string | null;
  readonly disposition: string | null;
}

/** A billed conversion, whose revenue follows the call's, or the entry that offsets it. */
export interface TrackDriveBilling {
  readonly call: string;
  readonly kind: 'conversion' | 'reversal';
  readonly revenue: string;
}

export interface TrackDriveBooks {
  /** By the id in the path that first named the call; its id and its UUID name the same call. */
  readonly calls: Readonly<Record<string, TrackDriveCall>>;
  /** Of the buyer's side, oldest first. */
  readonly billing: readonly TrackDriveBilling[];
  /** Requests with `buyer_converted=false` by call, whether or not they offset anything. */
  readonly reversal_requests: Readonly<Record<string, number>>;
  /** Requests with `offer_converted=false` by call. */
  readonly offer_reversal_requests: Readonly<Record<string, number>>;
  /** Every update applied, oldest first. */
  readonly updates: readonly TrackDriveUpdate[];
  /** Calls that a `DELETE` on the secure route would have hung up, once for each request. */
  readonly hung_up: readonly string[];
}

export type Entry =
  | TrackDriveUpdate
  | { readonly at: string; readonly hung_up: string }
  | { readonly at: string; readonly alteration: Alteration };

/** The words of a boolean, as the vendor documents them. */
export function flag(text: string | undefined): boolean | undefined {
  if (/^(1|true|yes|on)$/.test(text ?? '')) return true;
  return /^(0|false|no|off)$/.test(text ?? '') ? false : undefined;
}

export class Books {
  /** By their keys, oldest first. */
  readonly calls = new Map<string, TrackDriveCall>();
  /** By id and by UUID. */
  readonly #keys = new Map<string, string>();
  readonly #billing: TrackDriveBilling[] = [];
  /** Where in the billing a call's conversion stands that nothing offsets yet. */
  readonly #open = new Map<string, number>();
  readonly #reversals = {
    buyer_converted: new Map<string, number>(),
    offer_converted: new Map<string, number>(),
  };
  readonly #updates: TrackDriveUpdate[] = [];
  readonly #hungUp: string[] = [];

  /** The call that an id or a UUID names. */
  call(name: string): TrackDriveCall | undefined {
    return this.calls.get(this.#keyOf(name));
  }

  apply(entry: Entry, number: number): void {
    if ('hung_up' in entry) return void this.#hungUp.push(entry.hung_up);
    if ('alteration' in entry) return this.#alter(entry.alteration, entry.at, number);
    this.#updates.push(entry);
    const { at, parameters, limited } = entry;
    const key = this.#keyOf(entry.call);
    const held = this.calls.get(key) ?? newCall(key, at, number);
    if (key.startsWith(KEPT_ID_MARK)) return this.#put(key, held);
    const sent = limited === true ? without(parameters, MONEY) : parameters;
    const now: TrackDriveCall = {
      ...held,
      updated_at: at,
      buyer_converted: flag(sent.buyer_converted) ?? held.buyer_converted,
      offer_converted: flag(sent.offer_converted) ?? held.offer_converted,
      revenue: added(sent.revenue ?? held.revenue, sent.add_revenue),
      payout: added(sent.payout ?? held.payout, sent.add_payout),
      ...Object.fromEntries(TEXTS.map((name) => [name, sent[name] ?? held[name]])),
    };
    this.#put(key, now);
    for (const side of FLAGS)
      if (flag(sent[side]) === false)
        this.#reversals[side].set(key, (this.#reversals[side].get(key) ?? 0) + 1);
    if (flag(sent.buyer_converted) === false) this.#offset(key);
    else if (now.buyer_converted === true && now.revenue !== null) this.#bill(key, now.revenue);
  }

  all(): TrackDriveBooks {
    return {
      calls: Object.fromEntries(this.calls),
      billing: [...this.#billing],
      reversal_requests: Object.fromEntries(this.#reversals.buyer_converted),
      offer_reversal_requests: Object.fromEntries(this.#reversals.offer_converted),
      updates: [...this.#updates],
      hung_up: [...this.#hungUp],
    };
  }

  #keyOf(name: string): string {
    return this.#keys.get(name) ?? name;
  }

  #put(key: string, call: TrackDriveCall): void {
    this.calls.set(key, call);
    this.#keys.set(call.id, key).set(call.uuid, key);
  }

  #alter(change: Alteration, at: string, number: number): void {
    if ('remove' in change) return void this.calls.delete(this.#keyOf(change.remove));
    if ('set' in change) {
      const key = this.#keyOf(change.set);
      const held = this.calls.get(key);
      return held && this.#put(key, { ...held, updated_at: at, ...change.fields });
    }
    const { id, uuid } = change.add;
    const fresh = newCall(jsonText(id) ?? jsonText(uuid) ?? String(FIRST_OWN_ID + number), at, number);
    const like = this.call(change.like ?? '') ?? fresh;
    const call = { ...like, id: fresh.id, uuid: fresh.uuid, ...change.add };
    this.#put(call.id, call);
  }

  #bill(call: string, revenue: string): void {
    const place = this.#open.get(call) ?? this.#billing.length;
    this.#open.set(call, place);
    this.#billing[place] = { call, kind: 'conversion', revenue };
  }

  #offset(call: string): void {
    const billed = this.#billing[this.#open.get(call) ?? -1];
    if (billed === undefined) return;
    this.#open.delete(call);
    this.#billing.push({ call, kind: 'reversal', revenue: negated(billed.revenue) });
  }
}

/** Ids that the vendor gives to calls which were named by their UUID. */
const FIRST_OWN_ID = 7_700_000_000_000;
const ID = /^[1-9]\d{0,14}$/;

/** A call named by its id has a UUID that can be told from it. */
function newCall(name: string, at: string, number: number): TrackDriveCall {
  const [, upper, lower] = /^(\d{8})-0000-4000-8000-(\d{12})$/.exec(name) ?? [];
  const isId = ID.test(name);
  const padded = name.padStart(20, '0');
  const ownId = upper === undefined ? FIRST_OWN_ID + number : Number(`${upper}${lower}`);
  return {
    id: isId ? name : String(ownId),
    uuid: isId ? `${padded.slice(0, 8)}-0000-4000-8000-${padded.slice(8)}` : name,
    created_at: at,
    updated_at: at,
    caller_number: null,
    number_called: null,
    buyer: null,
    offer: null,
    traffic_source: null,
    status: 'finished',
    buyer_converted: null,
    offer_converted: null,
    revenue: null,
    payout: null,
    trackdrive_buyer_id: null,
    trackdrive_traffic_source_id: null,
    disposition: null,
  };
}

/** What is wrong with a value that is put into a call without a request. */
export function fieldProblem(field: string, value: unknown): string | undefined {
  if (!Object.hasOwn(newCall('1', '', 0), field)) return `${field} is not a field of a call`;
  const isRight =
    field === 'id'
      ? typeof value === 'string' && ID.test(value)
      : field.endsWith('_at')
        ? typeof value === 'string' && !Number.isNaN(Date.parse(value))
        : field === 'revenue' || field === 'payout'
          ? value === null || (typeof value === 'string' && DECIMAL.test(value))
          : value === null ||
            typeof value === 'string' ||
            (FLAGS.some((name) => name === field) && typeof value === 'boolean');
  return isRight ? undefined : `${field} cannot be ${JSON.stringify(value)}`;
}

/** Text that was set stays as it was sent; only a sum is written again. */
function added(held: string | null, more: string | undefined): string | null {
  return more === undefined ? held : sumOf(held ?? '0', more);
}

function without(parameters: Parameters, names: readonly string[]): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.includes(name)));
}
