import { records } from '../support/cli.js';
import type { LedgerCopy, LedgerEntry } from './ledger-copy.js';
import { units, type CrashVendor, type Held, type Sale } from './vendors.js';

/** What is killed: a push of the sales file, or an apply of the plan that was made of it. */
export type Command = 'push' | 'apply';

/** One sales file and what has happened to it so far. */
export interface Scene {
  readonly vendor: CrashVendor;
  readonly command: Command;
  readonly folder: string;
  readonly sales: readonly Sale[];
  /** What an earlier file of the same keys said; empty where there was none. */
  readonly older: readonly Sale[];
  readonly isStormy: boolean;
  readonly concurrency: number;
  /** How often each key was in flight when a run died. */
  readonly claimedAtDeath: Map<string, number>;
}

export interface Findings {
  /** Amounts that count at the vendor beyond the one that should. */
  doubled: number;
  /** Records without exactly one row, and rows that are neither in the books nor in doubt. */
  lost: number;
  readonly unknown: number;
  /** Of these: in the books, so that only the reply was lost. */
  readonly unknownHeld: number;
  readonly problems: readonly string[];
}

type Books = ReadonlyMap<string, Held>;

const ENDED = new Set(['finished', 'stopped', 'crashed']);
const NOT_HELD: Held = { live: [], reversed: false, writes: 0, refs: [] };

/**
 * After a kill: what is in the books is known to the ledger as accepted or as in flight, and what is accepted
 * is in the books. Remembers what was in flight.
 */
export function checkDead(scene: Scene, ledger: LedgerCopy, books: Books): string[] {
  const { vendor, concurrency, claimedAtDeath } = scene;
  const claimed = ledger.rows.filter(({ status }) => status === 'claimed').map(({ key }) => key);
  for (const key of claimed) claimedAtDeath.set(key, (claimedAtDeath.get(key) ?? 0) + 1);
  const inFlight = new Set(claimed);
  const problems: string[] = [];
  if (vendor.appends && claimed.length > concurrency)
    problems.push(`${claimed.length} rows were in flight in ${concurrency} lanes`);
  for (const key of books.keys()) {
    if (inFlight.has(key) || ledger.entries.has(key)) continue;
    problems.push(`${key} is in the books, and the ledger does not know of it`);
  }
  for (const [key, entry] of ledger.entries) {
    if (inFlight.has(key) || entry.doubt !== null) continue;
    const held = books.get(key) ?? NOT_HELD;
    if (!agree(entry, held))
      problems.push(`${key}: ledger ${JSON.stringify(entry)}, books ${JSON.stringify(held)}`);
  }
  return problems;
}

function agree({ accepted }: LedgerEntry, { live, reversed }: Held): boolean {
  if (accepted === undefined) return live.length === 0;
  if (accepted === null) return reversed && live.length === 0;
  return live.length === 1 && units(live[0] ?? '') === accepted;
}

/** The results file after a kill: as it was before, or complete; never in between. */
export function resultsProblems(
  before: string | undefined,
  now: string | undefined,
  { sales }: Scene,
  { runs }: LedgerCopy,
): string[] {
  if (now === before) return [];
  if (now === undefined) return ['the results of the run before are gone'];
  if (!now.endsWith('\n')) return ['the results file ends in the middle of a line'];
  const rows = records(now);
  if (rows.length !== sales.length) return [`the results file has ${rows.length} of ${sales.length} rows`];
  const last = runs.at(-1);
  if (last === undefined || !ENDED.has(last.state)) return ['there are results of a run that has not ended'];
  const strange = rows.find((row) => row['revsync_run'] !== `run-${last.run}`);
  return strange === undefined ? [] : [`the results file has a row of ${strange['revsync_run'] ?? '?'}`];
}

/** What the last run left. */
export interface End {
  /** Its exit code and last words, for a message. */
  readonly ended: string;
  readonly code: number | null;
  readonly results: readonly Readonly<Record<string, string>>[];
  readonly files: readonly string[];
}

