import { existsSync, readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkReportOptions } from '../../src/cli/report-options.js';
import { UsageError } from '../../src/cli/console.js';
import { Database } from '../../src/io/ledger/database.js';
import { VENDORS } from '../../src/vendors/index.js';
import { FIXTURES, records, Workspace, type Ended } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { resultsText } from '../support/reported.js';

interface JsonReport {
  readonly basis: string;
  readonly time: string;
  readonly vendors: readonly string[];
  readonly groups: readonly Record<string, string | number | null>[];
  readonly total: Record<string, string | number | null>;
  readonly notes: readonly string[];
}

function jsonOf({ stdout }: Ended): JsonReport {
  return JSON.parse(stdout) as JsonReport;
}

async function pushSandbox(space: Workspace, file: string, ...options: string[]): Promise<Ended> {
  return space.run('push', file, '--vendor', 'convoso', '--sandbox', '--quiet', ...options);
}

const HEADER = 'call_log_id,revenue,agent,campaign,call_date';

function dayOf(...lines: string[]): string {
  return `${HEADER}\n${lines.join('\n')}\n`;
}

/** JSON over lines, without the version that it begins with. */
function readable(json: string): string {
  const told = { ...(JSON.parse(json) as object), revsync: '(version)' };
  return `${JSON.stringify(told, null, 1)}\n`;
}

describe('the report of a fixture', () => {
  it.each(VENDORS.map(({ id }) => [id]))('of %s is its golden table, CSV and JSON', async (id) => {
    const space = new Workspace();
    const fixture = `${FIXTURES}${id}`;
    const pushed = await space.run(
      'push',
      `${fixture}/sales.csv`,
      '--vendor',
      id,
      '--sandbox',
      '--out',
      'sales.results.csv',
    );
    expect(pushed.code).toBe(1);
    for (const format of ['table', 'csv', 'json'] as const) {
      const ended = await space.run('report', 'sales.results.csv', '--format', format);
      expect(ended.code).toBe(0);
      const golden = `${fixture}/report.expected.${format === 'table' ? 'txt' : format}`;
      const shown = format === 'json' ? readable(ended.stdout) : ended.stdout;
      expect(shown).toBe(readFileSync(golden, 'utf8'));
    }
    const held = records(space.read('sales.results.csv'))
      .filter((row) => ['accepted', 'unchanged'].includes(row['revsync_status'] ?? ''))
      .reduce((sum, row) => sum + Math.round(Number(row['revsync_amount']) * 10_000), 0);
    const [total] = records(readFileSync(`${fixture}/report.expected.csv`, 'utf8')).slice(-1);
    // Of each vendor one of them.
    const { revenue, cost = '0' } = total ?? {};
    expect(Math.round((Number(revenue) + Number(cost)) * 10_000)).toBe(held);
  });
});

describe('a report over a vendor of revenue and one of costs', () => {
  const totalOf = (ended: Ended): object => {
    expect(ended.code).toBe(0);
    return jsonOf(ended).total;
  };

  it('never sums them: files, the ledger, a run and a dry run', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'call_log_id,revenue,campaign\n7001,300.00,TX\n7002,0.00,TX\n');
    space.write(
      'costs.csv',
      'did,cid,call_date,cost,campaign\n8005550100,5125550123,2026-11-19 09:00:00,80,TX\n',
    );
    await pushSandbox(space, 'sales.csv');
    const push = ['push', 'costs.csv', '--vendor', 'tldcrm', '--sandbox', '--quiet'];
    await space.run(...push, '--dry-run', '--out', 'dry.csv');
    await space.run(...push, '--report', 'page.html');
    const json = ['--format', 'json', '--quiet'];
    const both = {
      revenue: '300.00',
      calls: 2,
      cost_rows: 1,
      cost: '80.00',
      return_on_cost_percent: '275.0',
    };
    const files = await space.run(
      'report',
      'sales.results.csv',
      'costs.results.csv',
      '--by',
      'campaign',
      ...json,
    );
    expect(totalOf(files)).toMatchObject({ ...both, cost_per_sale: '80.00' });
    expect(jsonOf(files).groups).toMatchObject([{ campaign: 'TX', ...both }]);
    expect(totalOf(await space.run('report', '--ledger', '--sandbox', ...json))).toMatchObject(both);
    const alone = { revenue: '0.00', calls: 0, cost_rows: 1, cost: '80.00', return_on_cost_percent: null };
    expect(totalOf(await space.run('report', '--run', 'run-2', ...json))).toMatchObject(alone);
    expect(totalOf(await space.run('report', 'dry.csv', ...json))).toMatchObject(alone);
    const page = space.read('page.html');
    expect(page).toContain('1 row of costs, 80.00 in all');
    expect(/id="key-revenue">\s*<dt>Revenue<\/dt>\s*<dd>0\.00/.test(page)).toBe(true);
  });
});

