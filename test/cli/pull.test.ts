import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FAKES } from '../../src/sandbox/index.js';
import { parseFaults } from '../../src/sandbox/faults.js';
import type { Fake } from '../../src/sandbox/fake.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { Workspace, type Ended } from '../support/cli.js';
import { addChains, addRows, letTimePass, NOON } from '../support/pull.js';
import { letLeasesRunOut, workspaceOfTest } from '../support/shared-ledger.js';
import { answeringServer } from '../support/vendor-server.js';

interface Setting {
  readonly space: Workspace;
  readonly fake: Fake;
  readonly url: string;
  requests(): number;
  /** `revsync pull invoca --network 33` from the fake. */
  pull(...args: string[]): Promise<Ended>;
  /** As if the last poll had been five minutes ago. */
  letTimePass(): Promise<void>;
}

/** A fake Invoca with six calls, of which two are corrected twice: 16 rows. */
async function setting(faults = ''): Promise<Setting> {
  const space = await workspaceOfTest();
  const plan = parseFaults(faults);
  const fake = FAKES.get('invoca')?.({});
  if (!plan.ok || fake === undefined) throw new Error(`no faults ${faults}`);
  addChains(fake, 6, 2);
  const server = await startSandbox({ fakes: [fake], port: 0, faults: plan.value, latencyMs: 0 });
  onTestFinished(() => server.close());
  return {
    space,
    fake,
    url: server.url,
    requests: () => server.requests(),
    pull: (...args) => space.run('pull', 'invoca', '--network', '33', '--base-url', server.url, ...args),
    letTimePass: () => letTimePass(space.ledger),
  };
}

const REFUSAL = /^networks\/33: Invoca asks for 5 minutes between polls; pull again in \d+ s/;

