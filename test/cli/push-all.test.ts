import { renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { VENDORS } from '../../src/vendors/index.js';
import { sales, Workspace } from '../support/cli.js';
import { receiver } from '../support/receiver.js';
import { FILES, writeFile, writeProfiles } from '../support/six-vendors.js';
import { convosoServer, vendorServer } from '../support/vendor-server.js';

interface All {
  readonly exit_code: number;
  readonly runs: readonly {
    readonly profile: string;
    readonly exit_code: number;
    readonly passed_over?: number;
    readonly statuses?: Readonly<Record<string, { readonly rows: number }>>;
    readonly problems: readonly object[];
  }[];
  readonly report: string | null;
  readonly problems: readonly { readonly code: string }[];
}

const IDS = VENDORS.map(({ id }) => id);

function outcomes({ runs }: All): unknown[] {
  return runs.map(({ profile, exit_code: code, statuses }) => [profile, code, statuses?.['accepted']?.rows]);
}

describe('push --all', () => {
  it('pushes six profiles of which one fails: five are done, one exit code, summary, page and notification', async () => {
    const hook = await receiver();
    const space = new Workspace();
    writeProfiles(space, () => `notify: { on: failure, url: ${hook.url} }\n`);
    for (const id of IDS) writeFile(space, id, [1, 2]);
    space.write('ringba/one.csv', 'who,what\nann,5\n');
    const ended = await space.run('push', '--all', '--sandbox', '--json', '--report', 'page.html');
    const told = JSON.parse(ended.stdout) as All;
    expect(outcomes(told)).toEqual([
      ...IDS.filter((id) => id !== 'ringba').map((id) => [id, 0, 2]),
      ['ringba', 3, 0],
    ]);
    expect([ended.code, told.exit_code, told.problems[0]?.code]).toEqual([3, 3, 'file_refused']);
    const summary = ended.stderr.slice(ended.stderr.indexOf('5 of 6 profiles all done'));
    expect(summary.split('\n').slice(0, 7)).toEqual([
      '5 of 6 profiles all done',
      ...IDS.filter((id) => id !== 'ringba').map((id) => `  ${id.padEnd(14)}  exit 0, all done`),
      expect.stringMatching(
        /^ {2}ringba {10}exit 3, the file was refused and nothing was sent: ringba\/one\.csv:1: /,
      ),
    ]);
    const page = space.read('page.html');
    for (const id of IDS) expect(page.includes(`${id}/default`)).toBe(id !== 'ringba');
    expect(hook.asked).toHaveLength(1);
    const { text, summary: posted } = JSON.parse(hook.asked[0]?.body ?? '') as { text: string; summary: All };
    expect(text).toMatch(
      /^revsync: 5 of 6 profiles all done, exit 3\n- convoso, convoso\/default in the sandbox: exit 0/,
    );
    expect(posted).toEqual({ ...told, warnings: [] });

    const again = await space.run('push', '--all', '--sandbox', '--json');
    const second = JSON.parse(again.stdout) as All;
    expect(second.runs.map(({ passed_over: over }) => over)).toEqual([1, 1, 1, 1, 1, 0]);
    expect(again.code).toBe(3);
    expect(again.stderr).toMatch(
      /^tldcrm: no new file matches files: of profile tldcrm; 1 file pushed whole before$/m,
    );
  });

  it('goes on after kill -9 in it, and nothing is there twice', async () => {
    const space = new Workspace();
    const servers = new Map<string, Awaited<ReturnType<typeof vendorServer>>>();
    for (const id of IDS)
      servers.set(id, await vendorServer(id, id === 'tldcrm' ? { faults: 'hang@3' } : { latencyMs: 100 }));
    writeProfiles(space, (id) => `base_url: ${servers.get(id)?.url}\nconcurrency: 1\n`);
    for (const id of IDS) writeFile(space, id, [1, 2, 3, 4, 5, 6]);
    const args = ['push', '--all', '--new-ledger', '--json'];
    const first = space.start(...args);
    while (servers.get('tldcrm')?.requests() !== 3) await later();
    while ([...servers.values()].some(({ requests }) => requests() < 2)) await later();
    first.process.kill('SIGKILL');
    await first.ended;

    const again = await space.run(...args);
    const { runs, exit_code: code } = JSON.parse(again.stdout) as All;
    // What was in flight at the vendor that would bill it again is left to a person.
    expect(runs.map(({ profile, exit_code }) => [profile, exit_code])).toEqual(
      IDS.map((id) => [id, id === 'tldcrm' ? 5 : 0]),
    );
    expect([again.code, code]).toEqual([5, 5]);
    const { costs } = servers.get('tldcrm')?.books() as TldcrmBooks;
    const keys = costs.map(({ cid }) => cid);
    expect(new Set(keys).size).toBe(keys.length);
    const unknown = (await space.run('status')).stdout.match(/^tldcrm, .* is unknown: /gm);
    expect(unknown).toHaveLength(1);
    expect(keys).toHaveLength(6);
  }, 60_000);

  it('stops all at Ctrl-C, in good order, and the next one goes on', async () => {
    const space = new Workspace();
    const server = await convosoServer({ latencyMs: 100 });
    const ringba = await vendorServer('ringba', { latencyMs: 100 });
    writeProfiles(space, (id) => `base_url: ${(id === 'ringba' ? ringba : server).url}\nconcurrency: 1\n`);
    for (const id of ['convoso', 'ringba']) writeFile(space, id, [1, 2, 3, 4, 5, 6, 7, 8]);
    const names = ['--profile', 'convoso', '--profile', 'ringba'];
    const running = space.start('push', ...names);
    while (server.requests() < 2 || ringba.requests() < 2) await later();
    running.process.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^convoso: stopping: SIGINT; rows in flight are finished first$/m);
    expect(stderr).toMatch(/^ringba: stopping: SIGINT; /m);
    expect(stderr).toContain('0 of 2 profiles all done\n');
    const again = await space.run('push', ...names, '--json');
    expect(again.code).toBe(0);
    expect([server.requests(), ringba.requests()]).toEqual([8, 8]);
  }, 60_000);

  it('pushes profiles of one vendor one after the other', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const one = (name: string): string =>
      `  ${name}:\n    vendor: convoso\n    account: ${name}\n    base_url: ${server.url}\n    files: ${name}.csv\n`;
    space.write('revsync.yaml', `profiles:\n${one('a')}${one('b')}`);
    for (const name of ['a', 'b']) space.write(`${name}.csv`, sales([[`${name}1`, '5']]));
    const { code, stdout } = await space.run('push', '--all', '--json');
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout) as { runs: { started_at: string; ended_at: string }[] };
    expect(runs[1]?.started_at.localeCompare(runs[0]?.ended_at ?? '')).toBeGreaterThanOrEqual(0);
  });

  it('ends with the worst of the exit codes, also where a profile is broken or has no credential', async () => {
    const space = new Workspace();
    const { CONVOSO_AUTH_TOKEN: _token, ...env } = space.env;
    space.env = env;
    const server = await vendorServer('ringba');
    space.write(
      'revsync.yaml',
      `profiles:\n  a:\n    vendor: convoso\n    files: a.csv\n  b:\n    vendor: ringba\n    base_url: ${server.url}\n    files: b.csv\n`,
    );
    space.write('a.csv', sales([['1', '5']]));
    space.write('b.csv', `${FILES['ringba']?.header}\n${FILES['ringba']?.row(1)}\n`);
    const { code, stdout, stderr } = await space.run('push', '--all', '--timezone', 'UTC', '--json');
    expect(outcomes(JSON.parse(stdout) as All)).toEqual([
      ['a', 2, undefined],
      ['b', 0, 1],
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ {2}a {2}exit 2, nothing was sent: CONVOSO_AUTH_TOKEN is not set; /m);
  });

  it('is refused with what goes for one profile alone, and where none has files', async () => {
    const space = new Workspace();
    space.write('revsync.yaml', 'profiles:\n  a: { vendor: convoso }\n  b: { vendor: convoso }\n');
    const said = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await space.run('push', ...args);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await said('--all')).toContain('--all: no profile has files:');
    expect(await said('x.csv', '--profile', 'a', '--profile', 'b')).toContain(
      'files are named for one profile',
    );
    expect(await said('--all', '--profile', 'a', '--out', 'x')).toMatch(
      /--all takes every profile.*\n--out goes with one/,
    );
    expect(await said('--profile', 'a')).toContain('name the files to push, or give profile a files:');
    expect(await said()).toContain('no file is named: name the files to push, or a profile that has files:');
  });
});