describe('what a report is about', () => {
  const FIRST = dayOf(
    '7001,100.00,Alma,Medicare,2026-11-19 09:00:00',
    '7002,50.00,Ben,Auto,2026-11-19 09:30:00',
    '7003,0.00,Ben,Auto,2026-11-19 10:00:00',
    '4044041,30.00,Ben,Auto,2026-11-19 10:10:00',
  );
  const SECOND = dayOf(
    '7001,120.00,Alma,Medicare,2026-11-19 09:00:00',
    '7002,50.00,Ben,Auto,2026-11-19 09:30:00',
    '7004,10.00,Alma,Auto,2026-11-20 11:00:00',
  );

  async function twoDays(): Promise<Workspace> {
    const space = new Workspace();
    space.write('first.csv', FIRST);
    space.write('second.csv', SECOND);
    expect((await pushSandbox(space, 'first.csv')).code).toBe(1);
    expect((await pushSandbox(space, 'second.csv')).code).toBe(0);
    return space;
  }

  it('is a results file, or its run, to the same figures', async () => {
    const space = await twoDays();
    const file = jsonOf(await space.run('report', 'second.results.csv', '--format', 'json'));
    expect(file.groups).toMatchObject([
      {
        agent: 'Alma',
        revenue: '130.00',
        calls: 2,
        corrected: 1,
        corrections: '20.00',
        share_percent: '72.2',
      },
      { agent: 'Ben', revenue: '50.00', calls: 1, corrected: 0, share_percent: '27.8' },
    ]);
    for (const name of ['2', 'run-2']) {
      const run = jsonOf(await space.run('report', '--run', name, '--format', 'json'));
      expect(run).toMatchObject({ groups: file.groups, total: file.total, vendors: ['convoso/default'] });
    }
  });

  it('is several files, in which a later run has the last word', async () => {
    const space = await twoDays();
    const report = jsonOf(
      await space.run(
        'report',
        'second.results.csv',
        'first.results.csv',
        '--by',
        'campaign',
        '--format',
        'json',
      ),
    );
    expect(report.total).toMatchObject({
      ...{ revenue: '180.00', calls: 4, sales: 3, rejected_rows: 1, rejected_amount: '30.00' },
      ...{ superseded_rows: 2, superseded_amount: '150.00' },
    });
    // Rows of one run that contradict each other are both for a person to look at.
    space.write(
      'third.csv',
      dayOf('7009,1.00,Ben,Auto,2026-11-21 09:00:00', '7009,2.00,Ben,Auto,2026-11-21 09:00:00'),
    );
    await pushSandbox(space, 'third.csv');
    const conflict = await space.run('report', 'second.results.csv', 'third.results.csv', '--format', 'json');
    expect(jsonOf(conflict).total).toMatchObject({
      invalid_rows: 2,
      invalid_amount: '3.00',
      superseded_rows: 0,
    });

    const twice = jsonOf(
      await space.run(
        'report',
        'first.results.csv',
        space.write('copy.csv', space.read('first.results.csv')),
        '--format',
        'json',
      ),
    );
    expect(twice.total).toMatchObject({ revenue: '150.00', calls: 3, rejected_rows: 1, superseded_rows: 4 });
  });

  it('is all that the ledger knows to be held, also where source rows were forgotten', async () => {
    const space = await twoDays();
    const held = ['report', '--ledger', '--sandbox', '--format', 'json'];
    const before = jsonOf(await space.run(...held, '--by', 'agent'));
    expect(before.groups).toMatchObject([
      { agent: 'Alma', revenue: '130.00', calls: 2, corrections: '20.00' },
      { agent: 'Ben', revenue: '50.00', calls: 2 },
    ]);
    expect(before.total).toMatchObject({ revenue: '180.00', calls: 4, sales: 3 });
    expect((await space.run('runs', '--prune', '0', '--yes')).code).toBe(0);
    const after = jsonOf(await space.run(...held, '--by', 'agent,vendor'));
    expect(after.groups).toMatchObject([
      { agent: null, vendor: 'convoso/default', revenue: '180.00', calls: 4 },
    ]);
    const pruned = await space.run('report', '--run', '1');
    expect([pruned.code, pruned.stderr]).toEqual([
      2,
      'revsync: the rows of run-1 were pruned or never planned; --ledger reports on what is held\n',
    ]);
  });

  it('is never the sandbox and a vendor, or two addresses, added up', async () => {
    const space = await twoDays();
    const plain = await space.run('report', '--ledger');
    expect(plain.code).toBe(2);
    expect(plain.stderr).toContain(
      'the ledger has no such books; it has those of convoso/default at sandbox; --sandbox',
    );
    const db = Database.open(space.ledger);
    for (const [id, origin] of [
      [71, 'https://api.convoso.com'],
      [72, 'http://127.0.0.1:4010'],
    ] as const) {
      db.run('insert into namespaces (id, vendor, account, origin) values (?, ?, ?, ?)', [
        id,
        'convoso',
        'main',
        origin,
      ]);
      db.run(
        `insert into entries (namespace, key, digest, amount, intent, run, at) values (?, 'K', 'd', ?, 'set', 1, 0)`,
        [id, id * 10_000],
      );
    }
    db.close();
    const both = await space.run('report', '--ledger');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain(
      'at several addresses, http://127.0.0.1:4010, https://api.convoso.com; choose one with --base-url',
    );
    const one = await space.run(
      'report',
      '--ledger',
      space.ledger,
      '--base-url',
      'http://127.0.0.1:4010',
      '--format',
      'json',
    );
    expect(jsonOf(one).total).toMatchObject({ revenue: '72.00' });
  });

  it('has reversals: what was taken back is held no more', async () => {
    const space = new Workspace();
    const header = 'call_uuid,revenue,buyer_converted,agent';
    const push = (name: string, text: string): Promise<Ended> =>
      space.run('push', space.write(name, text), '--vendor', 'trackdrive', '--sandbox', '--quiet');
    await push('one.csv', `${header}\n7d1f0a52-0001,45.00,true,Alma\n7d1f0a52-0002,5.00,true,Alma\n`);
    await push('two.csv', `${header}\n7d1f0a52-0001,45.00,false,Alma\n`);
    await push('three.csv', `${header}\n7d1f0a52-0001,45.00,false,Alma\n`);
    const second = jsonOf(await space.run('report', 'two.results.csv', '--format', 'json'));
    expect(second.total).toMatchObject({
      revenue: '0.00',
      calls: 1,
      sales: 0,
      reversed: 1,
      reversals: '-45.00',
    });
    const all = await space.run(
      'report',
      'one.results.csv',
      'two.results.csv',
      'three.results.csv',
      '--format',
      'json',
    );
    expect(jsonOf(all).total).toMatchObject({ revenue: '5.00', calls: 2, sales: 1 });
    const held = await space.run('report', '--ledger', '--sandbox', '--format', 'json');
    expect(jsonOf(held).total).toMatchObject({ revenue: '5.00', calls: 2, sales: 1, reversals: '-45.00' });
  });

  it('is what a dry run would send', async () => {
    const space = new Workspace();
    space.write('first.csv', FIRST);
    await pushSandbox(space, 'first.csv', '--dry-run', '--out', 'dry.csv');
    const report = jsonOf(await space.run('report', 'dry.csv', '--format', 'json'));
    expect(report).toMatchObject({
      basis: 'planned',
      total: { revenue: '180.00', calls: 4, planned_rows: 0 },
    });
  });

  it('is standard input and gzip too', async () => {
    const space = await twoDays();
    expect(
      jsonOf(await space.feed(space.read('first.results.csv'), 'report', '-', '--format', 'json')).total,
    ).toMatchObject({ revenue: '150.00' });
    space.write('first.results.csv.gz', gzipSync(space.read('first.results.csv')));
    const zipped = await space.run('report', 'first.results.csv.gz', '--format', 'json');
    expect(jsonOf(zipped).total).toMatchObject({ revenue: '150.00' });
  });
});

