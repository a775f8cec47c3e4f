import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT_MEANINGS } from '../../src/cli/exit-codes.js';
import { ROOT } from './dockerfile.js';
import { CronJob, fence, PAGE, typed, unit } from './page.js';

const folder = mkdtempSync(join(tmpdir(), 'revsync-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docs/install.md', () => {
  it('has a crontab whose line a shell runs, with nothing of a login about it', () => {
    const [path = '', line = ''] = fence('crontab')[0]?.split('\n') ?? [];
    expect(path).toMatch(/^PATH=\/\S+$/);
    const [, when, command = ''] = /^((?:\S+ ){5}) *(.*)$/.exec(line) ?? [];
    expect(when?.trim()).toBe(new CronJob().job.schedule);
    // A percent sign ends a command of cron.
    expect(command).not.toContain('%');
    const payroll = join(folder, 'payroll');
    const bin = join(folder, 'bin');
    for (const one of [payroll, bin]) mkdirSync(one);
    symlinkSync(`${ROOT}bin/revsync.js`, join(bin, 'revsync'));
    writeFileSync(join(payroll, 'sales.csv'), 'Call Log ID,Sale Amount\n100125,50.00\n');
    writeFileSync(join(payroll, '.env'), 'CONVOSO_AUTH_TOKEN=a-token\n');
    const tried = command.replace('/srv/payroll', payroll).replace(' --vendor', ' --sandbox --vendor');
    const night = (): number | null =>
      spawnSync('/bin/sh', ['-c', tried], {
        cwd: '/',
        env: {
          HOME: folder,
          SHELL: '/bin/sh',
          PATH: [bin, dirname(process.execPath), path.slice('PATH='.length)].join(delimiter),
        },
      }).status;
    expect([night(), night()]).toEqual([0, 0]);
    const lines = readFileSync(join(payroll, 'push.jsonl'), 'utf8').trim().split('\n');
    const totals = lines.map((text) => JSON.parse(text) as { statuses: object });
    expect(totals).toMatchObject([
      { statuses: { accepted: { rows: 1 } } },
      { statuses: { unchanged: { rows: 1 } } },
    ]);
    expect(readFileSync(join(payroll, 'push.log'), 'utf8')).not.toContain('\u001b');
  });

  it('has a line by which a clone, once it is installed, pushes to the sandbox', () => {
    const [install, push = ''] = typed('A clone')[0]?.split(' && ') ?? [];
    expect(install).toBe('npm ci');
    const out = join(folder, 'clone.csv');
    const { PATH = '' } = process.env;
    const { status } = spawnSync('/bin/sh', ['-c', `${push} --out ${out}`], {
      cwd: ROOT,
      env: { HOME: folder, PATH },
    });
    expect(status).toBe(1);
    expect(readFileSync(out, 'utf8').match(/,accepted,/g)).toHaveLength(44);
  });

  it('has units of which systemd, where it is, knows every word, and the hour of the crontab', () => {
    const [minute, hour] = new CronJob().job.schedule.split(' ');
    expect(unit('timer')('OnCalendar')).toEqual([`*-*-* ${hour?.padStart(2, '0')}:${minute}:00`]);
    const [service = '', timer = ''] = fence('ini');
    const there = service.replace('/usr/local/bin/revsync', `${ROOT}bin/revsync.js`);
    const files = Object.entries({ 'revsync.service': there, 'revsync.timer': timer }).map(([name, text]) => {
      writeFileSync(join(folder, name), `${text}\n`);
      return join(folder, name);
    });
    if (!existsSync('/usr/bin/systemd-analyze')) return;
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('names the exit codes in the order of their numbers', () => {
    const [, table = ''] = PAGE.split('| exit code |');
    const codes = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| (\d(?:, \d)*) +\|/gm)];
    const wanted = EXIT_MEANINGS.map(({ code }) => code).filter((code) => code < 128);
    expect(codes.flatMap(([, cell = '']) => cell.split(', ').map(Number))).toEqual(wanted);
  });

  it('leads to parts of it and pages that are there', () => {
    const parts = [...PAGE.matchAll(/^#+ (.*)$/gm)].map(
      ([, title = '']) => `#${title.toLowerCase().replaceAll(' ', '-')}`,
    );
    const links = [...PAGE.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(5);
    expect(
      links.filter(
        (link) => !(link.startsWith('#') ? parts.includes(link) : existsSync(join(ROOT, 'docs', link))),
      ),
    ).toEqual([]);
  });
});
