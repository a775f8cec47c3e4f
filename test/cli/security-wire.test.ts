import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sales, Workspace } from '../support/cli.js';
import {
  ACCEPTED,
  CA,
  connectProxy,
  rawAnswer,
  rawServer,
  type Certificate,
  type ProxyMood,
} from '../support/wire.js';

const LONG = 'x'.repeat(60_000);
const FAST = ['--rate', '100000', '--retries', '0', '--concurrency', '1'];
const COST = rawAnswer(200, '{"cost_id":7,"updated":1,"lead":{"lead_id":9}}');
/** Two costs, where one too many would count. */
const COSTS =
  'did,cid,call_date,cost\n8005550100,5125550123,2026-11-19 09:00:00,1\n8005550100,5125550124,2026-11-19 09:01:00,2\n';

function push(vendor: string, url: string, ...more: string[]): string[] {
  return ['push', 'sales.csv', '--vendor', vendor, '--base-url', url, ...FAST, ...more];
}

/** Status, code and message of every row. */
function outcomes(space: Workspace): unknown[] {
  return space
    .rows('sales.results.csv')
    .map((row) => [row['revsync_status'], row['revsync_error_code'], row['revsync_error']]);
}

const FINE = ['accepted', '', ''];
const HINT = '; a proxy variable is set, check it and NO_PROXY';

function notConnected(message: string): unknown[] {
  return Array(2).fill(['failed', 'connect_failed', message]) as unknown[];
}

