import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Libsql from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sales, Workspace, type Ended } from '../support/cli.js';
import { convosoServer, vendorServer } from '../support/vendor-server.js';

interface Finding {
  readonly about: string;
  readonly state: string;
  readonly says: string;
}

async function findings(space: Workspace, ...args: string[]): Promise<Finding[]> {
  const ended = await space.runBound('doctor', '--json', ...args);
  const found = JSON.parse(ended.stdout) as Finding[];
  expect(ended.code).toBe(found.some(({ state }) => state === 'problem') ? 2 : 0);
  return found;
}

function about(found: readonly Finding[], ...names: string[]): string[] {
  return found
    .filter((finding) => names.includes(finding.about))
    .map(({ about, state, says }) => `${state} ${about}: ${says}`);
}

/** By a process of its own: the ledger's log is worked into its file when that ends. */
async function pushed(space: Workspace): Promise<Ended> {
  const server = await convosoServer();
  space.write('sales.csv', sales([['1', '5']]));
  return space.start('push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url).ended;
}

describe('doctor', () => {
  it('finds nothing wrong before the first push, and makes no ledger', async () => {
    const space = new Workspace();
    const ended = await space.run('doctor', '--vendor', 'convoso');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain(`ok       ledger: ${space.ledger}: none yet; the first push makes it\n`);
    expect(ended.stdout).toContain('ok       convoso: CONVOSO_AUTH_TOKEN set\n');
    expect(ended.stdout).toContain('ok       convoso: requests go to https://api.convoso.com/\n');
    expect(ended.stdout).not.toContain(space.token);
    const files = await space.run('runs');
    expect(files.stderr).toContain('there is no ledger');
  });

  it('sends nothing, whatever it looks at', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    Object.assign(space.env, { CONVOSO_BASE_URL: server.url, HTTPS_PROXY: server.url });
    expect((await space.run('doctor')).code).toBe(0);
    expect(server.requests()).toBe(0);
  });

  it('counts what the ledger knows', async () => {
    const space = new Workspace();
    expect((await pushed(space)).code).toBe(0);
    const found = about(await findings(space), 'ledger', 'clock', 'runs');
    expect(found[0]).toMatch(/^ok ledger: .*ledger\.db: \d+\.\d MB, 1 run, 1 key$/);
    expect(found[1]).toMatch(/^ok clock: 20/);
    expect(found).toHaveLength(2);
  });

  const broken: readonly [string, (path: string) => void, RegExp][] = [
    [
      'may be read by others',
      (path) => chmodSync(path, 0o644),
      /^warning ledger: .*\(mode 644\); the next push makes it 600$/,
    ],
    [
      'is read-only',
      (path) => chmodSync(path, 0o400),
      /^problem ledger: .*may not be written; check its permissions/,
    ],
    [
      'is something else',
      (path) => writeFileSync(path, 'garbage '.repeat(4000)),
      /^problem ledger: .*: it is not a ledger; check its path, and where it was one, restore it from a backup, /,
    ],
    [
      'is of a newer revsync',
      (path) => change(path, 'pragma user_version = 99'),
      /^problem ledger: .*was written by a newer revsync/,
    ],
    [
      'is of the future',
      (path) => change(path, 'update runs set ended_at = 4102444800000'),
      /^warning clock: .*but the ledger's newest run is of 2100-01-01T00:00:00.000Z; set the clock right/,
    ],
    [
      'knows a run that died',
      (path) => change(path, `update runs set state = 'pushing'`),
      /^warning runs: run-1 to convoso, account default, died; the next push there looks after what was in flight$/,
    ],
    [
      'knows rows that nobody has settled',
      (path) => change(path, `update entries set doubt = 'blocked'`),
      /^warning unknown rows: 1 key waits for somebody to look at the vendor; `revsync status` shows each, and `revsync resolve` settles them$|^warning unknown rows: 1 is (not )?there: (revsync|node \S+) resolve /,
    ],
    [
      'has an index that is wrong',
      (path) =>
        change(
          path,
          `pragma writable_schema = 1; update sqlite_master set rootpage = 2 where name = 'entries'`,
        ),
      /^problem ledger: .*damaged/,
    ],
  ];

  it.each(broken)('says that the ledger %s', async (_name, harm, message) => {
    const space = new Workspace();
    expect((await pushed(space)).code).toBe(0);
    harm(space.ledger);
    const found = (await findings(space, '--vendor', 'convoso')).map(
      ({ about, state, says }) => `${state} ${about}: ${says}`,
    );
    const wrong = found.filter((line) => !line.startsWith('ok '));
    expect(wrong.length).toBeGreaterThan(0);
    for (const line of wrong) expect(line).toMatch(message);
  });

  it('tells a run at work from one that died, and does not hinder it', async () => {
    const space = new Workspace();
    // It answers when it is told to, however slow the machine is.
    const waiting: ServerResponse[] = [];
    const server = createServer((_, response) => waiting.push(response)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    space.write('sales.csv', sales([['1', '5']]));
    const url = `http://127.0.0.1:${port}`;
    const running = space.start('push', 'sales.csv', '--vendor', 'convoso', '--base-url', url);
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(about(await findings(space), 'runs')).toEqual([
      'ok runs: run-1 to convoso, account default, is at work',
    ]);
    waiting[0]?.end('{"success":true,"data":{"call_log_id":"1"}}');
    expect((await running.ended).code).toBe(0);
  });

  it('looks at the credentials and addresses of the vendors in use', async () => {
    const space = new Workspace();
    const server = await vendorServer('tldcrm');
    space.env = { PATH: space.env['PATH'] ?? '', REVSYNC_LEDGER: space.ledger };
    const setup = [
      'ok tldcrm: not looked at: the API key needs the endpoint protection /api/ingress/calls/inbound/billable*',
      'ok tldcrm: not looked at: the account needs TLDialer and the Advanced Call Log',
    ];
    expect((await space.run('doctor')).stderr).toContain('no credential of any vendor is set');
    const without = about(await findings(space, '--vendor', 'tldcrm'), 'tldcrm');
    expect(without).toEqual([
      expect.stringMatching(/^problem tldcrm: TLDCRM_API_ID is not set; /),
      expect.stringMatching(/^problem tldcrm: TLDCRM_API_KEY is not set; /),
      'warning tldcrm: TLDCRM_BASE_URL is not set; a push needs it or --base-url, since there is one host per company',
      ...setup,
    ]);
    space.write('key', 'a-secret-key\n');
    chmodSync(space.path('key'), 0o644);
    space.write(
      '.env',
      `TLDCRM_API_ID=an-id\nTLDCRM_API_KEY_FILE=${space.path('key')}\nTLDCRM_BASE_URL=${server.url}\n`,
    );
    const found = await findings(space, '--env-file', '.env');
    expect(about(found, 'tldcrm')).toEqual([
      'ok tldcrm: TLDCRM_API_ID, TLDCRM_API_KEY set',
      `warning tldcrm: TLDCRM_API_KEY_FILE: others may read ${space.path('key')} (mode 644); chmod 600`,
      `ok tldcrm: requests go to ${server.url}/`,
      ...setup,
    ]);
    expect(JSON.stringify(found)).not.toContain('a-secret-key');
  });

  it('looks at proxies and certificates, and shows no password', async () => {
    const space = new Workspace();
    space.write('ca.pem', 'nothing');
    Object.assign(space.env, {
      HTTPS_PROXY: 'http://user:geheim@proxy.example:3128',
      HTTP_PROXY: ':::',
      NODE_EXTRA_CA_CERTS: space.path('ca.pem'),
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    const found = await findings(space);
    expect(about(found, 'proxy', 'tls')).toEqual([
      'ok proxy: HTTPS_PROXY: proxy.example:3128',
      'problem proxy: HTTP_PROXY is not an address like http://proxy:3128',
      `problem tls: NODE_EXTRA_CA_CERTS: ${space.path('ca.pem')} holds no PEM certificate`,
      expect.stringMatching(/^warning tls: NODE_TLS_REJECT_UNAUTHORIZED=0 is set and not obeyed/),
    ]);
    expect(JSON.stringify(found)).not.toContain('geheim');
  });
});

function change(path: string, sql: string): void {
  const db = new Libsql(path);
  db.exec(sql);
  db.close();
}
