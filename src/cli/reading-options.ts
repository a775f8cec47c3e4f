import type { Vendor } from '../core/vendor.js';
import type { StageJob } from '../push/stage.js';
import { csvSource } from '../io/csv/reader.js';
import { processSealer } from '../io/seal.js';
import type { Host } from './host.js';
import type { FromProfile } from './profile.js';
import type { OptionsOf } from './settings.js';

/** What every command that reads a sales file takes, with what a profile adds to it. */
type ReadingOptions = Pick<OptionsOf<'push'>, keyof OptionsOf<'push'> & keyof OptionsOf<'reconcile'>> &
  FromProfile;

/** Where these options contradict each other or the vendor. */
export function readingProblems(options: ReadingOptions, vendor: Vendor): string[] {
  const problems: string[] = [];
  const { repeat, clear, reverse, noAmount, missingCallDate } = vendor.semantics;
  if (options.out === '-' && options.json === true)
    problems.push('--out - and --json both want standard output');
  if (options.sandbox === true && options.baseUrl !== undefined)
    problems.push('--sandbox and --base-url exclude each other');
  if ((options.reversalColumn === undefined) !== (options.reversalValues === undefined)) {
    problems.push('--reversal-column and --reversal-values go together');
  }
  if (options.blankAmount === 'omit' && noAmount.kind === 'unsupported') {
    problems.push(`--blank-amount omit: ${vendor.title} takes no row without an amount`);
  }
  if (options.allowMissingCallDate === true && missingCallDate === undefined) {
    problems.push(`--allow-missing-call-date: ${vendor.title} needs no call date`);
  }
  if (options.onConflict === 'sum' && repeat.kind === 'appends') {
    problems.push(
      `--on-conflict sum: ${vendor.title} adds a record with every request, so there is no one amount per key`,
    );
  }
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
  return problems;
}

export function stageJobOf(
  host: Host,
  files: readonly string[],
  options: ReadingOptions,
  vendor: Vendor,
  needsRowSecret: boolean,
): StageJob {
  const { delimiter, encoding, headerRow } = options;
  const lowerCase = (values: readonly string[]): ReadonlySet<string> =>
    new Set(values.map((value) => value.trim().toLowerCase()));
  return {
    vendor,
    sources: files.map((file) => csvSource(file, host, { delimiter, encoding, headerRow })),
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
  };
}
