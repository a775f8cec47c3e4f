import { dirname, isAbsolute, relative } from 'node:path';
import type { OpenLedger } from '../core/ledger.js';
import { plural } from '../core/text.js';
import { digestOfFile } from '../io/csv/reader.js';
import { DEFAULT_CONFIG } from '../io/profile-settings.js';
import { NOTHING, type PushOutcome } from '../push/run.js';
import type { RefusedFile } from '../push/stage.js';
import { UsageError } from './console.js';
import { pathOf, type Host } from './host.js';
import { fileWord } from './next-command.js';
import { lateText } from './print/ends.js';
import type { PushOptions } from './push-options.js';

/** A file that comes by so much of its time earlier is no other one's. */
const EARLY = 0.9;

/** The files that `files:` of the profile matches, in the order of their names. */
export async function filesOf(
  host: Host,
  { profile, files, config }: PushOptions,
): Promise<readonly string[]> {
  if (files === undefined) {
    const whose = profile === undefined ? 'or a profile that has' : `or give profile ${profile}`;
    throw new UsageError(`no file is named: name the files to push, ${whose} files:`);
  }
  const { filesMatching } = await import('../io/globs.js');
  const found = await filesMatching(files, dirname(pathOf(host, config ?? DEFAULT_CONFIG)));
  return found.map((path) => {
    const near = relative(host.cwd, path);
    return near.startsWith('..') || isAbsolute(near) ? path : fileWord(near);
  });
}

/** Those of which the ledger does not prove that an earlier push of the same bytes left nothing open. */
export async function notPushedYet(
  host: Host,
  ledger: OpenLedger,
  files: readonly string[],
  { force }: PushOptions,
): Promise<{ readonly files: readonly string[]; readonly passedOver: number }> {
  if (force === true) return { files, passedOver: 0 };
  const digests = new Map<string, string>();
  for (const file of files) {
    const digest = await digestOfFile(pathOf(host, file));
    if (digest !== undefined) digests.set(file, digest);
  }
  const whole = await ledger.pushedWhole([...digests.values()]);
  const left = files.filter((file) => !whole.has(digests.get(file) ?? ''));
  return { files: left, passedOver: files.length - left.length };
}

export function passedOverText(count: number): string {
  const were = count === 1 ? 'was' : 'were';
  return `${plural(count, 'file')} ${were} pushed whole before and ${were} not read again; --force reads all, a file that is named is always read`;
}

/**
 * Of a profile without a file that was not pushed before: refused as one that did not come, unless it did before, or the
 * next one is not due yet. A dry run does not ask when the last one came.
 */
export async function nothingNew(
  host: Host,
  ledger: OpenLedger,
  { profile = '', files = [], every, dryRun }: PushOptions,
  passedOver: number,
): Promise<{ readonly outcome: PushOutcome; readonly says?: string }> {
  const outcome = { ...NOTHING, dryRun: dryRun === true };
  const before = passedOver === 0 ? '' : `; ${plural(passedOver, 'file')} pushed whole before`;
  const says = `${passedOver > 0 ? 'no new file' : 'no file'} matches files: of profile ${profile}${before}`;
  if (every === undefined || dryRun === true) {
    if (passedOver > 0 || every !== undefined) return { outcome, says };
    return { outcome: { ...outcome, refused: [refusal(files, says)] } };
  }
  const last = await ledger.lastFileOf(profile);
  const now = host.now();
  if (last !== undefined && now - last < every * EARLY)
    return { outcome, says: `${says}; the next one is not due yet` };
  const message = `${says}; one is expected every ${lateText(every, last, now)}`;
  return { outcome: { ...outcome, refused: [refusal(files, message)] } };
}

function refusal(files: readonly string[], message: string): RefusedFile {
  return { input: files.join(', '), problems: [{ message }] };
}
