import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { VENDORS } from '../../src/vendors/index.js';
import { Workspace, type Ended } from '../support/cli.js';
import { receiver } from '../support/receiver.js';
import { FILES, writeFile, writeProfiles } from '../support/six-vendors.js';
import { vendorServer, type VendorServer } from '../support/vendor-server.js';

/** Whose first request is applied and never answered. */
const HANGING = ['tldcrm', 'trackdrive'];

/** The words of a command as a shell reads them, without the program's name. */
function words(command: string): string[] {
  const all = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
  return all.slice(all.findIndex((word) => ['push', 'resolve', 'results'].includes(word)));
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it('finds and mends the night of six vendors with nothing but what status and the messages say', async () => {
  const space = new Workspace();
  const hook = await receiver();
  const port = await freePort();
  const servers = new Map<string, VendorServer<unknown>>();
  for (const { id } of VENDORS)
    if (id !== 'invoca')
      servers.set(id, await vendorServer(id, HANGING.includes(id) ? { faults: 'hang@1' } : {}));
  const own: Readonly<Record<string, string>> = {
    convoso: 'reversal: { column: Status, values: [refunded] }\nmay_be_empty: true\n',
    trackdrive: 'concurrency: 1\n',
    tldcrm: 'timeout: 0.3\n',
    invoca: 'retries: 0\n',
    ringba: 'every: 24h\n',
  };
  writeProfiles(space, (id) => {
    const url = id === 'invoca' ? `http://127.0.0.1:${port}` : servers.get(id)?.url;
    return `base_url: ${url}\nnotify: { on: failure, url: ${hook.url} }\n${own[id] ?? ''}`;
  });
  const mended = async (line: string | undefined): Promise<Ended> => space.run(...words(line ?? ''));
  /** The command that `status` prints for an account. */
  const next = async (vendor: string): Promise<string | undefined> => {
    const { stdout } = await space.run('status');
    const [, own] = new RegExp(`^${vendor}, account default, .*\\n((?: .*\\n)*)`, 'm').exec(stdout) ?? [];
    return /^ {2}(?:to go on|once that is mended): (.*)$/m.exec(own ?? '')?.[1];
  };

  // The day before: a sale that was well.
  const sold = (status: string): string => `${FILES['convoso']?.header},Status\n101,40.00,${status}\n`;
  writeFile(space, 'convoso', [], 'day');
  space.write('convoso/day.csv', sold('sold'));
  expect((await space.run('push', '--profile', 'convoso')).code).toBe(0);

  // The night. A refund that the vendor does not take, a lost answer, an outage, a wrong file, a job that dies, and one that never runs.
  space.write('convoso/night.csv', sold('refunded'));
  for (const id of ['trackdrive', 'tldcrm', 'invoca']) writeFile(space, id, [1, 2, 3]);
  writeFile(space, 'invoca-signals', []);
  space.write('invoca-signals/one.csv', 'who,what\nann,5\n');
  const jobs = ['convoso', 'tldcrm', 'invoca', 'invoca-signals'].flatMap((id) => ['--profile', id]);
  const night = await space.run('push', ...jobs, '--new-ledger', '--json');
  const { runs } = JSON.parse(night.stdout) as { runs: { profile: string; exit_code: number }[] };
  expect(runs.map(({ profile, exit_code: code }) => [profile, code])).toEqual([
    ['convoso', 1],
    ['tldcrm', 5],
    ['invoca', 1],
    ['invoca-signals', 3],
  ]);
  expect(night.code).toBe(5);
  expect(hook.asked).toHaveLength(1);
  const dying = space.start('push', '--profile', 'trackdrive');
  while (servers.get('trackdrive')?.requests() !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
  dying.process.kill('SIGKILL');
  await dying.ended;

  // In the morning, one look.
  const morning = await space.run('status');
  expect(morning.code).toBe(5);
  expect(morning.stdout).toMatch(
    /^convoso, account default: 40\.00 of 101 is still held, though convoso\/night\.csv:2 of run-\d takes it back: invalid cannot_reverse/m,
  );
  expect(morning.stdout).toMatch(/run-\d: trackdrive\/one\.csv: died, begun /);
  expect(morning.stdout).toMatch(
    /^tldcrm, account default: \S.* is unknown: create 1\.25, tldcrm\/one\.csv:2 of run-\d/m,
  );
  expect(morning.stdout).toMatch(
    /run-\d: invoca\/one\.csv: .*, exit 1, some rows were left\n {2}failed 3 \(6\.75\)/,
  );
  expect(morning.stdout).toMatch(
    /invoca-signals\/one\.csv: .*, exit 3, the file was refused and nothing was sent: invoca-signals\/one\.csv:1: /,
  );
  expect(morning.stdout).toContain('profile ringba: a push is expected every 24 h, and there was none yet\n');
  expect(morning.stdout).toMatch(/\n8 things to look at\n$/);

  // The refund, as the message says: the vendor takes 0.00.
  expect(morning.stdout).toContain(
    'Convoso documents no reversal; send the amount that remains, 0.00, or clear it',
  );
  space.write('convoso/night.csv', sold('sold').replace('40.00', '0.00'));
  expect((await mended(await next('convoso'))).code).toBe(0);
  expect((servers.get('convoso')?.books() as ConvosoBooks).revenue).toEqual({ 101: '0.00' });
  // The job that died goes on.
  expect((await mended(await next('trackdrive'))).code).toBe(0);
  // Whoever looks at the vendor finds the sale that was not answered.
  const costs = (): readonly string[] =>
    (servers.get('tldcrm')?.books() as TldcrmBooks).costs.map(({ cid, cost }) => `${cid} ${cost}`);
  expect(costs()[0]).toBe('5125550101 1.25');
  const [, there] = /^ {2}it is there: +(.*)$/m.exec(morning.stdout) ?? [];
  expect((await mended(there)).code).toBe(0);
  expect(costs()).toHaveLength(3);
  // The vendor is back.
  servers.set('invoca', await vendorServer('invoca', { port }));
  expect((await mended(await next('invoca'))).code).toBe(0);
  // The right file.
  writeFile(space, 'invoca-signals', [1, 2]);
  expect((await mended(await next('invoca-signals'))).code).toBe(0);
  // The job that never ran.
  writeFile(space, 'ringba', [1]);
  const [, come] = /^ {2}where it has come: (.*)$/m.exec(morning.stdout) ?? [];
  expect((await mended(come)).code).toBe(0);

  const after = await space.run('status');
  expect(after.stdout).toMatch(/\nnothing waits for anybody\n$/);
  expect(after.code).toBe(0);
}, 60_000);
