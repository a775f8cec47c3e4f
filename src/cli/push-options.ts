import { resolve } from 'node:path';
import type { Rounding } from '../core/amount.js';
import type { Vendor } from '../core/vendor.js';
import type { OnConflict } from '../engine/conflicts.js';
import type { DateOrder } from '../engine/dates.js';
import type { MaxInvalid } from '../engine/guards.js';
import type { PushSettings } from '../engine/push.js';
import type { RunJob } from '../engine/run.js';
import { DEFAULT_MAX_ERRORS, type MaxErrors } from '../engine/storm.js';
import { csvSource } from '../io/csv.js';
import type { Encoding } from '../io/encoding.js';
import { processSealer } from '../io/seal.js';
import { dummySecrets, readSecrets, withEnvFile, type Environment } from '../io/secrets.js';
import { UsageError } from './console.js';

/** Options of `push`, with what a profile adds to them. */
export interface PushOptions extends ProfileOnly {
  readonly vendor?: string;
  readonly profile?: string;
  readonly config?: string;
  readonly dryRun?: true;
  readonly sandbox?: true;
  readonly account: string;
  readonly out?: string;
  readonly limit?: number;
  readonly column?: ReadonlyMap<string, string>;
  readonly onConflict: OnConflict;
  readonly blankAmount: 'refuse' | 'clear' | 'omit';
  readonly reversalColumn?: string;
  readonly reversalValues?: readonly string[];
  readonly timezone?: string;
  readonly allowMissingCallDate?: true;
  readonly dateFormat?: DateOrder;
  readonly decimal?: '.' | ',';
  readonly currency?: readonly string[];
  readonly delimiter?: string;
  readonly encoding?: Encoding;
  readonly headerRow?: number;
  readonly skipTotalRow?: true;
  readonly expectRows?: number;
  readonly expectTotal?: bigint;
  readonly maxTotal?: bigint;
  readonly maxInvalid?: MaxInvalid;
  readonly once?: true;
  readonly round?: Rounding;
  readonly confirm?: true;
  readonly correct: boolean;
  readonly force?: true;
  readonly concurrency?: number;
  readonly rate?: number;
  readonly retries: number;
  readonly timeout?: number;
  readonly deadline: number;
  readonly maxErrors?: MaxErrors;
  readonly ledger?: string;
  readonly baseUrl?: string;
  readonly envFile?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly logFormat: 'text' | 'json';
  readonly progress: boolean;
  readonly color?: boolean;
}

/** What only a profile can say. */
export interface ProfileOnly {
  readonly constants?: ReadonlyMap<string, string>;
  readonly values?: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly only?: { readonly column: string; readonly values: readonly string[] };
  readonly refund?: 'reverse' | 'clear';
  readonly negativeAmounts?: 'refuse' | 'reverse' | 'send';
  /** Fields it names that its vendor lacks and others have; they are not sent. */
  readonly foreignFields?: readonly string[];
}