describe('what a report computes', () => {
  const rows = [
    { agent: 'Alma', campaign: 'Medicare', call_date: '2026-11-20T03:30:00Z', revsync_amount: '300.00' },
    { agent: 'Alma', campaign: 'Auto', call_date: '2026-11-20T14:05:00Z', revsync_amount: '200.00' },
    { agent: 'Ben', campaign: 'Medicare', call_date: '2026-11-20T14:25:00Z', revsync_amount: '4700.00' },
  ];

  function written(): Workspace {
    const space = new Workspace();
    space.write('r.csv', resultsText(['agent', 'campaign', 'call_date'], rows));
    return space;
  }

  it('commission by a file of rates, and by one rate for the others', async () => {
    const space = written();
    space.write('rates.csv', 'agent,rate\nAlma,20%\n');
    const rates = ['report', 'r.csv', '--rates', 'rates.csv', '--format', 'json'];
    const own = jsonOf(await space.run(...rates));
    expect(own.groups).toMatchObject([
      { agent: 'Ben', commission: null },
      { agent: 'Alma', revenue: '500.00', commission: '100.00' },
    ]);
    expect(own.notes).toContain('no commission rate for "Ben"; the total of commission is of the others');
    const others = jsonOf(await space.run(...rates, '--commission-rate', '0.1'));
    expect(others.groups).toMatchObject([{ commission: '470.00' }, { commission: '100.00' }]);
    expect(others.total).toMatchObject({ commission: '570.00' });
  });

  it('return on cost and cost per sale', async () => {
    const space = written();
    space.write('costs.csv', 'campaign,cost\nMedicare,2000\nAuto,100.00\n');
    const ended = await space.run(
      'report',
      'r.csv',
      '--by',
      'campaign',
      '--costs',
      'costs.csv',
      '--format',
      'csv',
    );
    expect(records(ended.stdout)).toMatchObject([
      { campaign: 'Medicare', revenue: '5000.00', return_on_cost_percent: '150.0', cost_per_sale: '1000.00' },
      { campaign: 'Auto', revenue: '200.00', return_on_cost_percent: '100.0', cost_per_sale: '100.00' },
      {
        campaign: 'total',
        revenue: '5200.00',
        cost: '2100.00',
        return_on_cost_percent: '147.6',
        cost_per_sale: '700.00',
      },
    ]);
  });

  it('hours and days as they are written, or in a zone that is named', async () => {
    const space = written();
    const hours = async (...options: string[]): Promise<unknown[]> => {
      const report = jsonOf(
        await space.run('report', 'r.csv', '--by', 'day,hour', '--format', 'json', ...options),
      );
      return [report.time, ...report.groups.map(({ day, hour, revenue }) => [day, hour, revenue])];
    };
    expect(await hours()).toEqual([
      '"call_date", as written',
      ['2026-11-20', '14:00', '4900.00'],
      ['2026-11-20', '03:00', '300.00'],
    ]);
    expect(await hours('--timezone', 'America/New_York')).toEqual([
      '"call_date", in America/New_York',
      ['2026-11-19', '22:00', '300.00'],
      ['2026-11-20', '09:00', '4900.00'],
    ]);
  });

  it('by the columns of a profile, and those of the command line before them', async () => {
    const space = new Workspace();
    const header = ['Vertreter', 'Werbung', 'Wann', 'Rep 2'];
    const cells = {
      Vertreter: 'Alma',
      Werbung: 'TV',
      Wann: '20.11.2026 14:05',
      'Rep 2': 'Ben',
      revsync_amount: '1.00',
    };
    space.write('r.csv', resultsText(header, [cells]));
    const profile = [
      'profiles:',
      '  nightly:',
      '    vendor: convoso',
      '    columns: { agent: Vertreter, campaign: Werbung, time: Wann }',
      '    date_format: dmy',
      '    delimiter: ";"',
      '    encoding: windows-1252',
    ];
    space.write('revsync.yaml', profile.join('\n'));
    const by = [
      'report',
      'r.csv',
      '--profile',
      'nightly',
      '--by',
      'agent,campaign,hour,vendor',
      '--format',
      'json',
    ];
    const own = jsonOf(await space.run(...by));
    expect(own.groups).toMatchObject([{ agent: 'Alma', campaign: 'TV', hour: '14:00', vendor: 'convoso' }]);
    const other = jsonOf(await space.run(...by, '--column', 'agent=Rep 2'));
    expect(other.groups).toMatchObject([{ agent: 'Ben', campaign: 'TV' }]);
  });
});

