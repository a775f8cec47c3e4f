import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spellingsOf, originOf } from '../../src/core/origin.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { Workspace, sales } from '../support/cli.js';
import { answeringServer, convosoServer, vendorServer } from '../support/vendor-server.js';

const FAST = ['--rate', '100000'];
const COST = 'did,cid,call_date,cost\n8005550100,5125550123,2026-11-19 09:00:00,32.5\n';
const BILLS =
  'TLDCRM adds a record with every request, so what was sent by other books would be billed again';

describe('a new ledger', () => {
  it('is announced, and so is the first push to each account; later ones are not', async () => {
    const space = new Workspace();
    const { url } = await convosoServer();
    space.write('sales.csv', sales([['1', '5']]));
    const push = [
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      url,
      ...FAST,
      '--ledger',
      'own.db',
    ];
    const to = (account: string): string => `Convoso (account ${account}, ${url})`;
    const dry = await space.run(...push, '--dry-run');
    expect(dry.stderr).toContain(
      `ledger ${space.path('own.db')} does not exist yet or is empty: nothing counts as sent to ${to('default')} before\n`,
    );
    expect((await space.run(...push)).stderr).toContain(
      `new ledger ${space.path('own.db')}: nothing counts as sent to ${to('default')} before\n`,
    );
    expect((await space.run(...push)).stderr).not.toMatch(/new ledger|first push|counts as sent/);
    expect((await space.run(...push, '--account', 'two', '--dry-run')).stderr).toContain('first push to ');
    expect((await space.run(...push, '--account', 'two')).stderr).toContain(
      `first push to ${to('two')} by this ledger: nothing counts as sent there before; it knows convoso/default ${url}\n`,
    );
    expect((await space.run(...push, '--account', 'two')).stderr).not.toContain('first push');
    const noted = await space.run(...push, '--account', 'three', '--log-format', 'json');
    for (const line of noted.stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('event');
  });

  it('needs --new-ledger where a repeat bills again, and then no more', async () => {
    const space = new Workspace();
    const server = await vendorServer<TldcrmBooks>('tldcrm');
    const { url } = server;
    space.write('sales.csv', COST);
    const push = [
      'push',
      'sales.csv',
      '--vendor',
      'tldcrm',
      '--base-url',
      url,
      ...FAST,
      '--ledger',
      'own.db',
    ];
    const refused = await space.run(...push);
    expect([refused.code, server.requests(), existsSync(space.path('own.db'))]).toEqual([2, 0, false]);
    expect(refused.stderr).toContain(`${BILLS}; name the ledger that knows it with --ledger; `);
    const [, rest = ''] = /where nothing was sent before: revsync (.*)\n$/.exec(refused.stderr) ?? [];
    expect(rest).toBe(`${push.join(' ')} --new-ledger`);
    const dry = await space.run(...push, '--dry-run');
    expect([dry.code, dry.stderr]).toEqual([
      0,
      expect.stringContaining(`${BILLS}: a push needs --new-ledger\n`),
    ]);
    expect((await space.run(...rest.split(' '))).code).toBe(0);
    const later = await space.run(...push);
    expect([later.code, server.requests()]).toEqual([0, 1]);
    expect((await space.run(...rest.split(' '))).stderr).toContain('--new-ledger is not needed any more');

    const other = await space.run(...push, '--account', 'typo');
    expect([other.code, server.requests()]).toEqual([2, 1]);
    expect(other.stderr).toContain(`it knows tldcrm/default ${url}\n`);
    expect((await space.run(...push, '--account', 'typo', '--new-ledger')).code).toBe(0);
    expect(server.requests()).toBe(2);
  });

  it('of the sandbox needs nothing', async () => {
    const space = new Workspace();
    space.write('sales.csv', COST);
    const ended = await space.run('push', 'sales.csv', '--vendor', 'tldcrm', '--sandbox');
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('new ledger ')]);
  });
});

