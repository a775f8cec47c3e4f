import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { random, type Random } from '../crash/random.js';
import { units, type CrashVendor, type Held, type Sale } from '../crash/vendors.js';
import type { World } from '../crash/world.js';
import { CREDENTIALS } from '../support/credentials.js';
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
  /** Rows in flight when the fault came. */
  readonly unknown: number;
  /** Rows that the vendor did not answer in time, which no fault of a machine or a database explains. */
  readonly unanswered: number;
  /** Whether the first machine was still at work when the fault came. */
  readonly met: boolean;
  /** Keys of which the first machine told the ledger that it may have sent something late. */
  readonly late: number;
  /** The first machine was told that it has the account no longer. */
  readonly fenced: boolean;
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
const GIVE_UP_MS = 120_000;

/** Two machines, each with a folder of its own, that push by one ledger; of the same sales, or the second corrects the first. */
export class Machines {
  readonly #meeting: Meeting;
  readonly #setting: Setting;
  readonly #chance: Random;
  readonly #lanes: number;
  readonly #older: readonly Sale[];
  readonly #newer: readonly Sale[];
  readonly #folder: string;
  readonly #problems: string[] = [];
  #ledger = '';
  #wire: Wire | undefined;
  #running: Running | undefined;

  constructor(meeting: Meeting, setting: Setting) {
    const { vendor, fault, seed, instant, place } = meeting;
    this.#meeting = meeting;
    this.#setting = setting;
    this.#chance = random(seed, instant, FAULTS.indexOf(fault), vendor.id.length);
    this.#folder = join(setting.root, `${vendor.id}-${fault.replace(' ', '-')}-${instant}`);
    this.#lanes = this.#chance.pick([2, 4, 8]);
    this.#older = draw(vendor, place, this.#chance.between(20, 50), this.#chance);
    const isCrossing = !vendor.appends && this.#chance.chance(0.5);
    this.#newer = isCrossing ? this.#older.map((sale, index) => changed(vendor, sale, index)) : this.#older;
  }

