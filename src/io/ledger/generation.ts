import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { LedgerError, type LedgerDoubt } from '../../core/ledger.js';
import { Database, syncFile, textOf } from './database.js';
import { movedText } from './remedies.js';

/**
 * How far a ledger has come, kept in it and beside it: an older copy, an empty one and another one in its place know less
 * than what is beside. It grows with every claim of a push whose repeat would count twice.
 */
interface Generation {
  /** Of the ledger, wherever it is copied. */
  readonly id: string;
  readonly number: number;
}

/** Of the ledger. */
export const GENERATION = `
  create table generation (id text not null, number integer not null);
  insert into generation values (lower(hex(randomblob(8))), 0);
`;

/** Where a ledger has moved to, by which pushes go since then. */
export const MOVED = 'alter table generation add column moved_to text;';

/** The ledger to which this one was copied. */
export function movedTo(db: Database): string | undefined {
  const isKept =
    db.one(`select 1 from pragma_table_info('generation') where name = 'moved_to'`) !== undefined;
  return isKept ? textOf(db.one('select moved_to from generation')?.[0]) : undefined;
}

/** Throws where a ledger was copied, so that it does not know what was sent since. */
export function refuseMoved(db: Database): void {
  const place = movedTo(db);
  if (place !== undefined) throw new LedgerError(`ledger ${db.path}: ${movedText(place)}`);
}

/** The same of a file that is looked at, if it is there. */
export function refuseMovedAt(path: string): void {
  if (!existsSync(path)) return;
  const db = Database.reader(path);
  try {
    refuseMoved(db);
  } finally {
    db.close();
  }
}

interface Beside extends Generation {
  /** What the ledger's file was when a push last left it; see `sealOf`. */
  readonly seal: string;
  readonly written: number;
}

/** The file that is kept beside a ledger. */
export function generationPath(ledger: string): string {
  return `${ledger}.generation`;
}

/**
 * The first is on the disk before anything is claimed, and stays; the two after it are written in turn, without a wait for
 * the disk. Whatever a loss of power makes of those, the file says whose it is, and never more than the ledger knows.
 */
const SLOT_BYTES = 128;

/** Undefined where there is none that can be read. */
function readBeside(ledger: string): Beside | undefined {
  const path = generationPath(ledger);
  if (!existsSync(path)) return undefined;
  const slots = readFileSync(path, 'latin1').match(/[^\n]+/g) ?? [];
  return slots
    .map((slot) => / *(\w+) (\d+) (\S+) (\d+) (\w+) *$/.exec(slot))
    .filter((slot) => slot !== null)
    .filter(([, id = '', number, seal, written, sum]) => sumOf(`${id} ${number} ${seal} ${written}`) === sum)
    .map(([, id = '', number, seal = '', written]) => ({
      ...{ id, seal },
      number: Number(number),
      written: Number(written),
    }))
    .sort((left, right) => right.written - left.written)[0];
}

function sumOf(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 12);
}

function writeBeside(ledger: string, { id, number, seal, written }: Beside): void {
  const path = generationPath(ledger);
  const isNew = written === 1;
  const text = `${id} ${number} ${seal} ${written}`;
  const line = `${`${text} ${sumOf(text)}`.padEnd(SLOT_BYTES - 1)}\n`;
  const file = openSync(path, isNew ? 'w' : 'r+', 0o600);
  try {
    writeSync(file, line, isNew ? 0 : (1 + (written % 2)) * SLOT_BYTES);
    if (isNew) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (isNew) syncFile(dirname(path));
}

/** Whether nobody has changed the file since a push left it, so that its pages need not be looked at again. */
export function isAsLeft(ledger: string): boolean {
  return existsSync(ledger) && readBeside(ledger)?.seal === sealOf(ledger);
}

function sealOf(ledger: string): string {
  const { size, mtimeNs } = statSync(ledger, { bigint: true });
  return `${size}:${mtimeNs}`;
}

/** What is wrong with the ledger by what is beside it. `schema` is where its books are. */
export function doubtAbout(db: Database, ledger: string, schema: 'main' | 'books'): LedgerDoubt | undefined {
  const beside = readBeside(ledger);
  const own = generationOf(db, schema);
  if (beside === undefined) return own.number > 0 ? 'unaccompanied' : undefined;
  if (own.id !== beside.id) return own.number === 0 ? 'empty' : 'another';
  return own.number < beside.number ? 'older' : undefined;
}

function generationOf(db: Database, schema: 'main' | 'books'): Generation {
  const has = db.one(`select 1 from ${schema}.sqlite_master where name = 'generation'`) !== undefined;
  const [id, number] = (has ? db.one(`select id, number from ${schema}.generation`) : undefined) ?? [];
  return { id: String(id ?? ''), number: Number(number ?? 0) };
}

/** The next one; within the transaction of a claim. */
export function advance(db: Database): Generation {
  const [id, number] = db.one('update generation set number = number + 1 returning id, number') ?? [];
  return { id: String(id), number: Number(number) };
}

/** Says beside the ledger that it has come so far, after the commit; what is there already is never taken back. */
export function keepBeside(db: Database, { id, number }: Generation, seal?: string): void {
  db.guarded(() => {
    const beside = readBeside(db.path);
    if (beside !== undefined && beside.id !== id) return;
    const most = Math.max(number, beside?.number ?? 0);
    const written = (beside?.written ?? 0) + 1;
    writeBeside(db.path, { id, number: most, seal: seal ?? beside?.seal ?? '-', written });
  });
}

/** The ledger as it is now, if nothing is in doubt: from here on what is beside it goes with it. */
export function beginBeside(db: Database): void {
  if (readBeside(db.path) === undefined) keepBeside(db, generationOf(db, 'main'));
}

/** Works the log into the file and says beside it that it was left so; if it cannot, the next push looks at its pages. */
export function seal(db: Database): void {
  try {
    db.all('pragma wal_checkpoint');
    keepBeside(db, generationOf(db, 'main'), sealOf(db.path));
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
  }
}

/** Has the ledger be the one that is gone by from now on, whatever is beside it. */
export function acceptGeneration(db: Database): void {
  db.transaction(() => db.run('update generation set id = ?', [randomBytes(8).toString('hex')]));
  rmSync(generationPath(db.path), { force: true });
  beginBeside(db);
}
