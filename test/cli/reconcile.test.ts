import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Transaction } from '../../src/core/transactions.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { records, sales, Workspace, type Ended } from '../support/cli.js';
import { askLedger, workspaceOfTest } from '../support/shared-ledger.js';
import { callRow, NETWORK, outcomeRow, pullInto, START, type PulledBooks } from '../support/pulled.js';
import { convosoServer } from '../support/vendor-server.js';

const FAST = ['--rate', '100000', '--retries', '2'];
const THERE = 'http://127.0.0.1:1';

const INVOCA = { vendor: 'invoca', account: 'default', origin: THERE };

async function pulledInto(
  space: Workspace,
  rows: readonly Transaction[],
  more: Partial<PulledBooks> = {},
): Promise<void> {
  await pullInto(space.ledger, { namespace: INVOCA, rows, ...more });
}

/** `[key, break]` of every row. */
function breaks(rows: readonly Record<string, string>[]): [string?, string?][] {
  return rows.map((row) => [row['revsync_key'], row['revsync_break']]);
}

function statuses(rows: readonly Record<string, string>[]): string[] {
  return rows.map((row) => `${row['revsync_status'] ?? ''} ${row['revsync_error_code'] ?? ''}`.trim());
}

const BOTH_REVERSED = ['--reversal-column', 'status', '--reversal-values', 'refunded', '--may-be-empty'];

