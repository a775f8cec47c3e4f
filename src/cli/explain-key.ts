import type { KeyRecord } from '../core/explained.js';
import type { HistoryRecord, LedgerRecords } from '../core/records.js';
import { runName } from '../core/row.js';
import { metBy } from '../explain/meets.js';
import { doubtInFlight } from '../push/recover.js';
import { VENDORS } from '../vendors/index.js';
import { UsageError } from './console.js';
import { inLedger, peeked } from './existing-ledger.js';
import type { ExplainedKey } from './explain-outputs.js';
import { heldOf } from './explain-story.js';
import { jsonOf } from './history.js';
import type { Host } from './host.js';
import { ledgerPath, mayBeThere } from './ledger-path.js';
import { ledgerWords, resolveCommands } from './next-command.js';

interface KeyOptions {
  readonly ledger?: string | undefined;
  /** Only of this one. */
  readonly vendor?: string | undefined;
  readonly account?: string | undefined;
}

/** What a ledger knows of a key, in every account that is asked about; and where it knows nothing, keys that are near it. */
export interface FoundKey {
  readonly accounts: readonly ExplainedKey[];
  readonly history: readonly HistoryRecord[];
  readonly near: readonly string[];
}

const NOTHING: FoundKey = { accounts: [], history: [], near: [] };

export async function explainKey(host: Host, key: string, options: KeyOptions): Promise<FoundKey> {
  const { ledger: named, vendor, account } = options;
  const isWanted = (one: { readonly vendor: string; readonly account: string }): boolean =>
    one.vendor === (vendor ?? one.vendor) && one.account === (account ?? one.account);
  const look = async (ledger: LedgerRecords): Promise<FoundKey> => {
    const found = (await ledger.keyRecords(key)).filter(isWanted);
    if (found.length === 0) return { ...NOTHING, near: await ledger.keysNear(key) };
    const history = (await ledger.history(key)).filter(isWanted);
    const words = ledgerWords(named, host.env, host);
    return { accounts: found.map((one) => accountOf(host, one, history, words)), history, near: [] };
  };
  const found = await peeked(named, host, look);
  if (found !== undefined) return found;
  // One of an older revsync is brought along, as by every command that looks into it.
  if (!isThere(host, named)) return NOTHING;
  return inLedger(host, named, look);
}

/** A code is explained where there is no place for a ledger, too. */
function isThere(host: Host, named: string | undefined): boolean {
  try {
    return mayBeThere(ledgerPath(named, host));
  } catch (error) {
    if (error instanceof UsageError && named === undefined) return false;
    throw error;
  }
}

function accountOf(
  host: Host,
  { vendor: id, account, origin, key, held, last, inFlight }: KeyRecord,
  history: readonly HistoryRecord[],
  ledger: readonly string[],
): ExplainedKey {
  const vendor = VENDORS.find((one) => one.id === id);
  const doubt =
    inFlight === undefined || vendor === undefined ? held?.doubt : doubtInFlight(vendor)(inFlight.action);
  const own = history.filter((one) => one.vendor === id && one.account === account && one.origin === origin);
  const isBlocked = held?.doubt === 'blocked';
  return {
    ...{ key, vendor: id, account, origin, held: held === undefined ? null : heldOf(held) },
    in_flight: inFlight === undefined ? null : `${runName(inFlight.run ?? 0)}, line ${inFlight.line}`,
    last:
      last === undefined
        ? null
        : {
            ...{ run: runName(last.run), file: last.input, line: last.line, fields: last.fields ?? {} },
            columns: last.header.map((header, at) => ({ header: header.trim(), cell: last.cells[at] ?? '' })),
          },
    meets: vendor === undefined ? [] : metBy(vendor, { isHeld: held?.isHeld === true, doubt }),
    history: own.map(jsonOf),
    commands: isBlocked
      ? resolveCommands(host, key, { vendor: id, account, baseUrl: origin, ledger: [...ledger] })
      : [],
  };
}