describe('what a report refuses', () => {
  it('a file that is no results file, with the remedy, and ends 3', async () => {
    const space = new Workspace();
    space.write('sales.csv', dayOf('7001,1.00,A,C,2026-11-19 09:00:00'));
    const plain = await space.run('report', 'sales.csv');
    expect([plain.code, plain.stdout]).toEqual([3, '']);
    expect(plain.stderr).toBe(
      'sales.csv:1: has none of the columns that revsync writes (revsync_status, revsync_amount, …); a report is about ' +
        'what became of the rows: name the results file of a push (sales.results.csv), or write one that sends nothing ' +
        'with revsync push FILE --dry-run --out FILE\n',
    );
    expect((await space.run('report', 'missing.csv')).stderr).toBe(
      'missing.csv: there is no such file; check the path\n',
    );
    space.write('r.csv', resultsText(['x'], [{}]));
    const agent = await space.run('report', 'r.csv', '--by', 'agent');
    expect([agent.code, agent.stderr]).toEqual([
      3,
      'r.csv: agent: no column found; the headers are "x"; name it with --column agent="HEADER"\n',
    ]);
  });

  it.each([
    [
      [],
      'name what the report is about: results files of pushes, --run ID, or --ledger for all that is held',
    ],
    [['r.csv', '--run', '1'], 'results files exclude --run and --ledger'],
    [['r.csv', '--by', 'agent,agent'], 'write each at most once, with commas between: agent, campaign'],
    [['r.csv', '--by', 'month'], 'write each at most once, with commas between: agent, campaign'],
    [
      ['r.csv', '--by', 'vendor'],
      '--by vendor: a results file does not say whom it was sent to; name it with --vendor',
    ],
    [['r.csv', '--commission-rate', '20'], 'write 20% if percent is meant'],
    [['r.csv', '--costs', 'costs.csv'], '--costs goes with --by campaign'],
    [['r.csv', '--column', 'amount=x'], '--column amount: a report takes agent, campaign, time'],
    [['r.csv', '--out', 'r.csv'], '--out would overwrite an input; name another file'],
    [['r.csv', '--sandbox'], '--sandbox goes with --ledger: it says whose books are meant'],
    [['r.csv', '--rates', 'rates.csv'], 'rates.csv:2: rate: "20" could be a number or percent'],
    [['r.csv', '--rates', 'none.csv'], 'none.csv: there is no such file; check the path'],
    [['--run', '9'], 'there is no ledger at'],
    [
      ['r.csv', '-', 'r.csv'],
      'a file is named twice\nseveral files are read twice, so none of them can be standard input',
    ],
    [
      ['r.csv', '--out', 'no/such/folder.csv'],
      'its folder does not exist; make it or choose another place with --out',
    ],
  ])('%j with exit code 2', async (args, message) => {
    const space = new Workspace();
    space.write('r.csv', resultsText(['agent'], [{ agent: 'A', revsync_amount: '1.00' }]));
    space.write('rates.csv', 'agent,rate\nA,20\n');
    space.write('costs.csv', 'campaign,cost\nA,20\n');
    const ended = await space.run('report', ...args);
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
  });

  it('a page on a terminal', () => {
    const host = testHost({ terminal: 80 });
    const check = (out: string) => () =>
      checkReportOptions(host, ['r.csv'], { format: 'html', out }, { out });
    expect(check('-')).toThrow(
      new UsageError('--format html: a page is not for a terminal; name a file with --out report.html'),
    );
    expect(check('report.html')).not.toThrow();
  });
});