/** Options that contradict each other or the vendor, all of them at once. */
export function checkOptions(files: readonly string[], options: PushOptions, vendor: Vendor): void {
  const paths = files.map((file) => (file === '-' ? file : resolve(file)));
  const problems: string[] = [];
  if (new Set(paths).size < paths.length) problems.push('a file is named twice');
  if (options.out !== undefined && files.length > 1)
    problems.push('--out goes with one file; leave it out to get one results file beside each');
  if (options.out !== undefined && options.out !== '-' && paths.includes(resolve(options.out))) {
    problems.push('--out would overwrite the input; name another file');
  }
  if (options.out === '-' && options.json === true)
    problems.push('--out - and --json both want standard output');
  if (options.sandbox === true && options.baseUrl !== undefined)
    problems.push('--sandbox and --base-url exclude each other');
  if (options.quiet === true && options.verbose === true)
    problems.push('--quiet and --verbose exclude each other');
  const { repeat, echo, noAmount, missingCallDate } = vendor.claims;
  if ((options.reversalColumn === undefined) !== (options.reversalValues === undefined)) {
    problems.push('--reversal-column and --reversal-values go together');
  }
  if (options.blankAmount === 'omit' && noAmount.kind === 'unsupported') {
    problems.push(`--blank-amount omit: ${vendor.title} takes no row without an amount`);
  }
  if (options.allowMissingCallDate === true && missingCallDate === undefined) {
    problems.push(`--allow-missing-call-date: ${vendor.title} needs no call date`);
  }
  if (options.confirm === true && echo === undefined)
    problems.push(`--confirm: ${vendor.title} has no way to echo an amount`);
  if (repeat.kind === 'appends') {
    const doubles = `${vendor.title} adds a record with every request`;
    if (options.force === true) problems.push(`--force: ${doubles}, so nothing may be sent again`);
    if (options.onConflict === 'sum')
      problems.push(`--on-conflict sum: ${doubles}, so there is no one amount per key`);
  }
  const { clear, reverse } = vendor.claims;
  if (options.refund === 'clear' && clear.kind === 'unsupported')
    problems.push(`refund: clear: ${vendor.title} documents no way to empty an amount`);
  if (options.negativeAmounts === 'reverse' && options.refund !== 'clear' && reverse.kind === 'unsupported')
    problems.push(`negative_amounts: reverse: ${vendor.title} documents no way to take a sale back`);
  const fields = vendor.columns.map(({ field }) => field);
  for (const [option, named] of [
    ['--column', options.column],
    ['constants:', options.constants],
    ['values:', options.values],
  ] as const) {
    for (const field of named?.keys() ?? []) {
      if (fields.includes(field)) continue;
      problems.push(`${option} ${field}: ${vendor.title} has no such field; it has ${fields.join(', ')}`);
    }
  }
  const secret = vendor.columns.find(({ kind }) => kind.is === 'secret');
  if (secret !== undefined && options.constants?.has(secret.field) === true)
    problems.push(
      `constants: ${secret.field}: is a credential; it comes from the environment or from a column`,
    );
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

/** The environment with `--env-file` below it. */
export function environment(options: Pick<PushOptions, 'envFile'>): Environment {
  const env = withEnvFile(process.env, options.envFile);
  if (!env.ok) throw new UsageError(env.error);
  return env.value;
}

export interface Credentials {
  readonly secrets: Readonly<Record<string, string>>;
  /** What is not set, for a vendor whose rows may bring their own. */
  readonly missing: readonly string[];
}

/** A dry run needs no credential and the sandbox takes any. */
export function secretsFor(vendor: Vendor, options: PushOptions, env: Environment): Credentials {
  const dummies = dummySecrets(vendor.secrets);
  if (options.sandbox === true) return { secrets: dummies, missing: [] };
  const read = readSecrets(vendor.secrets, env);
  if (read.ok) return { secrets: read.value, missing: [] };
  if (options.dryRun === true) return { secrets: dummies, missing: [] };
  const perRow = vendor.columns.some(({ kind }) => kind.is === 'secret');
  if (perRow) return { secrets: {}, missing: read.error };
  throw new UsageError(read.error.join('\n'));
}

export function jobOf(
  files: readonly string[],
  options: PushOptions,
  vendor: Vendor,
  needsRowSecret: boolean,
): RunJob {
  const { delimiter, encoding, headerRow } = options;
  const lowerCase = (values: readonly string[]): ReadonlySet<string> =>
    new Set(values.map((value) => value.trim().toLowerCase()));
  return {
    vendor,
    sources: files.map((file) => csvSource(file, process.stdin, { delimiter, encoding, headerRow })),
    columns: {
      columns: options.column ?? new Map(),
      constants: options.constants ?? new Map(),
      reversal: options.reversalColumn,
      only: options.only?.column,
    },
    skipTotalRow: options.skipTotalRow === true,
    map: {
      blankAmount: options.blankAmount,
      round: options.round,
      style: {
        timezone: options.timezone,
        dateOrder: options.dateFormat,
        amounts: {
          decimal: options.decimal,
          currency: options.currency,
          accounting: (options.negativeAmounts ?? 'refuse') !== 'refuse',
        },
      },
      negativeAmounts: options.negativeAmounts ?? 'refuse',
      refund: options.refund ?? 'reverse',
      reversalValues: lowerCase(options.reversalValues ?? []),
      only: options.only === undefined ? undefined : lowerCase(options.only.values),
      constants: options.constants ?? new Map(),
      values: options.values ?? new Map(),
      waived: options.allowMissingCallDate === true ? ['call_date'] : [],
      needsRowSecret,
      sealer: processSealer(),
    },
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
  };
}

export function settingsOf(vendor: Vendor, options: PushOptions): PushSettings {
  return {
    // One after the other, so that the sandbox's books and ids come out the same every time.
    concurrency: options.concurrency ?? (options.sandbox === true ? 1 : vendor.limits.concurrency),
    rate: options.rate ?? (options.sandbox === true ? 0 : vendor.limits.rate),
    budget: { retries: options.retries, deadlineMs: options.deadline * 1000 },
    maxErrors: options.maxErrors ?? DEFAULT_MAX_ERRORS,
    confirm: options.confirm === true,
  };
}
