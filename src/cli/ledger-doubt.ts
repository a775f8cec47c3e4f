import { existsSync } from 'node:fs';
import type { LedgerDoubt } from '../core/ledger.js';
import type { LedgerHealth } from '../core/records.js';
import { unreachable } from '../core/result.js';
import { plural } from '../core/text.js';
import type { Vendor } from '../core/vendor.js';
import { generationPath } from '../io/open-ledger.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';
import { commandOf } from './next-command.js';

/** The ledger has gone, and what was kept beside it has not. */
export function isLost(path: string): boolean {
  return !existsSync(path) && existsSync(generationPath(path));
}

/** Says why a ledger cannot be relied on. A push throws it, for a repeat would count twice; a dry run says it. */
export function refuseDoubt(
  host: Host,
  { path, vendor }: { readonly path: string; readonly vendor: Pick<Vendor, 'title'> },
  doubt: LedgerDoubt | undefined,
  isDryRun: boolean,
): string | undefined {
  if (doubt === undefined) return undefined;
  const says = `ledger ${path} ${doubtText(doubt, path)}, and ${vendor.title} adds a record with every request`;
  if (isDryRun) return `${says}: a push by it is refused`;
  const accept = commandOf(host, ['ledger', 'accept', '--ledger', path]);
  throw new UsageError(
    `${says}; nothing was sent\nwhere there is no better one, what ${vendor.title} holds has been looked at, and this one is to be gone by: ${accept}`,
  );
}

/** How large a ledger is, and what it knows. */
export function sizeText({ bytes, runs, keys }: Pick<LedgerHealth, 'bytes' | 'runs' | 'keys'>): string {
  return `${megabytes(bytes)}, ${plural(runs, 'run')}, ${plural(keys, 'key')}`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What is wrong, and what mends it. */
export function doubtText(doubt: LedgerDoubt, path: string): string {
  switch (doubt) {
    case 'older':
      return 'is older than when it was last pushed by: it does not know what was sent after that; put the newer one back, with its -wal if it has one';
    case 'empty':
      return 'knows nothing, and it did when it was last pushed by: all of it would be sent again; put that one back, or a backup of it';
    case 'another':
      return 'is not the one that was last pushed by here: it does not know what that one has sent; put that one back, or a backup of it';
    case 'unaccompanied':
      return `has no ${generationPath(path)} beside it, which says how far it was pushed by: it may be an older copy; bring that file too, with the -wal of the ledger if it has one`;
    case 'restored':
      return 'is in another database, or on another server, than when it was last pushed by: a backup that was restored, or a standby that took over, may not know what was sent last; put the newer one back';
    default:
      return unreachable(doubt);
  }
}
