import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { VENDORS } from '../../src/vendors/index.js';
import { afterNews, FIXTURES, records, sales, Workspace } from '../support/cli.js';
import { answeringServer, convosoServer } from '../support/vendor-server.js';

const FAST = ['--rate', '100000', '--retries', '2'];

interface Summary {
  readonly run: string | null;
  readonly exit_code: number;
  readonly stopped: { code: string; message: string } | null;
  readonly rows: number;
  readonly statuses: Record<string, { rows: number; amount: string }>;
  readonly actions: Record<string, { rows: number; amount: string }>;
  readonly problems: { file: string; line: number | null; message: string }[];
}

function summaryOf(stdout: string): Summary {
  return JSON.parse(stdout) as Summary;
}

/** Times and the run id, blotted out. */
function timeless(results: string): string {
  return results.replace(/,[\d-]+T[\d:.]+Z,run-\d+$/gm, ',TIME,RUN').replace(/,,run-\d+$/gm, ',,RUN');
}

describe('push --sandbox', () => {
  it.each(VENDORS.map(({ id }) => [id]))(
    'writes the golden results of the %s fixture and ends 1, since it has bad rows',
    async (id) => {
      const space = new Workspace();
      const fixture = `${FIXTURES}${id}/sales`;
      const ended = await space.run(
        'push',
        `${fixture}.csv`,
        '--vendor',
        id,
        '--sandbox',
        '--out',
        'out.csv',
      );
      expect(ended.code).toBe(1);
      expect(ended.stdout).toBe('');
      expect(timeless(space.read('out.csv'))).toBe(readFileSync(`${fixture}.expected.csv`, 'utf8'));
    },
  );

  it('sends nothing the second time, one correction when an amount changes, and keeps both in the history', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...FAST, '--json'];
    space.write(
      'sales.csv',
      sales([
        ['7001', '50.00'],
        ['7002', '0.00'],
        ['7003', '12.5'],
      ]),
    );
    expect((await space.run(...push)).code).toBe(0);
    expect(server.requests()).toBe(3);

    const again = await space.run(...push);
    expect(again.code).toBe(0);
    expect(summaryOf(again.stdout).statuses['unchanged']).toEqual({ rows: 3, amount: '62.50' });
    expect(server.requests()).toBe(3);

    space.write(
      'sales.csv',
      sales([
        ['7001', '75.50'],
        ['7002', '0'],
        ['7003', '12.50'],
      ]),
    );
    const third = await space.run(...push);
    expect(summaryOf(third.stdout).statuses).toMatchObject({ accepted: { rows: 1 }, unchanged: { rows: 2 } });
    expect(server.requests()).toBe(4);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_action: 'correct',
      revsync_status: 'accepted',
      revsync_amount: '75.50',
      revsync_previous_amount: '50.00',
    });
    expect(server.books().revenue).toEqual({ '7001': '75.50', '7002': '0.00', '7003': '12.50' });

    const history = JSON.parse((await space.run('history', '7001', '--json')).stdout) as Record<
      string,
      unknown
    >[];
    expect(history).toMatchObject([
      { run: 'run-1', action: 'create', amount: '50.00', previous_amount: null, status: 'accepted' },
      { run: 'run-3', action: 'correct', amount: '75.50', previous_amount: '50.00', status: 'accepted' },
    ]);
  });

  it('feeds a results file back as it is, and writes its own columns anew', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'call_log_id,revenue,note\n7001,50.00,=1+1\n7002,x,"-a,b"\n7003,1,-5\n');
    const push = ['push', '--vendor', 'convoso', '--sandbox'];
    await space.run(...push, 'sales.csv');
    const text = space.read('sales.results.csv');
    expect(text).toContain("7001,50.00,'=1+1,2,");
    expect(text).toContain(`7002,x,"'-a,b",3,`);
    expect(text).toContain('7003,1,-5,4,');
    space.write('again.csv', text.replace('7002,x,', '7002,8,'));
    const ended = await space.run(...push, 'again.csv');
    expect(ended.code).toBe(0);
    expect(space.read('again.results.csv').split('\n')[1]).toMatch(
      /^7001,50.00,'=1\+1,2,7001,,unchanged,50.00,50.00,,,,,,,0,,run-2$/,
    );
  });
});

