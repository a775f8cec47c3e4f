import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { parse as parseYaml } from 'yaml';
import { BIN, FIXTURES, records, Workspace, type Ended } from '../support/cli.js';
import { convosoServer } from '../support/vendor-server.js';

/** A fixture with other headers, and perhaps with its cells written another way. */
interface Renamed {
  readonly vendor: string;
  readonly written: string;
  readonly header: readonly string[];
  readonly cell?: (text: string, column: number) => string;
  readonly delimiter?: string;
  readonly above?: string;
  readonly encoding?: BufferEncoding;
  /** What the profile has beside the vendor. */
  readonly profile: object;
}

const decimalComma =
  (...columns: readonly number[]) =>
  (text: string, column: number): string =>
    columns.includes(column) ? text.replace('.', ',') : text;

const RENAMED: readonly Renamed[] = [
  {
    vendor: 'ringba',
    written: 'with semicolons and decimal commas',
    header: ['Datum', 'Inbound Call Ref', 'Kampagne', 'Rep', 'Umsatz', 'Auszahlung', 'Grund', 'Dispo'],
    cell: decimalComma(4, 5),
    delimiter: ';',
    profile: {
      columns: { call_id: 'Inbound Call Ref', amount: 'Umsatz', payout: 'Auszahlung' },
      decimal: ',',
    },
  },
  {
    vendor: 'convoso',
    written: 'with semicolons and decimal commas',
    header: ['Datum', 'CallLog Nr', 'Rep', 'Kampagne', 'Customer Tel', 'Premium', 'Dispo', 'Remark'],
    cell: decimalComma(5),
    delimiter: ';',
    profile: { columns: { call_id: 'CallLog Nr', amount: 'Premium' }, decimal: ',' },
  },
  {
    vendor: 'trackdrive',
    written: 'with tabs, decimal commas and titles above',
    header: ['Call Ref', 'Käufer', 'Umsatz', 'Auszahlung', 'Buyer conv', 'Offer conv', 'Rep'],
    cell: decimalComma(2, 3),
    delimiter: '\t',
    above: 'Umsatzbericht\r\nStand: 20.11.2026\r\n\r\n',
    profile: {
      columns: {
        call_id: 'Call Ref',
        amount: 'Umsatz',
        buyer_converted: 'Buyer conv',
        offer_converted: 'Offer conv',
        payout: 'Auszahlung',
      },
      decimal: ',',
      header_row: 4,
    },
  },
  {
    vendor: 'tldcrm',
    written: 'in UTF-16 with the day first',
    header: ['Anrufzeit', 'DNIS Nr', 'Customer Tel', 'Source', 'Kosten', 'Bemerkungen'],
    cell: (text, column) =>
      column === 0 ? text.replace(/^(\d+)-(\d+)-(\d+) /, '$3.$2.$1 ') : decimalComma(4)(text, column),
    delimiter: ';',
    above: '\uFEFF',
    encoding: 'utf16le',
    profile: {
      columns: {
        did: 'DNIS Nr',
        cid: 'Customer Tel',
        call_date: 'Anrufzeit',
        amount: 'Kosten',
        notes: 'Bemerkungen',
      },
      decimal: ',',
      date_format: 'dmy',
    },
  },
  {
    vendor: 'invoca',
    written: 'with the month first',
    header: ['Invoca Txn Ref', 'Start of call', 'Customer Tel', 'Dispo', 'Deal Nr', 'Premium', 'Rep'],
    cell: (text, column) => (column === 1 ? text.replace(/^(\d+)-(\d+)-(\d+)T/, '$2/$3/$1 ') : text),
    profile: {
      columns: {
        transaction_id: 'Invoca Txn Ref',
        start_time: 'Start of call',
        calling_phone_number: 'Customer Tel',
        outcome_name: 'Dispo',
        partner_unique_id: 'Deal Nr',
        amount: 'Premium',
      },
      date_format: 'mdy',
    },
  },
  {
    vendor: 'invoca-signals',
    written: 'with pipes below sep=|',
    header: ['Txn Nr', 'Signal Type', 'Auftrag Nr', 'Umsatz', 'Sale timestamp', 'Value of signal'],
    // Grouped as it is there, it would say the point for all of them.
    cell: (text) => text.replace('1,000.00', '1;000.00'),
    delimiter: '|',
    above: 'sep=|\r\n',
    profile: {
      columns: {
        transaction_id: 'Txn Nr',
        signal_name: 'Signal Type',
        partner_unique_id: 'Auftrag Nr',
        amount: 'Umsatz',
        occurred_at: 'Sale timestamp',
        value: 'Value of signal',
      },
    },
  },
];

