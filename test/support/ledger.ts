import type { Namespace } from '../../src/core/ledger.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';

/** Stands for the ledger in a thread of its own, which takes built code: the same ledger in this thread. */
export const ThreadedLedger = {
  // eslint-disable-next-line @typescript-eslint/require-await -- as a thread fails
  async open(path: string, namespace: Namespace, dryRun: boolean): Promise<SqliteLedger> {
    return dryRun ? SqliteLedger.dryRun(path, namespace) : SqliteLedger.open(path, namespace);
  },
};
