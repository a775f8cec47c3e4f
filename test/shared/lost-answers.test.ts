import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { Workspace, type Ended } from '../support/cli.js';
import { PostgresServer } from '../support/postgres.js';
import { vendorServer } from '../support/vendor-server.js';
import { Wire } from './wire.js';

const ROWS = 6;
const LEASE_MS = 2000;

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(false);
});
afterAll(() => server.stop());

interface Pushed {
  readonly first: Ended;
  readonly last: Ended;
  /** What the vendor has, a count of records for each row. */
  readonly records: readonly number[];
  readonly asked: number;
}

/** Pushes a file to the vendor at which a repeat counts twice, and pushes it again; of the first push one answer of the database is lost. */
async function pushed(losesAnswer: number | undefined): Promise<Pushed> {
  const space = new Workspace();
  const vendor = await vendorServer<TldcrmBooks>('tldcrm');
  const ledger = await server.ledger(LEASE_MS, 0);
  const wire = await Wire.open(server.port);
  wire.losesAnswer = losesAnswer;
  const rows = Array.from(
    { length: ROWS },
    (_, row) => `2026-11-20 14:05:0${row},8005550100,512555010${row},${row + 1}.00\n`,
  );
  space.write('costs.csv', `Call Date,DID,Caller ID,Cost\n${rows.join('')}`);
  const push = (address: string): Promise<Ended> => {
    space.env['REVSYNC_LEDGER'] = address;
    const to = ['--vendor', 'tldcrm', '--base-url', vendor.url, '--rate', '0', '--timeout', '1'];
    return space.run('push', 'costs.csv', ...to, '--new-ledger', '--wait', '20s');
  };
  const first = await push(server.url(new URL(ledger).pathname.slice(1), wire.port));
  const { asked } = wire;
  wire.close();
  const last = await push(ledger);
  await server.drop(ledger);
  const costs = Object.values(vendor.books().costs);
  const records = rows.map((_, row) => costs.filter(({ cost }) => Number(cost) === row + 1).length);
  return { first, last, records, asked };
}

describe('an answer of the database that is lost', () => {
  it('doubles nothing and loses nothing, whichever it is', async () => {
    const whole = await pushed(undefined);
    expect([whole.first.code, whole.last.code, whole.records]).toEqual([0, 0, Array<number>(ROWS).fill(1)]);
    expect(whole.asked).toBeGreaterThan(20);
    const ends = new Set<number | null>();
    for (let which = 1; which <= whole.asked; which += 1) {
      const { first, last, records } = await pushed(which);
      ends.add(first.code);
      const said = `answer ${which}: ${first.stderr}${last.stderr}`;
      // A push that could not begin has sent nothing; one that lost its way has not lost a row.
      expect([0, 2, 4], said).toContain(first.code);
      expect([last.code, records], said).toEqual([0, Array<number>(ROWS).fill(1)]);
    }
    expect(ends).toContain(0);
  });
});