describe('a proxy', () => {
  it.each([
    ['HTTPS_PROXY', (host: string) => ({ HTTPS_PROXY: `http://${host}` })],
    ['an address without a scheme', (host: string) => ({ https_proxy: host })],
    [
      'an empty lower-case variable beside it',
      (host: string) => ({ https_proxy: '', no_proxy: '', HTTPS_PROXY: host }),
    ],
    ['HTTP_PROXY alone', (host: string) => ({ HTTP_PROXY: `http://${host}/`, NO_PROXY: 'another.test' })],
  ])(
    'that %s names is asked for a tunnel and sees nothing of what goes through',
    async (_name, variables) => {
      const space = new Workspace();
      const server = await rawServer(() => ACCEPTED, 'good');
      const proxy = await connectProxy(() => 'tunnel', server.port);
      Object.assign(space.env, variables(proxy.host), { NODE_EXTRA_CA_CERTS: CA });
      space.write('sales.csv', sales([['4711', '5']]));
      expect((await space.run(...push('convoso', 'https://convoso.test'))).code).toBe(0);
      expect(outcomes(space)).toEqual([FINE]);
      expect(proxy.heads).toEqual([
        'CONNECT convoso.test:443 HTTP/1.1\r\nhost: convoso.test\r\nconnection: close\r\nproxy-connection: keep-alive\r\n\r\n',
      ]);
      for (const needle of [space.token, encodeURIComponent(space.token), '4711', '/v1/revenue'])
        expect(proxy.tunnelled().includes(needle)).toBe(false);
      expect(server.requests.map(({ line }) => line)).toEqual(['POST /v1/revenue/update HTTP/1.1']);
    },
  );

  it('is left out for a host in NO_PROXY', async () => {
    const space = new Workspace();
    const server = await rawServer(() => ACCEPTED, 'good');
    const proxy = await connectProxy(() => 'tunnel', server.port);
    Object.assign(space.env, { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: CA });
    space.write('sales.csv', sales([['1', '5']]));
    // An address of this machine that is not called loopback.
    const run = push('convoso', `https://0.0.0.0:${server.port}`, '--force');
    expect((await space.run(...run)).code).toBe(0);
    expect(proxy.heads).toHaveLength(1);
    space.env['NO_PROXY'] = 'another.test, 0.0.0.0';
    expect((await space.run(...run)).code).toBe(0);
    expect(proxy.heads).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, ProxyMood, string]>([
    [
      'asks for a password',
      { answer: rawAnswer(407, '') },
      'Proxy response (407) !== 200 when HTTP Tunneling (UND_ERR_ABORTED)',
    ],
    [
      'cannot reach the vendor',
      { answer: rawAnswer(502, 'no route') },
      'Proxy response (502) !== 200 when HTTP Tunneling (UND_ERR_ABORTED)',
    ],
    ['hangs up', 'die', 'the proxy hung up instead of opening a tunnel'],
    [
      'hangs up in the open tunnel',
      'drop',
      'Client network socket disconnected before secure TLS connection was established (ECONNRESET)',
    ],
    [
      'is no proxy',
      { answer: 'SSH-2.0-x\r\n\r\n' },
      'Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)',
    ],
  ])('that %s has let nothing through: the rows may be sent again', async (_name, mood, message) => {
    const space = new Workspace();
    const server = await rawServer(() => COST, 'good');
    let now = mood;
    const proxy = await connectProxy(() => now, server.port);
    Object.assign(space.env, { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: CA });
    space.write('sales.csv', COSTS);
    const run = push('tldcrm', 'https://convoso.test');
    expect((await space.run(...run)).code).toBe(1);
    expect(outcomes(space)).toEqual(notConnected(`${message}${HINT}`));
    expect([proxy.heads.length, server.requests.length]).toEqual([2, 0]);
    now = 'tunnel';
    expect((await space.run(...run)).code).toBe(0);
    expect(outcomes(space)).toEqual([FINE, FINE]);
    expect(server.requests).toHaveLength(2);
  });

  it('that is down is named as what to check', async () => {
    const space = new Workspace();
    space.env['HTTPS_PROXY'] = 'http://127.0.0.1:1';
    space.write('sales.csv', COSTS);
    expect((await space.run(...push('tldcrm', 'https://convoso.test'))).code).toBe(1);
    expect(outcomes(space)).toEqual(notConnected(`connect ECONNREFUSED 127.0.0.1:1${HINT}`));
  });

  it('that dies with a request on its way leaves that row unknown, and no other', async () => {
    const space = new Workspace();
    const server = await rawServer((_request, index) => {
      if (index > 0) return COST;
      proxy.hangUp();
      return '';
    }, 'good');
    const proxy = await connectProxy(() => 'tunnel', server.port);
    Object.assign(space.env, { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: CA });
    space.write('sales.csv', COSTS);
    expect((await space.run(...push('tldcrm', 'https://convoso.test', '--retries', '3'))).code).toBe(5);
    expect(outcomes(space)).toEqual([
      ['unknown', 'lost_reply', expect.stringContaining(HINT) as string],
      FINE,
    ]);
    expect(server.requests).toHaveLength(2);
  });

  it('gets its password and nobody else sees it', async () => {
    const space = new Workspace();
    const proxy = await connectProxy(() => ({ answer: rawAnswer(407, '') }), 1);
    const base64 = Buffer.from('robot:pr0xy@pw/1').toString('base64');
    space.env['HTTPS_PROXY'] = `http://robot:pr0xy%40pw%2F1@${proxy.host}`;
    space.write('sales.csv', COSTS);
    const ended = await space.run(...push('tldcrm', 'https://convoso.test', '--verbose', '--json'));
    expect(ended.code).toBe(1);
    expect(proxy.heads[0]).toContain(`proxy-authorization: Basic ${base64}\r\n`);
    const files = readdirSync(space.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(space.folder, name))
      .filter((path) => statSync(path).isFile());
    expect(files.length).toBeGreaterThan(2);
    for (const text of [ended.stdout, ended.stderr, ...files.map((path) => readFileSync(path, 'latin1'))])
      for (const needle of ['robot', 'pr0xy', base64]) expect(text).not.toContain(needle);
  });

  it.each([
    '::::',
    'http://robot:pr0xypw@::::',
    'socks5://robot:pr0xypw@127.0.0.1:1080',
    'http://robot:12/pr0xypw@127.0.0.1:3128',
    'http://robot:pr0xypw%zz@127.0.0.1:3128',
  ])('%s ends 2 before anything is made, and is not repeated', async (value) => {
    const space = new Workspace();
    space.env['HTTPS_PROXY'] = value;
    space.write('sales.csv', COSTS);
    expect(await space.run(...push('tldcrm', 'https://convoso.test'))).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr:
        'revsync: HTTPS_PROXY is not the address of an HTTP proxy; write it like http://proxy.example.com:3128, ' +
        'or http://USER:PASSWORD@proxy.example.com:3128 with %XX for signs such as / ? # @ % in them\n',
    });
    expect(existsSync(space.ledger)).toBe(false);
  });
});

