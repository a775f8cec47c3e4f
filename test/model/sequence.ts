import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLedger } from '../crash/ledger-copy.js';
import { random, type Random } from '../crash/random.js';
import { units, type CrashVendor, type Sale } from '../crash/vendors.js';
import { records } from '../support/cli.js';
import { systemClock } from '../../src/io/clock.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { exportOf, mended, mutate, newFile, sayings, textOf, type OnConflict } from './files.js';
import {
  isDoubled,
  mayHold,
  maySay,
  NOTHING_KNOWN,
  same,
  type Came,
  type Held,
  type Known,
} from './model.js';
import type { Ended, Fate, World } from './world.js';

export interface SequenceReport {
  readonly steps: readonly string[];
  readonly violations: readonly string[];
  readonly kills: number;
  readonly faults: number;
}

interface PushOf {
  readonly file: readonly Sale[];
  /** Records behind those of the file, which are about no row of it. */
  readonly more?: number;
  readonly name: string;
  readonly onConflict: OnConflict;
  readonly options: readonly string[];
  readonly concurrency: number;
  readonly fate: Fate;
}

type Results = readonly Readonly<Record<string, string>>[];

/** A user's week with one file of one account: commands in any order, some of which go wrong. */
export class Sequence {
  readonly #world: World;
  readonly #chance: Random;
  readonly #known = new Map<string, Known>();
  readonly #steps: string[] = [];
  readonly #violations: string[] = [];
  #file: readonly Sale[];
  /** What the last results file was written of. */
  #written: readonly Sale[] | undefined;
  #kills = 0;
  #faults = 0;

  constructor(world: World, ...seeds: readonly number[]) {
    this.#world = world;
    this.#chance = random(...seeds);
    this.#file = newFile(world.vendor, this.#chance);
  }