describe('what the vendor answers', () => {
  it('reports 6033 under HTTP 200 as a rejected row and ends 1', async () => {
    const space = new Workspace();
    const body = '{"success":false,"code":6033,"text":"No such Call Log"}';
    const server = await answeringServer(() => ({ status: 200, body }));
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', '6'],
      ]),
    );
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      ...FAST,
    );
    expect(ended.code).toBe(1);
    const rows = space.rows('sales.results.csv');
    expect(
      rows.map((row) => [
        row['revsync_status'],
        row['revsync_error_code'],
        row['revsync_error'],
        row['revsync_http_status'],
      ]),
    ).toEqual([
      ['rejected', '6033', 'No such Call Log', '200'],
      ['rejected', '6033', 'No such Call Log', '200'],
    ]);
    expect(server.requests()).toBe(2);
  });

  it.each([
    [
      'code 5001 under HTTP 200',
      { status: 200, body: '{"success":false,"code":5001,"text":"Invalid Token"}' },
      '5001',
    ],
    [
      'code "403" under HTTP 200',
      { status: 200, body: '{"success":false,"code":"403","text":"Forbidden"}' },
      '403',
    ],
    ['HTTP 401', { status: 401, body: '' }, 'http_401'],
  ])('stops after one request at %s, exit 4, the others not_sent', async (_name, answer, code) => {
    const space = new Workspace();
    const server = await answeringServer(() => answer);
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', '6'],
        ['3', '7'],
        ['4', '8'],
        ['5', '9'],
      ]),
    );
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      ...FAST,
    );
    expect(ended.code).toBe(4);
    expect(server.requests()).toBe(1);
    const rows = space.rows('sales.results.csv');
    expect(rows.map((row) => [row['revsync_status'], row['revsync_error_code']])).toEqual([
      ['failed', code],
      ...Array.from({ length: 4 }, () => ['not_sent', 'account_refused']),
    ]);
  });

  it('says one line with --quiet where something is wrong, with where to look, and nothing where all is well', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...FAST, '--quiet'];
    space.write('sales.csv', sales([['1', '5']]));
    expect(await space.run(...push)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', 'x'],
        ['3', '6'],
        ['4', '7'],
      ]),
    );
    const some = await space.run(...push, '--limit', '1');
    expect(some.code).toBe(1);
    expect(some.stderr).toMatch(
      /^run-2: sales\.csv to Convoso \(account default, http\S+\): exit 1: invalid 1, not_sent 1; sales\.csv:3: invalid not_an_amount: .*; look: \S*revsync\S* status --ledger \S+\n$/,
    );
    const refusing = await answeringServer(() => ({ status: 401, body: '' }));
    const stopped = await space.run(...push.map((word) => (word === server.url ? refusing.url : word)));
    expect(stopped.code).toBe(4);
    expect(stopped.stderr).toMatch(/^run-3: [^\n]*: exit 4: stopped: Convoso refused the account[^\n]*\n$/);
    space.write('sales.csv', 'nothing\n');
    const refused = await space.run(...push);
    expect(refused.code).toBe(3);
    expect(refused.stderr).not.toBe('');
  });

  it('names the variable of a credential that is refused and where it was set, never what it holds', async () => {
    const server = await answeringServer(() => ({ status: 401, body: '' }));
    const push = async (space: Workspace, ...more: string[]) => {
      space.write('sales.csv', sales([['1', '5']]));
      const ended = await space.run('push', 'sales.csv', '--base-url', server.url, '--json', ...more);
      expect(ended.code).toBe(4);
      expect(ended.stderr + ended.stdout).not.toContain('Geheim');
      const { problems } = JSON.parse(ended.stdout) as { problems: { code: string; remedy: string }[] };
      const remedy = problems.find(({ code }) => code === 'account_refused')?.remedy ?? '';
      expect(ended.stderr).toContain(`; ${remedy}\n`);
      return remedy;
    };
    const outside = new Workspace();
    const VENDOR = ['--vendor', 'convoso'];
    expect(await push(outside, ...VENDOR)).toBe(
      'check the credential: CONVOSO_AUTH_TOKEN, from the environment',
    );
    const inside = new Workspace();
    const { CONVOSO_AUTH_TOKEN: token, ...env } = inside.env;
    inside.env = env;
    inside.write('.env', `CONVOSO_AUTH_TOKEN=${token ?? ''}\n`);
    expect(await push(inside, ...VENDOR, '--env-file', '.env')).toBe(
      'check the credential: CONVOSO_AUTH_TOKEN, from .env (--env-file)',
    );
    inside.write('revsync.yaml', 'profiles:\n  nightly:\n    vendor: convoso\n    env_file: .env\n');
    expect(await push(inside, '--profile', 'nightly')).toMatch(
      /CONVOSO_AUTH_TOKEN, from \S*\.env \(env_file of nightly\)$/,
    );
    inside.write('token', token ?? '');
    inside.env['CONVOSO_AUTH_TOKEN_FILE'] = 'token';
    expect(await push(inside, ...VENDOR)).toBe(
      'check the credential: CONVOSO_AUTH_TOKEN, from token (CONVOSO_AUTH_TOKEN_FILE in the environment)',
    );
  });

  it('waits for all lanes when told to, and the row is accepted afterwards', async () => {
    const space = new Workspace();
    const starts: number[] = [];
    const server = await answeringServer((request) => {
      starts.push(request.at);
      if (starts.length === 3) return { status: 429, headers: { 'retry-after': '2' }, body: '' };
      const id = new URLSearchParams(request.body).get('call_log_id');
      return { status: 200, body: JSON.stringify({ success: true, data: { call_log_id: id } }) };
    });
    space.write('sales.csv', sales(Array.from({ length: 40 }, (_, index) => [`${9000 + index}`, '5.00'])));
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      '--rate',
      '1000',
    );
    expect(ended.code).toBe(0);
    expect(starts).toHaveLength(41);
    // Requests that were on their way when the 429 came are not counted: the pause begins with its arrival.
    const gap = Math.max(...starts.slice(1).map((start, index) => start - (starts[index] ?? start)));
    expect(gap).toBeGreaterThanOrEqual(1900);
    expect(space.rows('sales.results.csv').filter((row) => row['revsync_attempts'] === '2')).toHaveLength(1);
  });

  it('sends again after a reset that came after applying, and the books hold the amount once', async () => {
    const space = new Workspace();
    const server = await convosoServer({ faults: 'reset-after@2' });
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', '6.10'],
        ['3', '7'],
      ]),
    );
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      ...FAST,
    );
    expect(ended.code).toBe(0);
    expect(server.books().revenue).toEqual({ '1': '5.00', '2': '6.10', '3': '7.00' });
    expect(server.books().updates.filter((update) => update.call_log_id === '2')).toHaveLength(2);
    expect(space.rows('sales.results.csv')[1]).toMatchObject({
      revsync_status: 'accepted',
      revsync_attempts: '2',
    });
  });

  it('does not believe an earlier acceptance after a later reply was lost', async () => {
    const space = new Workspace();
    const server = await convosoServer({ faults: 'garbage@2' });
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, '--retries', '0'];
    space.write('sales.csv', sales([['1', '5.00']]));
    await space.run(...push);
    space.write('sales.csv', sales([['1', '9.00']]));
    expect((await space.run(...push)).code).toBe(1);
    expect(server.books().revenue).toEqual({ '1': '9.00' });
    // The source goes back to what was accepted first; the vendor holds 9.00, so it has to be sent.
    space.write('sales.csv', sales([['1', '5.00']]));
    expect((await space.run(...push)).code).toBe(0);
    expect(server.books().revenue).toEqual({ '1': '5.00' });
  });

  it('compares the echo of --confirm as a decimal, and does not report a difference as accepted', async () => {
    const space = new Workspace();
    const server = await answeringServer((request) => {
      const form = new URLSearchParams(request.body);
      const revenue = form.get('call_log_id') === '1' ? '5.0' : '6.99';
      return {
        status: 200,
        body: JSON.stringify({ success: true, data: { call_log_id: form.get('call_log_id'), revenue } }),
      };
    });
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', '6'],
      ]),
    );
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      '--confirm',
      ...FAST,
    );
    expect(ended.code).toBe(1);
    expect(
      space.rows('sales.results.csv').map((row) => [row['revsync_status'], row['revsync_error_code']]),
    ).toEqual([
      ['accepted', ''],
      ['failed', 'echo_mismatch'],
    ]);
  });

  it('sends a clear only when asked, as return without revenue, and zero as zero', async () => {
    const space = new Workspace();
    const bodies: string[] = [];
    const server = await answeringServer((request) => {
      bodies.push(new URLSearchParams(request.body).toString().replace(/auth_token=[^&]*&/, ''));
      return { status: 200, body: '{"success":true,"data":{}}' };
    });
    const push = [
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      '--concurrency',
      '1',
      ...FAST,
    ];
    space.write(
      'sales.csv',
      sales([
        ['1', ''],
        ['2', '0.00'],
        ['3', '4'],
      ]),
    );
    expect((await space.run(...push)).code).toBe(1);
    expect(bodies).toEqual(['call_log_id=2&revenue=0.00', 'call_log_id=3&revenue=4.00']);
    bodies.length = 0;
    expect((await space.run(...push, '--blank-amount', 'clear')).code).toBe(0);
    expect(bodies).toEqual(['call_log_id=1&return=1']);
  });

  it('stops in an error storm with exit 4, and a rejected row is not a storm', async () => {
    const space = new Workspace();
    const lines = Array.from({ length: 60 }, (_, index): [string, string] => [`${index + 1}`, '5']);
    space.write('sales.csv', sales(lines));
    const broken = await answeringServer(() => ({ status: 500, body: '' }));
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      broken.url,
      '--rate',
      '100000',
      '--retries',
      '0',
      '--json',
    );
    expect(ended.code).toBe(4);
    expect(summaryOf(ended.stdout).stopped?.code).toBe('storm');
    const failed = summaryOf(ended.stdout).statuses['failed']?.rows ?? 0;
    expect(failed).toBeGreaterThanOrEqual(20);
    expect(failed).toBeLessThan(30);
    expect(broken.requests()).toBe(failed);

    const refusing = await answeringServer(() => ({
      status: 200,
      body: '{"success":false,"code":6033,"text":"No such Call Log"}',
    }));
    expect(
      (await space.run('push', 'sales.csv', '--vendor', 'convoso', '--base-url', refusing.url, ...FAST)).code,
    ).toBe(1);
    expect(refusing.requests()).toBe(60);
  });
});

