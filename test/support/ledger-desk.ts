import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { Workspace } from './cli.js';
import { vendorServer, type VendorServer } from './vendor-server.js';

/** `sales.csv` with calls of a vendor that adds a record with every request, and the push of it, a row at a time. */
export interface LedgerDesk {
  readonly space: Workspace;
  readonly server: VendorServer<TldcrmBooks>;
  readonly args: readonly string[];
}

export async function ledgerDesk(calls: number, latencyMs: number): Promise<LedgerDesk> {
  const space = new Workspace();
  const server = await vendorServer<TldcrmBooks>('tldcrm', { latencyMs });
  const rows = Array.from(
    { length: calls },
    (_, index) => `8005550100,5125550${index + 100},2026-11-20 09:00:00,${index}.5\n`,
  );
  space.write('sales.csv', `DID,Caller ID,Call Date,Cost\n${rows.join('')}`);
  const to = ['--vendor', 'tldcrm', '--base-url', server.url];
  return { space, server, args: ['push', 'sales.csv', ...to, '--concurrency', '1', '--rate', '1000'] };
}
