import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/io/clock.js';
import { Books } from '../../src/io/ledger/shared/books.js';
import { SharedLedger } from '../../src/io/ledger/shared/ledger.js';
import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import { sales, Workspace, type Ended } from '../support/cli.js';
import { PostgresServer } from '../support/postgres.js';
import { vendorServer } from '../support/vendor-server.js';
import { Wire } from './wire.js';

const LEASE_MS = 1000;
const LATE_MS = 300;
const CALL = '1000001';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(false);
});
afterAll(() => {
  server.stop();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Something that others wait for. */
class Signal {
  set = (): void => undefined;
  readonly given = new Promise<void>((resolve) => (this.set = resolve));
}

/** A way to the vendor on which the first request, once it is `sent`, arrives when its sender has given it up, or `arrives` before that. */
async function slowWayTo(vendorUrl: string, sent: Signal, arrives: Promise<void>): Promise<string> {
  let isFirst = true;
  const way = createServer((near) => {
    const far = connect(Number(new URL(vendorUrl).port), '127.0.0.1');
    const gone = new Promise<void>((resolve) => near.on('error', resolve).on('close', resolve));
    far.on('error', () => near.destroy());
    far.on('data', (bytes: Buffer) => near.writable && near.write(bytes));
    const passes = isFirst ? Promise.race([gone, arrives]) : Promise.resolve();
    isFirst = false;
    near.on('data', (bytes: Buffer) => {
      sent.set();
      void passes.then(() => far.write(bytes));
    });
    onTestFinished(() => void [near, far].map((socket) => socket.destroy()));
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void way.close());
  return `http://127.0.0.1:${(way.address() as AddressInfo).port}`;
}

/** What the vendor holds of the call, and what the ledger knows of it. */
interface Ends {
  readonly vendor: string | null | undefined;
  readonly ledger: number | undefined;
  /** What the vendor holds once the second machine has pushed its file again, and what became of the row. */
  readonly again: readonly [vendor: string | null | undefined, status: string];
}

const AGREED: Ends = { vendor: '20.00', ledger: 200_000, again: ['20.00', 'unchanged'] };
/** The first one's older amount has come after the second one's. */
const OVERWRITTEN: Ends = { vendor: '10.00', ledger: 200_000, again: ['10.00', 'unchanged'] };
/** And it has said so to the ledger. */
const MENDED: Ends = { ...OVERWRITTEN, again: ['20.00', 'accepted'] };

/**
 * The first machine begins to send 10 for a call, and is cut off from the ledger; the second takes its account over as soon as it
 * may, and sends 20. With `isSlow` the first one's request is long on its way. Otherwise the vendor is busy at first, and
 * the first machine sleeps until the second has ended before it comes again.
 */
async function takeOver({
  isSlow,
  timeoutS,
  lateMs = LATE_MS,
}: {
  readonly isSlow: boolean;
  readonly timeoutS: number;
  readonly lateMs?: number;
}): Promise<Ends> {
  const ledger = await server.ledger(LEASE_MS, lateMs);
  const database = new URL(ledger).pathname.slice(1);
  const vendor = await vendorServer<ConvosoBooks>('convoso', isSlow ? {} : { faults: '503=2@1' });
  const [sent, secondEnded] = [new Signal(), new Signal()];
  const way = isSlow ? secondEnded.given : Promise.resolve();
  const url = await slowWayTo(vendor.url, sent, way);
  const { sleep } = systemClock;
  vi.spyOn(systemClock, 'sleep').mockImplementation(async (ms, signal) => {
    await sleep(ms, signal);
    if (ms > 1500) await secondEnded.given;
  });
  const wire = await Wire.open(server.port);
  onTestFinished(() => wire.close());
  const push = (amount: string, address: string): Promise<Ended> => {
    const space = new Workspace();
    space.env['REVSYNC_LEDGER'] = address;
    space.write('sales.csv', sales([[CALL, amount]]));
    const to = ['--vendor', 'convoso', '--base-url', url, '--timeout', String(timeoutS)];
    return space.run('push', 'sales.csv', ...to, '--retries', isSlow ? '0' : '5');
  };
  const holder = async (): Promise<number | undefined> => {
    const [found] = await server.ask<{ left: number }>(
      database,
      'select extract(epoch from until + quiet - clock_timestamp())::double precision as left from revsync.holders',
    );
    return found?.left;
  };
  const first = push('10', server.url(database, wire.port));
  await sent.given;
  wire.cut('silent');
  await expect.poll(holder, { interval: 20, timeout: 60_000 }).toBeLessThan(0);

  const second = await push('20', ledger);
  expect([second.code, second.stderr]).toEqual([0, expect.stringMatching(/accepted +1 /)]);
  wire.cut('reset');
  wire.cut(undefined);
  secondEnded.set();

  expect((await first).code).toBe(4);
  await expect.poll(() => vendor.requests(), { timeout: 60_000 }).toBeGreaterThan(1);
  const [entry] = await server.ask<{ amount: number }>(database, 'select amount from revsync.entries');
  const held = vendor.books().revenue[CALL];
  const { stderr } = await push('20', ledger);
  const status = /^ {2}(\w+) +1 /m.exec(stderr)?.[1] ?? stderr;
  return { vendor: held, ledger: entry?.amount, again: [vendor.books().revenue[CALL], status] };
}

describe('what a machine sends that is cut off from the ledger, and whose account another one takes over', () => {
  it('is nothing any more, once it comes to itself', async () => {
    expect(await takeOver({ isSlow: false, timeoutS: 1 })).toEqual(AGREED);
  });

  it('would be an older amount, if it did not look whether it has the account still (planted fault)', async () => {
    vi.spyOn(SharedLedger.prototype, 'holds').mockReturnValue(true);
    expect(await takeOver({ isSlow: false, timeoutS: 1 })).toEqual(OVERWRITTEN);
  });

  it('has arrived, however late, before the other one sends', async () => {
    // Who sent it does not know that it came in time.
    expect(await takeOver({ isSlow: true, timeoutS: 4 })).toEqual({
      ...AGREED,
      again: ['20.00', 'accepted'],
    });
  });

  it('would arrive after that, if the other one began as soon as the lease had run out (planted fault)', async () => {
    const { enter } = Books.prototype;
    vi.spyOn(Books.prototype, 'enter').mockImplementation(function (this: Books, namespace, who) {
      return enter.call(this, namespace, who, 0);
    });
    expect(await takeOver({ isSlow: true, timeoutS: 4, lateMs: 0 })).toEqual(MENDED);
  });

  it('would stay there, if it did not say to the ledger that it came late (planted fault)', async () => {
    const { enter } = Books.prototype;
    vi.spyOn(Books.prototype, 'enter').mockImplementation(function (this: Books, namespace, who) {
      return enter.call(this, namespace, who, 0);
    });
    vi.spyOn(Books.prototype, 'tellLate').mockResolvedValue(new Set());
    expect(await takeOver({ isSlow: true, timeoutS: 4, lateMs: 0 })).toEqual(OVERWRITTEN);
  });
});
