import { keepsOneAmount, type RateLimit, type Vendor } from '../core/vendor.js';
import { csvSource } from '../io/csv/reader.js';
import { processSealer } from '../io/seal.js';
import { dummySecrets, readSecrets, type EnvironmentIn } from '../io/secrets.js';
import { DEFAULT_MAX_ERRORS } from '../push/error-threshold.js';
import type { PlanTerms } from '../core/plans.js';
import type { RunJob } from '../push/plan-run.js';
import type { PushJob } from '../push/run.js';
import type { StageJob } from '../push/stage.js';
import { problemsOf, throwProblems, UsageError } from './console.js';
import type { Host } from './host.js';
import { typedAgain } from './next-command.js';
import type { FromProfile } from './profile.js';
import type { OptionsOf } from './settings.js';

/** Options of `push`, with what a profile adds to them. */
export type PushOptions = Omit<OptionsOf<'push'>, 'profile' | 'all'> & {
  readonly profile?: string | undefined;
} & FromProfile;

/** What every command that reads a sales file takes, with what a profile adds to it. */
type ReadingOptions = Pick<PushOptions, keyof PushOptions & keyof OptionsOf<'reconcile'>> & FromProfile;

/** Options that contradict each other or the vendor, all of them at once. */
export function checkOptions(
  files: readonly string[],
  options: PushOptions,
  vendor: Vendor,
  given: ReadonlySet<string> = new Set(),
): void {
  const { out, report, plan, dryRun, rate, maxRate } = options;
  // That of a profile has nothing to say where another rate is written.
  const isUnused = maxRate !== undefined && rate?.includes('auto') !== true;
  const { repeat, echo } = vendor.semantics;
  throwProblems([
    ...problemsOf({
      '--out goes with one file; leave it out to get one results file beside each':
        out !== undefined && files.length > 1,
      '--report - is not possible: standard output is for results and --json; name a file': report === '-',
      '--plan - is not possible: standard output is for results and --json; name a file': plan === '-',
      '--plan and --dry-run exclude each other': plan !== undefined && dryRun === true,
      '--max-rate goes with --rate auto; any other rate is itself the most':
        isUnused && (given.has('maxRate') || !given.has('rate')),
      '--quiet and --verbose exclude each other': options.quiet === true && options.verbose === true,
      [`--confirm: ${vendor.title} cannot be asked for the amount; what its answers say is compared without that`]:
        options.confirm === true && echo === undefined,
      [`--force: ${vendor.title} adds a record with every request, so nothing may be sent again`]:
        options.force === true && repeat.kind === 'appends',
    }),
    ...readingProblems(options, vendor),
  ]);
}

/** The field of a sale that says what `--refund-sides` says of all. */
const REFUND_SIDES = 'refund_sides';