  async play(): Promise<SequenceReport> {
    const steps = this.#chance.between(3, 8);
    for (let step = 0; step < steps && this.#violations.length === 0; step += 1) await this.#step();
    if (this.#violations.length === 0) await this.#settle();
    return { steps: this.#steps, violations: this.#violations, kills: this.#kills, faults: this.#faults };
  }

  async #step(): Promise<void> {
    const chance = this.#chance;
    const draw = chance.next();
    const unknown = this.#keysOf(({ doubt }) => doubt === 'unknown');
    if (draw < 0.1) return this.#dryRun();
    if (draw < 0.3 && unknown.length > 0) return this.#resolveSome(unknown);
    if (draw < 0.4 && this.#written !== undefined) return this.#feedBack(this.#written);
    if (draw < 0.5) return this.#look();
    if (draw < 0.6) return this.#reconcile();
    if (chance.chance(0.7)) this.#file = mutate(this.#world.vendor, this.#file, chance);
    await this.#push({ ...this.#pushOf(this.#file, 'sales.csv'), fate: this.#fate() });
  }

  #pushOf(file: readonly Sale[], name: string): PushOf {
    const chance = this.#chance;
    const { appends } = this.#world.vendor;
    const onConflict = chance.chance(0.7)
      ? 'refuse'
      : chance.pick(appends ? (['last'] as const) : (['last', 'sum'] as const));
    const concurrency = chance.between(1, 6);
    const options = [
      ...(onConflict === 'refuse' ? [] : ['--on-conflict', onConflict]),
      ...(chance.chance(0.1) ? ['--no-correct'] : []),
      ...(chance.chance(0.1) ? ['--limit', String(chance.between(1, 4))] : []),
      ...(chance.chance(0.1) && !appends ? ['--force'] : []),
      ...(chance.chance(0.3) ? ['--retries', String(chance.between(0, 2))] : []),
      ...(chance.chance(0.5) ? ['--older'] : []),
    ];
    return { file, name, onConflict, options, concurrency, fate: {} };
  }

  #fate(): Fate {
    const chance = this.#chance;
    const share = chance.chance(0.5) ? 0 : chance.pick([0.1, 0.3, 0.6]);
    const draws = Array.from({ length: 64 }, () => (chance.chance(share) ? chance.pick(FAULTS) : undefined));
    const faults = (request: number): Fault | undefined => draws[request % draws.length];
    const fate = share === 0 ? {} : { faults };
    if (chance.chance(0.4)) {
      const at = chance.pick(['request', 'request', 'commit'] as const);
      const nth = chance.between(1, at === 'request' ? Math.max(1, this.#file.length) : 16);
      return { ...fate, dies: { at, nth, when: chance.pick(['before', 'after'] as const) } };
    }
    return chance.chance(0.1) ? { ...fate, interrupted: chance.between(1, 5) } : fate;
  }

  /** A push, and everything that must be true after it. */
  async #push(push: PushOf): Promise<{ ended: Ended; results: Results | undefined }> {
    const { vendor, folder } = this.#world;
    if (push.name === 'sales.csv') writeFileSync(join(folder, push.name), textOf(vendor, push.file));
    const before = this.#held();
    const writes = this.#writes();
    const out = push.name.replace('.csv', '.results.csv');
    const old = this.#read(out);
    const words = this.#pushWords(push);
    const ended = await this.#run(words, push.fate);
    const after = this.#held();
    const text = this.#read(out);
    const results =
      ended.code === undefined || ended.code === 2 || ended.code === 3 ? undefined : records(text ?? '');
    const said = sayings(vendor, push.file, push.onConflict);
    this.#unmoved(before, after, new Set(said.keys()));
    if (ended.code === undefined) this.#died(said.keys(), old, text, push);
    if (results !== undefined) {
      const records = push.file.length + (push.more ?? 0);
      if (results.length !== records) this.#wrong(`${results.length} results rows for ${records} records`);
      if (push.name === 'sales.csv') this.#written = push.file;
      this.#exitCode(ended, results);
    }
    const keys = push.file.map((sale) => vendor.key(sale));
    let news = 0;
    for (const [key, { wanted }] of said) {
      const rows = results?.filter((_, index) => keys[index] === key) ?? [];
      const status =
        results === undefined ? (ended.code === undefined ? undefined : 'refused') : statusOf(rows);
      if (status === '') {
        this.#wrong(`${key} has no row`);
        continue;
      }
      const known = this.#of(key);
      const [was, is] = [before.get(key) ?? [], after.get(key) ?? []];
      const came = { status, before: was, wanted: wanted ?? was, ...semanticsOf(vendor) };
      const about = `${key}, ${status ?? 'died'}: held ${told(was)}, the file says ${told(wanted)}, now ${told(is)}`;
      if (wanted === undefined && ['accepted', 'unknown', 'failed'].includes(status ?? ''))
        this.#wrong(`${about}, and its rows cannot be sent`);
      if (!mayHold(came).some((held) => same(held, is))) this.#wrong(about);
      if (!maySay(came, known)) this.#wrong(`${about}, and known is ${JSON.stringify(known)}`);
      if (isDoubled(is, known)) this.#wrong(`${about}: doubled`);
      const isNew = (writes.get(key) ?? 0) !== (this.#writes().get(key) ?? 0);
      if (isNew && !['accepted', 'unknown', 'failed', undefined].includes(status))
        this.#wrong(`${about}, and it was sent`);
      if (status === 'unknown' && known.doubt !== 'unknown') news += known.doubt === 'none' ? 1 : 0;
      if (wanted !== undefined && known.doubt !== 'unknown' && [undefined, 'unknown'].includes(status))
        if (!known.asked.some((held) => same(held, wanted))) known.asked = [...known.asked, wanted];
      if (status === 'accepted') Object.assign(known, { doubt: 'none', vouched: false, asked: [] });
      else if (status === 'unknown') known.doubt = 'unknown';
      // A row that was not asked about, such as one in conflict, tells nothing of what is in doubt.
      else if (known.doubt === 'died' && ['unchanged', 'rejected', 'failed'].includes(status ?? ''))
        Object.assign(known, { doubt: 'none', asked: [] });
    }
    const lost = [...ended.faults.values()].filter((kind) => MAY_HAVE_APPLIED.has(kind)).length;
    const most = lost + (push.fate.interrupted === undefined ? 0 : push.concurrency);
    if (news > most) this.#wrong(`${news} rows became unknown, and ${lost} answers were lost`);
    this.#ledgerAgrees();
    return { ended, results };
  }

  #pushWords({ name, options, concurrency }: PushOf): string[] {
    const { vendor } = this.#world;
    const first = vendor.appends ? ['--new-ledger'] : [];
    const wire = ['--base-url', this.#world.url, '--concurrency', String(concurrency), '--rate', '100000'];
    return ['push', name, '--vendor', vendor.id, ...first, ...(vendor.options ?? []), ...options, ...wire];
  }

  /** What was in the file may be in flight; results are as they were, or whole. */
  #died(keys: Iterable<string>, old: string | undefined, now: string | undefined, push: PushOf): void {
    this.#kills += 1;
    for (const key of keys) {
      const known = this.#of(key);
      if (known.doubt === 'none') known.doubt = 'died';
    }
    if (now !== old && records(now ?? '').length !== push.file.length + (push.more ?? 0))
      this.#wrong('the results of a run that died are neither as they were nor whole');
  }

  #exitCode({ code, stderr }: Ended, results: Results): void {
    const has = (...statuses: string[]): boolean =>
      results.some((row) => statuses.includes(row['revsync_status'] ?? ''));
    const bad = has('invalid', 'rejected', 'failed', 'not_sent');
    const wanted = has('unknown') ? [5, 130] : bad ? [1, 4, 130] : [0, 130];
    if (!wanted.includes(code ?? -1))
      this.#wrong(`exit ${code} where ${wanted.join(' or ')} was due: ${stderr}`);
  }

  /** What was in no file stays as it was. */
  #unmoved(
    before: ReadonlyMap<string, Held>,
    after: ReadonlyMap<string, Held>,
    named: ReadonlySet<string>,
  ): void {
    for (const key of new Set([...before.keys(), ...after.keys()]))
      if (!named.has(key) && !same(before.get(key) ?? [], after.get(key) ?? []))
        this.#wrong(`${key} is in no file, held ${told(before.get(key))} and holds ${told(after.get(key))}`);
  }

