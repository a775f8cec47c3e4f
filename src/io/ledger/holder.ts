import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { pid as ownPid } from 'node:process';
import { bootId, isRunning, pidSpace } from '../processes.js';
import { columns } from './columns.js';
import { textOf, type Database } from './database.js';

/** How often a push says that it is at work. */
export const BEAT_MS = 10_000;

/** How long one that cannot be looked at may say nothing before it counts as dead. */
export const SILENCE_MS = 120_000;

/** The process that pushes to an account, as it wrote itself down in the ledger. */
export interface Holder {
  readonly token: string;
  readonly pid: number;
  /** When the process was begun, in which space of process numbers; null where the system does not say. */
  readonly born: string | undefined;
  readonly host: string;
  /** Of the system since it was started. */
  readonly boot: string;
  /** The file of which it has the lock. */
  readonly lock: string;
  /** Epoch milliseconds. */
  readonly beat: number;
}

/** Of the ledger. */
export const HOLDERS = `
  create table holders (
    namespace integer primary key, token text not null, pid integer not null, born text, host text not null,
    boot text not null, lock text not null, beat integer not null
  );
`;

const HOLDER = columns<Holder>({
  token: String,
  pid: Number,
  born: textOf,
  host: String,
  boot: String,
  lock: String,
  beat: Number,
});

/** Those of this process. */
const OWN = new Set<string>();

/** Who pushes to the account, dead or alive. */
export function holderOf(db: Database, namespace: number): Holder | undefined {
  return HOLDER.select(db, 'from holders where namespace = ?', namespace)[0];
}

/** Writes this process down; in a transaction in which nobody else was found. */
export function hold(db: Database, namespace: number, token: string, lock: string, now: number): void {
  OWN.add(token);
  db.run(
    `insert or replace into holders (namespace, token, pid, born, host, boot, lock, beat)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    [namespace, token, ownPid, birthOf(ownPid) ?? null, hostname(), bootOf(), lock, now],
  );
}

export function letGo(db: Database, token: string): void {
  OWN.delete(token);
  db.run('delete from holders where token = ?', [token]);
}

/**
 * Whether a holder may still be at work, for one who has the lock of the file `lock`: the system lets go of that when its
 * process ends. Where the holder had another file, which somebody has removed, its process is looked at; where it cannot
 * be, on another machine or in another container, what it said last decides.
 */
export function isAlive(holder: Holder, lock: string, now: number): boolean {
  if (OWN.has(holder.token)) return true;
  const isRecent = now - holder.beat < SILENCE_MS;
  if (holder.boot !== bootOf()) return isRecent;
  if (holder.lock === lock) return false;
  const own = birthOf(ownPid);
  if (own === undefined) return isRecent && isRunning(holder.pid);
  return spaceOf(holder.born) === spaceOf(own) ? birthOf(holder.pid) === holder.born : isRecent;
}

/** `process 4711 on web-1, last heard of 3 s ago`. */
export function holderText({ pid, host, beat }: Holder, now: number): string {
  return `process ${pid} on ${host}, last heard of ${Math.max(0, Math.round((now - beat) / 1000))} s ago`;
}

function bootOf(): string {
  const boot = bootId();
  return boot === '' ? hostname() : boot;
}

/** `pid:[4026531836] 8127311`: a number is given to another process once its own has ended, with another moment. */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')')).split(' ')[20];
    const space = pidSpace();
    return space === '' ? undefined : `${space} ${started}`;
  } catch {
    return undefined;
  }
}

function spaceOf(born: string | undefined): string | undefined {
  return born?.split(' ')[0];
}
