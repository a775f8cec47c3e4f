import type { Ledger } from '../core/ledger.js';
import type { RowUpdate, RunId, SameCall } from '../core/row.js';
import type { Vendor } from '../core/vendor.js';
import { place } from './differences.js';
import type { StagedFile } from './stage.js';

/**
 * Refuses rows that may be one call under two names, of which the one that is sent last would stand: where the files
 * name some calls in one way and some in another, those that look alike, or all where nothing tells whether they do.
 */
export async function refuseTwoNames(
  ledger: Ledger,
  run: RunId,
  vendor: Vendor,
  files: readonly StagedFile[],
): Promise<void> {
  const first = new Map<string, string>();
  for (const { input, names } of files)
    for (const [way, line] of names) if (!first.has(way)) first.set(way, `${input}:${line}`);
  const [one, other] = first;
  if (one === undefined || other === undefined) return;
  if (vendor.likenesses !== undefined) {
    for await (const found of ledger.sameCalls(run)) await ledger.update(run, found.map(refused));
    return;
  }
  const message =
    `${one[1]} names its call by its ${one[0]} and ${other[1]} by its ${other[0]}, and two such rows may be one call; ` +
    'name all calls in one way, or, if no call is there twice, push it with --send-again';
  await ledger.holdAfter(run, 0, { status: 'invalid', code: 'conflict', message });
}

function refused({ position, other, ...row }: SameCall): RowUpdate {
  const message =
    `${place(other, row)} is found as ${other.key}, and both may be one call; ` +
    'keep one of the lines, or, if they are two calls, push it with --send-again';
  return { position, status: 'invalid', code: 'conflict', message };
}
