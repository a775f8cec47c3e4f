import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LedgerError } from '../../core/ledger.js';

/**
 * The one path of a ledger. SQLite keeps its log beside the name by which it opens a file, and the lock of a push is
 * there too: by another name of the same file neither would be seen, so a ledger that has several is refused.
 */
export function ledgerFile(path: string): string {
  const fail = (why: string): never => {
    throw new LedgerError(`ledger ${path}: ${why}`);
  };
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      fail('it is a link to a file that is not there; bring that back, since it knows what has been sent');
    const folder = dirname(path);
    return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path;
  }
  if (stat.isDirectory()) fail('it is a folder; check its path');
  if (!stat.isFile()) fail('it is not a file; check its path');
  const real = realpathSync(path);
  if (stat.nlink > 1)
    fail(
      `the file has ${stat.nlink} names (hard links), and a push by one does not see what goes on by another; \`find FOLDER -samefile ${real}\` finds them; keep the one that was pushed by, with what stands beside it`,
    );
  if (isMountedAlone(real))
    fail(
      'it is mounted by itself, so that its log would not be where others look for it; mount its folder instead',
    );
  return real;
}

/** Whether the file itself was bound to this path, as `mount --bind` and containers do. */
function isMountedAlone(path: string): boolean {
  if (statSync(path).dev !== statSync(dirname(path)).dev) return true;
  const mounts = '/proc/self/mountinfo';
  if (!existsSync(mounts)) return false;
  // Blanks and backslashes of a path are written as octal numbers.
  const written = path.replace(
    /[ \t\n\\]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return readFileSync(mounts, 'utf8').includes(` ${written} `);
}