describe('files: of a profile', () => {
  it('are pushed in the order of their names, without what revsync wrote, and never twice', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    writeProfiles(space, () => `base_url: ${server.url}\n`);
    writeFile(space, 'convoso', [1, 2], 'b');
    writeFile(space, 'convoso', [3], 'a');
    const push = async (...more: string[]) => {
      const ended = await space.run('push', '--profile', 'convoso', '--json', ...more);
      return { ...ended, data: JSON.parse(ended.stdout) as { files: string[]; passed_over: number } };
    };
    expect((await push()).data).toMatchObject({ files: ['convoso/a.csv', 'convoso/b.csv'], passed_over: 0 });
    const second = await push();
    expect(second.data).toMatchObject({ files: [], passed_over: 2 });
    expect(second.code).toBe(0);
    // The same bytes by another name, and a file with a row that is open.
    renameSync(space.path('convoso/b.csv'), space.path('convoso/c.csv'));
    space.write('convoso/d.csv', sales([['9', 'x']]));
    const third = await push();
    expect(third.data).toMatchObject({ files: ['convoso/d.csv'], passed_over: 2 });
    expect(third.code).toBe(1);
    expect((await push('--dry-run')).data).toMatchObject({ files: ['convoso/d.csv'], passed_over: 2 });
    expect((await push()).data).toMatchObject({ files: ['convoso/d.csv'], passed_over: 2 });
    expect((await push('--force')).data).toMatchObject({ passed_over: 0 });
    const named = await space.run('push', 'convoso/a.csv', '--profile', 'convoso', '--json');
    expect(JSON.parse(named.stdout)).toMatchObject({ files: ['convoso/a.csv'], exit_code: 0 });
    expect(server.requests()).toBe(6);
  });

  it('that match nothing are told; with every: as the file that did not come, and status says so too', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    writeProfiles(space, () => `base_url: ${server.url}\n`);
    const none = await space.run('push', '--profile', 'convoso');
    expect(none.code).toBe(3);
    expect(none.stderr).toContain('convoso/*.csv: no file matches files: of profile convoso\n');

    writeProfiles(space, (id) => `base_url: ${server.url}\n${id === 'convoso' ? 'every: 24h\n' : ''}`);
    const never = await space.run('push', '--profile', 'convoso');
    expect(never.code).toBe(3);
    expect(never.stderr).toContain('one is expected every 24 h, and there was none yet');
    expect((await space.run('status')).stdout).toContain(
      'profile convoso: a push is expected every 24 h, and there was none yet',
    );
    writeFile(space, 'convoso', [1]);
    expect((await space.run('push', '--profile', 'convoso')).code).toBe(0);
    const soon = await space.run('push', '--profile', 'convoso');
    expect(soon.stderr).toContain(
      'no new file matches files: of profile convoso; 1 file pushed whole before; the next one is not due yet',
    );
    expect(soon.code).toBe(0);
    expect((await space.run('status')).code).toBe(0);
  });
});

async function later(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}
