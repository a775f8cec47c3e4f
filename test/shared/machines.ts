import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { random, type Random } from '../crash/random.js';
import { units, type CrashVendor, type Held, type Sale } from '../crash/vendors.js';
import { CREDENTIALS, type World } from '../crash/world.js';
import { records, startRevsync, type Ended, type Running } from '../support/cli.js';
import type { PostgresServer } from '../support/postgres.js';
import { Wire, type Cut } from './wire.js';

export const FAULTS = ['killed', 'stopped', 'cut off', 'server crashed'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Meeting {
  readonly vendor: CrashVendor;
  readonly fault: Fault;
  readonly seed: number;
  readonly instant: number;
  /** Of the sales files: no two meetings share one. */
  readonly place: number;
}

export interface MeetingReport {
  readonly meeting: Meeting;
  readonly problems: readonly string[];
  readonly doubled: number;
  readonly lost: number;
  readonly unknown: number;
  /** Whether the first machine was still at work when the fault came. */
  readonly met: boolean;
  readonly folder: string;
}

export interface Setting {
  readonly root: string;
  readonly world: World;
  readonly server: PostgresServer;
}

const LEASE_MS = 3000;
const LATE_MS = 300;
/** Of a request, in seconds. */
const TIMEOUT_S = 1;
const GIVE_UP_MS = 60_000;

/**
 * Two machines, each with a folder of its own, push by one ledger; something befalls the first on its way, and the second
 * does the rest. Then books and ledger are held against each other.
 */
export async function meet(meeting: Meeting, { root, world, server }: Setting): Promise<MeetingReport> {
  const { vendor, fault, seed, instant, place } = meeting;
  const chance = random(seed, instant, FAULTS.indexOf(fault), vendor.id.length);
  const folder = join(root, `${vendor.id}-${fault.replace(' ', '-')}-${instant}`);
  const [first, second] = ['first', 'second'].map((name) => join(folder, name)) as [string, string];
  mkdirSync(first, { recursive: true });
  mkdirSync(second, { recursive: true });
  const lanes = chance.pick([2, 4, 8]);
  const ledger = await server.ledger(LEASE_MS, LATE_MS);
  const wire = await Wire.open(server.port);
  const crossing = !vendor.appends && chance.chance(0.5);
  const older = draw(vendor, place, chance.between(30, 60), chance);
  // What the second file says of the same keys where they cross: other amounts, and sales that are taken back.
  const newer = crossing ? older.map((sale, index) => changed(vendor, sale, index)) : older;
  write(first, vendor, older);
  write(second, vendor, newer);

  const push = (folder: string, url: string): Running => start(folder, url, vendor, world, lanes);
  const running = push(first, server.url(new URL(ledger).pathname.slice(1), wire.port));
  const problems: string[] = [];
  await pause(chance.between(250, 1600));
  const met = running.process.exitCode === null;
  befall(fault, running, wire, server, chance);
  const ended = await untilEntered(() => push(second, ledger));
  if (fault === 'stopped') running.process.kill('SIGCONT');
  const firstEnded = await endedWithin(running);
  if (firstEnded === undefined) problems.push('the first machine did not end');
  wire.close();
  // Whoever comes last with the second file finds everything done, or does it.
  const last = await untilEntered(() => push(second, ledger));
  for (const [who, { code, stderr }] of [
    ['the second', ended],
    ['the last', last],
  ] as const)
    if (![0, 1, 5].includes(code ?? -1)) problems.push(`${who} push ended ${code}: ${stderr.slice(-400)}`);

  const held = world.heldOf(place, folder);
  const entries = await server.ask<Entry>(
    new URL(ledger).pathname.slice(1),
    'select key, amount, intent, doubt, digest, holder from revsync.entries',
  );
  const found = compare(vendor, newer, held, new Map(entries.map((entry) => [entry.key, entry])), second);
  problems.push(...found.problems);
  if (vendor.appends && found.unknown > lanes)
    problems.push(`${found.unknown} rows are unknown, of ${lanes} lanes`);
  if (problems.length > 0) keep(folder, { meeting, problems, firstEnded, ended, last, entries });
  else rmSync(folder, { recursive: true, force: true });
  return { meeting, ...found, problems, met, folder };
}

interface Entry {
  readonly key: string;
  readonly amount: number | null;
  readonly intent: string | null;
  readonly doubt: string | null;
  readonly digest: string | null;
  readonly holder: number | null;
}

function befall(
  fault: Fault,
  { process }: Running,
  wire: Wire,
  server: PostgresServer,
  chance: Random,
): void {
  switch (fault) {
    case 'killed':
      process.kill('SIGKILL');
      return;
    case 'stopped':
      process.kill('SIGSTOP');
      return;
    case 'cut off':
      wire.cut(chance.pick<Cut>(['silent', 'one-way', 'reset', 'slow']));
      return;
    case 'server crashed':
      server.crash();
  }
}

function start(folder: string, ledger: string, vendor: CrashVendor, world: World, lanes: number): Running {
  const appends = vendor.appends ? ['--new-ledger'] : [];
  const args = ['push', 'sales.csv', '--vendor', vendor.id, ...appends, ...(vendor.options ?? [])];
  const wire = [
    '--base-url',
    world.url,
    '--concurrency',
    String(lanes),
    '--rate',
    '60',
    '--timeout',
    String(TIMEOUT_S),
  ];
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, REVSYNC_LEDGER: ledger, ...CREDENTIALS };
  const running = startRevsync([...args, ...wire, '--older', '--retries', '5'], folder, env);
  running.process.stdin.end();
  return running;
}