function renamedFile({ vendor, header, cell = (text) => text, ...file }: Renamed): Buffer {
  const [, ...rows] = parse(readFileSync(`${FIXTURES}${vendor}/sales.csv`));
  const table = [header, ...rows.map((row) => row.map(cell))];
  const text = stringify(table, { delimiter: file.delimiter ?? ',', record_delimiter: '\r\n' });
  return Buffer.from(`${file.above ?? ''}${text}`, file.encoding ?? 'utf8');
}

/** The profiles of the folder's `revsync.yaml`. */
function profiles(space: Workspace): Record<string, unknown> {
  return (parseYaml(space.read('revsync.yaml')) as { profiles: Record<string, unknown> }).profiles;
}

function statuses(rows: readonly Record<string, string>[]): unknown[] {
  return rows.map((row) => [row['revsync_status'], row['revsync_error_code'], row['revsync_key']]);
}

const SALES = 'CallLog Nr;Betrag;Rep\n100125;12,50;Alma\n100126;0,00;Ben\n';

describe('init and then push', () => {
  it.each(RENAMED.map((file) => [file.vendor, file.written, file] as const))(
    '%s: the fixture %s and with renamed headers fares as the plain one',
    async (vendor, _, file) => {
      const space = new Workspace();
      space.write('sales.csv', renamedFile(file));
      const made = await space.run('init', 'sales.csv', '--vendor', vendor, '--yes');
      expect(made.stdout).toBe('');
      expect(made.code).toBe(0);
      expect(profiles(space)).toEqual({ [vendor]: { vendor, ...file.profile } });

      const pushed = await space.run('push', 'sales.csv', '--profile', vendor, '--sandbox');
      expect(pushed.code).toBe(1);
      const plain = records(readFileSync(`${FIXTURES}${vendor}/sales.expected.csv`, 'utf8'));
      expect(statuses(space.rows('sales.results.csv'))).toEqual(statuses(plain));
    },
  );
});