describe('one address', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '[::1]'])('is %s on this machine', (host) => {
    expect(originOf(new URL(`http://${host}:8080/`))).toBe('http://127.0.0.1:8080');
  });

  it('is written in any case, with its default port and a slash at its end', () => {
    expect(originOf(new URL('https://API.Example.com:443/'))).toBe('https://api.example.com');
    expect(spellingsOf('https://api.example.com')).toEqual(['https://api.example.com']);
    expect(originOf(new URL('https://localhost.example.com'))).toBe('https://localhost.example.com');
  });

  it('has one account, however it is typed', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', sales([['1', '5']]));
    const push = (url: string): string[] => [
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      url,
      ...FAST,
    ];
    expect((await space.run(...push(server.url))).code).toBe(0);
    const typed = server.url.replace('127.0.0.1', 'LocalHost');
    const again = await space.run(...push(`${typed}/`));
    expect([again.code, server.requests()]).toEqual([0, 1]);
    expect(again.stderr).not.toContain('first push');
    const report = ['report', '--ledger', space.ledger, '--vendor', 'convoso', '--base-url', typed];
    expect((await space.run(...report)).stdout).toContain('5.00');
  });

  it('is found in a ledger in which an older revsync wrote it otherwise', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const old = server.url.replace('127.0.0.1', 'localhost');
    mkdirSync(space.path('state'));
    const ledger = SqliteLedger.open(space.ledger, { vendor: 'convoso', account: 'default', origin: old });
    await ledger.close();
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', old, ...FAST];
    space.write('sales.csv', sales([['1', '5']]));
    expect((await space.run(...push)).code).toBe(0);
    const renamed = (await space.run('runs')).stdout;
    expect(renamed).toContain(`convoso/default ${old} `);
    expect((await space.run(...push.map((word) => (word === old ? server.url : word)))).code).toBe(0);
    expect(server.requests()).toBe(1);
  });
});

describe('the path of an address', () => {
  it('belongs to it: each tenant behind a gateway has books of its own', async () => {
    const space = new Workspace();
    const paths: string[] = [];
    const { url } = await answeringServer(({ path }) => {
      paths.push(path.split('/api/')[0] ?? '');
      return {
        status: 200,
        body: JSON.stringify({ cost_id: String(paths.length), updated: 1, lead: { lead_id: 1 } }),
      };
    });
    space.write('sales.csv', COST);
    const push = (path: string, ...more: string[]): ReturnType<Workspace['run']> =>
      space.run('push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', `${url}${path}`, ...FAST, ...more);
    expect((await push('/tenant-a', '--new-ledger')).code).toBe(0);
    const other = await push('/tenant-b');
    expect([other.code, paths]).toEqual([2, ['/tenant-a']]);
    expect(other.stderr).toContain(`it knows tldcrm/default ${url}/tenant-a\n`);
    expect((await push('/tenant-b', '--new-ledger')).code).toBe(0);
    expect(paths).toEqual(['/tenant-a', '/tenant-b']);
    for (const same of ['/tenant-a', '/tenant-a/', '/x/../tenant-a//'])
      expect((await push(same)).stderr).not.toContain('first push');
    expect(paths).toHaveLength(2);

    const report = ['report', '--ledger', space.ledger, '--vendor', 'tldcrm'];
    expect((await space.run(...report)).stderr).toContain(`${url}/tenant-a, ${url}/tenant-b; choose one`);
    const one = await space.run(
      ...report,
      '--base-url',
      `${url.replace('127.0.0.1', 'localhost')}/tenant-b/`,
    );
    expect([one.code, one.stdout]).toEqual([0, expect.stringContaining('32.50')]);
  });

  it('is not taken to be what an older ledger kept without it, which is named', async () => {
    const space = new Workspace();
    mkdirSync(space.path('state'));
    const host = { vendor: 'tldcrm', account: 'default', origin: 'https://gw.example.com' };
    for (const vendor of ['a', 'b', 'c', 'd', 'e', 'tldcrm']) {
      const ledger = SqliteLedger.open(space.ledger, { ...host, vendor });
      const run = await ledger.beginRun(0);
      await ledger.endRun(run, { at: 0, state: 'finished' });
      await ledger.close();
    }
    space.write('sales.csv', COST);
    const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', 'https://gw.example.com/tenant-a'];
    const refused = await space.run(...push);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('it knows tldcrm/default https://gw.example.com, ');
    expect(refused.stderr).toContain(
      'what an older revsync sent to any path below https://gw.example.com is kept under that address and is not counted here',
    );
  });

  it('is read in every spelling of this machine', () => {
    expect(originOf(new URL('http://LOCALHOST:80/a/'))).toBe('http://127.0.0.1/a');
    expect(spellingsOf('http://localhost:8080/a')).toEqual([
      'http://127.0.0.1:8080/a',
      'http://localhost:8080/a',
      'http://[::1]:8080/a',
    ]);
    expect(spellingsOf('https://gw.example.com/localhost')).toEqual(['https://gw.example.com/localhost']);
  });
});