/** Where these options contradict each other or the vendor. */
export function readingProblems(options: ReadingOptions, vendor: Vendor): string[] {
  const { title, semantics, columns } = vendor;
  const { repeat, clear, reverse, noAmount, missingCallDate } = semantics;
  const { refund, constant: constants } = options;
  const fields = columns.map(({ field }) => field);
  const named = { '--column': options.column, 'constants:': constants, 'values:': options.value };
  const unknown = Object.entries(named).flatMap(([option, map]) =>
    [...(map?.keys() ?? [])]
      .filter((field) => !fields.includes(field))
      .map((field) => `${option} ${field}: ${title} has no such field; it has ${fields.join(', ')}`),
  );
  const secret = columns.find(({ kind }) => kind.is === 'secret')?.field;
  return [
    ...problemsOf({
      '--out - and --json both want standard output': options.out === '-' && options.json === true,
      '--sandbox and --base-url exclude each other':
        options.sandbox === true && options.baseUrl !== undefined,
      '--reversal-column and --reversal-values go together':
        (options.reversalColumn === undefined) !== (options.reversalValues === undefined),
      [`--blank-amount omit: ${title} takes no row without an amount`]:
        options.blankAmount === 'omit' && noAmount.kind === 'unsupported',
      [`--allow-missing-call-date: ${title} needs no call date`]:
        options.allowMissingCallDate === true && missingCallDate === undefined,
      [`--on-conflict sum: ${title} adds a record with every request, so there is no one amount per key`]:
        options.onConflict === 'sum' && repeat.kind === 'appends',
      [`--refund-sides: at ${title} a sale has no sides that could be taken back one by one`]:
        options.refundSides !== undefined && !fields.includes(REFUND_SIDES),
      [`refund: clear: ${title} documents no way to empty an amount`]:
        refund === 'clear' && clear.kind === 'unsupported',
      [`--negative-amounts net: ${title} keeps no one amount per key that could be changed to what remains`]:
        options.negativeAmounts === 'net' && !keepsOneAmount(vendor),
      [`--negative-amounts reverse: ${title} documents no way to take a sale back`]:
        options.negativeAmounts === 'reverse' && refund !== 'clear' && reverse.kind === 'unsupported',
    }),
    ...unknown,
    ...problemsOf({
      [`constants: ${secret ?? ''}: is a credential; it comes from the environment or from a column`]:
        secret !== undefined && constants?.has(secret) === true,
    }),
  ];
}

export interface Credentials {
  readonly secrets: Readonly<Record<string, string>>;
  /** What is not set, for a vendor whose rows may bring their own. */
  readonly missing: readonly string[];
}

/** A dry run or a plan. */
export function sendsNothing({ dryRun, plan }: Pick<PushOptions, 'dryRun' | 'plan'>): boolean {
  return dryRun === true || plan !== undefined;
}

/** What sends nothing needs no credential and the sandbox takes any. */
export function secretsFor(vendor: Vendor, options: PushOptions, place: EnvironmentIn): Credentials {
  const dummies = dummySecrets(vendor.secrets);
  if (options.sandbox === true) return { secrets: dummies, missing: [] };
  const read = readSecrets(vendor.secrets, place);
  if (read.ok) return { secrets: read.value, missing: [] };
  if (sendsNothing(options)) return { secrets: dummies, missing: [] };
  const perRow = vendor.columns.some(({ kind }) => kind.is === 'secret');
  if (perRow) return { secrets: {}, missing: read.error };
  throw new UsageError(read.error, 'credentials');
}

/** How files are read and planned. */
export function runJobOf(
  host: Host,
  files: readonly string[],
  options: PushOptions,
  vendor: Vendor,
  { missing }: Credentials,
): RunJob {
  return {
    ...stageJobOf(host, files, options, vendor, missing.length > 0),
    guards: { ...options, once: options.once === true },
    onConflict: options.onConflict,
    plan: { holdCorrections: !options.correct, force: options.force === true },
    sendAgain: options.sendAgain,
    limit: options.limit,
  };
}

/** How planned rows are sent, wherever they come from. */
export function sendJobOf(
  options: PushOptions,
  vendor: Vendor,
  { secrets, missing }: Credentials,
): Omit<PushJob, 'planner' | 'sealer'> {
  return {
    vendor,
    prune: options.prune,
    dryRun: options.dryRun === true,
    settings: settingsOf(vendor, options),
    secrets,
    missingSecrets: missing,
  };
}

/** With what a plan is made; undefined where none is. */
export function termsOf(host: Host, options: PushOptions): PlanTerms | undefined {
  if (options.plan === undefined) return undefined;
  const { correct, force, sendAgain, approve, profile, config, reportColumns } = options;
  return {
    policy: { holdCorrections: !correct, force: force === true, sendAgain: sendAgain === true },
    ...{ approve, profile, config, agent: reportColumns?.get('agent') },
    ...{ command: typedAgain(host), cwd: host.cwd },
  };
}