describe('init', () => {
  it('says what it found and why, shows three requests without the credential, and sends and keeps nothing', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.env['CONVOSO_BASE_URL'] = server.url;
    space.write('sales.csv', `${SALES}100127;3,00;Ben\n100128;4,00;Ben\n100129;$5;Ben\n`);
    const ended = await space.run('init', 'sales.csv', '--vendor', 'convoso', '--yes');
    expect(ended.code).toBe(0);
    expect(ended.stderr.replaceAll(server.url, 'http://vendor')).toBe(
      [
        'profile convoso of revsync.yaml: sales.csv to Convoso',
        'the header is on line 1 and has 3 columns; the file has 5 rows',
        '  call_id  "CallLog Nr"  likely    means "call log number"; 5 of 5 cells fit',
        '  amount   "Betrag"      likely    means "amount"; 4 of 5 cells fit',
        '  decimal: "," (4 of 5 amounts, the first "12,50" on line 2, can be read only so)',
        'the first requests:',
        '  sales.csv:2: create POST http://vendor/v1/revenue/update',
        '    auth_token=[CONVOSO_AUTH_TOKEN]&call_log_id=100125&revenue=12.50',
        '  sales.csv:3: create POST http://vendor/v1/revenue/update',
        '    auth_token=[CONVOSO_AUTH_TOKEN]&call_log_id=100126&revenue=0.00',
        '  sales.csv:4: create POST http://vendor/v1/revenue/update',
        '    auth_token=[CONVOSO_AUTH_TOKEN]&call_log_id=100127&revenue=3.00',
        'of the rows that were looked at, 4 would be sent and 1 could not be; nothing was sent',
        '  sales.csv:6: invalid not_an_amount: amount: "$5" is not an amount like 1250,50; take the currency out, or push the file with --currency USD',
        'profile convoso is in revsync.yaml',
        'next: revsync push sales.csv --profile convoso --dry-run',
        '',
      ].join('\n'),
    );
    const [first = '', ...lines] = space.read('revsync.yaml').split('\n');
    expect(first).toMatch(/^# yaml-language-server: \$schema=.*revsync\.schema\.json$/);
    expect(existsSync(first.slice(first.indexOf('=') + 1))).toBe(true);
    expect(lines.join('\n')).toBe(
      [
        'profiles:',
        '  convoso:',
        '    vendor: convoso',
        '    columns:',
        '      call_id: CallLog Nr # likely: means "call log number"; 5 of 5 cells fit',
        '      amount: Betrag # likely: means "amount"; 4 of 5 cells fit',
        '    decimal: "," # 4 of 5 amounts, the first "12,50" on line 2, can be read only so',
        '',
      ].join('\n'),
    );
    expect(server.requests()).toBe(0);
    expect(readdirSync(space.folder).sort()).toEqual(['revsync.yaml', 'sales.csv']);
  });

  it('keeps what stands in the file of profiles, and refuses a name that is taken', async () => {
    const space = new Workspace();
    const before =
      '# ours\nprofiles: # all of them\n  day: # the day shift\n    vendor: convoso\n    rate: 5\n';
    space.write('revsync.yaml', before);
    space.write('sales.csv', SALES);
    const init = ['init', 'sales.csv', '--vendor', 'convoso', '--yes', '--profile'];
    expect((await space.run(...init, 'night')).code).toBe(0);
    expect(space.read('revsync.yaml').startsWith(`${before}\n  night:\n    vendor: convoso\n`)).toBe(true);

    const after = space.read('revsync.yaml');
    const taken = await space.run(...init, 'day');
    expect(taken).toMatchObject({
      code: 2,
      stderr:
        'revsync: revsync.yaml:3: there is a profile "day" already; choose another name with --profile; nothing was written\n',
    });
    expect((await space.run(...init, 'no name')).stderr).toContain('the key is not a name of letters');
    expect(space.read('revsync.yaml')).toBe(after);
  });

  it('prints the profile where only a person can tell where it goes in the file', async () => {
    const space = new Workspace();
    const before = 'profiles: { day: { vendor: convoso } }\n';
    space.write('revsync.yaml', before);
    space.write('sales.csv', SALES);
    const ended = await space.run('init', 'sales.csv', '--vendor', 'convoso', '--yes');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(
      [
        'revsync.yaml does not end with profiles that each stand on lines of their own; put these lines among them:',
        '  convoso:',
        '    vendor: convoso',
        '    columns:',
        '      call_id: CallLog Nr # likely: means "call log number"; 2 of 2 cells fit',
        '      amount: Betrag # likely: means "amount"; 2 of 2 cells fit',
        '    decimal: "," # 2 of 2 amounts, the first "12,50" on line 2, can be read only so',
        'nothing was written',
        '',
      ].join('\n'),
    );
    expect(space.read('revsync.yaml')).toBe(before);
  });

  it('takes what it is told, from standard input too, and writes it down', async () => {
    const space = new Workspace();
    const ended = await space.feed(
      'Calls\nDNIS Nr|Caller Tel|Call Date|a|b\n8005550100|5125550123|11/12/2026 09:02|1.00|2.00\n',
      ...['init', '-', '--vendor', 'tldcrm', '--yes', '--config', 'own.yaml', '--profile', 'desk', '--json'],
      ...['--column', 'amount=b', '--date-format', 'mdy', '--timezone', 'America/Chicago'],
      ...['--delimiter', 'pipe', '--encoding', 'windows-1252', '--header-row', '2'],
    );
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('next: revsync push - --profile desk --config own.yaml --dry-run\n');
    const content = {
      vendor: 'tldcrm',
      columns: { did: 'DNIS Nr', cid: 'Caller Tel', call_date: 'Call Date', amount: 'b' },
      date_format: 'mdy',
      timezone: 'America/Chicago',
      delimiter: 'pipe',
      encoding: 'windows-1252',
      header_row: 2,
    };
    expect(parseYaml(space.read('own.yaml'))).toEqual({ profiles: { desk: content } });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      command: 'init',
      vendor: 'tldcrm',
      file: '-',
      config: 'own.yaml',
      profile: 'desk',
      written: true,
      exit_code: 0,
      header_row: 2,
      rows: 1,
      content,
      requests: [{ line: 3, body: '{"cost":"2.00","call_date":"2026-11-12 09:02:00"}' }],
    });
  });

  it.each<readonly [string, string | Buffer, readonly string[], number, string]>([
    [
      'a file with nothing in it',
      '',
      ['--yes'],
      3,
      'sales.csv: is empty; a header line with the column names is needed',
    ],
    [
      'a file that is not text',
      Buffer.from([0x00, 0x01, 0xff, 0xff]),
      ['--yes'],
      3,
      'sales.csv:1: has a byte that is not UTF-8 (0xFF)',
    ],
    [
      'columns of which nothing is known',
      'foo,bar\nx,y\n',
      ['--yes'],
      3,
      'sales.csv:1: amount: no column found',
    ],
    [
      'two columns that could be it',
      'Ref,Umsatz,Summe\n1,2.50,3.50\n',
      ['--yes'],
      3,
      'amount: 2 columns could be it, "Umsatz", "Summe"',
    ],
    [
      'a column that is not there',
      SALES,
      ['--yes', '--column', 'amount=Nope'],
      3,
      'there is no column "Nope"',
    ],
    ['a field that is none', SALES, ['--yes', '--column', 'betrag=Betrag'], 2, 'Convoso has no such field'],
    ['nobody to ask', SALES, [], 2, 'nothing was written; --yes writes this to revsync.yaml'],
    [
      'a folder that is not there',
      SALES,
      ['--yes', '--config', 'none/r.yaml'],
      2,
      'profile none/r.yaml: its folder does not exist; make it or choose another place with --config',
    ],
  ])('writes nothing for %s', async (_, content, args, code, message) => {
    const space = new Workspace();
    space.write('sales.csv', content);
    const ended = await space.run('init', 'sales.csv', '--vendor', 'convoso', ...args);
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(code);
    expect(readdirSync(space.folder)).toEqual(['sales.csv']);
  });

  it('writes nothing into a folder where it may not', async () => {
    const space = new Workspace();
    space.write('sales.csv', SALES);
    chmodSync(space.folder, 0o555);
    const ended = await space.runBound('init', 'sales.csv', '--vendor', 'convoso', '--yes');
    chmodSync(space.folder, 0o755);
    expect(ended.stderr).toContain(
      'revsync: profile revsync.yaml: may not be written; choose another place with --config',
    );
    expect(ended.code).toBe(2);
    expect(readdirSync(space.folder)).toEqual(['sales.csv']);
  });

  it('writes a profile by the header alone, and says when it sends none of the rows yet', async () => {
    const space = new Workspace();
    space.write('header.csv', 'CallLog Nr;Betrag\n');
    const header = await space.run(
      'init',
      'header.csv',
      '--vendor',
      'convoso',
      '--yes',
      '--profile',
      'header',
    );
    expect(header.stderr).toContain('look: the file has no rows, so that only the names of its columns tell');
    expect(header.code).toBe(0);

    space.write('sales.csv', 'Txn Ref,Dispo,Call begin,Betrag\nA-1,Sale,2026-11-19 09:00:00,1.50\n');
    const zoneless = await space.run('init', 'sales.csv', '--vendor', 'invoca', '--yes');
    expect(zoneless.stderr).toContain('are refused until the zone is named, which the file does not say');
    expect(zoneless.stderr).toMatch(
      /profile invoca is in revsync\.yaml, but sends none of these rows yet\n$/,
    );
    expect(zoneless.code).toBe(1);
    expect(Object.keys(profiles(space))).toEqual(['header', 'invoca']);
  });

  it('asks for the header row where standard input has titles above it, which it cannot read twice', async () => {
    const space = new Workspace();
    const ended = await space.feed(
      `Report\nas of 20.11.2026\n${SALES}`,
      ...['init', '-', '--vendor', 'convoso', '--yes'],
    );
    expect(ended.stderr).toContain('-:3: the header seems to stand here');
    expect(ended.stderr).toContain('--header-row 3');
    expect(ended.code).toBe(3);
    expect(readdirSync(space.folder)).toEqual([]);
  });

  it('shows no token of a column and lets no header act on the terminal', async () => {
    const space = new Workspace();
    space.write(
      'sales.csv',
      'Call\u001b[2J Ref;"Um\u009bsatz\r\n";TD Secure Token\n100125;2,50;geheim123\n100126;2,75;geheim124\n',
    );
    const columns = ['--column', 'call_id=call 2j ref', '--column', 'amount=um satz'];
    const init = ['init', 'sales.csv', '--vendor', 'trackdrive', '--yes', '--json', ...columns];
    const ended = await space.run(...init);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('/api/v1/secure/[TRACKDRIVE_SECURE_TOKEN]/calls/100125');
    expect(ended.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    for (const text of [ended.stdout, ended.stderr, space.read('revsync.yaml')]) {
      expect(text).not.toContain('geheim');
      expect(text).not.toContain('private');
    }
    const pushed = await space.run('push', 'sales.csv', '--profile', 'trackdrive', '--sandbox');
    expect(pushed.code).toBe(0);
  });
});