describe('files that are refused', () => {
  it.each([
    [
      'an unclosed quote on the last line',
      'call_log_id,revenue\n1,5\n2,6\n3,"7\n',
      'sales.csv:4: a quote is opened in the record that starts here and never closed; close it, or double a quote that is part of the text',
    ],
    [
      'no amount column',
      'call_log_id,note\n1,5\n',
      'sales.csv:1: amount: no column found; the headers are "call_log_id", "note"; name it with --column amount="HEADER"',
    ],
    [
      'two amount columns',
      'call_log_id,Revenue,Sale Amount\n1,5,5\n',
      'sales.csv:1: amount: 2 columns could be it, "Revenue", "Sale Amount"; choose one with --column amount="HEADER"',
    ],
    [
      'a header twice',
      'call_log_id,revenue,revenue\n1,5,5\n',
      'sales.csv:1: amount: two columns are called "revenue"; rename or remove one',
    ],
    ['no line at all', '', 'sales.csv: is empty; a header line with the column names is needed'],
    [
      'a byte that is not UTF-8',
      Buffer.from('call_log_id,revenue\n1,5\n2,6\xe9\n', 'latin1'),
      'sales.csv:3: has a byte that is not UTF-8 (0xE9); save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252',
    ],
  ])('refuses %s: exit 3, nothing sent', async (_name, content, message) => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', content);
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      ...FAST,
    );
    expect([ended.code, afterNews(ended.stderr)]).toEqual([3, `${message}\nnothing was sent\n`]);
    expect(server.requests()).toBe(0);
  });

  it('reports a missing file in one line, exit 3, and every file that has a fault', async () => {
    const space = new Workspace();
    space.write('b.csv', 'x\n1\n');
    const ended = await space.run('push', 'a.csv', 'b.csv', '--vendor', 'convoso', '--sandbox');
    expect(ended.code).toBe(3);
    expect(afterNews(ended.stderr).split('\n')).toEqual([
      'a.csv: there is no such file; check the path',
      'b.csv:1: call_id: no column found; the headers are "x"; name it with --column call_id="HEADER"',
      'b.csv:1: amount: no column found; the headers are "x"; name it with --column amount="HEADER"',
      'nothing was sent',
      '',
    ]);
  });

  it('takes the column that --column names', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'Call Log ID,Revenue,Sale Amount\n1,5,7\n');
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--sandbox',
      '--column',
      'amount=Sale Amount',
      '--column',
      'call_id=Call Log ID',
    );
    expect(ended.code).toBe(0);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({ revsync_amount: '7.00' });
  });

  it('ends 0 with a warning for a header and no rows', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'call_log_id,revenue\n');
    const ended = await space.run('push', 'sales.csv', '--vendor', 'convoso', '--sandbox');
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('sales.csv: has a header and no rows\n');
    expect(records(space.read('sales.results.csv'))).toEqual([]);
  });
});

