import { isKnown, json, type Fake, type FakeOptions, type FakeRequest } from './fake.js';
import { Journal } from './journal.js';
import { decoded, parametersIn } from './request-parts.js';

const FLAGS = ['buyer_converted', 'offer_converted'] as const;
const MONEY = ['revenue', 'payout', 'add_revenue', 'add_payout'] as const;
/** The parameters that change a call; `add_revenue` and `add_payout` add to what it holds. */
const PARAMETERS = [...FLAGS, ...MONEY, 'trackdrive_buyer_id'] as const;
const DECIMAL = /^-?\d{1,9}(\.\d{1,2})?$/;

type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>;

export type TrackDriveRoute = 'calls' | 'secure';

/** One update that was applied, with the parameters as they were sent. No token is kept. */
export interface TrackDriveUpdate {
  readonly at: string;
  readonly route: TrackDriveRoute;
  readonly call: string;
  readonly parameters: Parameters;
}

/** What a call holds now: null where nothing was ever sent. */
export interface TrackDriveCall {
  readonly buyer_converted: boolean | null;
  readonly offer_converted: boolean | null;
  readonly revenue: string | null;
  readonly payout: string | null;
  readonly trackdrive_buyer_id: string | null;
}

/** A billed conversion, whose revenue follows the call's, or the entry that offsets it. */
export interface TrackDriveBilling {
  readonly call: string;
  readonly kind: 'conversion' | 'reversal';
  readonly revenue: string;
}

export interface TrackDriveBooks {
  /** By the id in the path: whether an id and a UUID name one call is not known here. */
  readonly calls: Readonly<Record<string, TrackDriveCall>>;
  /** Oldest first. */
  readonly billing: readonly TrackDriveBilling[];
  /** Requests with `buyer_converted=false` by call, whether or not they offset anything. */
  readonly reversal_requests: Readonly<Record<string, number>>;
  /** Every update applied, oldest first. */
  readonly updates: readonly TrackDriveUpdate[];
  /** Calls that a `DELETE` on the secure route would have hung up, once for each request. */
  readonly hung_up: readonly string[];
}

type Entry = TrackDriveUpdate | { readonly at: string; readonly hung_up: string };

/** Keys and tokens with this beginning are refused. */
const BAD_TOKEN = 'bad';
const KEY_ROUTE = /^\/api\/v1\/calls\/([^/]+)$/;
const SECURE_ROUTE = /^\/api\/v1\/secure\/([^/]+)\/calls\/([^/]+)$/;

/** `PUT` of a call's conversion, by API key or by a token in the path. Answer bodies are not documented. */
export function trackdriveFake({ journal: path, known }: FakeOptions): Fake {
  const books = new Books();
  const journal = new Journal<Entry>(path, (entry) => books.apply(entry));

  return {
    vendor: 'trackdrive',
    serves: (path) => KEY_ROUTE.test(path) || SECURE_ROUTE.test(path),
    books: () => books.all(),
    answer(request) {
      const at = new Date(request.at).toISOString();
      const secure = SECURE_ROUTE.exec(request.path);
      const call = decoded(secure?.[2] ?? KEY_ROUTE.exec(request.path)?.[1] ?? '');
      if (request.method === 'DELETE' && secure !== null) journal.add({ at, hung_up: call });
      if (request.method !== 'PUT') return json(405, { error: 'Method Not Allowed' });
      if (secure === null ? !hasKey(request) : decoded(secure[1] ?? '').startsWith(BAD_TOKEN))
        return json(401, { error: 'Unauthorized' });
      if (!isKnown(call, known)) return json(404, { error: 'Call not found' });

      const parameters = parametersIn(request, PARAMETERS);
      const errors = problems(parameters);
      if (errors.length > 0) return json(422, { errors });
      journal.add({ at, route: secure === null ? 'calls' : 'secure', call, parameters });
      return json(200, { id: call });
    },
  };
}

class Books {
  readonly #calls = new Map<string, TrackDriveCall>();
  readonly #billing: TrackDriveBilling[] = [];
  /** Where in the billing a call's conversion stands that nothing offsets yet. */
  readonly #open = new Map<string, number>();
  readonly #reversals = new Map<string, number>();
  readonly #updates: TrackDriveUpdate[] = [];
  readonly #hungUp: string[] = [];

  apply(entry: Entry): void {
    if ('hung_up' in entry) return void this.#hungUp.push(entry.hung_up);
    this.#updates.push(entry);
    const { call, parameters: sent } = entry;
    const held = this.#calls.get(call);
    const now: TrackDriveCall = {
      buyer_converted: flag(sent.buyer_converted) ?? held?.buyer_converted ?? null,
      offer_converted: flag(sent.offer_converted) ?? held?.offer_converted ?? null,
      revenue: sum(sent.revenue ?? held?.revenue ?? null, sent.add_revenue),
      payout: sum(sent.payout ?? held?.payout ?? null, sent.add_payout),
      trackdrive_buyer_id: sent.trackdrive_buyer_id ?? held?.trackdrive_buyer_id ?? null,
    };
    this.#calls.set(call, now);
    if (sent.buyer_converted === 'false') {
      this.#reversals.set(call, (this.#reversals.get(call) ?? 0) + 1);
      this.#offset(call);
    } else if (now.buyer_converted === true && now.revenue !== null) this.#bill(call, now.revenue);
  }

  all(): TrackDriveBooks {
    return {
      calls: Object.fromEntries(this.#calls),
      billing: [...this.#billing],
      reversal_requests: Object.fromEntries(this.#reversals),
      updates: [...this.#updates],
      hung_up: [...this.#hungUp],
    };
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
    const revenue = billed.revenue.startsWith('-') ? billed.revenue.slice(1) : `-${billed.revenue}`;
    this.#billing.push({ call, kind: 'reversal', revenue });
  }
}

/** `Authorization: Basic base64(public:private)`. */
function hasKey({ headers }: FakeRequest): boolean {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(headers['authorization'] ?? '') ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const pair = bytes.toString('utf8');
  return bytes.toString('base64') === encoded && /^[^:]+:.+$/.test(pair) && !pair.startsWith(BAD_TOKEN);
}

function problems(sent: Parameters): string[] {
  const flags = FLAGS.filter((name) => sent[name] !== undefined && flag(sent[name]) === undefined);
  const money = MONEY.filter((name) => !DECIMAL.test(sent[name] ?? '0'));
  const none = Object.keys(sent).length === 0 ? ['No parameters to update'] : [];
  return [
    ...flags.map((name) => `${name} must be true or false`),
    ...money.map((name) => `${name} must be a decimal number`),
    ...none,
  ];
}

function flag(text: string | undefined): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** Text that was set stays as it was sent; only a sum is written again, with two decimals. */
function sum(held: string | null, added: string | undefined): string | null {
  return added === undefined ? held : ((cents(held ?? '0') + cents(added)) / 100).toFixed(2);
}

function cents(text: string): number {
  return Math.round(Number(text) * 100);
}
