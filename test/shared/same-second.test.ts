import { connect, createServer, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { Workspace, type Running } from '../support/cli.js';
import { PostgresServer } from '../support/postgres.js';
import { vendorServer } from '../support/vendor-server.js';

const CALLS = 20;
const ALL_UNCHANGED = Array<string>(CALLS).fill('unchanged');

const FILE = ['DID,Caller ID,Call Date,Cost'].concat(
  Array.from(
    { length: CALLS },
    (_, index) => `8005550100,5125550${index + 100},2026-11-20 09:00:00,${index}.5`,
  ),
);

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(false);
});
afterAll(() => {
  server.stop();
});

/** A way to a port of this machine on which nothing arrives until it is opened. */
async function gateTo(port: string): Promise<{ readonly url: string; readonly open: () => void }> {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const gate = createServer((near) => {
    near.on('error', () => near.destroy());
    void opened.then(() => {
      const far = connect(Number(port), '127.0.0.1').on('error', () => near.destroy());
      near.pipe(far).pipe(near);
    });
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void gate.close());
  return { url: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`, open };
}

interface Begun extends Running {
  readonly space: Workspace;
  /** Has been told that another one is at work. */
  readonly told: Promise<this>;
}

/** A vendor that bills again what is sent again, who answers nobody yet, and machines with a ledger and a file in common. */
async function meeting() {
  const ledger = await server.ledger();
  const vendor = await vendorServer<TldcrmBooks>('tldcrm');
  const gate = await gateTo(new URL(vendor.url).port);
  const machine = (): Workspace => {
    const space = new Workspace();
    space.env['REVSYNC_LEDGER'] = ledger;
    space.write('sales.csv', `${FILE.join('\n')}\n`);
    return space;
  };
  const to = ['--vendor', 'tldcrm', '--base-url', gate.url, '--new-ledger'];
  const args = ['push', 'sales.csv', ...to, '--rate', '1000', '--timeout', '100'];
  const begin = (space: Workspace, more: readonly string[]): Begun => {
    const running = space.start(...args, ...more);
    const told = new Promise<void>((resolve) => {
      let said = '';
      running.process.stderr.on('data', (text: string) => {
        if ((said += text).includes('another push to')) resolve();
      });
    });
    const begun: Begun = { ...running, space, told: told.then(() => begun) };
    return begun;
  };
  /** Two that begin at once: the one that pushes, and the one that was told so. */
  const both = async (...more: readonly string[]): Promise<{ first: Begun; other: Begun }> => {
    const [one, two] = [begin(machine(), more), begin(machine(), more)];
    const other = await Promise.race([one.told, two.told]);
    return { first: other === one ? two : one, other };
  };
  const billed = (): { requests: number; costs: number; calls: number } => {
    const { costs } = vendor.books();
    const calls = new Set(costs.map(({ cid }) => cid));
    return { requests: vendor.requests(), costs: costs.length, calls: calls.size };
  };
  return { args, open: gate.open, machine, both, billed };
}

const ONCE = { requests: CALLS, costs: CALLS, calls: CALLS };

function statusesOf(space: Workspace): (string | undefined)[] {
  return space.rows('sales.results.csv').map((row) => row['revsync_status']);
}

function named({ process }: Running): RegExp {
  return new RegExp(
    `another push to tldcrm, account default, is running with ledger postgres://\\S+ \\(process ${process.pid} on ${hostname()}, since [^ )]+\\)`,
  );
}

describe('the same file pushed from two machines in the same second', () => {
  it('is sent by one, and the other ends with 6 and says by which; it is unchanged then, also to an empty disk', async () => {
    const { args, open, machine, both, billed } = await meeting();
    const { first, other } = await both();
    const refused = await other.ended;
    expect(refused.code).toBe(6);
    expect(refused.stderr).toMatch(named(first));
    expect(refused.stderr).toMatch(/; wait for it to end\n$/);
    open();
    expect((await first.ended).code).toBe(0);
    expect(billed()).toEqual(ONCE);
    for (const space of [first.space, other.space, machine()]) {
      expect((await space.run(...args)).code).toBe(0);
      expect(statusesOf(space)).toEqual(ALL_UNCHANGED);
    }
    expect(billed()).toEqual(ONCE);
  });

  it('is unchanged to the other one, where that waits', async () => {
    const { open, both, billed } = await meeting();
    const { first, other } = await both('--wait', '5m');
    open();
    expect((await first.ended).code).toBe(0);
    const { code, stderr } = await other.ended;
    expect(stderr).toMatch(named(first));
    expect(stderr.match(/another push to/g)).toHaveLength(1);
    expect(code).toBe(0);
    expect(statusesOf(first.space)).toEqual(Array<string>(CALLS).fill('accepted'));
    expect(statusesOf(other.space)).toEqual(ALL_UNCHANGED);
    expect(billed()).toEqual(ONCE);
  });
});
