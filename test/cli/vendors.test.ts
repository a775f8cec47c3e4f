import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InvocaBooks } from '../../src/sandbox/invoca.js';
import type { InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import type { TrackDriveBooks } from '../../src/sandbox/trackdrive.js';
import { Workspace } from '../support/cli.js';
import { answeringServer, vendorServer } from '../support/vendor-server.js';

const FAST = ['--rate', '100000'];

function statuses(rows: readonly Record<string, string>[]): (string | undefined)[] {
  return rows.map((row) => row['revsync_status']);
}

describe('tldcrm', () => {
  /** 200 calls to one number, a second apart. */
  const csv = `did,cid,call_date,cost\n${Array.from({ length: 200 }, (_, index) => {
    const time = `${String(Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`;
    return `8005550100,5125550123,2026-11-19 09:${time},32.5`;
  }).join('\n')}\n`;

  it('doubles no cost when every tenth reply is lost, blocks those keys, and goes on as a person resolves', async () => {
    const space = new Workspace();
    const server = await vendorServer<TldcrmBooks>('tldcrm', { faults: 'reset-after@every:10' });
    space.write('sales.csv', csv);
    const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, ...FAST];
    expect((await space.run(...push)).code).toBe(5);
    const first = space.rows('sales.results.csv');
    const lost = first
      .filter((row) => row['revsync_status'] === 'unknown')
      .map((row) => row['revsync_key'] ?? '');
    expect(lost).toHaveLength(20);
    expect(statuses(first).filter((status) => status === 'accepted')).toHaveLength(180);
    expect(server.requests()).toBe(200);
    expect(new Set(server.books().costs.map((cost) => cost.call_date)).size).toBe(200);
    expect(server.books().costs).toHaveLength(200);

    const blocked = await space.run(...push);
    expect(blocked.code).toBe(5);
    expect(server.requests()).toBe(200);
    expect(
      space.rows('sales.results.csv').filter((row) => row['revsync_error_code'] === 'key_unsettled'),
    ).toHaveLength(20);

    const [held = '', missing = ''] = lost;
    expect((await space.run('resolve', held, '--accepted', '--why', 'cost row 10 is there')).code).toBe(0);
    expect((await space.run('resolve', missing, '--not-applied', '--why', 'no cost row')).code).toBe(0);
    await space.run(...push);
    const third = new Map(
      space.rows('sales.results.csv').map((row) => [row['revsync_key'], row['revsync_status']]),
    );
    expect(third.get(held)).toBe('unchanged');
    expect(third.get(missing)).toBe('accepted');
    expect(server.requests()).toBe(201);
    expect((await space.run('resolve', 'run-1', '--accepted', '--why', 'all are there')).code).toBe(0);
    expect((await space.run(...push)).code).toBe(0);
    expect(server.requests()).toBe(201);
    expect((await space.run('history', held)).stdout).toContain('resolved_accepted: cost row 10 is there');
  });

  it('sends each row once when the vendor could not be reached at first', async () => {
    const space = new Workspace();
    const port = await freePort();
    space.write('sales.csv', csv.split('\n').slice(0, 11).join('\n'));
    const base = `http://127.0.0.1:${port}`;
    const running = space.start(
      'push',
      'sales.csv',
      '--vendor',
      'tldcrm',
      '--base-url',
      base,
      ...FAST,
      '--verbose',
      '--retries',
      '9',
    );
    await new Promise<void>((resolve) =>
      running.process.stderr.on('data', (text: string) => text.includes('again in') && resolve()),
    );
    const server = await vendorServer<TldcrmBooks>('tldcrm', { port });
    expect((await running.ended).code).toBe(0);
    expect(server.books().costs).toHaveLength(10);
    expect(Number(space.rows('sales.results.csv')[0]?.['revsync_attempts'])).toBeGreaterThan(1);
  });

  it('needs the call date unless told otherwise, and tells times in the zone that was named', async () => {
    const space = new Workspace();
    const server = await vendorServer<TldcrmBooks>('tldcrm');
    space.write(
      'sales.csv',
      'did,cid,call_date,cost\n8005550100,5125550123,,1.5\n8005550100,5125550124,2026-11-19T12:00:00Z,2\n',
    );
    const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, ...FAST];
    expect((await space.run(...push)).code).toBe(1);
    expect(space.rows('sales.results.csv').map((row) => row['revsync_error_code'])).toEqual([
      'missing_value',
      'time_needs_zone',
    ]);
    expect(server.requests()).toBe(0);
    const zoned = ['--timezone', 'America/Chicago', '--allow-missing-call-date', '--concurrency', '1'];
    expect((await space.run(...push, ...zoned)).code).toBe(0);
    expect(server.books().costs.map((cost) => [cost.call_date_is_now, cost.cost])).toEqual([
      [true, '1.50'],
      [false, '2.00'],
    ]);
    expect(server.books().costs[1]?.call_date).toBe('2026-11-19 06:00:00');
  });
});

describe('invoca', () => {
  const push = (url: string): string[] => [
    'push',
    'sales.csv',
    '--vendor',
    'invoca',
    '--base-url',
    url,
    ...FAST,
  ];
  const header = 'transaction_id,outcome_name,partner_unique_id,sale_amount';

  it('creates, corrects with both ids, sends nothing twice, and keeps a second sale of a call apart', async () => {
    const space = new Workspace();
    const server = await vendorServer<InvocaBooks>('invoca');
    space.write('sales.csv', `${header}\nT-1,Sale,A-1,100.00\n`);
    expect((await space.run(...push(server.url))).code).toBe(0);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_http_status: '201',
      revsync_vendor_ref: 'OUTCOME-1',
    });
    space.write('sales.csv', `${header}\nT-1,Sale,A-1,120.00\n`);
    expect((await space.run(...push(server.url))).code).toBe(0);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_action: 'correct',
      revsync_http_status: '200',
      revsync_previous_amount: '100.00',
      revsync_vendor_ref: 'OUTCOME-2',
      revsync_corrects_ref: 'OUTCOME-1',
    });
    expect(server.books().methods).toEqual(['POST', 'PUT']);
    expect((await space.run(...push(server.url))).code).toBe(0);
    expect(server.requests()).toBe(2);

    space.write(
      'sales.csv',
      `${header}\nT-1,Sale,A-1,120.00\nT-1,Sale,A-2,5\nT-2,Sale,,7\nT-2,sale,,8\nT-3,Sale,,9\nT-3,Sale,,9\n`,
    );
    expect((await space.run(...push(server.url))).code).toBe(1);
    expect(statuses(space.rows('sales.results.csv'))).toEqual([
      'unchanged',
      'accepted',
      'invalid',
      'invalid',
      'accepted',
      'duplicate',
    ]);
    expect(
      Object.entries(server.books().outcomes).map(([key, outcome]) => [key, outcome.sale_amount]),
    ).toEqual([
      ['T-1|sale|A-1', '120.00'],
      ['T-1|sale|A-2', '5.00'],
      ['T-3|sale|', '9.00'],
    ]);
  });

  it('rejects a row at RecordInvalid and stops after one request at UnauthorizedOperation', async () => {
    const space = new Workspace();
    space.write('sales.csv', `${header}\nT-1,Sale,,1\nT-2,Sale,,2\nT-3,Sale,,3\n`);
    const answer = (name: string) => () => ({
      status: 403,
      body: JSON.stringify({ errors: { class: name } }),
    });
    const invalid = await answeringServer(answer('RecordInvalid'));
    expect((await space.run(...push(invalid.url))).code).toBe(1);
    expect(invalid.requests()).toBe(3);
    expect(space.rows('sales.results.csv').map((row) => row['revsync_error_code'])).toEqual(
      Array(3).fill('RecordInvalid'),
    );
    const refused = await answeringServer(answer('UnauthorizedOperation'));
    expect((await space.run(...push(refused.url))).code).toBe(4);
    expect(refused.requests()).toBe(1);
    expect(statuses(space.rows('sales.results.csv'))).toEqual(['failed', 'not_sent', 'not_sent']);
  });

  it('finds calls by start time, in whatever zone the file tells it', async () => {
    const space = new Workspace();
    const searches: unknown[] = [];
    const server = await answeringServer((request) => {
      searches.push((JSON.parse(request.body) as { search: unknown }).search);
      return { status: 201, body: '{"transaction_id":"X"}' };
    });
    const rows = [
      '2026-11-19T09:02:11-05:00',
      '2026-11-19T14:02:11Z',
      '1795096931',
      '1795096931250',
      '2026-11-19 09:02:11',
    ];
    const lines = rows.map((time, index) => `${time},+1512555012${index},Sale,${index},1`);
    space.write('sales.csv', `start_time,caller,outcome,order_id,amount\n${lines.join('\n')}\n`);
    const run = await space.run(...push(server.url), '--timezone', 'America/New_York', '--concurrency', '1');
    expect(run.code).toBe(0);
    expect(searches).toEqual([
      { start_time_t: '1795096931', calling_phone_number: '+15125550120' },
      { start_time_t: '1795096931', calling_phone_number: '+15125550121' },
      { start_time_t: '1795096931', calling_phone_number: '+15125550122' },
      { start_time_t: '1795096931250', calling_phone_number: '+15125550123' },
      { start_time_t: '1795096931', calling_phone_number: '+15125550124' },
    ]);
  });
});

