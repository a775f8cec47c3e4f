import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Books } from '../../src/io/ledger/shared/books.js';
import { Fenced } from '../../src/io/ledger/shared/connection.js';
import { PostgresServer } from '../support/postgres.js';
import { askLedger } from '../support/shared-ledger.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(false);
});
afterAll(() => {
  server.stop();
});

const ACCOUNT = { vendor: 'tldcrm', account: 'test', origin: 'http://127.0.0.1:1' };

/** A claim of a key of which `seen` was the last attempt. */
interface Wanted {
  readonly key: string;
  readonly seen: number | null;
  readonly claim: { readonly row: number; readonly action: 'submit' };
}

interface Entry {
  readonly key: string;
  readonly amount: number | null;
  readonly last_attempt: number | null;
  readonly holder: number | null;
}

/** A process with the account, in which a test can stop a statement before its commit. */
class Machine extends Books {
  number = 0;
  #rows = 0;

  /** What is claimed once the account is this one's. */
  async orphans(): Promise<string> {
    return this.claims(this.own().namespace);
  }

  wants(keys: readonly string[], seen: (key: string) => number | null = () => null): Wanted[] {
    return keys.map((key) => {
      const row = this.number * 2 ** 32 + (this.#rows += 1);
      return { key, seen: seen(key), claim: { row, action: 'submit' } };
    });
  }

  async has(wanted: readonly Wanted[]): Promise<ReadonlySet<string>> {
    return this.claim(JSON.stringify(wanted));
  }

  /** Settles claimed rows as accepted. */
  async accepts(wanted: readonly Wanted[], amount: number): Promise<void> {
    const common = { run: this.number, intent: 'set', amount, digest: 'd', at: 1 };
    const attempts = wanted.map(({ key, seen, claim: { row: id, action } }) => {
      return { ...common, id, key, line: 1, action, status: 'accepted', before: seen };
    });
    const entries = wanted.map(({ key, claim }) => ({ ...common, key, last_attempt: claim.row }));
    await this.commit({
      attempts: JSON.stringify(attempts),
      entries: JSON.stringify(entries),
      likenesses: '[]',
    });
  }

  async begins(): Promise<void> {
    await this.db.all('begin');
  }

  /** As a machine that stands still while it takes the account: it has it locked, and goes on no more. */
  async hangs(): Promise<void> {
    await new Promise<void>((locked) => {
      void this.db.transaction(async () => {
        await this.db.all('select 1 from namespaces for update');
        locked();
        await new Promise(() => undefined);
      });
    });
  }

  async commits(): Promise<void> {
    await this.db.all('commit');
  }

  async waits(): Promise<boolean> {
    const found = await this.db.one<{ waiting: string }>(
      `select count(*)::text as waiting from pg_locks where not granted`,
    );
    return found?.waiting !== '0';
  }
}

async function enter<T extends Machine>(machine: T): Promise<T> {
  machine.number = (await machine.enter(ACCOUNT, 'machine', 1000)).number;
  return machine;
}

async function at(url: string): Promise<Machine> {
  return enter(await Machine.open(url));
}

/** As if the lease of whoever has the account had run out a while ago. */
async function expire(url: string): Promise<void> {
  await askLedger(url, `update holders set until = now() - interval '1 h'`);
}

async function after(url: string): Promise<Machine> {
  await expire(url);
  return at(url);
}

/** A claim that stands in a table of its own: the entry was looked at before whoever had it let go of it. */
class WithClaimsTable extends Machine {
  override async claim(wanted: string): Promise<ReadonlySet<string>> {
    const had = await this.db.all<{ key: string }>(
      `insert into claims select wanted.key, $2 from jsonb_to_recordset($1::jsonb) as wanted (key text, seen bigint)
         left join entries on entries.key = wanted.key
       where entries.last_attempt is not distinct from wanted.seen on conflict (key) do nothing returning key`,
      [wanted, this.number],
    );
    return new Set(had.map(({ key }) => key));
  }