describe('init on a terminal', () => {
  /** Gives each answer to the next question. */
  async function onTerminal(
    space: Workspace,
    args: readonly string[],
    answers: readonly string[],
  ): Promise<Ended> {
    space.env['TERM'] = 'xterm';
    const command = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
    const running = space.spawn('script', ['-qec', command, '/dev/null']);
    const left = [...answers];
    let shown = '';
    running.process.stdout.on('data', (text: string) => {
      shown += text;
      if (!/\? \([^)]*\) \S*$/.test(shown)) return;
      shown = '';
      const answer = left.shift();
      if (answer !== undefined) running.process.stdin.write(answer);
    });
    return running.ended;
  }

  const TWO_AMOUNTS =
    'Call Ref;Umsatz;Summe;TD API key\n100125;2,50;3,50;geheim123\n100126;2,75;3,75;geheim124\n';
  const INIT = ['init', 'sales.csv', '--vendor'];

  it('asks which of two columns it is until the answer is one, and before it writes', async () => {
    const space = new Workspace();
    space.write('sales.csv', TWO_AMOUNTS);
    const ended = await onTerminal(space, [...INIT, 'trackdrive'], ['\r', '9\r', '\r', '2\r', '\r']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(
      '   1  "Umsatz"  2,50, 2,75\r\n   2  "Summe"  3,50, 3,75\r\n   3  "TD API key"\r\n',
    );
    expect(ended.stdout.match(/that is none of 1 to 3, - leaves it out/g)).toHaveLength(2);
    expect(ended.stdout).not.toContain('geheim');
    expect(ended.stdout).not.toContain('\u241b');
    expect(profiles(space)).toEqual({
      trackdrive: { vendor: 'trackdrive', columns: { call_id: 'Call Ref', amount: 'Summe' }, decimal: ',' },
    });
  });

  const TWO_LEGS = 'DID,CID,Call Date,Cost\n3105550100,7025550101,2026-03-02 10:00:00,40.00\n';

  it('asks for the vendor, and for the host of one that has one per company', async () => {
    const space = new Workspace();
    space.write('sales.csv', TWO_LEGS);
    const answers = ['nobody\r', 'tldcrm\r', 'http://acme.tldcrm.com\r', 'acme.tldcrm.com\r', '\r'];
    const ended = await onTerminal(space, ['init', 'sales.csv', '--timezone', 'America/Chicago'], answers);
    expect(ended.stdout).toContain('   3  tldcrm          TLDCRM\r\n');
    expect(ended.stdout).toContain('  that is none of 1 to 6\r\n');
    expect(ended.stdout).toContain('base URL http://acme.tldcrm.com is plain http');
    expect(ended.code).toBe(0);
    expect(profiles(space)).toMatchObject({
      tldcrm: { vendor: 'tldcrm', base_url: 'https://acme.tldcrm.com', timezone: 'America/Chicago' },
    });
    const [, next = ''] = /\nnext: .* (push .*)\r\n/.exec(ended.stdout) ?? [];
    const dry = await space.run(...next.split(' '));
    expect([dry.code, dry.stderr]).toEqual([0, expect.stringContaining('https://acme.tldcrm.com/')]);
  });

  it.each([
    ['\u0003', 130],
    ['\u0004', 2],
  ])('writes nothing where no vendor is chosen: %j', async (answer, code) => {
    const space = new Workspace();
    space.write('sales.csv', TWO_LEGS);
    const ended = await onTerminal(space, ['init', 'sales.csv'], [answer]);
    expect(ended.stdout).toMatch(/\r\nnothing was written\r\n$/);
    expect(ended.code).toBe(code);
    expect(readdirSync(space.folder)).toEqual(['sales.csv']);
  });

  it.each([
    ['no', 'n\r', 2],
    ['Ctrl-C', '\u0003', 130],
    ['Ctrl-D', '\u0004', 2],
  ])('writes nothing after %s', async (_, answer, code) => {
    const space = new Workspace();
    space.write('sales.csv', SALES);
    const ended = await onTerminal(space, [...INIT, 'convoso'], [answer]);
    expect(ended.stdout).toMatch(/\r\nnothing was written\r\n$/);
    expect(ended.code).toBe(code);
    expect(readdirSync(space.folder)).toEqual(['sales.csv']);
  });

  it('writes nothing after Ctrl-C at the question for a column, or for the host', async () => {
    const space = new Workspace();
    space.write('sales.csv', TWO_AMOUNTS);
    for (const answers of [['\r', '\u0003'], ['\u0003']]) {
      const ended = await onTerminal(space, [...INIT, 'trackdrive'], answers);
      expect(ended.code).toBe(130);
      expect(ended.stdout).toMatch(/\r\nnothing was written\r\n$/);
    }
    expect(readdirSync(space.folder)).toEqual(['sales.csv']);
  });

  it('asks nothing with --yes', async () => {
    const space = new Workspace();
    space.write('sales.csv', SALES);
    const ended = await onTerminal(space, [...INIT, 'convoso', '--yes'], []);
    expect(ended.stdout).not.toContain('?');
    expect(ended.code).toBe(0);
    expect(Object.keys(profiles(space))).toEqual(['convoso']);
  });
});
