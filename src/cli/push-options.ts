import type { Vendor } from '../core/vendor.js';
import type { PushSettings } from '../push/push.js';
import type { PushJob } from '../push/run.js';
import { DEFAULT_MAX_ERRORS } from '../push/error-threshold.js';
import {
  dummySecrets,
  readSecrets,
  withEnvFile,
  type Environment,
  type EnvironmentIn,
} from '../io/secrets.js';
import { UsageError } from './console.js';
import { pathOf, type Host } from './host.js';
import type { FromProfile } from './profile.js';
import { readingProblems, stageJobOf } from './reading-options.js';
import type { OptionsOf } from './settings.js';

/** Options of `push`, with what a profile adds to them. */
export type PushOptions = OptionsOf<'push'> & FromProfile;

/** Options that contradict each other or the vendor, all of them at once. */
export function checkOptions(
  host: Host,
  files: readonly string[],
  options: PushOptions,
  vendor: Vendor,
): void {
  const resolve = (path: string): string => pathOf(host, path);
  const paths = files.map(resolve);
  const problems: string[] = [];
  if (new Set(paths).size < paths.length) problems.push('a file is named twice');
  if (options.out !== undefined && files.length > 1)
    problems.push('--out goes with one file; leave it out to get one results file beside each');
  if (options.out !== undefined && options.out !== '-' && paths.includes(resolve(options.out))) {
    problems.push('--out would overwrite the input; name another file');
  }
  if (options.report === '-')
    problems.push('--report - is not possible: standard output is for results and --json; name a file');
  else if (options.report !== undefined && paths.includes(resolve(options.report)))
    problems.push('--report would overwrite the input; name another file');
  else if (
    options.report !== undefined &&
    options.out !== undefined &&
    resolve(options.report) === resolve(options.out)
  )
    problems.push('--report and --out name one file; name another');
  if (options.quiet === true && options.verbose === true)
    problems.push('--quiet and --verbose exclude each other');
  const { repeat, echo } = vendor.semantics;
  if (options.confirm === true && echo === undefined)
    problems.push(`--confirm: ${vendor.title} has no way to echo an amount`);
  if (options.force === true && repeat.kind === 'appends')
    problems.push(`--force: ${vendor.title} adds a record with every request, so nothing may be sent again`);
  problems.push(...readingProblems(options, vendor));
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

/** The environment with `--env-file` below it. */
export function environment(host: Host, options: Pick<PushOptions, 'envFile'>): Environment {
  const env = withEnvFile(host, options.envFile);
  if (!env.ok) throw new UsageError(env.error);
  return env.value;
}

export interface Credentials {
  readonly secrets: Readonly<Record<string, string>>;
  /** What is not set, for a vendor whose rows may bring their own. */
  readonly missing: readonly string[];
}

/** A dry run needs no credential and the sandbox takes any. */
export function secretsFor(vendor: Vendor, options: PushOptions, place: EnvironmentIn): Credentials {
  const dummies = dummySecrets(vendor.secrets);
  if (options.sandbox === true) return { secrets: dummies, missing: [] };
  const read = readSecrets(vendor.secrets, place);
  if (read.ok) return { secrets: read.value, missing: [] };
  if (options.dryRun === true) return { secrets: dummies, missing: [] };
  const perRow = vendor.columns.some(({ kind }) => kind.is === 'secret');
  if (perRow) return { secrets: {}, missing: read.error };
  throw new UsageError(read.error.join('\n'));
}

export function jobOf(
  host: Host,
  files: readonly string[],
  options: PushOptions,
  vendor: Vendor,
  { secrets, missing }: Credentials,
): PushJob {
  return {
    ...stageJobOf(host, files, options, vendor, missing.length > 0),
    guards: {
      expectRows: options.expectRows,
      expectTotal: options.expectTotal,
      maxTotal: options.maxTotal,
      maxInvalid: options.maxInvalid,
      once: options.once === true,
    },
    onConflict: options.onConflict,
    plan: { holdCorrections: !options.correct, force: options.force === true },
    limit: options.limit,
    dryRun: options.dryRun === true,
    settings: settingsOf(vendor, options),
    secrets,
    missingSecrets: missing,
  };
}

function settingsOf(vendor: Vendor, options: PushOptions): PushSettings {
  return {
    // One after the other, so that the sandbox's books and ids come out the same every time.
    concurrency: options.concurrency ?? (options.sandbox === true ? 1 : vendor.limits.concurrency),
    rate: options.rate ?? (options.sandbox === true ? 0 : vendor.limits.rate),
    budget: { retries: options.retries, deadlineMs: options.deadline * 1000 },
    maxErrors: options.maxErrors ?? DEFAULT_MAX_ERRORS,
    confirm: options.confirm === true,
  };
}
