import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../src/io/ledger/database.js';
import { migrate } from '../../../src/io/ledger/schema.js';
import type { InvocaBooks } from '../../../src/sandbox/invoca.js';
import { Workspace } from '../../support/cli.js';
import { slowSteps, watchPlans } from '../../support/plans.js';
import { letTimePass } from '../../support/pull.js';
import { vendorServer } from '../../support/vendor-server.js';

const LEDGER = fileURLToPath(new URL('../../../src/io/ledger', import.meta.url));
const STATEMENT = /\bdb\.(all|one|page|pages|run|exec)\(|\.select\(/;
/** What asks in the name of another file, has pragmas alone, or statements that this month has no use for. */
const NOT_LOOKED_AT = 'attempts.ts columns.ts compact.ts database.ts lock.ts records.ts same-calls.ts'.split(
  ' ',
);

describe('what is slow in a plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-plans-'));
  let db: Libsql.Database;

  beforeAll(() => {
    const path = join(folder, 'ledger.db');
    migrate(Database.open(path)).close();
    db = new Libsql(path);
    db.exec('create temp table wanted (key text, call text)');
  });

  afterAll(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['a table that grows is read from end to end', `select id from rows where key = 'a'`, ['rows']],
    ['so is its index', 'select count(*) from told where had = 0', ['told']],
    ['by another name', 'select kept.id from attempts as kept where kept.code is null', ['attempts']],
    ['by its view', `select id from run_rows where key = 'a'`, ['rows']],
    ['to be written', 'update transactions set outcome = null where corrects is not null', ['transactions']],
    ['to be removed', `delete from runs where state = 'staging'`, ['runs']],
    [
      'where it is read for each row of a list',
      'select 1 from json_each(?) as one cross join rows on rows.key = one.value',
      ['rows'],
    ],
    [
      'where it is looked for in a subquery',
      'select key, (select id from rows where rows.key = entries.key) from entries where namespace = 1',
      ['rows'],
    ],
    [
      'whatever is read again for each row',
      'select 1 from scopes as a, scopes as b where a.kind > b.kind',
      ['scopes'],
    ],
    [
      'of a temporary table too',
      'select 1 from entries cross join wanted where namespace = 1 and wanted.call <> entries.ref',
      ['wanted'],
    ],
    [
      'where an index is made for the one statement',
      'select 1 from wanted cross join told on told.id = wanted.key where told.had = 0',
      ['told'],
    ],
  ])('is slow: %s', (_, sql, tables) => {
    expect(slowSteps(db, sql).map(({ table }) => table)).toEqual(tables);
  });

  it.each([
    ['a row by its id', 'select key from rows where id = ?'],
    ['the rows of a run', 'select count(*) from run_rows where id between ? and ?'],
    ['the newest of all', 'select max(id) from runs'],
    [
      'a list that it is given',
      'select 1 from json_each(?) as one cross join entries on namespace = 1 and entries.key = one.value',
    ],
    [
      'a table of its own, once',
      'with few as (select key from wanted) select 1 from few cross join entries on namespace = 1 and entries.key = few.key',
    ],
    ['what does not grow', 'select id from namespaces where vendor = ?'],
  ])('is none: %s', (_, sql) => {
    expect(slowSteps(db, sql)).toEqual([]);
  });
});

/** What a user does in a month, so that nearly every statement of the ledger is prepared. */
it('no statement reads more of a table that grows than it needs', async () => {
  const space = new Workspace();
  const server = await vendorServer<InvocaBooks>('invoca');
  const { slow, statements } = watchPlans();
  const on = ['--vendor', 'invoca', '--base-url', server.url];
  const failed: string[] = [];
  const run = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await space.run(...args);
    if (code !== 0 && code !== 1) failed.push(`${args.join(' ')}: ${code}: ${stderr}`);
  };
  const sales = (amount: string): void =>
    void space.write(
      'sales.csv',
      `transaction_id,outcome_name,sale_amount,rep\nC-1,Sale,${amount},Ann\nC-2,Sale,5.00,Bo\nC-3,Quote,x,Bo\n`,
    );
  const pull = ['pull', 'invoca', '--network', '33', '--base-url', server.url];
  const days = ['--from', '2026-11-01', '--to', '2026-11-02'];
  sales('10.00');
  await run('push', 'sales.csv', ...on, '--dry-run');
  await run('push', 'sales.csv', ...on);
  sales('12.00');
  await run('push', 'sales.csv', ...on);
  await run('push', 'sales.csv', ...on, '--dry-run', '--json');
  await run('explain', 'sales.csv:3', ...on);
  await run('explain', 'C-1|sale|');
  for (const args of [
    ['--out', 'held.csv'],
    ['--folded', '--out', 'calls.csv'],
    ['--since-last', '--folded', '--out', 'new.csv'],
    ['--since-last', '--out', 'new.csv'],
    [...days, '--out', 'days.csv'],
    [...days, '--out', 'days.csv'],
  ]) {
    await run(...pull, ...args);
    await letTimePass(space.env['REVSYNC_LEDGER'] ?? '');
  }
  await run('reconcile', 'sales.csv', ...on, '--network', '33', '--out', 'breaks.csv');
  await run('reconcile', 'sales.csv', ...on, '--from-ledger');
  space.write('export.csv', 'transaction_id,money\nC-1,12.00\nC-9,1.00\n');
  await run(
    'reconcile',
    'sales.csv',
    '--vendor',
    'convoso',
    '--against',
    'export.csv',
    '--key',
    'transaction_id',
    '--amount',
    'money',
    '--column',
    'call_id=transaction_id',
    '--column',
    'amount=sale_amount',
  );
  await run('undo', 'run-2', '--dry-run');
  await run('undo', 'run-2');
  sales('13.00');
  await run('push', 'sales.csv', ...on, '--plan', 'plan.json');
  await run('plan', 'plan.json');
  await run('apply', 'plan.json');
  await run('apply', 'plan.json', '--dry-run');
  await run('status');
  sales('12.00');
  await run('results', 'run-1', '--out', 'again.csv');
  await run('report', '--run', '1', '--by', 'agent');
  await run('report', '--ledger', '--by', 'vendor');
  await run('history', 'C-1');
  await run('status');
  await run('runs');
  await run('doctor');
  await run('ledger', 'check');
  await run('runs', '--prune', '1', '--yes');
  expect({ failed, slow }).toEqual({ failed: [], slow: [] });
  // What is not looked at cannot be slow.
  const files = readdirSync(LEDGER).filter(
    (name) => name.endsWith('.ts') && STATEMENT.test(readFileSync(join(LEDGER, name), 'utf8')),
  );
  expect(files.filter((name) => !statements.has(name))).toEqual(NOT_LOOKED_AT);
}, 300_000);