const TRUST = '; where an authority of your own signs, name its certificate in NODE_EXTRA_CA_CERTS';

describe('TLS', () => {
  it.each<[Certificate, 'trusted' | 'untrusted', string]>([
    ['self-signed', 'trusted', `self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)${TRUST}`],
    ['good', 'untrusted', `unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE)${TRUST}`],
    ['expired', 'trusted', 'certificate has expired (CERT_HAS_EXPIRED)'],
    [
      'other-host',
      'trusted',
      "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list:  (ERR_TLS_CERT_ALTNAME_INVALID)",
    ],
  ])('refuses a certificate that is %s and %s, also when told to look away', async (name, trust, message) => {
    const server = await rawServer(() => COST, name);
    for (const reject of ['1', '0']) {
      const space = new Workspace();
      space.env['NODE_TLS_REJECT_UNAUTHORIZED'] = reject;
      if (trust === 'trusted') space.env['NODE_EXTRA_CA_CERTS'] = CA;
      space.write('sales.csv', COSTS);
      expect((await space.run(...push('tldcrm', `https://127.0.0.1:${server.port}`))).code).toBe(1);
      expect(outcomes(space)).toEqual(notConnected(message));
    }
    expect(server.requests).toEqual([]);
  });

  it('refuses them behind a proxy too, and sends once the certificate is right', async () => {
    const space = new Workspace();
    Object.assign(space.env, { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: CA });
    space.write('sales.csv', COSTS);
    for (const [name, message] of [
      ['self-signed', `self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)${TRUST}`],
      [
        'other-host',
        "Hostname/IP does not match certificate's altnames: Host: convoso.test. is not in the cert's altnames: DNS:another.test (ERR_TLS_CERT_ALTNAME_INVALID)",
      ],
    ] as const) {
      const server = await rawServer(() => COST, name);
      const proxy = await connectProxy(() => 'tunnel', server.port);
      space.env['HTTPS_PROXY'] = proxy.host;
      expect((await space.run(...push('tldcrm', 'https://convoso.test'))).code).toBe(1);
      expect(outcomes(space)).toEqual(notConnected(`${message}${HINT}`));
      expect([proxy.heads.length, server.requests.length]).toEqual([2, 0]);
    }
    const server = await rawServer(() => COST, 'good');
    delete space.env['HTTPS_PROXY'];
    const own = push('tldcrm', `https://127.0.0.1:${server.port}`, '--new-ledger');
    expect((await space.run(...own)).code).toBe(0);
    expect(server.requests).toHaveLength(2);
  });
});

describe('a redirect', () => {
  it.each([
    ['convoso', 'call_log_id,revenue', 'ID,1'],
    ['trackdrive', 'call_id,revenue', 'ID,1'],
    ['tldcrm', 'did,cid,call_date,cost', '8005550100,512555010ID,2026-11-19 09:00:00,1'],
    ['invoca', 'transaction_id,outcome_name,sale_amount', 'ID,Sale,1'],
    ['invoca-signals', 'transaction_id,signal,order_id,revenue', 'ID,Sale,ID,1'],
  ])('of %s is followed by no request, and its row is not accepted', async (vendor, header, row) => {
    const space = new Workspace();
    const second = await rawServer(() => ACCEPTED);
    const statuses = [301, 302, 307, 308];
    const first = await rawServer((_request, index) =>
      rawAnswer(statuses[index] ?? 500, '', { location: `http://127.0.0.1:${second.port}/elsewhere` }),
    );
    const lines = statuses.map((_, index) => row.replaceAll('ID', String(index)));
    space.write('sales.csv', `${header}\n${lines.join('\n')}\n`);
    const ended = await space.run(...push(vendor, `http://127.0.0.1:${first.port}`));
    const redirected = (code: number): string =>
      `HTTP ${code} with an empty body; redirects are not followed, check the base URL`;
    if (vendor === 'tldcrm') {
      const why = 'TLDCRM redirects to another address (HTTP 301), which is not followed; check the base URL';
      const rest = ['not_sent', 'redirected', `the run stopped first: ${why}`];
      expect(ended.code).toBe(5);
      expect(outcomes(space)).toEqual([['unknown', 'http_301', redirected(301)], rest, rest, rest]);
      expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
    } else {
      expect(ended.code).toBe(1);
      expect(outcomes(space)).toEqual(statuses.map((code) => ['failed', `http_${code}`, redirected(code)]));
      expect([first.requests.length, second.requests.length]).toEqual([4, 0]);
    }
  });
});