describe('where a report goes', () => {
  const TABLE = resultsText(
    ['agent'],
    Array.from({ length: 3000 }, (_, index) => ({ agent: `agent ${index}`, revsync_amount: '1.00' })),
  );

  it('is a file whose name says the format, in its place at once and no more open than others', async () => {
    const space = new Workspace();
    space.write('r.csv', TABLE);
    for (const [name, begins] of [
      ['a.csv', 'agent,revenue'],
      ['a.json', '{"revsync":'],
      ['a.html', '<!doctype html>'],
      ['a.txt', 'agent'],
    ] as const) {
      const ended = await space.run('report', 'r.csv', '--out', name);
      expect([ended.code, ended.stdout]).toEqual([0, '']);
      expect(ended.stderr).toContain(`report: ${name}\n`);
      expect(space.read(name).startsWith(begins)).toBe(true);
      expect(space.partial()).toEqual([]);
    }
  });

  it('is a pipe that may be closed early', async () => {
    const space = new Workspace();
    space.write('r.csv', TABLE);
    const command = `"${process.execPath}" "${FIXTURES}../bin/revsync.js" report r.csv --quiet | head -n 1`;
    const running = space.spawn('sh', ['-c', command]);
    const ended = await running.ended;
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toMatch(/^agent +revenue/);
  });

  it('has no escape codes off a terminal, and cells that a spreadsheet would run are defused in CSV', async () => {
    const space = new Workspace();
    const names = ['=1+1', '\u001b[31mred', 'tab\there', '日本'];
    space.write(
      'r.csv',
      resultsText(
        ['agent'],
        names.map((agent) => ({ agent, revsync_amount: '1.00' })),
      ),
    );
    const table = await space.run('report', 'r.csv', '--color');
    expect(table.stdout).not.toContain('\u001b');
    expect(table.stdout).toContain('␛[31mred');
    const csv = await space.run('report', 'r.csv', '--format', 'csv');
    expect(records(csv.stdout).map(({ agent }) => agent)).toContain("'=1+1");
  });
});

