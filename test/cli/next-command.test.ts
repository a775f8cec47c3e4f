import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandOf, shellWord, typedAgain } from '../../src/cli/next-command.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { BIN, Workspace, sales, type Ended } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { convosoServer, vendorServer } from '../support/vendor-server.js';

const FAST = ['--rate', '100000', '--retries', '0', '--concurrency', '1'];

/** What a shell makes of a command, without the program's name. */
function pasted(command: string): string[] {
  const words = spawnSync('bash', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' }).stdout;
  const [program, ...args] = words.split('\0').slice(0, -1);
  expect(program).toBe('revsync');
  return args;
}

/** The command behind the last `: ` of the line that begins so. */
function commandAfter({ stderr }: Ended, begin: string): string {
  const line = stderr.split('\n').find((one) => one.startsWith(begin)) ?? '';
  return /: (revsync .*)$/.exec(line)?.[1] ?? `no command in ${JSON.stringify(stderr)}`;
}

describe('the next command', () => {
  it('is the one that was typed: no option is lost on the way to the right money', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const typed = [
      ...['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, '--account=main desk'],
      ...['--column', 'call_id=Call Nr', '--column', 'amount=Net Amount', '--decimal', ',', ...FAST],
      ...['--reversal-column', 'State', '--reversal-values', 'gone,back', '--may-be-empty'],
      ...['--ledger', 'own.db', '--limit=1'],
    ];
    space.write('sales.csv', 'Call Nr;Net Amount;State\n1;3.650,00;sold\n2;4.800,00;sold\n');
    const first = await space.run(...typed);
    expect([first.code, server.books().revenue]).toEqual([1, { 1: '3650.00' }]);
    const again = commandAfter(
      first,
      'next: the same command without --limit goes on where this run ended: ',
    );
    expect(again).toBe(
      `revsync push sales.csv --vendor convoso --base-url ${server.url} '--account=main desk' --column 'call_id=Call Nr' ` +
        `--column 'amount=Net Amount' --decimal , ${FAST.join(' ')} --reversal-column State --reversal-values gone,back --may-be-empty --ledger own.db`,
    );
    expect((await space.run(...pasted(again))).code).toBe(0);
    expect(
      space.rows('sales.results.csv').map((row) => [row['revsync_status'], row['revsync_amount']]),
    ).toEqual([
      ['unchanged', '3650.00'],
      ['accepted', '4800.00'],
    ]);
  });

  it('of a dry run is the push, with all that the push needs', async () => {
    const space = new Workspace();
    const server = await vendorServer<TldcrmBooks>('tldcrm');
    space.write('sales.csv', 'did,cid,call_date,cost\n8005550100,5125550123,2026-11-19 09:00:00,32.5\n');
    const where = ['--vendor', 'tldcrm', '--base-url', server.url, '--ledger', 'own.db'];
    const dry = await space.run('push', '--dry-run', 'sales.csv', ...where);
    expect(dry.code).toBe(0);
    const send = commandAfter(dry, 'next: the same command without --dry-run sends this: ');
    expect(send).toBe(
      `revsync push sales.csv --vendor tldcrm --base-url ${server.url} --ledger own.db --new-ledger`,
    );
    expect((await space.run(...pasted(send))).code).toBe(0);
    expect(server.books().costs).toHaveLength(1);
  });

  it('of a dry run with rows to mend is the dry run', async () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', 'x']]));
    const dry = await space.run('push', 'sales.csv', '--vendor', 'convoso', '--dry-run', '--sandbox');
    const again = commandAfter(dry, 'next: mend the rows above and run the dry run again: ');
    expect(again).toBe('revsync push sales.csv --vendor convoso --dry-run --sandbox');
    space.write('sales.csv', sales([['1', '5']]));
    expect(await space.run(...pasted(again))).toMatchObject({ code: 0 });
  });

  it('sends corrections that were held', async () => {
    const space = new Workspace();
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--sandbox', '--no-correct'];
    space.write('sales.csv', sales([['1', '5']]));
    expect((await space.run(...push)).code).toBe(0);
    space.write('sales.csv', sales([['1', '6']]));
    const held = await space.run(...push);
    const command = commandAfter(held, 'next: look at the rows that are held; without --no-correct ');
    expect(command).toBe('revsync push sales.csv --vendor convoso --sandbox');
    expect((await space.run(...pasted(command))).code).toBe(0);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_action: 'correct',
      revsync_amount: '6.00',
    });
  });

  it('says that a file on standard input has to come again', async () => {
    const space = new Workspace();
    const ended = await space.feed(sales([['1', 'x']]), 'push', '-', '--vendor', 'convoso', '--sandbox');
    expect(ended.stderr).toContain(
      'then the same command, with the file on its standard input again: revsync push - --vendor convoso --sandbox\n',
    );
  });

  it('settles unknown rows of a profile by its ledger and account, and goes on', async () => {
    const space = new Workspace();
    const { REVSYNC_LEDGER: _, ...env } = space.env;
    space.env = { ...env, HOME: space.folder };
    const server = await vendorServer<TldcrmBooks>('tldcrm', { faults: 'reset-after@1,reset-after@2' });
    space.write(
      'revsync.yaml',
      `profiles:\n  desk:\n    vendor: tldcrm\n    account: main\n    base_url: ${server.url}\n    ledger: own.db\n`,
    );
    space.write(
      'sales.csv',
      'did,cid,call_date,cost\n8005550100,5125550123,2026-11-19 09:00:00,1\n8005550100,5125550124,2026-11-19 09:00:00,2\n',
    );
    const ended = await space.run('push', 'sales.csv', '--profile', 'desk', '--new-ledger', ...FAST);
    expect(ended.code).toBe(5);
    const keys = space.rows('sales.results.csv').map((row) => row['revsync_key'] ?? '');
    const lines = ended.stderr.split('\n').filter((line) => line.startsWith('  revsync resolve '));
    const whose = `--vendor tldcrm --account main --base-url ${server.url} --ledger ${space.path('own.db')}`;
    expect(lines).toEqual(
      keys.flatMap((key) =>
        ['--accepted', '--not-applied'].map(
          (found) => `  revsync resolve ${found} --why 'HOW YOU KNOW' ${whose} ${shellWord(key)}`,
        ),
      ),
    );
    const doctor = await space.run('doctor', '--ledger', 'own.db');
    for (const found of ['--accepted', '--not-applied'])
      expect(doctor.stdout).toContain(
        `: revsync resolve ${found} --why 'HOW YOU KNOW' --vendor tldcrm --account main --ledger own.db ${shellWord(keys[1] ?? '')}\n`,
      );
    expect((await space.run(...pasted(lines[0]?.trim() ?? ''))).code).toBe(0);
    expect((await space.run(...pasted(lines[3]?.trim() ?? ''))).code).toBe(0);
    const last = await space.run('push', 'sales.csv', '--profile', 'desk', ...FAST);
    expect([last.code, server.books().costs.map(({ cost }) => cost)]).toEqual([0, ['1.00', '2.00', '2.00']]);
  });

  it('that lists runs is about the same ledger', async () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--sandbox', '--ledger', 'own.db'];
    expect((await space.run(...push)).code).toBe(0);
    const unknown = await space.run('results', 'run-7', '--ledger', 'own.db');
    expect(unknown.stderr).toContain('`revsync runs --ledger own.db` lists them');
    expect((await space.run('runs', '--ledger', 'own.db')).stdout).toContain('run-1');
  });

  it('pushes breaks as the sales were read, whatever the sales file was like', async () => {
    const space = new Workspace();
    space.write(
      'revsync.yaml',
      'profiles:\n  desk:\n    vendor: convoso\n    delimiter: semicolon\n    header_row: 2\n',
    );
    space.write('sales.csv', 'Sales;;\nCall Nr;Netto;State\n1;3.650,00;sold\n2;4.800,00;sold\n');
    space.write('export.csv', 'Call Nr,amount\n2,4800.00\n');
    const ended = await space.run(
      ...['reconcile', 'sales.csv', '--profile', 'desk', '--sandbox', '--out', 'breaks.csv', '--quiet'],
      ...['--column', 'call_id=Call Nr', '--column', 'amount=Netto', '--decimal', ','],
      ...['--against', 'export.csv', '--key', 'Call Nr', '--amount', 'amount', '--export-decimal', '.'],
    );
    const command = commandAfter(ended, 'next: look at the breaks');
    expect(command).toBe(
      "revsync push breaks.csv --profile desk --sandbox --column 'call_id=Call Nr' --column amount=Netto --decimal , " +
        '--delimiter comma --header-row 1',
    );
    expect((await space.run(...pasted(command))).code).toBe(0);
    const sent = space.rows('breaks.results.csv').filter((row) => row['revsync_status'] === 'accepted');
    expect(sent.map((row) => row['revsync_amount'])).toEqual(['3650.00']);
  });
});