describe('the place of a ledger', () => {
  it.each([
    ['push', 'sales.csv', '--vendor', 'convoso'],
    ['push', 'sales.csv', '--vendor', 'convoso', '--dry-run'],
  ])('that is named and has no folder is refused, and none is made', async (...command) => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    const ended = await space.run(...command, '--sandbox', '--ledger', 'stat/ledger.db');
    const folder = space.path('stat');
    expect([ended.code, ended.stderr]).toEqual([
      2,
      `revsync: there is no folder ${folder} for the ledger ${folder}/ledger.db; make it, or name the file right with --ledger\n`,
    ]);
    expect(readdirSync(space.folder)).not.toContain('stat');
    const doctor = await space.run('doctor', '--ledger', 'stat/ledger.db');
    expect([doctor.code, doctor.stdout]).toEqual([
      2,
      expect.stringContaining(`there is no folder ${folder} `),
    ]);
  });

  const isFile = 'the ledger is a file, and --ledger says \\w+:…, an address; name a file';
  const holdsPassword =
    'the address of --ledger holds a password, which everybody on this machine could read; .*';
  it.each([
    ['postgres://me:s3cret@db/revsync', holdsPassword],
    ['postgresql:s3cret', isFile],
    ['MySQL://me:s3cret@db', isFile],
  ])('is no address with a password, which nobody sees: %s', async (address, says) => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--sandbox'];
    for (const args of [
      [...push, '--ledger', address],
      ['runs', '--ledger', address],
      ['doctor', '--ledger', address],
    ]) {
      const ended = await space.run(...args);
      expect([ended.code, ended.stdout]).toEqual([2, '']);
      expect(ended.stderr).toMatch(new RegExp(`^revsync: ${says}\n$`));
      expect(ended.stderr).not.toContain('s3cret');
    }
    space.env = { ...space.env, REVSYNC_LEDGER: address };
    const ended = await space.run('runs');
    expect([ended.code, ended.stderr]).toEqual([2, expect.not.stringContaining('s3cret')]);
  });

  it('is in the folder of the user, or an error says what to set', async () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--sandbox'];
    const { REVSYNC_LEDGER: _, ...env } = space.env;
    space.env = env;
    const homeless = await space.run(...push);
    expect([homeless.code, homeless.stderr]).toEqual([
      2,
      'revsync: HOME is not set, so there is no place for the ledger; set HOME, XDG_STATE_HOME or REVSYNC_LEDGER, or name a file with --ledger\n',
    ]);
    space.env = { ...env, HOME: space.path('me') };
    expect((await space.run(...push)).code).toBe(0);
    expect(existsSync(space.path('me/.local/state/revsync/ledger.db'))).toBe(true);
    space.env = { ...env, XDG_STATE_HOME: space.path('xdg') };
    expect((await space.run(...push)).code).toBe(0);
    expect(existsSync(space.path('xdg/revsync/ledger.db'))).toBe(true);
  });
});