describe('where files come from and go', () => {
  it('reads standard input and gzip, and writes to standard output', async () => {
    const space = new Workspace();
    space.write('sales.csv.gz', gzipSync(sales([['1', '5.00']])));
    expect((await space.run('push', 'sales.csv.gz', '--vendor', 'convoso', '--sandbox')).code).toBe(0);
    expect(space.rows('sales.results.csv')).toHaveLength(1);

    const ended = await space.feed(
      sales([
        ['1', '5.00'],
        ['2', '6'],
      ]),
      ...['push', '-', '--vendor', 'convoso', '--sandbox', '--out', '-'],
    );
    expect(ended.code).toBe(0);
    expect(records(ended.stdout).map((row) => [row['call_log_id'], row['revsync_status']])).toEqual([
      ['1', 'unchanged'],
      ['2', 'accepted'],
    ]);
  });

  it('takes several files as one run: a key in two of them is a conflict, each gets its own results', async () => {
    const space = new Workspace();
    space.write(
      'a.csv',
      sales([
        ['1', '5.00'],
        ['2', '6.00'],
      ]),
    );
    space.write(
      'b.csv',
      sales([
        ['2', '7.00'],
        ['3', '8.00'],
        ['1', '5.00'],
      ]),
    );
    const ended = await space.run('push', 'a.csv', 'b.csv', '--vendor', 'convoso', '--sandbox');
    expect(ended.code).toBe(1);
    const statuses = (name: string): unknown => space.rows(name).map((row) => row['revsync_status']);
    expect(statuses('a.results.csv')).toEqual(['accepted', 'invalid']);
    expect(statuses('b.results.csv')).toEqual(['invalid', 'accepted', 'duplicate']);
    expect(space.rows('b.results.csv')[0]?.['revsync_error']).toContain(
      'as a.csv:3, which differs in revenue ("6.00", here "7.00"); keep one of them',
    );
  });

  it('sends the last or the sum of rows in conflict when told to', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write(
      'sales.csv',
      sales([
        ['1', '5.00'],
        ['1', '7.00'],
        ['1', '5.00'],
        ['2', '1'],
      ]),
    );
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...FAST];
    expect((await space.run(...push, '--on-conflict', 'last')).code).toBe(0);
    expect(server.books().revenue).toEqual({ '1': '5.00', '2': '1.00' });
    expect((await space.run(...push, '--on-conflict', 'sum')).code).toBe(0);
    expect(server.books().revenue).toEqual({ '1': '12.00', '2': '1.00' });
    expect(
      space
        .rows('sales.results.csv')
        .map((row) => [row['revsync_status'], row['revsync_amount'], row['revsync_warning']]),
    ).toEqual([
      [
        'accepted',
        '12.00',
        'sum of line 2, line 3; lines that repeat another to the letter are counted once',
      ],
      ['duplicate', '7.00', 'summed into line 2'],
      ['duplicate', '5.00', 'same key and content as an earlier line, not summed again'],
      ['unchanged', '1.00', ''],
    ]);
    expect((await space.run(...push, '--on-conflict', 'sum')).code).toBe(0);
    const planned = ['revsync_status', 'revsync_action', 'revsync_amount', 'revsync_previous_amount'];
    expect(space.rows('sales.results.csv').map((row) => planned.map((column) => row[column]))).toEqual([
      ['unchanged', '', '12.00', '12.00'],
      ['duplicate', '', '7.00', ''],
      ['duplicate', '', '5.00', ''],
      ['unchanged', '', '1.00', '1.00'],
    ]);
    expect(server.requests()).toBe(3);
  });

  it('sends the first rows of --limit and leaves the others for the next run', async () => {
    const space = new Workspace();
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', 'x'],
        ['3', '6'],
        ['4', '7'],
      ]),
    );
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--sandbox'];
    await space.run(...push, '--limit', '2');
    const statuses = (): unknown => space.rows('sales.results.csv').map((row) => row['revsync_status']);
    expect(statuses()).toEqual(['accepted', 'invalid', 'accepted', 'not_sent']);
    await space.run(...push);
    expect(statuses()).toEqual(['unchanged', 'invalid', 'unchanged', 'accepted']);
  });

  it('holds corrections back with --no-correct and sends accepted rows again with --force', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...FAST];
    space.write('sales.csv', sales([['1', '5']]));
    await space.run(...push);
    space.write('sales.csv', sales([['1', '6']]));
    expect((await space.run(...push, '--no-correct')).code).toBe(1);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_status: 'not_sent',
      revsync_error_code: 'correction_held',
      revsync_previous_amount: '5.00',
    });
    space.write('sales.csv', sales([['1', '5']]));
    expect((await space.run(...push, '--force')).code).toBe(0);
    expect(server.books().updates.map((update) => update.revenue)).toEqual(['5.00', '5.00']);
  });
});