describe('a command line', () => {
  const host = (script: string | undefined, ...argv: string[]) => ({
    ...testHost({ cwd: '/home/me' }),
    script,
    argv,
  });

  it.each([
    [undefined, 'revsync push'],
    ['/usr/local/bin/revsync', 'revsync push'],
    ['/usr/lib/node_modules/revsync/bin/revsync.js', 'revsync push'],
    ['/home/me/node_modules/.bin/revsync', 'npx revsync push'],
    ['/home/node_modules/.bin/revsync', 'npx revsync push'],
    ['/home/me/node_modules/revsync/bin/revsync.js', 'npx revsync push'],
    ['/root/.npm/_npx/d790016c/node_modules/.bin/revsync', 'npx revsync push'],
    ['/home/me/bin/revsync.js', 'node bin/revsync.js push'],
    ["/opt/it's/bin/revsync.js", "node '/opt/it'\\''s/bin/revsync.js' push"],
  ])('of %s is %s', (script, command) => {
    expect(commandOf(host(script), ['push'])).toBe(command);
  });

  it('begins as it was called', async () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', 'x']]));
    mkdirSync(space.path('state'));
    mkdirSync(space.path('node_modules/.bin'), { recursive: true });
    symlinkSync(BIN, space.path('node_modules/.bin/revsync'));
    const args = ['sales.csv', '--vendor', 'convoso', '--dry-run'];
    const { stderr } = await space.spawn(space.path('node_modules/.bin/revsync'), ['push', ...args]).ended;
    expect(stderr).toContain(`: npx revsync push ${args.join(' ')}\n`);
  });

  it.each([
    [['push', 'a.csv', '--limit', '3', '--vendor', 'convoso'], 'push a.csv --vendor convoso'],
    [['push', 'a.csv', '--limit=3', '--out', '--limit'], 'push a.csv --out --limit'],
    [['--no-color', 'push', '--', '--limit', '3'], '--no-color push -- --limit 3'],
  ])('%j without --limit is %s', (argv, rest) => {
    expect(typedAgain(host(undefined, ...argv), { without: ['limit'] })).toBe(`revsync ${rest}`);
  });

  it.each([
    'plain',
    'two words',
    "it's",
    '$HOME `x` "y" \\',
    'a\u001b[2J\nb\u202ec',
    "\u009b'\\",
    '',
    'ü',
    '*?~#!',
  ])('has %j as one word', (word) => {
    const env = { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] ?? '' };
    const shell = spawnSync('bash', ['-c', `printf '%s' ${shellWord(word)}`], { encoding: 'utf8', env });
    expect(shell.stdout).toBe(word);
  });
});
