import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Workspace } from '../support/cli.js';

type Finding = Readonly<Record<'about' | 'state' | 'says', string>>;

async function about(space: Workspace, name: string, ...args: string[]): Promise<string[]> {
  const { code, stdout } = await space.run('doctor', '--json', ...args);
  const found = JSON.parse(stdout) as Finding[];
  expect(code).toBe(found.some(({ state }) => state === 'problem') ? 2 : 0);
  return found.filter(({ about }) => about === name).map(({ state, says }) => `${state}: ${says}`);
}

/** Answers everything alike, and keeps what was asked. */
async function answering(status: number, body: unknown): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('doctor --profile', () => {
  it('looks at the vendor and the address that the profile names', async () => {
    const space = new Workspace();
    space.write(
      'revsync.yaml',
      'profiles:\n  day: { vendor: trackdrive, base_url: https://acme.trackdrive.com }\n',
    );
    expect(await about(space, 'profile', '--profile', 'day')).toEqual([
      'ok: day of revsync.yaml says nothing wrong',
    ]);
    expect(await about(space, 'trackdrive', '--profile', 'day')).toContain(
      'ok: requests go to https://acme.trackdrive.com/',
    );
    expect(await about(space, 'profile')).toEqual([
      'warning: revsync.yaml is not used; --profile NAME takes a profile of it',
    ]);
    expect(await about(space, 'convoso', '--profile', 'day')).toEqual([]);
  });

  it('finds an address that a push would refuse, and refuses a profile that is wrong', async () => {
    const space = new Workspace();
    space.write('revsync.yaml', 'profiles:\n  day: { vendor: convoso, base_url: http://api.example.com }\n');
    expect(await about(space, 'convoso', '--profile', 'day')).toContain(
      'problem: base URL http://api.example.com is plain http, which would show the credential to the network; use https',
    );
    const ended = await space.run('doctor', '--profile', 'night');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('revsync.yaml has no profile "night"; it has day');
  });

  it('warns of a file with credentials that others may read', async () => {
    const space = new Workspace();
    space.write('.env', 'CONVOSO_AUTH_TOKEN=from-the-file\n');
    space.write('revsync.yaml', 'profiles:\n  day: { vendor: convoso, env_file: .env }\n');
    chmodSync(space.path('.env'), 0o644);
    expect(await about(space, 'env file', '--profile', 'day')).toEqual([
      expect.stringMatching(
        /^warning: the file of --env-file: others may read .*\/.env \(mode 644\); chmod 600$/,
      ),
    ]);
    chmodSync(space.path('.env'), 0o600);
    expect(await about(space, 'env file', '--profile', 'day')).toEqual([]);
  });
});

describe('doctor --online', () => {
  const NO_CALLS = { calls: [], metadata: { next_cursor: 0 } };

  it.each([
    ['trackdrive', [], NO_CALLS, /^GET \/api\/v1\/calls\?.*per_page=1\b/],
    [
      'invoca',
      ['--network', '12'],
      [],
      /^GET \/api\/[\d-]+\/networks\/transactions\/12\.json\?.*call_record_id=/,
    ],
    ['invoca-signals', ['--advertiser', '7'], [], /^GET \/api\/[\d-]+\/advertisers\/transactions\/7\.json\?/],
    ['ringba', [], { report: { totalCount: 0, records: [] } }, /^POST \/v2\/[^/]+\/calllogs$/],
  ])('asks %s one thing that changes nothing', async (vendor, scope, body, wanted) => {
    const space = new Workspace();
    const { url, asked } = await answering(200, body);
    const found = await about(space, vendor, '--vendor', vendor, '--base-url', url, '--online', ...scope);
    expect(found.at(-1)).toMatch(/^ok: .* answered: it takes the credential$/);
    expect(asked).toEqual([expect.stringMatching(wanted)]);
  });

  it.each(['trackdrive', 'invoca', 'ringba'])(
    'finds that %s does not take the credential',
    async (vendor) => {
      const space = new Workspace();
      const { url, asked } = await answering(401, { message: 'who are you' });
      const scope = vendor === 'invoca' ? ['--network', '12'] : [];
      const found = await about(space, vendor, '--vendor', vendor, '--base-url', url, '--online', ...scope);
      expect(found.at(-1)).toMatch(/^problem: .* refused the account: /);
      expect(asked).toHaveLength(1);
    },
  );

  it('finds that a vendor is not there', async () => {
    const space = new Workspace();
    const found = await about(
      ...([space, 'trackdrive', '--vendor', 'trackdrive'] as const),
      ...['--base-url', 'http://127.0.0.1:1', '--online'],
    );
    expect(found.at(-1)).toMatch(/^problem: not reached: .*ECONNREFUSED/);
  });

  it('asks nothing where nothing harmless is documented, or nobody says what to ask about', async () => {
    const space = new Workspace();
    const { url, asked } = await answering(200, []);
    for (const vendor of ['convoso', 'tldcrm']) {
      const found = await about(space, vendor, '--vendor', vendor, '--base-url', url, '--online');
      expect(found.at(-1)).toMatch(/^ok: not asked: .* documents no request that changes nothing; /);
    }
    const found = await about(space, 'invoca', '--vendor', 'invoca', '--base-url', url, '--online');
    expect(found.at(-1)).toBe(
      'warning: not asked: name what to ask about, --network ID, --advertiser ID and --affiliate ID',
    );
    expect(asked).toEqual([]);
  });
});
