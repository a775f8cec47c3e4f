import { copyFileSync, linkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as File from '../../../src/io/ledger/file.js';
import type * as Generation from '../../../src/io/ledger/generation.js';
import type * as Holder from '../../../src/io/ledger/holder.js';
import type { Database } from '../../../src/io/ledger/database.js';
import { SqliteLedger } from '../../../src/io/ledger/ledger.js';
import { AccountLock } from '../../../src/io/ledger/lock.js';
import { CostDesk, csv, salesOf } from '../../support/cost-desk.js';
import { Workspace } from '../../support/cli.js';
import { clear, type Spoilt } from '../../support/spoilt.js';

const planted = await vi.hoisted(async () => {
  const { spoiling } = await import('../../support/spoilt.js');
  return spoiling<{
    file: Spoilt<typeof File>;
    generation: Spoilt<typeof Generation>;
    holder: Spoilt<typeof Holder>;
  }>({ file: {}, generation: {}, holder: {} });
});

vi.mock('../../../src/io/ledger/file.js', async (sound) => planted.spoilt(await sound(), 'file'));
vi.mock('../../../src/io/ledger/generation.js', async (sound) => planted.spoilt(await sound(), 'generation'));
vi.mock('../../../src/io/ledger/holder.js', async (sound) => planted.spoilt(await sound(), 'holder'));

afterEach(() => {
  vi.restoreAllMocks();
  clear(planted.faults);
});

const ACCOUNT = { vendor: 'tldcrm', account: 'default', origin: 'http://127.0.0.1:1' };

/** Whether a second push begins while a first one has the account, after `between`. */
async function begins(between: (path: string) => string): Promise<boolean> {
  const path = new Workspace().path('l.db');
  const first = SqliteLedger.open(path, ACCOUNT, true);
  try {
    await SqliteLedger.open(between(path), ACCOUNT, true).close();
    return true;
  } catch {
    return false;
  } finally {
    await first.close();
  }
}

/** Whether anything more is sent once the ledger is not the one that was pushed by. */
async function sendsAgain(harm: (ledger: string, copy: string) => void): Promise<boolean> {
  const desk = await CostDesk.pushed(salesOf(2));
  const { ledger } = desk.space;
  const copy = desk.space.path('copy.db');
  await desk.space.run('ledger', 'backup', '--out', copy);
  desk.space.write('sales.csv', csv(salesOf(4)));
  await desk.push('sales.csv');
  const before = desk.records;
  for (const end of ['', '-wal', '-shm']) rmSync(`${ledger}${end}`, { force: true });
  harm(ledger, copy);
  await desk.push('sales.csv', '--new-ledger');
  return desk.records > before;
}

const CHECKS = {
  'a link': async () => {
    const begun = await begins((path) => {
      symlinkSync(path, `${path}.link`);
      return `${path}.link`;
    });
    return begun ? 'a second push began through a link' : undefined;
  },
  'a second name': async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    const other = desk.space.path('other.db');
    linkSync(desk.space.ledger, other);
    const { stderr } = await desk.push('sales.csv', '--ledger', other);
    return stderr.includes('has 2 names (hard links)')
      ? undefined
      : 'a push began by another name of the file';
  },
  'a lock that is removed': async () => {
    const begun = await begins((path) => {
      rmSync(`${path}.lock-1`);
      return path;
    });
    return begun ? 'a second push began as the file of the lock was removed' : undefined;
  },
  'an account that is taken over': async () => {
    const path = new Workspace().path('l.db');
    const ledger = SqliteLedger.open(path, ACCOUNT, true);
    try {
      const run = await ledger.beginRun(0);
      ledger.db.run(`update holders set token = 'other'`, []);
      await ledger.claim(run, 1);
      return 'rows were claimed of an account that another one has';
    } catch {
      return undefined;
    } finally {
      await ledger.close();
    }
  },
  'an older copy': async () =>
    (await sendsAgain((ledger, copy) => copyFileSync(copy, ledger))) ? 'an older copy sent again' : undefined,
  'an empty file': async () =>
    (await sendsAgain((ledger) => writeFileSync(ledger, ''))) ? 'an empty ledger sent again' : undefined,
};

/** Each with the check that notices it. */
const FAULTS: readonly (readonly [fault: string, by: keyof typeof CHECKS, plant: () => void])[] = [
  ['takes any name of the file', 'a second name', () => plantFile((_sound) => (path) => path)],
  [
    'takes whoever has lost his lock for dead',
    'a lock that is removed',
    () => Object.assign(planted.faults.holder, { isAlive: () => () => false }),
  ],
  [
    'does not write down who is at work',
    'a lock that is removed',
    () => Object.assign(planted.faults.holder, { hold: () => () => undefined }),
  ],
  [
    'does not look again who has the account',
    'an account that is taken over',
    () => void vi.spyOn(AccountLock.prototype, 'check').mockImplementation(() => undefined),
  ],
  [
    'does not look beside the ledger',
    'an older copy',
    () => Object.assign(planted.faults.generation, { doubtAbout: () => () => undefined }),
  ],
  [
    'counts no claims',
    'an older copy',
    () =>
      Object.assign(planted.faults.generation, {
        advance: () => (db: Database) => ({
          id: String(db.one('select id from generation')?.[0]),
          number: 0,
        }),
      }),
  ],
  [
    'keeps nothing beside it',
    'an empty file',
    () =>
      Object.assign(planted.faults.generation, {
        beginBeside: () => () => undefined,
        keepBeside: () => () => undefined,
        seal: () => () => undefined,
      }),
  ],
];

function plantFile(plant: (sound: typeof File.ledgerFile) => typeof File.ledgerFile): void {
  Object.assign(planted.faults.file, { ledgerFile: plant });
}

describe('one ledger, and the one that was pushed by', () => {
  it.each(Object.entries(CHECKS))('holds at %s', async (_name, check) => {
    expect(await check()).toBeUndefined();
  });

  it.each(FAULTS)('one that %s is noticed', async (_fault, by, plant) => {
    plant();
    expect(await CHECKS[by]()).toBeDefined();
  });
});