  /** What the ledger has as accepted, and nothing in doubt about it, is in the books. */
  #ledgerAgrees(): void {
    const ledger = readLedger(this.#world.folder);
    const held = this.#held();
    const flying = new Set(ledger.rows.filter(({ status }) => status === 'claimed').map(({ key }) => key));
    for (const [key, { accepted, doubt }] of ledger.entries) {
      const { vouched, slips } = this.#of(key);
      if (flying.has(key) || doubt !== null || vouched || slips > 0) continue;
      const wanted = accepted == null ? [] : [accepted];
      if (!same(wanted, held.get(key) ?? []))
        this.#wrong(`${key}: the ledger has ${accepted ?? 'nothing'}, the books ${told(held.get(key))}`);
    }
    for (const key of held.keys())
      if (!flying.has(key) && !ledger.entries.has(key))
        this.#wrong(`${key} is in the books and not in the ledger`);
  }

  /** What a dry run foretells comes true in the push after it. */
  async #dryRun(): Promise<void> {
    const { vendor, folder } = this.#world;
    const push = this.#pushOf(this.#file, 'sales.csv');
    writeFileSync(join(folder, 'sales.csv'), textOf(vendor, push.file));
    const before = this.#held();
    const foretold = await this.#run([...this.#pushWords(push), '--dry-run', '--out', '-'], {});
    if (foretold.requests > 0) this.#wrong('a dry run made requests');
    this.#unmoved(before, this.#held(), new Set());
    if (foretold.code === 2) return this.#wrong(`a dry run was refused: ${foretold.stderr}`);
    const { ended, results = [] } = await this.#push(push);
    if (foretold.code === 3 || ended.code === 3) {
      if (foretold.code !== ended.code)
        this.#wrong(`a dry run ended ${foretold.code}, its push ${ended.code}`);
      return;
    }
    const planned = records(foretold.stdout).map((row) => row['revsync_status']);
    const came = results.map((row) => row['revsync_status']);
    const agree = planned.every((status, row) => (status === 'planned' ? 'accepted' : status) === came[row]);
    if (!agree) this.#wrong(`a dry run foretold ${planned.join(' ')}, and it was ${came.join(' ')}`);
  }

  /** Somebody looks unknown rows up and says what there is; now and then what there is not, or takes it back. */
  async #resolveSome(unknown: readonly string[]): Promise<void> {
    for (const key of unknown) {
      if (this.#chance.chance(0.3)) continue;
      await this.#resolve(key, this.#chance.chance(0.15));
      if (this.#violations.length === 0 && this.#chance.chance(0.1)) await this.#undo(key);
    }
  }

  async #resolve(key: string, isWrong: boolean): Promise<void> {
    const known = this.#of(key);
    const held = this.#held().get(key) ?? [];
    // A reversal was applied where nothing is held.
    const isHeld = this.#world.vendor.appends
      ? held.length > 0
      : known.asked.some((asked) => same(asked, held));
    const word = isHeld === isWrong ? '--not-applied' : '--accepted';
    const before = this.#held();
    const ended = await this.#run(['resolve', key, word, '--why', 'looked it up'], {});
    this.#unmoved(before, this.#held(), new Set());
    if (ended.code !== 0) return this.#wrong(`resolve ${key} ${word} ended ${ended.code}: ${ended.stderr}`);
    known.doubt = 'none';
    if (word === '--accepted') known.vouched = !isHeld || known.asked.length > 1;
    else known.slips += isHeld ? 1 : 0;
  }

  async #undo(key: string): Promise<void> {
    const known = this.#of(key);
    const ended = await this.#run(['resolve', key, '--undo', '--why', 'was mistaken'], {});
    if (ended.code !== 0) return this.#wrong(`resolve ${key} --undo ended ${ended.code}: ${ended.stderr}`);
    known.doubt = 'unknown';
    known.vouched = false;
  }

  /** The results are pushed as a file of their own. */
  async #feedBack(file: readonly Sale[]): Promise<void> {
    if (!existsSync(join(this.#world.folder, 'sales.results.csv'))) return;
    await this.#push({ ...this.#pushOf(file, 'sales.results.csv'), fate: this.#fate() });
  }

  /** The file is compared with an export of the vendor's, and what differs is pushed. */
  async #reconcile(): Promise<void> {
    const { vendor, folder } = this.#world;
    const file = this.#file;
    writeFileSync(join(folder, 'sales.csv'), textOf(vendor, file));
    writeFileSync(join(folder, 'export.csv'), exportOf(vendor, this.#held()));
    const before = this.#held();
    const made = new Date(systemClock.now()).toISOString();
    const { requests, code, stderr } = await this.#run(
      this.#compared(['--export-made', made, '--against', 'export.csv', ...(EXPORTED[vendor.id] ?? [])]),
      {},
    );
    if (requests > 0) this.#wrong('a reconciliation made requests');
    if (code === undefined || ![0, 1, 3].includes(code))
      this.#wrong(`a reconciliation ended ${code}: ${stderr}`);
    this.#unmoved(before, this.#held(), new Set());
    const breaks = this.#read('sales.breaks.csv');
    if (code === 3 || breaks === undefined || this.#violations.length > 0) return;
    const more = records(breaks).length - file.length;
    if (more < 0) return this.#wrong(`${records(breaks).length} breaks rows for ${file.length} records`);
    const { results } = await this.#push({
      ...this.#pushOf(file, 'sales.breaks.csv'),
      more,
      fate: this.#fate(),
    });
    if (results === undefined || this.#chance.chance(0.5)) return;
    await this.#push({ ...this.#pushOf(file, 'sales.breaks.results.csv'), more, fate: {} });
  }

  #compared(against: readonly string[]): string[] {
    const { id, options = [] } = this.#world.vendor;
    return ['reconcile', 'sales.csv', '--vendor', id, ...options, '--base-url', this.#world.url, ...against];
  }

  /** Commands that look and change nothing. */
  async #look(): Promise<void> {
    const commands = [
      ['runs'],
      ['runs', '--json'],
      ['results', 'run-1', '--out', '-'],
      ['doctor'],
      ['report', '--ledger', 'ledger.db'],
    ];
    const before = this.#held();
    const { requests, code, stderr } = await this.#run(this.#chance.pick(commands), {});
    if (requests > 0) this.#wrong('a command that looks made requests');
    if (code === undefined || code > 3) this.#wrong(`a command that looks ended ${code}: ${stderr}`);
    this.#unmoved(before, this.#held(), new Set());
  }

  /** Nothing goes wrong any more: what is unknown is settled by what is so, and the file is pushed until it is held. */
  async #settle(): Promise<void> {
    const { vendor } = this.#world;
    const file = mended(vendor, this.#file);
    const push: PushOf = {
      file,
      name: 'sales.csv',
      onConflict: 'refuse',
      options: ['--older'],
      concurrency: 4,
      fate: {},
    };
    this.#file = file;
    await this.#push(push);
    for (const key of this.#keysOf(({ doubt }) => doubt === 'unknown')) await this.#resolve(key, false);
    const { results = [] } = await this.#push(push);
    const held = this.#held();
    for (const [key, { wanted = [] }] of sayings(vendor, file, 'refuse')) {
      const row = results.find((row) => row['revsync_key'] === key) ?? {};
      const { vouched, slips } = this.#of(key);
      const cannot = vendor.appends && row['revsync_error_code'] === 'cannot_correct';
      const isHeld = same(held.get(key) ?? [], wanted) || vouched || slips > 0 || cannot;
      const isSaid = cannot || ['accepted', 'unchanged'].includes(row['revsync_status'] ?? '');
      if (!isHeld || !isSaid)
        this.#wrong(
          `lost: ${key} is ${row['revsync_status']} ${row['revsync_error'] ?? ''}, holds ${told(held.get(key))}, wanted ${told(wanted)}`,
        );
    }
    const { ended } = await this.#push(push);
    if (ended.requests > 0) this.#wrong(`a push of what is held made ${ended.requests} requests`);
    const { code, stderr } = await this.#run(this.#compared(['--from-ledger']), {});
    const isCertain = [...this.#known.values()].every(({ vouched, slips }) => !vouched && slips === 0);
    const named = new Set(file.map((sale) => vendor.key(sale)));
    const tiesOut = [...held].every(([key, { length }]) => length === 0 || named.has(key));
    const cannot = results.some((row) => row['revsync_error_code'] === 'cannot_correct');
    if (code !== 0 && isCertain && tiesOut && !cannot)
      this.#wrong(`file and ledger do not tie out: ${stderr}`);
  }

  async #run(args: readonly string[], fate: Fate): Promise<Ended> {
    const ended = await this.#world.run(args, fate);
    const { dies, interrupted } = fate;
    this.#faults += ended.faults.size;
    const fates = [
      ...(dies === undefined ? [] : [`dies ${dies.when} ${dies.at} ${dies.nth}`]),
      ...(interrupted === undefined ? [] : [`interrupted at request ${interrupted}`]),
      ...[...ended.faults].map(([request, kind]) => `${kind}@${request}`),
    ];
    this.#steps.push(
      `${args.join(' ')}  [${fates.join(', ')}] -> ${ended.code ?? 'died'}, ${ended.requests} requests`,
    );
    if (args[0] === 'push')
      this.#steps.push(textOf(this.#world.vendor, this.#file).trimEnd().replace(/^/gm, '    '));
    return ended;
  }

  #read(name: string): string | undefined {
    const path = join(this.#world.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  #held(): ReadonlyMap<string, Held> {
    return new Map([...this.#world.held()].map(([key, { live }]) => [key, live.map(units)]));
  }

  #writes(): ReadonlyMap<string, number> {
    return new Map([...this.#world.held()].map(([key, { writes }]) => [key, writes]));
  }

  #of(key: string): Known {
    const known = this.#known.get(key) ?? { ...NOTHING_KNOWN };
    this.#known.set(key, known);
    return known;
  }

  #keysOf(wanted: (known: Known) => boolean): string[] {
    return [...this.#known].filter(([, known]) => wanted(known)).map(([key]) => key);
  }

  #wrong(what: string): void {
    this.#violations.push(
      `after ${this.#steps.filter((step) => !step.startsWith(' ')).length} commands: ${what}`,
    );
  }
}

