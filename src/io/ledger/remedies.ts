/** Where what a ledger knows cannot be had otherwise. */
export const RESTORE =
  'restore it from a backup, without the -wal and -shm beside it, since it knows what has been sent';

/** What is said of a ledger that cannot be relied on. */
export const DAMAGED = `it is damaged; ${RESTORE}`;

/** What is said of a ledger that was copied to another place. */
export function movedText(place: string): string {
  return `has moved to ${place}, where everything is written down since then; go by that one (--ledger, REVSYNC_LEDGER or the profile)`;
}

/**
 * None of them names another ledger where there is one: that would know nothing of what has been sent, and everything
 * would be sent again.
 */
const REMEDIES: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full; make room and run the same command again',
  SQLITE_IOERR: 'the disk cannot be read or written; check it and run the same command again',
  SQLITE_READONLY: 'it may not be written; check its permissions',
  SQLITE_CANTOPEN: 'it cannot be opened; check its permissions and those of its folder',
  SQLITE_CORRUPT: DAMAGED,
  SQLITE_NOTADB: `it is not a ledger; check its path, and where it was one, ${RESTORE}`,
  SQLITE_BUSY: 'another process has been writing to it for 10 s; try again',
  EACCES: 'it may not be written; check its permissions and those of its folder',
  EPERM: 'it may not be written; check its permissions and those of its folder',
  ENOENT: 'its folder cannot be made; check its path',
  EROFS: 'its disk is read-only; make it writable',
  ENOSPC: 'the disk is full; make room and run the same command again',
  EEXIST: 'part of its path is not a folder; check its path',
  ENOTDIR: 'part of its path is not a folder; check its path',
};

/** What a failure of the driver or of the system is to someone, with what to do. */
export function explain(error: unknown): string {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  // The driver has no code for it.
  const cause = message.startsWith('ConnectionFailed') ? 'SQLITE_CANTOPEN' : code;
  const known = Object.entries(REMEDIES).find(([prefix]) => cause.startsWith(prefix));
  return known?.[1] ?? message;
}
