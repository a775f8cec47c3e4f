import { LedgerError } from '../../../core/ledger.js';
import { runName } from '../../../core/row.js';
import type { LikenessesOf } from '../../../core/vendor.js';
import { movedText } from '../remedies.js';
import { isShared } from '../../ledger-address.js';
import type { Tally } from './checksum.js';
import { copyTables, talliesOf, type Source, type Target } from './copied.js';
import { BookSource, BookTarget, booksMovedTo, openBooks } from './copied-books.js';
import { fileMovedTo, FileSource, FileTarget, openFile } from './copied-file.js';

/**
 * Copies everything that a ledger knows to an empty one, compares what was read with what is there then, and has pushes go
 * by the new one: at every moment by one of the two at most. Undefined where that was done before, but for its last step.
 */
export async function copyLedger(
  from: string,
  to: string,
  likenesses: (vendor: string) => LikenessesOf | undefined,
): Promise<readonly Tally[] | undefined> {
  const moved = await movedTo(from);
  if (moved === to && (await movedTo(to)) === from) {
    await (isShared(to) ? openBooks(to) : openFile(to));
    return undefined;
  }
  if (moved !== undefined) throw new LedgerError(`ledger ${from}: ${movedText(moved)}`);
  const source = isShared(from) ? await BookSource.open(from) : FileSource.open(from, likenesses);
  try {
    await refuseOpenRuns(source);
    const target = isShared(to) ? await BookTarget.make(to) : FileTarget.make(to);
    try {
      return await copied(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function movedTo(place: string): Promise<string | undefined> {
  return isShared(place) ? booksMovedTo(place) : fileMovedTo(place);
}

async function refuseOpenRuns(source: Source): Promise<void> {
  const [run, ...others] = await source.openRuns();
  if (run === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  throw new LedgerError(
    `ledger ${source.place}: ${runName(run)}${more} died before its rows were settled; push to that account again, which settles them, then copy`,
  );
}

async function copied(source: Source, target: Target): Promise<readonly Tally[]> {
  const read = await copyTables(source, target);
  const written = await talliesOf(target);
  const other = read.find(({ rows, checksum }, index) => {
    const there = written[index];
    return there?.rows !== rows || there.checksum !== checksum;
  });
  if (other !== undefined)
    throw new LedgerError(
      `ledger ${target.place}: what is in it of ${other.table} is not what was read from ${source.place}; nothing was changed there`,
    );
  // Until it is opened the new one says that the old one is to be gone by.
  source.check();
  await target.keep(source);
  await source.move(target.place);
  await target.open();
  return written;
}
