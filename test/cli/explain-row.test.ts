import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FIXTURES, Workspace } from '../support/cli.js';
import { expectToAgree, explainAll, receivedBy } from '../files/explained.js';

const FILE = `Call Log ID,Sale Amount,Agent,Note
100125,"1.250,50",Ann,x
100126,"60,00",Bob,"two
lines"
100127,abc,Cid,
`;

const TO = ['--vendor', 'convoso', '--sandbox', '--decimal', ','];

describe('explain FILE:LINE', () => {
  it('tells how each cell was read, what is held, what a push does and why, and the request', async () => {
    const space = new Workspace();
    space.write('sales.csv', FILE);
    const { code, stdout } = await space.run('explain', 'sales.csv:2', ...TO);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `sales.csv:2, to convoso (account default, sandbox)

How it is read
  call_id = 100125
    "Call Log ID": "100125", a header that is known for it
  amount = 1250.50
    "Sale Amount": "1.250,50", a header that is known for it
    a comma stands before the decimals: --decimal ,; no amount of the file says otherwise

Columns that are no field
  "Agent": "Ann"  not used
  "Note": "x"  not used

What it asks
  key   100125
  asks  record a sale of 1250.50

What the ledger holds of the key
  nothing

What a push does with it, and why
  would be sent, create 1,250.50
  the ledger knows of nothing that is held for this key
  it is sent as a new sale of 1250.50; at Convoso a second identical request would set it again

The request
  POST http://127.0.0.1/v1/revenue/update
    auth_token=[CONVOSO_AUTH_TOKEN]&call_log_id=100125&revenue=1250.50
`,
    });
    // Nothing was sent, and nothing is left.
    expect(existsSync(space.ledger)).toBe(false);
    expect(readdirSync(space.folder).filter((name) => name !== 'state')).toEqual(['sales.csv']);
  });

  it('finds a record by any of its lines, and says what stands where none is', async () => {
    const space = new Workspace();
    space.write('sales.csv', FILE);
    for (const line of [3, 4]) {
      const { stdout } = await space.run('explain', `sales.csv:${line}`, ...TO, '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        row: { line, first_line: 3, last_line: 4, key: '100126', result: { line: 3, status: 'planned' } },
      });
    }
    expect((await space.run('explain', 'sales.csv:1', ...TO)).stdout).toContain('\n  the header\n');
    expect(await space.run('explain', 'sales.csv:99', ...TO)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'sales.csv has no line 99: it is behind the last row, which ends on line 5',
      ) as string,
    });
    expect((await space.run('explain', 'sales.csv:0', ...TO)).code).toBe(2);
    expect((await space.run('explain', 'sales.csv', ...TO)).stderr).toContain(
      'did you mean: revsync explain sales.csv:2 ',
    );
  });

  it('reads standard input, gzip, other line ends and a name with a colon as a push does', async () => {
    const space = new Workspace();
    const crlf = FILE.replaceAll('\n', '\r\n');
    space.write('sales.csv.gz', gzipSync(crlf));
    space.write('sales:2.csv', crlf);
    for (const what of ['-:5', 'sales.csv.gz:5', 'sales:2.csv:5']) {
      const { code, stdout } = await space.feed(FILE, 'explain', what, ...TO, '--json');
      expect([code, JSON.parse(stdout)]).toMatchObject([
        0,
        {
          codes: [{ code: 'not_an_amount' }],
          row: { first_line: 5, problems: [{ field: 'amount', code: 'not_an_amount' }] },
        },
      ]);
    }
  });

  it('tells of a file that is refused why, and of the row what can be told', async () => {
    const space = new Workspace();
    space.write('sales.csv', FILE);
    const { code, stdout } = await space.run(
      'explain',
      'sales.csv:2',
      '--vendor',
      'convoso',
      '--sandbox',
      '--json',
    );
    expect([code, JSON.parse(stdout)]).toMatchObject([
      3,
      {
        problems: [
          {
            code: 'file_refused',
            line: 2,
            message: expect.stringContaining('push the file with --decimal ,') as string,
          },
        ],
        row: { key: '100125', result: null, request: null, problems: [{ code: 'not_an_amount' }] },
      },
    ]);
    await space.run('push', 'sales.csv', ...TO);
    const held = await space.run('explain', 'sales.csv:2', '--vendor', 'convoso', '--sandbox', '--json');
    expect(JSON.parse(held.stdout)).toMatchObject({ row: { result: null, held: { amount: '1250.50' } } });
    space.write('other.csv', 'token,b\nx,y\n');
    const none = await space.run('explain', 'other.csv:2', '--vendor', 'convoso', '--sandbox');
    expect(none).toMatchObject({ code: 3, stdout: expect.stringContaining('"b": "y"  not read') as string });
  });

  it('says by which line a file proves the order of its dates, and where settings of a profile come from', async () => {
    const space = new Workspace();
    space.write(
      'revsync.yaml',
      'profiles:\n  night:\n    vendor: tldcrm\n    timezone: America/New_York\n    columns: { amount: Paid }\n    constants: { did: "8005550100" }\n    values: { amount: { free: "0.01" } }\n',
    );
    space.write(
      'sales.csv',
      'cid,Paid,call_date\n5125550123,free,1/2/2026 10:00\n5125550124,2,20/2/2026 10:00\n',
    );
    const { stdout } = await space.run('explain', 'sales.csv:2', '--profile', 'night', '--sandbox');
    expect(stdout).toContain('the same in every row: constants.did: 8005550100 of profile night');
    expect(stdout).toContain('"Paid": "free", columns.amount: Paid of profile night');
    expect(stdout).toContain('"free" stands for "0.01": values.amount: free=0.01 of profile night');
    expect(stdout).toContain('its date is day, month, year: line 3 proves it, "20/2/2026 10:00"');
    expect(stdout).toContain('its zone: timezone: America/New_York of profile night');
  });

  it('knows what was accepted, and prints commands that work', async () => {
    const space = new Workspace();
    space.write('sales.csv', FILE);
    await space.run('push', 'sales.csv', ...TO);
    space.write('sales.csv', FILE.replace('60,00', '61,00'));
    const { stdout } = await space.run('explain', 'sales.csv:3', ...TO, '--json');
    const { row } = JSON.parse(stdout) as { row: { commands: string[] } };
    expect(row).toMatchObject({
      held: { held: true, intent: 'set', amount: '60.00', run: 'run-1', doubt: null },
      result: { action: 'correct', amount: '61.00', previous_amount: '60.00' },
    });
    for (const command of row.commands) {
      const [, ...words] = command.split(' ');
      expect((await space.run(...words)).code).toBe(0);
    }
    const same = await space.run('explain', 'sales.csv:2', ...TO);
    expect(same.stdout).toContain(
      '  unchanged 1,250.50 → 1,250.50\n  run-1 had the same accepted, so nothing is sent',
    );
  });

  it.each(['convoso', 'trackdrive', 'tldcrm', 'invoca', 'invoca-signals', 'ringba'])(
    'agrees row by row with the push of the sales file of %s',
    async (vendor) => {
      const space = new Workspace();
      const file = readFileSync(`${FIXTURES}${vendor}/sales.csv`, 'utf8');
      space.write('sales.csv', file);
      const to = ['--vendor', vendor, '--sandbox', '--timezone', 'America/New_York'];
      for (const more of [[], ['--force'].filter(() => vendor !== 'tldcrm')]) {
        const explained = await explainAll(space, '', 'sales.csv', [...to, ...more]);
        receivedBy(space);
        await space.run('push', 'sales.csv', ...to, ...more);
        if (explained === undefined) throw new Error('it could not be called');
        expectToAgree(explained, space.rows('sales.results.csv'), receivedBy(space));
      }
    },
  );
});