describe('an address that would show the credential', () => {
  const PLAIN = 'is plain http, which would show the credential to the network; use https';
  const WANTED = 'write it like https://api.example.com';
  it.each([
    ['http://localhost.example.com', `base URL http://localhost.example.com ${PLAIN}`],
    ['http://127.0.0.1.example.com', `base URL http://127.0.0.1.example.com ${PLAIN}`],
    ['http://[::ffff:8.8.8.8]', `base URL http://[::ffff:808:808] ${PLAIN}`],
    ['http://0.0.0.0', `base URL http://0.0.0.0 ${PLAIN}`],
    ['https://me:s3cret@127.0.0.1', `the base URL may hold no user, password, query or fragment; ${WANTED}`],
    ['https://me:s3cret@a b', `base URL "…@a b" is not a web address; ${WANTED}`],
    ['me:s3cret@127.0.0.1', `base URL "…@127.0.0.1" is not a web address; ${WANTED}`],
  ])('%s ends 2, from the option and from the variable', async (url, message) => {
    const space = new Workspace();
    space.write('sales.csv', COSTS);
    const refused = { code: 2, signal: null, stdout: '', stderr: `revsync: ${message}\n` };
    expect(await space.run(...push('tldcrm', url))).toEqual(refused);
    space.env['TLDCRM_BASE_URL'] = url;
    expect(await space.run('push', 'sales.csv', '--vendor', 'tldcrm')).toEqual(refused);
    expect(existsSync(space.ledger)).toBe(false);
  });
});

describe('a process that was stopped past the timeout', () => {
  it('reads the answers that came meanwhile before it believes its clock', async () => {
    const space = new Workspace();
    let pid = 0;
    const server = await rawServer((_request, index) => {
      if (index === 0) {
        process.kill(pid, 'SIGSTOP');
        setTimeout(() => process.kill(pid, 'SIGCONT'), 2500);
      }
      // An answer that takes several reads, and is all there when the process goes on.
      return rawAnswer(
        200,
        JSON.stringify({ cost_id: index + 1, updated: 1, lead: { lead_id: 9 }, x: LONG }),
      );
    });
    space.write('sales.csv', COSTS);
    const running = space.start(
      ...push('tldcrm', `http://127.0.0.1:${server.port}`, '--timeout', '1', '--concurrency', '1'),
    );
    pid = running.process.pid ?? 0;
    expect((await running.ended).code).toBe(0);
    expect(outcomes(space)).toEqual([FINE, FINE]);
    expect(server.requests).toHaveLength(2);
  });

  it('and one that no answer reaches counts as not answered', async () => {
    const space = new Workspace();
    const server = await rawServer((_request, index) => (index === 0 ? '' : COST));
    space.write('sales.csv', COSTS);
    const run = push('tldcrm', `http://127.0.0.1:${server.port}`, '--timeout', '1');
    expect((await space.run(...run)).code).toBe(5);
    expect(outcomes(space)).toEqual([['unknown', 'timeout', 'no answer within 1 s'], FINE]);
  });
});

describe('answers of 1xx ahead of the answer', () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n';

  it('are skipped, over TLS and through a proxy too', async () => {
    for (const proxied of [false, true]) {
      const space = new Workspace();
      const server = await rawServer(() => hints + COST, 'good');
      const proxy = await connectProxy(() => 'tunnel', server.port);
      Object.assign(space.env, { NODE_EXTRA_CA_CERTS: CA, ...(proxied ? { HTTPS_PROXY: proxy.host } : {}) });
      space.write('sales.csv', COSTS);
      const url = proxied ? 'https://convoso.test' : `https://127.0.0.1:${server.port}`;
      expect((await space.run(...push('tldcrm', url))).code).toBe(0);
      expect(outcomes(space)).toEqual([FINE, FINE]);
      expect([server.requests.length, proxy.heads.length > 0]).toEqual([2, proxied]);
    }
  });
});