export const FAULTS: readonly Fault[] = [
  { kind: 'reset-before', ms: 0 },
  { kind: 'reset-after', ms: 0 },
  { kind: 'cut', ms: 0 },
  { kind: 'garbage', ms: 0 },
  { kind: 'fail-after', ms: 0 },
  { kind: 'leak', ms: 0 },
  { kind: 'status', status: 503, retryAfter: '0' },
  { kind: 'status', status: 429, retryAfter: '1' },
  { kind: 'status', status: 503, retryAfter: undefined },
  { kind: 'status', status: 500, retryAfter: undefined },
];

function semanticsOf({ id, appends }: CrashVendor): Pick<Came, 'appends' | 'reversesOnce'> {
  return { appends, reversesOnce: id === 'trackdrive' };
}

/** The columns of an export that find a sale, and the one that has its amount. */
const EXPORTED: Readonly<Record<string, readonly string[]>> = {
  convoso: ['--key', 'Call Log ID', '--amount', 'Revenue'],
  trackdrive: ['--key', 'Call UUID', '--amount', 'Revenue'],
  tldcrm: ['--key', 'DID,Caller ID,Call Date', '--amount', 'Cost'],
  invoca: ['--key', 'Transaction ID,Outcome Name,Order ID', '--amount', 'Sale Amount'],
  'invoca-signals': ['--key', 'Order ID', '--amount', 'Revenue'],
  ringba: ['--key', 'Inbound Call ID', '--amount', 'Conversion Amount'],
};

/** Where revsync cannot know that the vendor did not apply it. */
const MAY_HAVE_APPLIED: ReadonlySet<string> = new Set(FAULTS.map(({ kind }) => kind));

/** What the rows of one key came to: the status of the one that counts. */
function statusOf(rows: Results): string {
  const statuses = rows.map((row) => row['revsync_status'] ?? '');
  return (
    statuses.find((status) => !['duplicate', 'invalid', 'skipped'].includes(status)) ?? statuses[0] ?? ''
  );
}

function told(held: Held | undefined): string {
  return held === undefined
    ? 'nothing that can be sent'
    : `[${held.map((amount) => amount / 10_000).join(' ')}]`;
}