describe('reconcile against what was pulled', () => {
  const HEADER = 'transaction_id,outcome_name,amount,status,rep';

  it('names every break, prints both totals and ends 1', async () => {
    const space = await workspaceOfTest();
    await pulledInto(space, [
      ...['A', 'B', 'D', 'E', 'F', 'G'].map((id) => callRow(id)),
      outcomeRow('A', 'A1', 1000),
      outcomeRow('B', 'B1', 2100),
      outcomeRow('D', 'D1', 4000),
      outcomeRow('D', 'D2', 4000),
      outcomeRow('E', 'E1', 5000),
      outcomeRow('E', 'E2', undefined, { value: false, corrects: 'E1', correctedAt: START }),
      outcomeRow('F', 'F1', 6000),
      outcomeRow('G', 'G1', 700),
    ]);
    const lines = ['A,Sale,10.00,,a', 'B,Sale,20.00,,b', 'C,Sale,30.00,,c', 'D,Sale,40.00,,d'];
    space.write('sales.csv', [HEADER, ...lines, 'E,Sale,50.00,,e', 'F,Sale,60.00,refunded,f', ''].join('\n'));
    const ended = await space.run(
      'reconcile',
      'sales.csv',
      '--vendor',
      'invoca',
      '--base-url',
      THERE,
      ...BOTH_REVERSED,
      '--json',
    );
    expect(ended.code).toBe(1);
    expect(space.rows('sales.breaks.csv').map((row) => [row['rep'], row['revsync_break']])).toEqual([
      ['a', 'matched'],
      ['b', 'amount_differs'],
      ['c', 'missing_at_vendor'],
      ['d', 'doubled_at_vendor'],
      ['e', 'reversed_at_vendor'],
      ['f', 'amount_differs'],
      ['', 'missing_in_file'],
    ]);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      command: 'reconcile',
      against: 'networks/33',
      exit_code: 1,
      ties_out: false,
      breaks: { matched: 1, amount_differs: 2, missing_in_file: 1, ambiguous: 0 },
      file: { rows: 5, amount: '150.00' },
      vendor_side: { rows: 6, amount: '178.00' },
    });
    expect(ended.stderr).toContain('they do not tie out: 6 breaks');
    expect(ended.stderr).toContain(
      'next: look at the breaks, then send the missing and different ones: revsync push sales.breaks.csv --vendor invoca',
    );
    expect(readdirSync(space.folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('ends 0 where both sides say the same, with --quiet without a word', async () => {
    const space = await workspaceOfTest();
    await pulledInto(space, [callRow('A'), outcomeRow('A', 'A1', 1000)]);
    space.write('sales.csv', `${HEADER}\nA,Sale,10.00,,a\n`);
    const reconcile = ['reconcile', 'sales.csv', '--vendor', 'invoca', '--base-url', THERE];
    const ended = await space.run(...reconcile, '--network', '33');
    expect(ended).toMatchObject({ code: 0, stdout: '' });
    expect(ended.stderr).toContain('they tie out');
    expect(await space.run(...reconcile, '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('tells times in the zone of the profile, with their offset', async () => {
    const space = await workspaceOfTest();
    await pulledInto(space, [
      callRow('A'),
      outcomeRow('A', 'A1', 1000, { corrects: 'A0', correctedAt: START }),
    ]);
    space.write('sales.csv', `${HEADER}\nA,Sale,10.00,,a\n`);
    space.write('revsync.yaml', 'profiles:\n  p:\n    vendor: invoca\n    timezone: America/New_York\n');
    const ended = await space.run('reconcile', 'sales.csv', '--profile', 'p', '--base-url', THERE);
    expect(ended.code).toBe(0);
    expect(space.rows('sales.breaks.csv')[0]).toMatchObject({
      revsync_vendor_started_at: '2026-11-20T10:00:00-05:00',
      revsync_vendor_corrected_at: '2026-11-20T10:00:00-05:00',
      revsync_vendor_pending: '1',
    });
  });

  it('asks for a pull where nothing, not all or too much was pulled', async () => {
    const space = new Workspace();
    space.write('sales.csv', `${HEADER}\nA,Sale,10.00,,a\n`);
    const reconcile = async (...more: string[]): Promise<Ended> =>
      space.run('reconcile', 'sales.csv', '--vendor', 'invoca', '--base-url', THERE, ...more);
    const days = ['--timezone', 'UTC', '--from', '2026-11-19', '--to', '2026-11-21'];
    const refusals: [string, () => void | Promise<void>, string[]][] = [
      ['there is no ledger at', () => undefined, []],
      ['nothing was pulled with this ledger', () => SqliteLedger.open(space.ledger, INVOCA).close(), []],
      [
        'networks/33: its pull of 2026-11-20 to 2026-11-20 has not come to its end',
        () => pulledInto(space, [], { ranges: [{ from: '2026-11-20', to: '2026-11-20', complete: false }] }),
        [],
      ],
      ['nothing of networks/9 was pulled', () => undefined, ['--network', '9']],
      [
        'several were pulled: advertisers/4, networks/33',
        () =>
          pulledInto(space, [], {
            scope: { kind: 'advertisers', id: '4' },
            ranges: [{ from: '2026-11-19', to: '2026-11-20', complete: true }],
          }),
        [],
      ],
      ['advertisers/4: 2026-11-21 was not pulled', () => undefined, ['--advertiser', '4', ...days]],
    ];
    for (const [message, prepare, more] of refusals) {
      await prepare();
      const ended = await reconcile(...more);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(message);
      expect(existsSync(space.path('sales.breaks.csv'))).toBe(false);
    }
    expect(NETWORK).toEqual({ kind: 'networks', id: '33' });
  });

  it("lets the days say which of the vendor's calls the file is about", async () => {
    const space = await workspaceOfTest();
    const rows = [
      callRow('A'),
      outcomeRow('A', 'A1', 1000),
      outcomeRow('B', 'B1', 500, { startedAt: START - 86_400_000 }),
    ];
    await pulledInto(space, rows);
    space.write('sales.csv', `${HEADER}\nA,Sale,10.00,,a\n`);
    const reconcile = ['reconcile', 'sales.csv', '--vendor', 'invoca', '--base-url', THERE];
    expect((await space.run(...reconcile)).code).toBe(1);
    const days = ['--timezone', 'America/New_York', '--from', '2026-11-20', '--to', '2026-11-20'];
    expect((await space.run(...reconcile, ...days)).code).toBe(0);
  });
});

describe('reconcile --against an export', () => {
  const AGAINST = [
    '--vendor',
    'convoso',
    '--against',
    'export.csv',
    '--key',
    'call_log_id',
    '--amount',
    'Umsatz',
  ];

  it('reads semicolons, decimal commas, other encodings and other names', async () => {
    const space = await workspaceOfTest();
    space.write(
      'sales.csv',
      sales([
        ['1001', '1250.50'],
        ['1002', '10.00'],
        ['1003', '20.00'],
      ]),
    );
    const lines = ['Auswertung;', 'Anruf-Nr;Erlös', '1001;1.250,50', '1002;11,00', '1003;20,00', ''];
    space.write('export.csv', Buffer.from(lines.join('\n'), 'latin1'));
    const ended = await space.run(
      ...['reconcile', 'sales.csv', '--vendor', 'convoso', '--against', 'export.csv'],
      ...['--key', 'call_id=Anruf-Nr', '--amount', 'Erlös', '--export-decimal', ','],
      ...['--export-encoding', 'windows-1252', '--export-header-row', '2'],
    );
    expect(ended.stderr).toContain('they do not tie out: 1 break\n');
    expect(ended.code).toBe(1);
    expect(breaks(space.rows('sales.breaks.csv'))).toEqual([
      ['1001', 'matched'],
      ['1002', 'amount_differs'],
      ['1003', 'matched'],
    ]);
    expect(space.rows('sales.breaks.csv')[1]).toMatchObject({
      revsync_vendor_ref: 'export.csv:4',
      revsync_difference: '-1.00',
    });
  });

  it('finds a sale by several columns, as the vendor reads them', async () => {
    const space = await workspaceOfTest();
    space.write(
      'sales.csv',
      'call_date,did,cid,cost\n2026-11-19 09:02:11,8005550100,5125550123,32.5\n2026-11-19 09:15:40,8005550100,5125550124,1.00\n',
    );
    space.write(
      'export.csv',
      'CID,DID,When,Cost\n(512) 555-0123,800-555-0100,2026-11-19 09:02:11,32.5000\nAnonymous,800-555-0100,2026-11-19 09:02:11,0.50\n',
    );
    const ended = await space.run(
      ...['reconcile', 'sales.csv', '--vendor', 'tldcrm', '--against', 'export.csv', '--base-url', THERE],
      ...['--export-made', '2026-11-20T00:00Z'],
      '--key',
      'did,cid,call_date=When',
      '--amount',
      'Cost',
      '--json',
    );
    expect(ended.code).toBe(1);
    // What this vendor is told is a cost, and nothing that could be added to revenue.
    expect(ended.stderr).toMatch(/file \(cost\) +2 +33\.50\n +vendor \(cost\) +2 +33\.00\n/);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      file: { rows: 2, amount: '0.00', cost: '33.50' },
      vendor_side: { rows: 2, amount: '0.00', cost: '33.00' },
    });
    expect(space.rows('sales.breaks.csv').map((row) => row['revsync_break'])).toEqual([
      'matched',
      'missing_at_vendor',
      'missing_in_file',
    ]);
  });

  it.each([
    ['an export without that column', 'a,b\n1,2\n', 3, 'call_id: no column found'],
    [
      'an export with the header twice',
      'call_log_id,Umsatz,Umsatz\n1,2,3\n',
      3,
      'two columns are called "Umsatz"',
    ],
    ['an export with an amount that is none', 'call_log_id,Umsatz\n1001,zehn\n', 3, 'export.csv:2: amount: '],
    ['an empty export', '', 3, 'export.csv: is empty'],
    ['an export of a header only', 'call_log_id,Umsatz\n', 1, 'export.csv: has a header and no rows'],
  ])('%s', async (_what, exported, code, message) => {
    const space = await workspaceOfTest();
    space.write('sales.csv', sales([['1001', '10.00']]));
    space.write('export.csv', exported);
    const ended = await space.run('reconcile', 'sales.csv', ...AGAINST);
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(code);
    expect(existsSync(space.path('sales.breaks.csv'))).toBe(code === 1);
  });

  it.each([
    ['a sales file without an amount', 'call_log_id\n1\n', 'sales.csv:1: amount: no column found'],
    [
      'a sales file with the header twice',
      'call_log_id,revenue,revenue\n1,2,3\n',
      'sales.csv:1: amount: two columns are called "revenue"',
    ],
    ['an unclosed quote', 'call_log_id,revenue\n1,"2\n', 'sales.csv:2: a quote is opened'],
    ['a breaks CSV', 'call_log_id,revenue,revsync_break\n1,2,matched\n', 'sales.csv: is a breaks CSV'],
    ['no such file', undefined, 'sales.csv: there is no such file'],
    [
      'a sales file without the key',
      'CallLogID,revenue\n1,2\n',
      '--key lead: the sales file has no column "lead"',
    ],
  ])('refuses %s', async (_what, csv, message) => {
    const space = await workspaceOfTest();
    if (csv !== undefined) space.write('sales.csv', csv);
    space.write('export.csv', 'call_log_id,Umsatz,lead\n1,2,3\n');
    const key = message.includes('lead') ? ['--key', 'lead'] : [];
    const ended = await space.run('reconcile', 'sales.csv', ...AGAINST, ...key);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain('nothing was compared');
    expect(ended.code).toBe(3);
  });

  it('compares a file without sales, one that comes through a pipe and one that is packed', async () => {
    const space = await workspaceOfTest();
    space.write('export.csv', 'call_log_id,Umsatz\n1001,10.00\n');
    space.write('sales.csv', sales([]));
    expect((await space.run('reconcile', 'sales.csv', ...AGAINST)).code).toBe(1);
    expect(breaks(space.rows('sales.breaks.csv'))).toEqual([['1001', 'missing_in_file']]);
    space.write('packed.csv.gz', gzipSync(sales([['1001', '10.00']])));
    expect((await space.run('reconcile', 'packed.csv.gz', ...AGAINST)).code).toBe(0);
    const ended = await space.feed(sales([['1001', '10.01']]), 'reconcile', '-', ...AGAINST, '--out', '-');
    expect(ended.code).toBe(1);
    expect(breaks(records(ended.stdout))).toEqual([['1001', 'amount_differs']]);
    expect(readdirSync(space.folder)).not.toContain('stdin.breaks.csv');
  });

  it('writes no cell that a spreadsheet would run, and reads it back as it was', async () => {
    const space = await workspaceOfTest();
    space.write('sales.csv', 'call_log_id,revenue,note\n1001,10.00,=1+1\n');
    space.write('export.csv', 'call_log_id,Umsatz\n1001,-3\n=cmd(1),7\n');
    const exported = [
      '--vendor',
      'convoso',
      '--against',
      'export.csv',
      '--key',
      'call_log_id',
      '--amount',
      'Umsatz',
    ];
    const ended = await space.run('reconcile', 'sales.csv', ...exported);
    expect(ended.code).toBe(1);
    const rows = space.rows('sales.breaks.csv');
    expect(rows[0]).toMatchObject({ note: "'=1+1", revsync_vendor_amount: '-3.00' });
    expect(rows[1]).toMatchObject({ revsync_key: "'=cmd(1)" });
  });

  it('says all that is wrong with how it was called, and writes nothing', async () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1001', '10.00']]));
    const called: [string[], string[]][] = [
      [[], ['name the vendor with --vendor']],
      [['--vendor', 'convoso'], ['Convoso has no report that revsync pulls']],
      [
        [
          '--vendor',
          'convoso',
          '--against',
          'x.csv',
          '--from-ledger',
          '--from',
          '2026-11-20',
          '--out',
          'sales.csv',
        ],
        [
          '--against and --from-ledger exclude each other',
          '--against goes with --key and --amount',
          '--from and --to go together',
          '--out would overwrite an input',
        ],
      ],
      [
        ['--vendor', 'invoca', '--key', 'a', '--network', '1', '--affiliate', '2'],
        ['go with --against', 'exclude each other'],
      ],
      [
        ['--vendor', 'invoca', '--from', '2026-11-21', '--to', '2026-11-20'],
        ['is after --to', 'need --timezone'],
      ],
      [['--vendor', 'invoca', '--from', '2026-13-01'], ['write a day such as 2026-11-20']],
      [['--vendor', 'convoso', '--from-ledger'], ['there is no ledger at']],
    ];
    for (const [options, messages] of called) {
      const ended = await space.run('reconcile', 'sales.csv', ...options);
      for (const message of messages) expect(ended.stderr).toContain(message);
      expect(ended.code).toBe(2);
    }
    expect(readdirSync(space.folder)).toEqual(['sales.csv']);
  });

  it('knows before it reads that the breaks cannot be written', async () => {
    const space = await workspaceOfTest();
    space.write('sales.csv', sales([['1001', '10.00']]));
    space.write('export.csv', 'call_log_id,Umsatz\n1001,10.00\n');
    mkdirSync(space.path('shut'));
    chmodSync(space.path('shut'), 0o500);
    for (const out of ['nowhere/out.csv', 'shut/out.csv', 'shut']) {
      const ended = await space.runBound('reconcile', 'sales.csv', ...AGAINST, '--out', out);
      expect(ended.stderr).toContain('nothing was compared');
      expect(ended.code).toBe(2);
    }
  });

  it('says where the disk is full, and does not end 0', async () => {
    const space = await workspaceOfTest();
    space.write('sales.csv', sales([['1001', '10.00']]));
    space.write('export.csv', 'call_log_id,Umsatz\n1001,10.00\n');
    const ended = await space.run('reconcile', 'sales.csv', ...AGAINST, '--out', '/dev/full');
    expect(ended.stderr).toContain('breaks /dev/full: the disk is full');
    expect(ended.code).toBe(1);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const space = await workspaceOfTest();
    space.write('export.csv', 'call_log_id,Umsatz\n1001,10.00\n');
    mkdirSync(space.path('tmp'));
    space.env = { ...space.env, TMPDIR: space.path('tmp') };
    const running = space.start('reconcile', '-', ...AGAINST);
    running.process.stdin.write('call_log_id,revenue\n1001,10.00\n');
    await expect.poll(() => readdirSync(space.path('tmp')), { timeout: 60_000 }).not.toEqual([]);
    running.process.kill('SIGTERM');
    const ended = await running.ended;
    expect(ended.stderr).toContain('interrupted by SIGTERM; nothing was written');
    expect(ended.code).toBe(143);
    expect([readdirSync(space.folder).sort(), readdirSync(space.path('tmp'))]).toEqual([
      ['export.csv', 'tmp'],
      [],
    ]);
  });
});

describe('reconcile --from-ledger', () => {
  it('compares with what a push to the sandbox had accepted', async () => {
    const space = new Workspace();
    const lines: [string, string][] = [
      ['1001', '10.00'],
      ['4044041', '20.00'],
      ['1003', '30.00'],
    ];
    space.write('sales.csv', sales(lines));
    expect((await space.run('push', 'sales.csv', '--vendor', 'convoso', '--sandbox')).code).toBe(1);
    const reconcile = ['reconcile', 'sales.csv', '--vendor', 'convoso', '--sandbox', '--from-ledger'];
    expect((await space.run(...reconcile)).code).toBe(1);
    expect(breaks(space.rows('sales.breaks.csv'))).toEqual([
      ['1001', 'matched'],
      ['4044041', 'missing_at_vendor'],
      ['1003', 'matched'],
    ]);
    space.write(
      'sales.csv',
      sales([
        ['1001', '10.00'],
        ['1003', '31.00'],
      ]),
    );
    expect((await space.run(...reconcile)).code).toBe(1);
    space.write('sales.csv', sales([['1001', '10']]));
    expect((await space.run(...reconcile)).code).toBe(1);
    expect(breaks(space.rows('sales.breaks.csv'))).toEqual([
      ['1001', 'matched'],
      ['1003', 'missing_in_file'],
    ]);
    const today = new Date().toISOString().slice(0, 10);
    const others = ['--timezone', 'UTC', '--from', '2020-01-01', '--to', '2020-01-02'];
    expect((await space.run(...reconcile, ...others)).code).toBe(0);
    expect(
      (await space.run(...reconcile, '--timezone', 'UTC', '--from', '2020-01-01', '--to', today)).code,
    ).toBe(1);
    // Nothing of it is in the ledger: a push and a reconciliation leave one run.
    const runs = await space.run('runs', '--json');
    expect(JSON.parse(runs.stdout)).toHaveLength(1);
  });
});

describe('a breaks CSV that is pushed as it is', () => {
  it('sends what is missing or different whatever the ledger remembers, once, and nothing else', async () => {
    const space = await workspaceOfTest();
    const server = await convosoServer();
    const push = ['--vendor', 'convoso', '--base-url', server.url, ...FAST];
    const lines: [string, string][] = ['1', '2', '3', '4', '5'].map((id) => [id.repeat(4), `${id}0.00`]);
    space.write('sales.csv', sales(lines));
    expect((await space.run('push', 'sales.csv', ...push)).code).toBe(0);
    expect(server.requests()).toBe(5);
    space.write(
      'export.csv',
      'call_log_id,revenue\n1111,10\n2222,25\n4444,40\n4444,40\n5555,50\n5555,-50\n6666,60\n',
    );
    const against = [
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      '--against',
      'export.csv',
      '--key',
      'call_log_id',
      '--amount',
      'revenue',
    ];
    expect((await space.run('reconcile', 'sales.csv', ...against)).code).toBe(1);

    const dry = await space.run('push', 'sales.breaks.csv', ...push, '--dry-run');
    expect(dry.stderr).toContain('would send: create 1 (30.00), correct 1 (20.00)');
    const ended = await space.run('push', 'sales.breaks.csv', ...push);
    expect(ended.code).toBe(0);
    expect(server.requests()).toBe(7);
    expect(statuses(space.rows('sales.breaks.results.csv'))).toEqual([
      'skipped not_a_break',
      'accepted',
      'accepted',
      'skipped not_a_break',
      'skipped not_a_break',
      'skipped not_a_break',
    ]);
    expect(space.rows('sales.breaks.results.csv')[1]).toMatchObject({
      call_log_id: '2222',
      revsync_action: 'correct',
      revsync_previous_amount: '20.00',
    });

    expect((await space.run('push', 'sales.breaks.csv', ...push)).code).toBe(0);
    expect(server.requests()).toBe(7);
    expect(
      statuses(space.rows('sales.breaks.results.csv')).filter((status) => status === 'unchanged'),
    ).toHaveLength(2);
    // The sales file itself goes by the ledger, as ever.
    expect((await space.run('push', 'sales.csv', ...push)).code).toBe(0);
    expect(server.requests()).toBe(7);
  });

  it('takes back what the vendor still holds, and leaves an unsettled row to a person', async () => {
    const space = new Workspace();
    space.write(
      'sales.csv',
      'transaction_id,outcome_name,amount,status\nA,Sale,10.00,refunded\nB,Sale,20.00,\n',
    );
    await pulledInto(
      space,
      [callRow('A'), callRow('B'), outcomeRow('A', 'A1', 1000), outcomeRow('B', 'B1', 2000)],
      { namespace: { ...INVOCA, origin: 'sandbox' } },
    );
    const reconcile = ['reconcile', 'sales.csv', '--vendor', 'invoca', '--sandbox', ...BOTH_REVERSED];
    expect((await space.run(...reconcile)).code).toBe(1);
    const push = ['push', 'sales.breaks.csv', '--vendor', 'invoca', '--sandbox', ...BOTH_REVERSED];
    const ended = await space.run(...push);
    expect(ended.code).toBe(0);
    expect(
      space.rows('sales.breaks.results.csv').map((row) => [row['revsync_action'], row['revsync_status']]),
    ).toEqual([
      ['reverse', 'accepted'],
      ['', 'skipped'],
    ]);

    await askLedger(space.ledger, `update entries set doubt = 'blocked' where key like 'A|%'`);
    expect((await space.run(...push)).code).toBe(5);
    expect(statuses(space.rows('sales.breaks.results.csv'))[0]).toBe('unknown key_unsettled');
  });
});