  /** The first machine begins. Each push is a process of its own. */
  async begin(): Promise<void> {
    const { vendor } = this.#meeting;
    const { server } = this.#setting;
    this.#ledger = await server.ledger(LEASE_MS, LATE_MS);
    this.#wire = await Wire.open(server.port);
    write(join(this.#folder, 'first'), vendor, this.#older);
    write(join(this.#folder, 'second'), vendor, this.#newer);
    this.#running = this.#start('first', server.url(this.#database, this.#wire.port));
  }

  #start(machine: 'first' | 'second', ledger: string): Running {
    const running = startRevsync(this.#args(), join(this.#folder, machine), this.#env(ledger));
    running.process.stdin.end();
    return running;
  }

  /** Until the fault is to come: seldom before anything was sent, else after one of the rows. */
  async untilDue(): Promise<void> {
    const early = this.#chance.chance(0.15) ? this.#chance.between(0, 900) : undefined;
    const rows = this.#chance.between(1, this.#older.length);
    const more = this.#chance.between(0, 30);
    const began = performance.now();
    const isDue = (): boolean =>
      !this.#isAtWork ||
      (early !== undefined && performance.now() - began > early) ||
      this.#setting.world.writesOf(this.#meeting.place) >= rows;
    while (!isDue()) await pause(5);
    if (early === undefined) await pause(more);
  }

  get #isAtWork(): boolean {
    return this.#running?.process.exitCode === null;
  }

  get #database(): string {
    return new URL(this.#ledger).pathname.slice(1);
  }

  /** What befalls the first; a crash of the server befalls everybody on it. */
  async befall(crashed?: () => Promise<void>): Promise<void> {
    switch (this.#meeting.fault) {
      case 'killed':
        this.#running?.process.kill('SIGKILL');
        return;
      case 'stopped':
        this.#running?.process.kill('SIGSTOP');
        return;
      case 'cut off':
        this.#wire?.cut(this.#chance.pick<Cut>(['silent', 'one-way', 'reset', 'slow']));
        return;
      case 'server crashed':
        await crashed?.();
    }
  }

  /** From the fault on: the second does the rest, the first ends, and books and ledger are held against each other. */
  async end(befall: () => Promise<void>): Promise<MeetingReport> {
    const { vendor, place } = this.#meeting;
    const { world, server } = this.#setting;
    const met = this.#isAtWork;
    await befall();
    const hadEntered = await this.#hasEntered();
    const ended = await this.#push();
    const before = hadEntered ? await this.#written() : undefined;
    if (this.#meeting.fault === 'stopped') this.#running?.process.kill('SIGCONT');
    const firstEnded = await this.#firstEnded();
    const after = hadEntered ? await this.#written() : undefined;
    this.#wire?.close();
    if (before !== after)
      this.#problems.push(`the first wrote after the second: ${before ?? ''}, then ${after ?? ''}`);
    // Whoever comes last with the second file finds everything done, or does it.
    const last = await this.#push();
    for (const [who, { code, stderr }] of [
      ['the second', ended],
      ['the last', last],
    ] as const)
      if (![0, 1, 5].includes(code ?? -1))
        this.#problems.push(`${who} push ended ${code}: ${stderr.slice(-400)}`);

    const held = world.heldOf(place, this.#folder);
    const entries = await server.ask<Entry>(
      this.#database,
      `select key, amount, intent, doubt, digest, holder,
         (select code from revsync.attempts where id = last_attempt) as code,
         exists (select 1 from revsync.attempts as told where told.key = entries.key and told.code = 'sent_late') as late
       from revsync.entries`,
    );
    const found = compare(vendor, this.#newer, held, entries, join(this.#folder, 'second'));
    const problems = [...this.#problems, ...found.problems];
    if (vendor.appends && found.unknown > this.#lanes)
      problems.push(`${found.unknown} rows are unknown, of ${this.#lanes} lanes`);
    const late = entries.filter(({ late }) => late).length;
    const fenced = REFUSED.test(firstEnded?.stderr ?? '');
    if (problems.length > 0) this.#keep({ problems, firstEnded, ended, last, entries });
    else rmSync(this.#folder, { recursive: true, force: true });
    await server.drop(this.#ledger);
    return {
      meeting: this.#meeting,
      ...found,
      problems: problems.map((problem) => `${this.#folder}: ${problem}`),
      met,
      late,
      fenced,
    };
  }

  /** Whether the first has ever had the account. */
  async #hasEntered(): Promise<boolean> {
    const [row] = await this.#setting.server.ask<{ entered: boolean }>(
      this.#database,
      'select is_called as entered from revsync.holders_number_seq',
    );
    return row?.entered ?? false;
  }

  /** A digest of everything that pushes write down, but for keys that may have been sent late and are in doubt for that. */
  async #written(): Promise<string> {
    const digest = (table: string, of = `revsync.${table}`): string =>
      `(select '${table} ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') from ${of} as t)`;
    const entries = '(select namespace, key, digest, amount, net, intent, ref, run, at from revsync.entries)';
    const attempts = `(select * from revsync.attempts where code is distinct from 'sent_late')`;
    const [row] = await this.#setting.server.ask<{ digest: string }>(
      this.#database,
      `select concat_ws(', ', ${digest('entries', entries)}, ${digest('attempts', attempts)},
         ${['runs', 'inputs', 'pages', 'likenesses'].map((table) => digest(table)).join(', ')}) as digest`,
    );
    return row?.digest ?? '';
  }

  #args(): string[] {
    const { id, appends, options = [] } = this.#meeting.vendor;
    const args = ['push', 'sales.csv', '--vendor', id, ...(appends ? ['--new-ledger'] : []), ...options];
    const lanes = ['--concurrency', String(this.#lanes), '--rate', '60', '--retries', '5'];
    return [
      ...args,
      '--base-url',
      this.#setting.world.url,
      ...lanes,
      '--timeout',
      String(TIMEOUT_S),
      '--older',
    ];
  }

  #env(ledger: string): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.#folder, REVSYNC_LEDGER: ledger, ...CREDENTIALS };
  }

  /** The second machine: turned away while the first has the account, it comes again once it may. */
  async #push(): Promise<Ended> {
    const began = performance.now();
    for (;;) {
      const ended = await this.#start('second', this.#ledger).ended;
      // A server on a busy machine may be too slow for so short a lease.
      const comesAgain = ended.code === 6 || ended.code === 4 || /no answer in time/.test(ended.stderr);
      if (!comesAgain || performance.now() - began > GIVE_UP_MS) return ended;
      const [holder] = await this.#setting.server.ask<{ left: number }>(
        this.#database,
        'select extract(epoch from max(until + quiet) - clock_timestamp())::double precision * 1000 as left from revsync.holders',
      );
      await pause(Math.max(100, (holder?.left ?? 0) + 20));
    }
  }

  async #firstEnded(): Promise<Ended | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      running.process.kill('SIGKILL');
    }, GIVE_UP_MS);
    const ended = await running.ended;
    clearTimeout(timer);
    if (isLate) this.#problems.push(`the first machine did not end: ${ended.stderr.slice(-400)}`);
    return ended;
  }

  #keep(evidence: object): void {
    const meeting = { ...this.#meeting, vendor: this.#meeting.vendor.id };
    writeFileSync(
      join(this.#folder, 'evidence.json'),
      JSON.stringify({ meeting, lanes: this.#lanes, ...evidence }, undefined, 2),
    );
  }
}

/** What a process is told that has the account no longer. */
const REFUSED = /no longer this process's own|taken this account over|no longer held the row/;

/** A crash of the server befalls all of these at once; else each has its fault in its own time. */
export async function meet(
  meetings: readonly Meeting[],
  setting: Setting,
  lanes: number,
): Promise<MeetingReport[]> {
  const reports: MeetingReport[] = [];
  const waiting = [...meetings];
  const lane = async (): Promise<void> => {
    for (let meeting = waiting.shift(); meeting !== undefined; meeting = waiting.shift()) {
      const machines = new Machines(meeting, setting);
      await machines.begin();
      await machines.untilDue();
      reports.push(await machines.end(() => machines.befall()));
    }
  };
  const together = async (): Promise<void> => {
    while (waiting.length > 0) {
      const all = waiting.splice(0, lanes).map((meeting) => new Machines(meeting, setting));
      await Promise.all(all.map((machines) => machines.begin()));
      await Promise.race(all.map((machines) => machines.untilDue()));
      const crash = setting.server.crash();
      reports.push(
        ...(await Promise.all(all.map((machines) => machines.end(() => machines.befall(() => crash))))),
      );
    }
  };
  if (meetings[0]?.fault === 'server crashed') await together();
  else await Promise.all(Array.from({ length: lanes }, lane));
  return reports;
}

interface Entry {
  readonly key: string;
  readonly amount: number | null;
  readonly intent: string | null;
  readonly doubt: string | null;
  readonly digest: string | null;
  readonly holder: number | null;
  readonly late: boolean;
  /** Of what was told of it last. */
  readonly code: string | null;
}

/** Books, ledger and results of the last push, which had nothing left to do. */
function compare(
  vendor: CrashVendor,
  sales: readonly Sale[],
  books: ReadonlyMap<string, Held>,
  ledger: readonly Entry[],
  folder: string,
): Pick<MeetingReport, 'doubled' | 'lost' | 'unknown' | 'unanswered' | 'problems'> {
  const problems: string[] = [];
  const entries = new Map(ledger.map((entry) => [entry.key, entry]));
  let [doubled, lost, unknown, unanswered] = [0, 0, 0, 0];
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
      if (entry.code === 'timeout') unanswered += 1;
      else unknown += 1;
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
  return { doubled, lost, unknown, unanswered, problems };
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
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sales.csv'), `${header}\n${sales.map((sale) => `${line(sale)}\n`).join('')}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