export function stageJobOf(
  host: Host,
  files: readonly string[],
  options: ReadingOptions,
  vendor: Vendor,
  needsRowSecret: boolean,
): StageJob {
  const { column = new Map(), value: values = new Map(), only } = options;
  const constants = withSides(options, column);
  const { negativeAmounts = 'refuse', refund = 'reverse', reversalValues = [] } = options;
  const { timezone, dateFormat: dateOrder, decimal, currency, blankAmount, round } = options;
  const lowerCase = (texts: readonly string[]): ReadonlySet<string> =>
    new Set(texts.map((text) => text.trim().toLowerCase()));
  return {
    vendor,
    sources: files.map((file) => csvSource(file, host, options)),
    columns: {
      ...{ columns: column, constants, reversal: options.reversalColumn, only: only?.column },
      ignored: options.ignoreColumn ?? [],
    },
    skipTotalRow: options.skipTotalRow === true,
    map: {
      ...{ blankAmount, round, negativeAmounts, refund, constants, values, needsRowSecret },
      style: {
        ...{ timezone, dateOrder, now: host.now() },
        amounts: { decimal, currency, accounting: negativeAmounts !== 'refuse' },
      },
      zero: options.zero ?? vendor.semantics.zero.kind,
      reversalValues: lowerCase(reversalValues),
      only: only && lowerCase(only.values),
      mayBeEmpty: options.mayBeEmpty === true,
      waived: options.allowMissingCallDate === true ? ['call_date'] : [],
      sealer: processSealer(),
    },
  };
}

/** What is the same in every row; a column for the sides of a refund goes before the setting. */
function withSides(
  { constant: constants = new Map(), refundSides: sides }: ReadingOptions,
  columns: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (sides === undefined || columns.has(REFUND_SIDES) || constants.has(REFUND_SIDES)) return constants;
  return new Map([...constants, [REFUND_SIDES, sides]]);
}

function settingsOf(vendor: Vendor, options: PushOptions): PushJob['settings'] {
  return {
    ...(options.rate?.includes('auto') === true ? autoPaceOf(vendor, options) : paceOf(vendor, options)),
    budget: { retries: options.retries, deadlineMs: options.deadline * 1000 },
    maxErrors: options.maxErrors ?? DEFAULT_MAX_ERRORS,
    confirm: options.confirm === true,
  };
}

type Paced = Pick<PushJob['settings'], 'concurrency' | 'rate' | 'auto'>;

/** One after the other, so that the sandbox's books and ids come out the same every time. */
function paceOf({ limits }: Vendor, { concurrency, rate, sandbox }: PushOptions): Paced {
  return {
    concurrency: concurrency ?? (sandbox === true ? 1 : limits.concurrency),
    rate: rate?.filter(isLimit) ?? (sandbox === true ? [] : limits.rate),
  };
}

/** How many times the vendor's default `--rate auto` goes to where nothing else is said: 20,000 rows in 7 minutes for 67. */
const MOST_TIMES = 10;
/** As many rows in flight, where nothing else is said. */
const MOST_LANES = 64;

/** A vendor's limits of a minute and of a day stay, but for those that are said otherwise. */
function autoPaceOf({ limits }: Vendor, { rate = [], concurrency, maxRate }: PushOptions): Paced {
  const said = rate.filter(isLimit);
  const others = limits.rate.filter(({ per }) => per !== 'second' && !said.some((one) => one.per === per));
  const { requests: start } = limits.rate.find(({ per }) => per === 'second') ?? { requests: 1 };
  // More a second is of no use to a vendor who counts minutes.
  const most = maxRate ?? (limits.rate.length > 1 ? start : start * MOST_TIMES);
  const lanes = Math.min(limits.concurrency, concurrency ?? MOST_LANES);
  return {
    concurrency: lanes,
    rate: [...said, ...others],
    auto: { start, most, lanes: { start: lanes, most: concurrency ?? MOST_LANES } },
  };
}

function isLimit(limit: RateLimit | 'auto'): limit is RateLimit {
  return limit !== 'auto';
}
