import { onTestFinished } from 'vitest';
import type { Vendor } from '../../src/core/vendor.js';
import { parseFaults } from '../../src/sandbox/faults.js';
import { FAKES } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { Desk, type Pushed, type PushWith } from './push.js';

export interface VendorDesk {
  /** Pushes CSV text to the vendor's fake, with one ledger for all pushes. */
  push(csv: string, options?: PushWith): Promise<Pushed>;
  /** What the fake vendor holds. */
  books(): unknown;
  /** Requests that the fake had so far. */
  requests(): number;
}

const SECRETS = {
  CONVOSO_AUTH_TOKEN: 'tok3n',
  TRACKDRIVE_API_KEY: 'public:private',
  INVOCA_OAUTH_TOKEN: 'tok3n',
  INVOCA_API_VERSION: '2015-08-17',
  RINGBA_API_TOKEN: 'tok3n',
  RINGBA_ACCOUNT_ID: 'RA1F2E',
  TLDCRM_API_ID: 'id',
  TLDCRM_API_KEY: 'key',
};

/** A desk with a fake of the vendor, closed when the test ends. */
export async function vendorDesk(vendor: Vendor, faultList = ''): Promise<VendorDesk> {
  const faults = parseFaults(faultList);
  const fake = FAKES.get(vendor.id)?.({});
  if (!faults.ok || fake === undefined) throw new Error('no such fake or fault');
  const server = await startSandbox({ fakes: [fake], port: 0, faults: faults.value, latencyMs: 0 });
  const desk = new Desk();
  onTestFinished(async () => {
    desk.close();
    await server.close();
  });
  return {
    push: (csv, options) => desk.push(vendor, csv, server.url, { secrets: SECRETS, ...options }),
    books: () => fake.books(),
    requests: () => server.requests(),
  };
}

/** Rows in short: status, code, amount in 1/10000. */
export function inShort({ rows }: Pushed): unknown[] {
  return rows.map(({ status, code, action, amount }) => [status, code ?? action, amount]);
}