describe('push --dry-run', () => {
  it('shows what would be sent, old and new, and leaves ledger and vendor untouched', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...FAST];
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', '6'],
      ]),
    );
    await space.run(...push);
    const before = (await space.run('runs', '--json')).stdout;
    space.write(
      'sales.csv',
      sales([
        ['1', '9.5'],
        ['2', '6'],
        ['3', '7'],
      ]),
    );
    const ended = await space.run(...push, '--dry-run', '--out', 'plan.csv');
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('would send: create 1 (7.00), correct 1 (9.50)');
    expect(ended.stderr).toContain(`sales.csv:2: correct POST ${server.url}/v1/revenue/update`);
    expect(ended.stderr).toContain('    auth_token=[CONVOSO_AUTH_TOKEN]&call_log_id=1&revenue=9.50');
    expect(ended.stderr).toContain('  sales.csv:2: 1 5.00 → 9.50');
    expect(space.rows('plan.csv').map((row) => [row['revsync_status'], row['revsync_action']])).toEqual([
      ['planned', 'correct'],
      ['unchanged', ''],
      ['planned', 'create'],
    ]);
    expect(server.requests()).toBe(2);
    expect((await space.run('runs', '--json')).stdout).toBe(before);
  });

  it.each([
    ['--confirm', 'auth_token=[CONVOSO_AUTH_TOKEN]&call_log_id=1&revenue=9.50&return=1'],
    ['--blank-amount', 'auth_token=[CONVOSO_AUTH_TOKEN]&call_log_id=1&return=1', 'clear'],
    ['--verbose', 'auth_token=[CONVOSO_AUTH_TOKEN]&call_log_id=1&revenue=9.50'],
  ])('shows the very request that is sent: %s', async (option, shown, value = '') => {
    const space = new Workspace();
    const sent: string[] = [];
    const server = await answeringServer(({ body }) => {
      sent.push(body);
      return { status: 200, body: '{"success":true,"data":{"call_log_id":"1"}}' };
    });
    space.write('sales.csv', sales([['1', value === 'clear' ? '' : '9.5']]));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...FAST];
    const options = [option, value].filter((text) => text !== '');
    const dry = await space.run(...push, ...options, '--dry-run');
    expect(dry.stderr.split('\n')).toContain(`    ${shown}`);
    await space.run(...push, ...options);
    expect(sent).toEqual([shown.replace('[CONVOSO_AUTH_TOKEN]', encodeURIComponent(space.token))]);
  });

  it('makes no ledger, needs no credential, and ends 1 if a row could not be sent', async () => {
    const space = new Workspace();
    delete space.env['CONVOSO_AUTH_TOKEN'];
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', 'x'],
      ]),
    );
    const ended = await space.run('push', 'sales.csv', '--vendor', 'convoso', '--dry-run');
    expect(ended.code).toBe(1);
    expect((await space.run('runs')).stderr).toContain('there is no ledger');
  });
});