  override async accepts(wanted: readonly Wanted[], amount: number): Promise<void> {
    await super.claim(JSON.stringify(wanted));
    await super.accepts(wanted, amount);
    await this.db.all('delete from claims where holder = $1', [this.number]);
  }
}

/** Two processes that both believe that they have the account: only the keys are between them. */
async function both<T extends Machine>(url: string, open: () => Promise<T>): Promise<readonly [T, T]> {
  const first = await enter(await open());
  await expire(url);
  const second = await enter(await open());
  await askLedger(
    url,
    `insert into holders overriding system value select ${first.number}, namespace, who, since, until, quiet from holders`,
  );
  return [first, second];
}

/** Whether the second gets a key that the first settles while the second asks for it. */
async function getsSettled(of: typeof Machine | typeof WithClaimsTable): Promise<boolean> {
  const url = await server.ledger();
  await askLedger(url, 'create table claims (key text primary key, holder bigint)');
  const [first, second] = await both(url, () => of.open(url));
  const watch = await Machine.open(url);
  const wanted = first.wants(['k']);
  expect([...(await first.has(wanted))]).toEqual(['k']);
  await first.begins();
  await first.accepts(wanted, 10_000);
  const asked = second.has(second.wants(['k']));
  await expect.poll(() => watch.waits()).toBe(true);
  await first.commits();
  const isHad = (await asked).has('k');
  await Promise.all([first.close(), second.close(), watch.close()]);
  return isHad;
}

describe('claims of two processes that ask for the same keys at once', () => {
  it('are of one of them, whatever the order in which they ask', async () => {
    const url = await server.ledger();
    const machines = await both(url, () => Machine.open(url));
    const keys = Array.from({ length: 300 }, (_, number) => `k${number}`);
    const hadBy = async (machine: Machine): Promise<string[]> => {
      const orders = [keys, [...keys].reverse()];
      const had = await Promise.all(orders.map((order) => machine.has(machine.wants(order))));
      return [...new Set(had.flatMap((some) => [...some]))];
    };
    const had = await Promise.all(machines.map(hadBy));
    expect(had.flat().sort()).toEqual([...keys].sort());
    await Promise.all(machines.map((machine) => machine.close()));
  });

  it('are not had of a key that is settled meanwhile', async () => {
    expect(await getsSettled(Machine)).toBe(false);
  });

  it('would be had in a table of their own (planted fault)', async () => {
    expect(await getsSettled(WithClaimsTable)).toBe(true);
  });
});

describe('a process whose account was taken over', () => {
  it('claims and settles nothing any more, and writes over nothing of its run', async () => {
    const url = await server.ledger();
    const first = await at(url);
    const wanted = first.wants(['a', 'b']);
    const early = wanted.slice(0, 1);
    await first.has(wanted);
    const run = { id: first.number, namespace: 1, state: 'pushing', started_at: 1 };
    await first.write('runs', 'id', JSON.stringify([run]));
    const second = await after(url);
    expect(JSON.parse(await second.orphans())).toEqual(
      wanted.map(({ key, claim }) => ({ key, claim })).sort((one, two) => (one.key < two.key ? -1 : 1)),
    );
    // As a recovery has it: the same attempt, with another end.
    await second.accepts(early, 20_000);
    const written = async (): Promise<unknown> =>
      Promise.all(['entries', 'attempts', 'runs', 'pages'].map((table) => all(url, table)));
    const before = await written();

    await expect(first.accepts(early, 10_000)).rejects.toThrow(Fenced);
    await expect(first.accepts(wanted, 10_000)).rejects.toThrow(Fenced);
    await expect(first.has(first.wants(['c']))).rejects.toThrow(Fenced);
    await expect(first.write('runs', 'id', JSON.stringify([{ ...run, state: 'finished' }]))).rejects.toThrow(
      Fenced,
    );
    const page = { run: first.number, first: 1, rows: Buffer.from('x') };
    await expect(first.writePages([page])).rejects.toThrow(Fenced);
    expect(await written()).toEqual(before);
    await Promise.all([first.close(), second.close()]);
  });

  it('settles what it had settled, once more, with no effect', async () => {
    const url = await server.ledger();
    const first = await at(url);
    const wanted = first.wants(['a', 'b']);
    await first.has(wanted);
    await first.accepts(wanted, 10_000);
    const before = [await all(url, 'entries'), await all(url, 'attempts')];
    await first.accepts(wanted, 10_000);
    expect([await all(url, 'entries'), await all(url, 'attempts')]).toEqual(before);
    await first.close();
  });
});

describe('a machine that stands still while it takes an account', () => {
  it('keeps nobody from it', async () => {
    const url = await server.ledger(3000, 0);
    const first = await at(url);
    await first.close();
    const frozen = await Machine.open(url);
    await frozen.hangs();
    const other = await after(url);
    expect([first.number, other.number]).toEqual([1, 2]);
    await Promise.all([frozen.close(), other.close()]);
  });
});

describe('what a process sent whose account was taken over', () => {
  it('leaves its keys in doubt, of those for which something was sent since and which nobody claims', async () => {
    const url = await server.ledger();
    const first = await at(url);
    const wanted = first.wants(['again', 'recovered', 'claimed']);
    await first.has(wanted);
    const second = await after(url);
    await second.accepts(wanted, 10_000);
    const seen = (key: string): number | null => wanted.find((one) => one.key === key)?.claim.row ?? null;
    const [again, claimed] = [second.wants(['again'], seen), second.wants(['claimed'], seen)];
    await second.has([...again, ...claimed]);
    await second.accepts(again, 20_000);

    const late = wanted.map(({ key, claim: { row } }) => ({ key, row, doubt: 'resend' }));
    expect([...(await first.tellLate(JSON.stringify(late), 7))]).toEqual(['claimed']);
    const ask = (sql: string): Promise<object[]> => server.ask(new URL(url).pathname.slice(1), sql);
    const found = await ask(
      `select entries.key, amount, doubt, code, before, last_attempt - (select min(id) from revsync.attempts as own where own.key = entries.key) as id
       from revsync.entries join (select id, code, before from revsync.attempts) as last on last.id = last_attempt order by key`,
    );
    const own = { code: null, before: null, id: 0, amount: 10_000, doubt: null };
    const sent = again[0]?.claim.row;
    expect(found).toEqual([
      { ...own, key: 'again', amount: 20_000, doubt: 'resend', code: 'sent_late', before: sent, id: 2 ** 30 },
      { ...own, key: 'claimed' },
      { ...own, key: 'recovered' },
    ]);

    // Once the other one is done it is told of too, and twice is as once.
    await second.accepts(claimed, 20_000);
    expect([...(await first.tellLate(JSON.stringify(late), 7))]).toEqual([]);
    expect([...(await first.tellLate(JSON.stringify(late), 7))]).toEqual([]);
    expect(
      await ask(
        `select key, doubt, (select count(*)::int from revsync.attempts where attempts.key = entries.key) as told from revsync.entries order by key`,
      ),
    ).toEqual([
      { key: 'again', doubt: 'resend', told: 3 },
      { key: 'claimed', doubt: 'resend', told: 3 },
      { key: 'recovered', doubt: null, told: 1 },
    ]);
    await Promise.all([first.close(), second.close()]);
  });
});

describe('what a vendor has asked for, no request for a while', () => {
  it('holds for the machine that takes the account over, as long as the longest that was asked', async () => {
    const url = await server.ledger();
    const first = await at(url);
    expect(await first.pauseLeft()).toBe(0);
    await first.rememberPause(60_000);
    await first.rememberPause(1000);
    const second = await after(url);
    await first.rememberPause(600_000);
    const left = await second.pauseLeft();
    expect([left > 0, left <= 60_000]).toEqual([true, true]);

    await askLedger(url, `update namespaces set not_before = now()`);
    expect(await second.pauseLeft()).toBe(0);
    await Promise.all([first.close(), second.close()]);
  });
});

async function all(url: string, table: string): Promise<unknown> {
  return server.ask(new URL(url).pathname.slice(1), `select * from revsync.${table} as t order by t::text`);
}

const LETTERS = ['a', 'b', 'c'];

/** What a machine does next: of its keys, or it dies and another takes the account over; `zombie` is the one before it. */
const STEPS = fc.array(
  fc.record({
    what: fc.constantFrom('claim', 'claim', 'settle', 'settle', 'again', 'die', 'resolve', 'zombie'),
    letters: fc.subarray(LETTERS, { minLength: 1 }),
    amount: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 5, maxLength: 25 },
);

/** What is true of a key: who claims it, and what was written of it, oldest first. */
interface Truth {
  claim: Wanted | undefined;
  readonly chain: { readonly id: number; readonly amount: number }[];
}

/** Machines one after the other, of which the one before may not know that it is gone, and what is true of their keys. */
class Model {
  machine: Machine;
  zombie: Machine | undefined;
  readonly keys: readonly string[];
  readonly #url: string;
  readonly #truth: ReadonlyMap<string, Truth>;
  #last: readonly [readonly Wanted[], number] | undefined;

  constructor(url: string, machine: Machine) {
    this.#url = url;
    this.machine = machine;
    this.keys = LETTERS.map((letter) => `${machine.number}-${letter}`);
    this.#truth = new Map(this.keys.map((key) => [key, { claim: undefined, chain: [] }]));
  }

  of(key: string): Truth {
    const truth = this.#truth.get(key);
    if (truth === undefined) throw new Error(`no key ${key}`);
    return truth;
  }

  seen(key: string): number | null {
    return this.of(key).chain.at(-1)?.id ?? null;
  }

  wants(keys: readonly string[], machine = this.machine): Wanted[] {
    return machine.wants(keys, (key) => this.seen(key));
  }

  claims(keys = this.keys): Wanted[] {
    return keys.flatMap((key) => this.of(key).claim ?? []);
  }

  async claim(keys: readonly string[]): Promise<void> {
    const wanted = this.wants(keys);
    const free = wanted.filter(({ key }) => this.of(key).claim === undefined);
    expect([...(await this.machine.has(wanted))].sort()).toEqual(free.map(({ key }) => key));
    for (const one of free) this.of(one.key).claim = one;
  }

  async settle(keys: readonly string[], amount: number): Promise<void> {
    const claimed = this.claims(keys);
    await this.machine.accepts(claimed, amount);
    this.#last = [claimed, amount];
    for (const { key, claim } of claimed) {
      this.of(key).claim = undefined;
      this.of(key).chain.push({ id: claim.row, amount });
    }
  }

  /** The last batch once more, unless something was claimed or written since. */
  async again(): Promise<void> {
    const [wanted, amount] = this.#last ?? [[], 0];
    const isLast = wanted.every(
      ({ key, claim }) => this.seen(key) === claim.row && this.of(key).claim === undefined,
    );
    if (isLast) await this.machine.accepts(wanted, amount);
  }

  async die(): Promise<void> {
    await this.zombie?.close();
    this.zombie = this.machine;
    this.machine = await after(this.#url);
    this.#last = undefined;
    const orphans = JSON.parse(await this.machine.orphans()) as { key: string; claim: object }[];
    const own = orphans.filter(({ key }) => this.keys.includes(key));
    expect(own.sort((one, two) => (one.key < two.key ? -1 : 1))).toEqual(
      this.claims().map(({ key, claim }) => ({ key, claim })),
    );
  }

  async resolve(key: string, amount: number): Promise<void> {
    const before = this.seen(key);
    const [{ claim }] = this.wants([key]) as [Wanted];
    const entry = { key, amount, intent: 'set', last_attempt: claim.row };
    const word = { id: claim.row, key, run: this.machine.number, status: 'accepted', amount, before };
    const said = await this.machine.say(1, before ?? -1, JSON.stringify([entry]), JSON.stringify([word]));
    expect(said).toBe(before !== null && this.of(key).claim === undefined);
    if (said) this.of(key).chain.push({ id: claim.row, amount });
  }

  /** Who was taken over claims nothing, and settles nothing. */
  async haunt(keys: readonly string[], amount: number): Promise<void> {
    if (this.zombie === undefined) return;
    await expect(this.zombie.has(this.wants(keys, this.zombie))).rejects.toThrow(Fenced);
    await expect(this.zombie.accepts(this.wants(keys, this.zombie), amount)).rejects.toThrow(Fenced);
  }

  async check(): Promise<void> {
    const entries = (await all(this.#url, 'entries')) as Entry[];
    const attempts = (await all(this.#url, 'attempts')) as {
      id: number;
      key: string;
      before: number | null;
    }[];
    for (const key of this.keys) {
      const entry = entries.find((one) => one.key === key);
      const { claim, chain } = this.of(key);
      const holder = claim === undefined ? null : this.machine.number;
      expect([entry?.holder ?? null, entry?.amount ?? null, entry?.last_attempt ?? null]).toEqual([
        holder,
        chain.at(-1)?.amount ?? null,
        this.seen(key),
      ]);
      const written = attempts
        .filter((one) => one.key === key)
        .map(({ id, before }) => `${id} after ${before}`);
      const links = chain.map(({ id }, index) => `${id} after ${chain[index - 1]?.id ?? null}`);
      expect(written.sort()).toEqual(links.sort());
    }
  }
}

describe('the port of shared books', () => {
  it('gives no key two claims, makes one chain of its attempts, and its entry is what that comes to', async () => {
    const url = await server.ledger();
    const property = fc.asyncProperty(STEPS, async (steps) => {
      const model = new Model(url, await after(url));
      for (const { what, letters, amount } of steps) {
        const keys = model.keys.filter((_, index) => letters.includes(LETTERS[index] ?? ''));
        if (what === 'claim') await model.claim(keys);
        else if (what === 'settle') await model.settle(keys, amount);
        else if (what === 'again') await model.again();
        else if (what === 'die') await model.die();
        else if (what === 'resolve') await model.resolve(keys[0] ?? '', amount);
        else await model.haunt(keys, amount);
      }
      await model.check();
      await Promise.all([model.machine.close(), model.zombie?.close()]);
    });
    const numRuns = Number(process.env['REVSYNC_SHARED_RUNS'] ?? 5);
    await fc.assert(property, { numRuns, endOnFailure: true });
  });
});
