import type { TransactionReport } from '../core/transactions.js';
import type { Vendor } from '../core/vendor.js';
import { convoso } from './convoso.js';
import { invoca } from './invoca.js';
import { invocaSignals } from './invoca-signals.js';
import { invocaTransactions } from './invoca-transactions.js';
import { ringba } from './ringba.js';
import { ringbaCalls } from './ringba-calls.js';
import { tldcrm } from './tldcrm.js';
import { trackdrive } from './trackdrive.js';
import { trackdriveCalls } from './trackdrive-calls.js';

/** Every vendor, written out. */
export const VENDORS: readonly Vendor[] = [convoso, trackdrive, tldcrm, invoca, invocaSignals, ringba];

/** Every report of what a vendor holds, written out. */
export const REPORTS: readonly TransactionReport[] = [invocaTransactions, trackdriveCalls, ringbaCalls];