/** After a run that nobody killed: every record has its row, and results, ledger and books say the same. */
export function checkEnded(scene: Scene, ledger: LedgerCopy, books: Books, end: End): Findings {
  const { vendor, sales } = scene;
  const problems: string[] = [];
  let doubled = 0;
  let lost = 0;
  let unknown = 0;
  let unknownHeld = 0;

  if (end.results.length !== sales.length)
    problems.push(`${end.results.length} results rows for ${sales.length} records`);
  for (const [index, sale] of sales.entries()) {
    const key = vendor.key(sale);
    const row = end.results[index] ?? {};
    const held = books.get(key) ?? NOT_HELD;
    const extra = Math.max(0, held.live.length - (sale.reversed ? 0 : 1));
    doubled += extra;
    if (extra > 0) problems.push(`${key} is doubled: ${held.live.join(', ')}`);
    const status = row['revsync_status'] ?? 'no row';
    if (row['revsync_key'] !== key) {
      lost += 1;
      problems.push(`record ${index + 1}, ${key}, has the row of ${row['revsync_key'] ?? 'nothing'}`);
    } else if (status === 'unknown' && vendor.appends) {
      unknown += 1;
      if (held.live.length > 0) unknownHeld += 1;
      const why = notUnknown(key, ledger.entries.get(key), held, scene);
      if (why !== undefined) problems.push(`${key} is unknown, but ${why}`);
    } else if (status !== 'accepted' && status !== 'unchanged') {
      lost += 1;
      problems.push(`${key} ended ${status}: ${row['revsync_error'] ?? ''}`);
    } else {
      const wrong = notHeld(sale, row, held, ledger.entries.get(key));
      if (wrong === undefined) continue;
      lost += 1;
      problems.push(`${key} is ${status}, but ${wrong}`);
    }
  }
  problems.push(...needlessWrites(scene, books), ...leftovers(scene, ledger, books, end));
  const code = unknown > 0 ? 5 : 0;
  if (end.code !== code) problems.push(`the last run ended ${end.ended}, and not ${code}`);
  return { doubled, lost, unknown, unknownHeld, problems };
}

/** Why a row need not have been unknown. */
function notUnknown(
  key: string,
  entry: LedgerEntry | undefined,
  held: Held,
  { claimedAtDeath, isStormy }: Scene,
): string | undefined {
  if (entry?.doubt !== 'blocked') return 'the ledger is not in doubt about it';
  switch (entry.code) {
    case 'crashed':
      return claimedAtDeath.has(key) ? undefined : 'it was not in flight when a run died';
    case 'lost_reply':
      if (!isStormy) return 'no reply was lost';
      return held.live.length === 1 ? undefined : 'the vendor never applied it';
    default:
      return `its code is ${entry.code ?? 'missing'}`;
  }
}

/** What is wrong with a row that is said to be held. */
function notHeld(
  { amount, reversed }: Sale,
  row: Readonly<Record<string, string>>,
  held: Held,
  entry: LedgerEntry | undefined,
): string | undefined {
  const wanted = reversed ? null : units(amount);
  if (entry?.accepted !== wanted || entry.doubt !== null) return `the ledger has ${JSON.stringify(entry)}`;
  if (!agree(entry, held)) return `the books have ${JSON.stringify(held)} for ${amount}`;
  const told = row['revsync_amount'] ?? '';
  if (reversed ? told !== '' : units(told) !== wanted) return `its row has the amount "${told}"`;
  const ref = row['revsync_vendor_ref'] ?? '';
  const isNew = row['revsync_status'] === 'accepted' && held.refs.length > 0;
  return isNew && !held.refs.includes(ref)
    ? `its row names ${ref}, the books ${held.refs.join(', ')}`
    : undefined;
}

/** Without faults a key is written once for each file, and once more for each time that it died in flight. */
function needlessWrites({ vendor, sales, older, isStormy, claimedAtDeath }: Scene, books: Books): string[] {
  if (isStormy || vendor.appends) return [];
  return sales.flatMap((sale, index) => {
    const key = vendor.key(sale);
    const { writes } = books.get(key) ?? NOT_HELD;
    const most = 1 + (index < older.length ? 1 : 0) + (claimedAtDeath.get(key) ?? 0);
    return writes > most ? [`${key} was written ${writes} times, ${most} would have done`] : [];
  });
}

function leftovers(
  { vendor, command, sales, older }: Scene,
  ledger: LedgerCopy,
  books: Books,
  end: End,
): string[] {
  const problems: string[] = [];
  const keys = new Set(sales.map((sale) => vendor.key(sale)));
  for (const key of books.keys()) if (!keys.has(key)) problems.push(`${key} is in the books and in no file`);
  for (const name of end.files) if (name.endsWith('.partial')) problems.push(`${name} was left behind`);
  const plan = older.length > 0 ? 2 : 1;
  for (const { run, state } of ledger.runs) {
    if (command === 'apply' && run === plan) {
      if (state !== 'planned') problems.push(`the plan is ${state}`);
      continue;
    }
    if (!ENDED.has(state)) problems.push(`run-${run} is still ${state}`);
    const rows = ledger.rows.filter((row) => row.run === run);
    const wanted = run === 1 && older.length > 0 ? older.length : sales.length;
    if (rows.length !== wanted)
      problems.push(`run-${run} has ${rows.length} of ${wanted} rows in the ledger`);
    const open = rows.find(({ status }) => status === null || status === 'claimed' || status === 'planned');
    if (open !== undefined) problems.push(`run-${run}: ${open.key} is still ${open.status ?? 'unplanned'}`);
  }
  if (!vendor.appends)
    for (const [key, { doubt }] of ledger.entries) if (doubt !== null) problems.push(`${key} is in doubt`);
  return problems;
}
