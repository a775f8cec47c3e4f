import type { Random } from '../crash/random.js';
import type { FileEvent, Recording } from './recording.js';

/**
 * What a disk may have made of writes that nobody had synced: none of them, all of them, those up to some moment, any of
 * them in any order, or any of them with some torn in the middle, at a sector or at a byte.
 */
export const MODES = ['none', 'all', 'first', 'any', 'torn'] as const;
export type Mode = (typeof MODES)[number];

type Change = { readonly at: number; readonly bytes?: Buffer };

/** A file by whatever name: what is on the disk, and what was asked since its last sync. */
interface Inode {
  disk: Buffer;
  waiting: Change[];
}

const SECTOR = 512;

/**
 * The files as they may be found when the power comes back, which went after so many events. What was synced is there, to
 * the byte. Of what was not, `mode` and chance decide. A name is as safe as the first sync of its file (as ext4, XFS and
 * Btrfs have it) or of its folder; a rename or a removal that no sync of the folder followed has happened or has not.
 * The index of the log is never there: it is memory that processes share.
 */
export function imageAt(
  { before, events }: Recording,
  moment: number,
  mode: Mode,
  chance: Random,
): ReadonlyMap<string, Buffer> {
  const inodes = new Map<string, Inode>([...before].map(([name, disk]) => [name, { disk, waiting: [] }]));
  const safe = new Map(inodes);
  let moves: (() => void)[] = [];
  // Another file by that name may have been made and synced since.
  const leave = (name: string, inode: Inode): void => {
    if (safe.get(name) === inode) safe.delete(name);
  };
  for (const event of events.slice(0, moment)) {
    const inode = inodes.get(event.name) ?? { disk: Buffer.alloc(0), waiting: [] };
    switch (event.do) {
      case 'open':
        if (event.name !== '') inodes.set(event.name, inode);
        break;
      case 'empty':
        inodes.set(event.name, inode);
        inode.waiting.push({ at: 0 });
        break;
      case 'write':
      case 'cut':
        inode.waiting.push(event);
        break;
      case 'sync':
        if (event.name !== '') {
          inode.disk = applied(inode.disk, inode.waiting);
          inode.waiting = [];
          safe.set(event.name, inode);
          break;
        }
        for (const move of moves) move();
        moves = [];
        for (const [name, one] of inodes) safe.set(name, one);
        break;
      case 'remove':
        inodes.delete(event.name);
        moves.push(() => leave(event.name, inode));
        break;
      case 'rename':
        inodes.delete(event.name);
        inodes.set(event.to, inode);
        moves.push(() => {
          leave(event.name, inode);
          safe.set(event.to, inode);
        });
        break;
    }
  }
  // Names in their order: a later one is never there without those before it.
  for (const move of moves.slice(
    0,
    mode === 'none' ? 0 : mode === 'all' ? moves.length : chance.between(0, moves.length),
  ))
    move();
  if (mode !== 'none')
    for (const [name, inode] of inodes)
      if (!safe.has(name) && (mode === 'all' || chance.chance(0.5))) safe.set(name, inode);
  const found = [...safe].filter(([name]) => !name.endsWith('-shm'));
  return new Map(
    found.map(([name, { disk, waiting }]) => [name, applied(disk, survivors(waiting, mode, chance))]),
  );
}

function survivors(waiting: readonly Change[], mode: Mode, chance: Random): readonly Change[] {
  switch (mode) {
    case 'none':
      return [];
    case 'all':
      return waiting;
    case 'first':
      return waiting.slice(0, chance.between(0, waiting.length));
    case 'any':
      return waiting.filter(() => chance.chance(0.5));
    case 'torn':
      return waiting
        .filter(() => chance.chance(0.7))
        .map((change) => (chance.chance(0.4) ? torn(change, chance) : change));
  }
}

/** The first or the last part of a write. */
function torn(change: Change, chance: Random): Change {
  const { at, bytes } = change;
  if (bytes === undefined) return change;
  const cut = chance.between(0, bytes.length);
  const place = chance.chance(0.5) ? cut : cut - (cut % SECTOR);
  return chance.chance(0.7)
    ? { at, bytes: bytes.subarray(0, place) }
    : { at: at + place, bytes: bytes.subarray(place) };
}

/** Writes and cuts, in order; what nobody wrote between them is zeros. */
function applied(disk: Buffer, changes: readonly Change[]): Buffer {
  if (changes.length === 0) return disk;
  const most = Math.max(disk.length, ...changes.map(({ at, bytes }) => at + (bytes?.length ?? 0)));
  const now = Buffer.alloc(most);
  disk.copy(now);
  let size = disk.length;
  for (const { at, bytes } of changes) {
    if (bytes === undefined) now.fill(0, at, size);
    else bytes.copy(now, at);
    size = bytes === undefined ? at : Math.max(size, at + bytes.length);
  }
  return now.subarray(0, size);
}

/** The same, of a process whose syncs of such files do nothing: for a test of the test. */
export function withoutSyncs(recording: Recording, of: RegExp): Recording {
  const isSync = (event: FileEvent): boolean => event.do === 'sync' && of.test(event.name);
  // An event keeps its number.
  const events = recording.events.map((event): FileEvent =>
    isSync(event) ? { ...event, do: 'open' } : event,
  );
  return { ...recording, events };
}