describe('revsync pull', () => {
  it('writes what the vendor holds, says so, and ends 0', async () => {
    const { space, pull } = await setting();
    const { code, stdout, stderr } = await pull('--out', 'held.csv', '--page-rows', '5');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toBe(
      'reading from the first row\n' +
        'invoca networks/33: 16 rows came in 4 pages; the ledger has 16\n' +
        'transactions: held.csv\n',
    );
    const rows = space.rows('held.csv');
    expect(rows).toHaveLength(16);
    expect(rows[1]).toMatchObject({
      transaction_id: 'OUTCOME-1',
      complete_call_id: 'CALL-0',
      sale_amount: '10.0',
      signal_name: 'Sale',
      revsync_started_at: '2026-11-20T12:00:00+00:00',
    });
    expect(rows.at(-2)).toMatchObject({
      transaction_id: 'OUTCOME-9',
      corrects_transaction_id: 'OUTCOME-7',
      sale_amount: '12.0',
      revsync_corrected_at: '2026-11-21T14:00:00+00:00',
    });
  });

  it('shows every time in the zone of the profile, with its offset, on both sides of a change of clocks', async () => {
    const { space, fake, pull } = await setting();
    addRows(fake, [{ complete_call_id: 'SUMMER', start_time_utc: Date.UTC(2026, 6, 1, 3, 30, 0, 250) }]);
    space.write(
      'revsync.yaml',
      'profiles:\n  books: { vendor: invoca, account: desk, timezone: America/New_York }\n',
    );
    expect((await pull('--profile', 'books', '--out', 'held.csv')).code).toBe(0);
    const started = new Set(space.rows('held.csv').map((row) => row['revsync_started_at']));
    expect([...started]).toEqual(['2026-11-20T07:00:00-05:00', '2026-06-30T23:30:00.250-04:00']);
  });

  it('writes JSON lines where the name of the file or --format says so', async () => {
    const { space, pull, letTimePass } = await setting();
    expect((await pull('--out', 'held.jsonl')).code).toBe(0);
    const lines = space.read('held.jsonl').trimEnd().split('\n');
    expect(lines).toHaveLength(16);
    expect(JSON.parse(lines[1] ?? '')).toEqual({
      transaction_id: 'OUTCOME-1',
      corrects_transaction_id: '',
      corrected_at: '',
      complete_call_id: 'CALL-0',
      transaction_type: 'Reported Conversion',
      start_time_local: '2026-11-20 12:00:00 +00:00',
      start_time_utc: String(NOON),
      calling_phone_number: '404-555-0100',
      destination_phone_number: '',
      duration: '',
      revenue: '',
      sale_amount: '10.0',
      signal_name: 'Sale',
      signal_partner_unique_id: '',
      signal_value: 'true',
      custom_data: '[]',
      revsync_started_at: '2026-11-20T12:00:00+00:00',
      revsync_corrected_at: null,
    });
    await letTimePass();
    const { stdout } = await pull('--out', '-', '--format', 'jsonl', '--quiet');
    expect(stdout).toBe(space.read('held.jsonl'));
  });

  it('refuses a second poll within five minutes with exit 2, and leaves the file as it is', async () => {
    const { space, pull, requests } = await setting();
    await pull('--out', 'held.csv');
    const asked = requests();
    const before = space.read('held.csv');
    const { code, stderr } = await pull('--out', 'held.csv');
    expect(code).toBe(2);
    expect(stderr).toMatch(REFUSAL);
    expect(requests()).toBe(asked);
    expect(space.read('held.csv')).toBe(before);
    expect(space.partial()).toEqual([]);
  });

  it('waits with --wait, and an interrupt ends the wait', async () => {
    const { space, pull, url, requests } = await setting();
    await pull('--out', 'held.csv');
    const asked = requests();
    const waiting = space.start('pull', 'invoca', '--network', '33', '--base-url', url, '--wait');
    await new Promise((resolve) => waiting.process.stderr.once('data', resolve));
    waiting.process.kill('SIGTERM');
    const { code, stderr } = await waiting.ended;
    expect(code).toBe(143);
    expect(stderr).toMatch(/^waiting \d+ s until the next poll is allowed\n/);
    expect(stderr).toContain('interrupted (SIGTERM); the same command goes on');
    expect(requests()).toBe(asked);
  });

  it('brings what is new with --since-last, to a file or to nowhere, and nothing twice', async () => {
    const { space, fake, pull, letTimePass } = await setting();
    await pull('--out', 'held.csv');
    const ids: string[][] = [];
    for (const name of ['NEW', 'NEWER', 'NEWEST']) {
      addChains(fake, 1, 0, name);
      await letTimePass();
      const out = name === 'NEW' ? [] : ['--out', 'new.csv'];
      expect((await pull('--since-last', ...out)).code).toBe(0);
      if (out.length > 0) ids.push(space.rows('new.csv').map((row) => row['transaction_id'] ?? ''));
    }
    expect(ids).toEqual([
      ['NEW-0', 'OUTCOME-11', 'NEWER-0', 'OUTCOME-12'],
      ['NEWEST-0', 'OUTCOME-13'],
    ]);
  });

  it('writes what it has where only the writing failed, without a new poll', async () => {
    const { space, pull, requests } = await setting();
    expect((await pull()).code).toBe(0);
    const asked = requests();
    const { code, stderr } = await pull('--out', 'held.csv');
    expect(code).toBe(0);
    expect(stderr).toContain('the last pull of these dates has not been written yet: writing what it read\n');
    expect(requests()).toBe(asked);
    expect(space.rows('held.csv')).toHaveLength(16);
  });

  it('asks nothing where the file cannot be written', async () => {
    const { space, pull, requests } = await setting();
    mkdirSync(space.path('folder'));
    for (const out of ['folder', 'nowhere/held.csv']) {
      const { code, stderr } = await pull('--out', out);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^revsync: transactions .*; nothing was asked$/m);
    }
    expect(requests()).toBe(0);
  });

  it('goes on after pages that are slow, fail half-way or are refused for a while', async () => {
    const { space, pull } = await setting('slow=50@2,cut@3,garbage@4,502@6,429=1@8');
    const { code, stderr } = await pull('--out', 'held.csv', '--page-rows', '5');
    expect(code).toBe(0);
    expect(stderr.match(/^again in /gm)).toHaveLength(4);
    const ids = space.rows('held.csv').map((row) => row['transaction_id']);
    expect(ids).toHaveLength(16);
    expect(new Set(ids).size).toBe(16);
  });

  it('ends 4 where a page does not come, writes nothing, and the same command goes on', async () => {
    const { space, pull } = await setting('503@after:2');
    const pulled = await pull('--out', 'held.csv', '--page-rows', '5', '--retries', '1');
    expect(pulled.code).toBe(4);
    expect(pulled.stderr).toContain(
      'invoca networks/33: 10 rows came in 2 pages; the ledger has 10\n' +
        'Invoca: HTTP 503 with an empty body (http_503, 2 attempts)\n' +
        'not finished, and nothing was written; the same command goes on: revsync pull invoca --network 33 ',
    );
    expect(existsSync(space.path('held.csv'))).toBe(false);
    expect(space.partial()).toEqual([]);
  });

  it('ends 4 where the account is refused, and shows the token nowhere', async () => {
    const { space, pull, requests } = await setting('leak@2');
    space.env['INVOCA_OAUTH_TOKEN'] = 'bad-Geheim+42';
    const refused = await pull('--out', 'held.csv', '--json');
    expect(refused.code).toBe(4);
    expect(requests()).toBe(1);
    expect(refused.stderr).toContain('Invoca refused the account: ');
    expect(JSON.parse(refused.stdout)).toMatchObject({ exit_code: 4, stopped: { code: 'account_refused' } });
    const leaked = await pull('--retries', '0');
    expect(leaked.code).toBe(4);
    expect(refused.stdout + refused.stderr + leaked.stdout + leaked.stderr).not.toContain('Geheim');
  });

  it('prints one object with --json', async () => {
    const { pull, url } = await setting();
    const days = ['--from', '2026-11-20', '--to', '2026-11-21', '--timezone', 'Europe/Berlin'];
    const { stdout } = await pull('--json', '--quiet', '--out', 'held.csv', ...days);
    const told = JSON.parse(stdout) as Record<string, unknown>;
    expect(told).toEqual({
      revsync: expect.any(String) as string,
      problems: [],
      command: 'pull',
      vendor: 'invoca',
      account: 'default',
      origin: url,
      scope: { kind: 'networks', id: '33' },
      from: '2026-11-20',
      to: '2026-11-21',
      timezone: 'Europe/Berlin',
      since_last: false,
      exit_code: 0,
      stopped: null,
      pages: 1,
      rows: 16,
      rows_in_ledger: 16,
      withdrawn: 0,
      withdrawn_ids: [],
      warnings: 0,
      warned: [],
      control: null,
      folded: null,
      out: expect.stringMatching(/held\.csv$/) as string,
      errors: [],
      started_at: expect.stringMatching(/Z$/) as string,
      ended_at: expect.stringMatching(/Z$/) as string,
    });
  });

  it('ends 1 where an amount cannot be read, and names its row in one line of plain text', async () => {
    const { space, fake, pull } = await setting();
    addRows(fake, [{ complete_call_id: 'ODD', sale_amount: '1,2\u001b[2J\n00' }]);
    const { code, stderr } = await pull('--out', 'held.csv');
    expect(code).toBe(1);
    expect(stderr).toContain(
      '\n  OUTCOME-11: sale_amount "1,2\\u001b[2J\\n00" cannot be read as an exact amount\n',
    );
    expect(space.rows('held.csv')).toHaveLength(18);
  });

  it('says what a vendor answers in plain text', async () => {
    const space = new Workspace();
    const body = JSON.stringify({ errors: { class: 'InvalidInput', invalid_data: 'no\u001b[31m\nexit 0' } });
    const { url } = await answeringServer(() => ({ status: 403, body }));
    const { code, stderr } = await space.run('pull', 'invoca', '--affiliate', '7', '--base-url', url);
    expect(code).toBe(4);
    expect(stderr).toContain('Invoca refused the request: invalid_data: no␛[31m␊exit 0 (InvalidInput)\n');
  });

  it('takes out rows that the vendor holds no more, and names them', async () => {
    const { space, fake, pull, letTimePass } = await setting();
    await pull('--out', 'held.csv');
    fake.alter?.('{"remove":"OUTCOME-2"}');
    await letTimePass();
    const { code, stderr } = await pull('--out', 'held.csv');
    expect(code).toBe(0);
    expect(stderr).toContain(
      '2 rows of an earlier pull came no more and are taken out:\n  CALL-1\n  OUTCOME-2\n',
    );
    expect(space.rows('held.csv')).toHaveLength(14);
  });

  it.each<[string, string[], string]>([
    ['without a scope', [], 'name one of --network ID, --advertiser ID and --affiliate ID'],
    ['with two scopes', ['--network', '1', '--affiliate', '2'], 'name one of --network ID'],
    ['with one day', ['--network', '1', '--to', '2026-11-20'], '--from and --to go together'],
    [
      'with days the wrong way round',
      ['--network', '1', '--from', '2026-11-21', '--to', '2026-11-20'],
      '--from 2026-11-21 is after --to 2026-11-20',
    ],
    [
      'with a day that is none',
      ['--network', '1', '--from', '2026-02-30'],
      'write a day such as 2026-11-20\n',
    ],
    ['with an id that is none', ['--network', '1/2'], 'write an id, such as 1234\n'],
    ['with a column that is none', ['--network', '1', '--columns', 'city,,state'], 'write names with commas'],
    [
      'with pages the vendor does not have',
      ['--network', '1', '--page-rows', '5000'],
      '--page-rows: Invoca has pages of 4000 rows at most',
    ],
    ['with a format of nothing', ['--network', '1', '--format', 'csv'], '--format goes with --out'],
    [
      'with two things for standard output',
      ['--network', '1', '--out', '-', '--json'],
      '--out - and --json both want standard output',
    ],
  ])('is refused %s, with exit 2', async (_, args, message) => {
    const { code, stderr } = await new Workspace().run('pull', 'invoca', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('is refused for a vendor without a report, and without a credential', async () => {
    const space = new Workspace();
    const convoso = await space.run('pull', 'convoso', '--network', '1');
    expect([convoso.code, convoso.stderr]).toEqual([
      2,
      'revsync: "convoso" has no report that revsync reads; use one of invoca, trackdrive, ringba\n',
    ]);
    delete space.env['INVOCA_OAUTH_TOKEN'];
    const bare = await space.run('pull', 'invoca', '--network', '1');
    expect(bare.code).toBe(2);
    expect(bare.stderr).toContain('INVOCA_OAUTH_TOKEN');
  });

  it('ends 6 while another pull of the scope runs, and lets a push run beside it', async () => {
    const { space, pull, url } = await setting('hang@1');
    const first = space.start('pull', 'invoca', '--network', '33', '--base-url', url);
    await new Promise((resolve) => first.process.stderr.once('data', resolve));
    const second = await pull();
    expect(second.code).toBe(6);
    expect(second.stderr).toContain('another pull of networks/33, account default, is running');
    space.write('sales.csv', 'transaction_id,outcome_name,sale_amount\nCALL-1,Sale,10.00\n');
    const push = await space.run('push', 'sales.csv', '--vendor', 'invoca', '--base-url', url);
    expect(push.code).toBe(0);
    first.process.kill('SIGKILL');
    await first.ended;
    await letLeasesRunOut(space.ledger);
    expect((await pull()).code).toBe(0);
  });

  it('writes a file for its owner alone, as the ledger is, or as open as the one it replaces', async () => {
    const { space, pull, letTimePass } = await setting();
    const modeOf = (name: string): number => statSync(space.path(name)).mode & 0o777;
    await pull('--out', 'held.csv');
    expect(modeOf('held.csv')).toBe(0o600);
    chmodSync(space.path('held.csv'), 0o644);
    await letTimePass();
    await pull('--out', 'held.csv');
    expect(modeOf('held.csv')).toBe(0o644);
  });
});
