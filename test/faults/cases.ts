import type { Answer, Transport } from '../../src/core/ports.js';
import type { Reply, Vendor, VendorRequest } from '../../src/core/vendor.js';
import type { ResultRow } from '../../src/core/ledger.js';
import type { Fake } from '../../src/sandbox/fake.js';
import { wire, type Desk, type Pushed } from '../support/push.js';
import type { Fault } from './faults.js';
import type { Places } from './places.js';
import { amountText, rowsOf } from './rows.js';
import { startFaultyServer } from './server.js';
import type { Mode } from './table.js';

/** A row as the results have it. */
export type SeenRow = Pick<
  ResultRow,
  'key' | 'action' | 'amount' | 'status' | 'attempts' | 'code' | 'httpStatus'
>;

/** What a push with faults came to, and the next one without them. */
export interface Seen {
  readonly rows: readonly SeenRow[];
  readonly stop: string | undefined;
  /** Requests that reached the vendor. */
  readonly requests: number;
  /** Per row, the amounts of its billable records. */
  readonly books: readonly (readonly string[])[];
  readonly next: {
    readonly statuses: readonly string[];
    readonly requests: number;
    readonly books: readonly (readonly string[])[];
  };
}

export interface Merchant {
  readonly vendor: Vendor;
  readonly fake: () => Fake;
  readonly secrets: Readonly<Record<string, string>>;
}

/** How many rows are pushed, and which requests meet the fault, by number from 1. */
export const PLANS: Readonly<Record<Mode, { rows: number; meets: (request: number) => boolean }>> = {
  once: { rows: 3, meets: (request) => request === 2 },
  always: { rows: 2, meets: () => true },
  'every third': { rows: 9, meets: (request) => request % 3 === 0 },
};

/** For attempts that are to time out; all others have long enough on the busiest machine. */
const IMPATIENT_MS = 300;
/** Far above the cap and what the sockets of both sides hold, far below the longest answer. */
const LONGEST_ANSWER = 32 * 1024 * 1024;

/** Pushes rows through one lane with the fault, then once more without it. */
export async function pushedWith(
  { vendor, fake: makeFake, secrets }: Merchant,
  fault: Fault,
  mode: Mode,
  { desk, places, account }: { desk: Desk; places: Places; account: string },
): Promise<Seen> {
  const { rows: count, meets } = PLANS[mode];
  const fake = makeFake();
  const meet = fault.kind === 'met' ? fault.meet : undefined;
  const server = await startFaultyServer(fake, places.bait, meet, meets);
  const target = fault.kind === 'met' ? server.url : places.urls[fault.place];
  const sound = wire(vendor, server.url, secrets, { connections: 1 });
  const faulty =
    fault.kind === 'elsewhere' || fault.waits
      ? wire(vendor, target, secrets, { connections: 1, timeoutMs: IMPATIENT_MS })
      : sound;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const { header, row, held } = rowsOf(vendor.id);
  const csv = [header, ...numbers.map((number) => row(number, amountText(number)))].join('\n');
  const push = (transport: Transport): Promise<Pushed> =>
    desk.push(vendor, csv, server.url, { secrets, transport, account, concurrency: 1 });
  const books = (): string[][] => numbers.map((number) => [...held(fake.books(), number)]);
  try {
    const { rows, stop } = await push(new Detour(sound, faulty, meets));
    const first = { rows: rows.map(seenRow), stop: stop?.kind, requests: server.requests(), books: books() };
    if (server.longestAnswer() > LONGEST_ANSWER) throw new Error('an answer was read far past its cap');
    server.heal();
    const next = await push(sound);
    const statuses = next.rows.map(({ status }) => status);
    return {
      ...first,
      next: { statuses, requests: server.requests() - first.requests, books: books() },
    };
  } finally {
    await sound.close();
    await faulty.close();
    await server.close();
  }
}

/** Aims the attempts that meet the fault elsewhere, or gives them less time. */
class Detour implements Transport {
  #attempts = 0;
  readonly #sound: Transport;
  readonly #faulty: Transport;
  readonly #meets: (attempt: number) => boolean;

  constructor(sound: Transport, faulty: Transport, meets: (attempt: number) => boolean) {
    this.#sound = sound;
    this.#faulty = faulty;
    this.#meets = meets;
  }

  send<T>(
    request: VendorRequest,
    read: (reply: Reply) => T,
    signal: AbortSignal,
    rowSecrets: Readonly<Record<string, string>>,
  ): Promise<Answer<T>> {
    this.#attempts += 1;
    const transport = this.#meets(this.#attempts) ? this.#faulty : this.#sound;
    return transport.send(request, read, signal, rowSecrets);
  }
}

function seenRow({ key, action, amount, status, attempts, code, httpStatus }: ResultRow): SeenRow {
  return { key, action, amount, status, attempts, code, httpStatus };
}