describe('invoca-signals', () => {
  it('sends one signal and its custom data, and takes it back', async () => {
    const space = new Workspace();
    const server = await vendorServer<InvocaSignalsBooks>('invoca-signals');
    const push = ['push', 'sales.csv', '--vendor', 'invoca-signals', '--base-url', server.url, ...FAST];
    const header = 'transaction_id,signal,order_id,revenue,custom_data.channel,Custom Data.plan tier,value';
    space.write('sales.csv', `${header}\nT-1,Sale,A-1,100,search,gold,\nT-2,Sale,A-2,0,,,\n`);
    expect((await space.run(...push, '--concurrency', '1')).code).toBe(0);
    const { custom_data: customData, call_in_progress: inProgress, signals } = server.books();
    expect(customData).toEqual({ 'T-1': { channel: 'search', 'plan tier': 'gold' } });
    expect(inProgress).toEqual([]);
    expect(Object.entries(signals).map(([key, { revenue, value }]) => [key, revenue, value])).toEqual([
      ['T-1|sale|A-1', '100.00', true],
      ['T-2|sale|A-2', null, true],
    ]);
    space.write('sales.csv', `${header}\nT-1,Sale,A-1,100,search,gold,false\n`);
    expect((await space.run(...push)).code).toBe(0);
    expect(server.books().signals['T-1|sale|A-1']).toMatchObject({ revenue: null, value: false });
  });
});

