import type { ReportedItem } from '../core/reported.js';
import { AtomicFile } from '../io/atomic-file.js';
import { systemClock } from '../io/clock.js';
import { openRecords } from '../io/open-ledger.js';
import { runItems } from '../report/run-items.js';
import { type Console, plain, problemsOf, throwProblems, UsageError } from './console.js';
import { EXIT, exitCodeOfError, worstOf } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { typedFor } from './next-command.js';
import type { FailedPush, PushAllOutput, PushOutput } from './outputs.js';
import { allText, type ProfileEnd } from './print/push-all.js';
import { headOf, problem } from './problems.js';
import { profilesOf, withProfile } from './profile.js';
import { filesOf } from './profile-files.js';
import { failedPush, firstLine } from './push-end.js';
import type { PushOptions } from './push-options.js';
import type { Pushed } from './push-by-ledger.js';
import { pushOne } from './push-one.js';
import { columnsOf } from './report-options.js';
import type { OptionsOf } from './settings.js';
import { tellingOf } from './telling.js';
import { Voices } from './voices.js';

type Written = OptionsOf<'push'>;

/** A profile to push, with the options that it is pushed by. */
interface Job {
  readonly name: string;
  readonly options: PushOptions;
}

interface Ended extends ProfileEnd {
  readonly options: PushOptions;
  /** Absent where it threw. */
  readonly pushed?: Pushed;
  readonly data: PushOutput | FailedPush;
  /** What a bug threw. */
  readonly bug?: unknown;
}

/**
 * Pushes the files of several profiles: accounts of different vendors side by side, those of one vendor one after the
 * other. What becomes of one stops no other; they have one exit code, one summary, one page and one notification.
 */
export async function pushAll(
  host: Host,
  console: Console,
  files: readonly string[],
  written: Written,
  given: ReadonlySet<string>,
): Promise<number> {
  checkTogether(files, written);
  const started = systemClock.now();
  const voices = new Voices(host, console);
  const jobs = await jobsOf(host, written, given);
  const page = await openPage(host, written, jobs);
  const telling = await tellingOf(
    host,
    console,
    jobs.map(({ options }) => options),
  );
  telling?.begin();
  const byVendor = new Map<string | undefined, Job[]>();
  for (const job of jobs)
    byVendor.set(job.options.vendor, [...(byVendor.get(job.options.vendor) ?? []), job]);
  const ended = new Map<string, Ended>();
  await Promise.all(
    [...byVendor.values()].map(async (lane) => {
      for (const job of lane) ended.set(job.name, await pushJob(host, voices.of(job.name), job, given));
    }),
  );
  const ends = jobs.flatMap(({ name }) => ended.get(name) ?? []);
  const failures = page === undefined ? [] : await writePageOf(page, ends);
  const worst = worstOf(ends.map(({ exitCode }) => exitCode));
  const exitCode = worst === EXIT.done && failures.length > 0 ? EXIT.someRowsBad : worst;
  const data: PushAllOutput = {
    ...headOf('push', exitCode),
    dry_run: written.dryRun === true,
    runs: ends.map(({ profile, data }) => ({ ...data, profile })),
    report: page === undefined || failures.length > 0 ? null : page.path,
    problems: [
      ...ends.flatMap((end) => end.data.problems),
      ...failures.map((message) => problem('not_written', message)),
    ],
    errors: failures,
    warnings: [],
    started_at: new Date(started).toISOString(),
    ended_at: new Date(systemClock.now()).toISOString(),
  };
  sayAll(console, ends, written, data);
  const warnings = (await telling?.end(exitCode, ends.map(toldOf), data)) ?? [];
  if (written.json === true) await console.printJson({ ...data, warnings });
  const bug = ends.find((end) => end.bug !== undefined);
  if (bug !== undefined) throw bug.bug;
  return exitCode;
}

function checkTogether(
  files: readonly string[],
  { all, profile = [], out, report, plan, dryRun }: Written,
): void {
  throwProblems(
    problemsOf({
      'files are named for one profile; with --all or several each pushes its own files:': files.length > 0,
      '--all takes every profile that has files:; leave --profile out': all === true && profile.length > 0,
      '--out goes with one profile': out !== undefined,
      '--plan goes with one profile': plan !== undefined,
      '--report - is not possible: standard output is for results and --json; name a file': report === '-',
      '--report of a dry run goes with one profile': report !== undefined && dryRun === true,
    }),
  );
}