describe('push --report', () => {
  it('writes a page about the run, and --json names it', async () => {
    const space = new Workspace();
    space.write('sales.csv', dayOf('7001,100.00,Alma,Medicare,2026-11-19 09:00:00'));
    const ended = await pushSandbox(space, 'sales.csv', '--report', 'page.html', '--json');
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ run: 'run-1', report: space.path('page.html') });
    const page = space.read('page.html');
    expect(page).toContain('<title>Revenue report: run-1</title>');
    expect(page).toContain('Columns from 2026-11-19 to 2026-11-19; the most is 100.00');
    expect(space.partial()).toEqual([]);
  });

  it('says of a dry run that nothing was sent, and leaves no page behind that could not be planned', async () => {
    const space = new Workspace();
    space.write('sales.csv', dayOf('7001,100.00,Alma,Medicare,2026-11-19 09:00:00'));
    expect((await pushSandbox(space, 'sales.csv', '--report', 'page.html', '--dry-run')).code).toBe(0);
    expect(space.read('page.html')).toContain('<strong>Dry run.</strong>');
    space.write('bad.csv', 'call_log_id\n1\n');
    expect((await pushSandbox(space, 'bad.csv', '--report', 'bad.html')).code).toBe(3);
    expect(existsSync(space.path('bad.html'))).toBe(false);
  });

  it('is no more open than the sales file', async () => {
    const space = new Workspace();
    space.write('sales.csv', dayOf('7001,100.00,Alma,Medicare,2026-11-19 09:00:00'));
    const { chmodSync } = await import('node:fs');
    chmodSync(space.path('sales.csv'), 0o600);
    await pushSandbox(space, 'sales.csv', '--report', 'page.html');
    expect(statSync(space.path('page.html')).mode & 0o777).toBe(0o600);
  });

  it.each([
    [['--report', 'sales.csv'], '--report would overwrite the input; name another file'],
    [['--report', 'x.csv', '--out', 'x.csv'], '--report and --out name one file; name another'],
    [['--report', '-'], '--report - is not possible'],
    [['--report', 'no/such.html'], 'choose another place with --report; nothing was sent'],
  ])('%j is refused before anything is sent', async (options, message) => {
    const space = new Workspace();
    space.write('sales.csv', dayOf('7001,100.00,Alma,Medicare,2026-11-19 09:00:00'));
    const ended = await pushSandbox(space, 'sales.csv', ...options);
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(2);
    expect((await space.run('runs', '--json')).stdout).toMatch(/^\[\]\n$|there is no ledger/);
  });
});