/** A push that comes while another one has the account is turned away, and so is one of a server that is just starting. */
async function untilEntered(push: () => Running): Promise<Ended> {
  const began = performance.now();
  for (;;) {
    const ended = await push().ended;
    const again =
      ended.code === 6 || ended.code === 4 || /starting up|recovery mode|ECONNREFUSED/.test(ended.stderr);
    if (!again || performance.now() - began > GIVE_UP_MS) return ended;
    await pause(300);
  }
}

async function endedWithin(running: Running): Promise<Ended | undefined> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    running.process.kill('SIGKILL');
  }, GIVE_UP_MS);
  const ended = await running.ended;
  clearTimeout(timer);
  return isLate ? undefined : ended;
}

/** Books, ledger and results of the last push, which had nothing left to do. */
function compare(
  vendor: CrashVendor,
  sales: readonly Sale[],
  books: ReadonlyMap<string, Held>,
  entries: ReadonlyMap<string, Entry>,
  folder: string,
): Pick<MeetingReport, 'doubled' | 'lost' | 'unknown' | 'problems'> {
  const problems: string[] = [];
  let [doubled, lost, unknown] = [0, 0, 0];
  const path = join(folder, 'sales.results.csv');
  const rows = existsSync(path) ? records(readFileSync(path, 'utf8')) : [];
  if (rows.length !== sales.length) problems.push(`${rows.length} results rows for ${sales.length} records`);
  for (const [index, sale] of sales.entries()) {
    const key = vendor.key(sale);
    const { live = [] } = books.get(key) ?? {};
    const entry = entries.get(key);
    const status = rows[index]?.['revsync_status'] ?? 'no row';
    const most = sale.reversed ? 0 : 1;
    if (live.length > most) {
      doubled += live.length - most;
      problems.push(`${key} is doubled: ${live.join(', ')}`);
    }
    if (entry?.holder != null) problems.push(`${key} is still claimed`);
    if (status === 'unknown' && vendor.appends && entry?.doubt === 'blocked') {
      unknown += 1;
      continue;
    }
    const wanted = sale.reversed ? undefined : units(sale.amount);
    const holds = live[0] === undefined ? undefined : units(live[0]);
    const knows = entry?.intent === 'set' ? (entry.amount ?? undefined) : undefined;
    const isRight = status === 'unchanged' || status === 'accepted';
    if (isRight && holds === wanted && knows === wanted && entry?.doubt == null) continue;
    lost += 1;
    problems.push(
      `${key} is ${status}: wanted ${wanted ?? 'nothing'}, books ${holds ?? 'nothing'}, ledger ${JSON.stringify(entry)}`,
    );
  }
  return { doubled, lost, unknown, problems };
}

function draw({ decimals }: CrashVendor, place: number, count: number, chance: Random): Sale[] {
  return Array.from({ length: count }, (_, number) => {
    const fraction = String(chance.between(0, 10 ** decimals - 1)).padStart(decimals, '0');
    return { place, number, amount: `${chance.between(1, 900)}.${fraction}`, reversed: false };
  });
}

function changed({ canReverse }: CrashVendor, sale: Sale, index: number): Sale {
  if (canReverse && index % 5 === 0) return { ...sale, reversed: true };
  return index % 2 === 0 ? { ...sale, amount: `1${sale.amount}` } : sale;
}

function write(folder: string, { header, line }: CrashVendor, sales: readonly Sale[]): void {
  writeFileSync(join(folder, 'sales.csv'), `${header}\n${sales.map((sale) => `${line(sale)}\n`).join('')}`);
}

function keep(folder: string, evidence: object): void {
  writeFileSync(join(folder, 'evidence.json'), JSON.stringify(evidence, undefined, 2));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