async function jobsOf(host: Host, written: Written, given: ReadonlySet<string>): Promise<Job[]> {
  const { all, profile = [], ...rest } = written;
  const named = all === true ? await profilesWithFiles(host, written) : [...new Set(profile)];
  return Promise.all(
    named.map(async (name) => ({
      name,
      options: await withProfile(host, { ...rest, profile: name }, given),
    })),
  );
}

async function profilesWithFiles(host: Host, { config }: Written): Promise<string[]> {
  const profiles = await profilesOf(host, config);
  const named = profiles.filter(({ files }) => files !== undefined).map(({ name }) => name);
  if (named.length > 0) return named;
  throw new UsageError('--all: no profile has files:; add it to those that shall be pushed');
}

/** Opened before anything is sent, so that a place that cannot be written costs nothing. */
async function openPage(
  host: Host,
  { report }: Written,
  jobs: readonly Job[],
): Promise<AtomicFile | undefined> {
  if (report === undefined) return undefined;
  const kept: string[] = [];
  for (const { options } of jobs)
    if (options.files !== undefined)
      kept.push(...(await filesOf(host, options)).map((file) => pathOf(host, file)));
  const path = pathOf(host, report);
  const page = AtomicFile.open({ path, what: 'report', kept, option: '--report', interrupt: host.signal });
  if (page.ok) return page.value;
  throw new UsageError(`${page.error}; nothing was sent`);
}

async function pushJob(
  host: Host,
  console: Console,
  { name, options: { report: _report, ...options } }: Job,
  given: ReadonlySet<string>,
): Promise<Ended> {
  const words = typedFor(host, 'push', (option) => !TOGETHER.includes(option));
  // What it says to type again is about it alone.
  const own = Object.create(host, { argv: { value: ['push', '--profile', name, ...words] } }) as Host;
  try {
    const pushed = await pushOne(own, console, [], options, given);
    return { ...pushed, profile: name, options, pushed };
  } catch (thrown) {
    const error = thrown as Error;
    const data = failedPush(error, options);
    const end = { profile: name, options, data, exitCode: data.exit_code, says: firstLine(error) };
    const bug = exitCodeOfError(error) === undefined ? { bug: error } : {};
    return { ...end, text: error.message.split('\n').map(plain).join('\n'), ...bug };
  }
}

/** Options that are about all of them, by their names in code. */
const TOGETHER = ['all', 'profile', 'report'];

function toldOf({ options, exitCode, says, pushed }: Ended) {
  return { options, exitCode, says, totals: pushed?.totals ?? [] };
}

function sayAll(
  console: Console,
  ends: readonly Ended[],
  { logFormat, quiet }: Written,
  data: { readonly exit_code: number; readonly errors: readonly string[] },
): void {
  if (quiet === true && data.exit_code === EXIT.done) return;
  const text = [...allText(ends, console.paint, quiet === true), ...data.errors.map(plain)].join('\n');
  console.say(logFormat === 'json' ? JSON.stringify({ event: 'summary', ...data }) : text);
}

/** Why it could not be written. */
async function writePageOf(page: AtomicFile, ends: readonly Ended[]): Promise<string[]> {
  const { writePage } = await import('./run-page.js');
  const jobs = ends.map(({ options }) => options);
  const written = await writePage(page, itemsOf(ends), `${ends.length} profiles`, jobs);
  return written.ok ? [] : [written.error];
}

/** The rows of all their runs, each table with the columns that its profile names. */
async function* itemsOf(ends: readonly Ended[]): AsyncGenerator<ReportedItem> {
  for (const { options, pushed } of ends) {
    if (pushed?.run === undefined) continue;
    const records = openRecords(pushed.ledger);
    if (records === undefined) continue;
    const { vendor = '', account } = options;
    const columns = columnsOf(options);
    for await (const item of runItems(records, { run: pushed.run, vendor, account }))
      yield item.kind === 'table' ? { kind: 'table', table: { ...item.table, columns } } : item;
    await records.close();
  }
}