describe('trackdrive', () => {
  it('sends one conversion alone or both, and a reversal once, which makes one offset', async () => {
    const space = new Workspace();
    const server = await vendorServer<TrackDriveBooks>('trackdrive');
    const push = [
      'push',
      'sales.csv',
      '--vendor',
      'trackdrive',
      '--base-url',
      server.url,
      ...FAST,
      '--concurrency',
      '1',
    ];
    const marks = [
      '--reversal-column',
      'Status',
      '--reversal-values',
      'refunded,chargeback',
      '--may-be-empty',
    ];
    const header = 'call_id,revenue,buyer_converted,offer_converted,Status';
    space.write('sales.csv', `${header}\nc-1,,,true,\nc-2,10,true,false,\nc-3,20,,,Sold\n`);
    expect((await space.run(...push, ...marks, '--blank-amount', 'omit')).code).toBe(0);
    expect(server.books().updates.map((update) => update.parameters)).toEqual([
      { offer_converted: 'true' },
      { buyer_converted: 'true', offer_converted: 'false', revenue: '10.00' },
      { buyer_converted: 'true', revenue: '20.00' },
    ]);
    space.write('sales.csv', `${header}\nc-1,,,true,\nc-2,10,true,false,\nc-3,20,,,Chargeback\n`);
    expect((await space.run(...push, ...marks, '--blank-amount', 'omit')).code).toBe(0);
    expect(space.rows('sales.results.csv')[2]).toMatchObject({
      revsync_action: 'reverse',
      revsync_previous_amount: '20.00',
    });
    const { billing, reversal_requests: reversals } = server.books();
    expect(billing.filter(({ call }) => call === 'c-3').map(({ kind, revenue }) => [kind, revenue])).toEqual([
      ['conversion', '20.00'],
      ['reversal', '-20.00'],
    ]);
    expect((await space.run(...push, ...marks, '--blank-amount', 'omit')).code).toBe(0);
    expect(reversals).toEqual({ 'c-3': 1 });
    expect(server.requests()).toBe(4);
  });

  it("shows the secure token nowhere while the server fails, whether it is the account's or the row's", async () => {
    const faults = 'leak@2,500@3,reset-after@4,garbage@5,cut@6,429=0@7,hang@8,leak@9,leak@10,leak@11';
    const rowTokens = Array.from({ length: 12 }, (_, index) => `row+t0ken/${index}`);
    for (const kind of ['account', 'row']) {
      const space = new Workspace();
      delete space.env['TRACKDRIVE_API_KEY'];
      const server = await vendorServer<TrackDriveBooks>('trackdrive', { faults });
      const source = space.write(
        'sales.csv',
        kind === 'row'
          ? `call_id,revenue,secure_token\n${rowTokens.map((token, index) => `c-${index},5,${token}`).join('\n')}\n`
          : `call_id,revenue\n${rowTokens.map((_, index) => `c-${index},5`).join('\n')}\n`,
      );
      if (kind === 'account') space.env['TRACKDRIVE_SECURE_TOKEN'] = 'row+t0ken/account';
      const push = [
        'push',
        'sales.csv',
        '--vendor',
        'trackdrive',
        '--base-url',
        server.url,
        ...FAST,
        '--timeout',
        '1',
        '--retries',
        '1',
      ];
      const dry = await space.run(...push, '--dry-run');
      expect(dry.stderr).toContain('/api/v1/secure/[TRACKDRIVE_SECURE_TOKEN]/calls/c-0');
      const ended = await space.run(...push, '--verbose');
      expect(ended.stderr).toContain('[TRACKDRIVE_SECURE_TOKEN]');
      expect(new Set(server.books().updates.map((update) => update.route))).toEqual(new Set(['secure']));
      const files = readdirSync(space.folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(space.folder, name))
        .filter((path) => path !== source && statSync(path).isFile());
      const texts = [
        dry.stderr,
        dry.stdout,
        ended.stderr,
        ended.stdout,
        ...files.map((path) => readFileSync(path, 'latin1')),
      ];
      for (const text of texts)
        for (const needle of ['row+t0ken', 'row%2Bt0ken']) expect(text).not.toContain(needle);
    }
  });

  it('ends 2 with neither key nor token, and names both', async () => {
    const space = new Workspace();
    delete space.env['TRACKDRIVE_API_KEY'];
    space.write('sales.csv', 'call_id,revenue\nc-1,5\n');
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'trackdrive',
      '--base-url',
      'https://example.invalid',
    );
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/set TRACKDRIVE_API_KEY .* or TRACKDRIVE_SECURE_TOKEN /);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
