import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Vendor } from '../core/vendor.js';
import type { Profile } from '../io/config.js';
import { REPORT_FIELDS } from '../report/columns.js';
import { VENDORS } from '../vendors/index.js';
import { UsageError } from './console.js';
import { pathOf, type Host } from './host.js';
import { read } from './option-readers.js';
import type { PushOptions } from './push-options.js';

/** `DEFAULT_CONFIG` of `io/config.js`, which is loaded only where there is a profile to read. */
const DEFAULT_CONFIG = 'revsync.yaml';

/** Options of a command that takes a profile; those that the command does not have come with it and are not read. */
export type ProfileUser = Pick<PushOptions, 'profile' | 'config' | 'vendor' | 'column' | 'foreignFields'>;

/**
 * The options with those of the profile that `--profile` names below them. `given` are the options that were
 * written on the command line or in the environment: they go before the profile, the profile before defaults.
 */
export async function withProfile<O extends ProfileUser>(
  { cwd }: Host,
  options: O,
  given: ReadonlySet<string>,
): Promise<O> {
  const { profile: name, config } = options;
  if (name === undefined && config === undefined) return options;
  const path = config ?? DEFAULT_CONFIG;
  const { readConfig } = await import('../io/config.js');
  const profiles = readConfig({ path, cwd });
  if (!profiles.ok) throw new UsageError(profiles.error.join('\n'));
  const names = [...profiles.value.keys()].join(', ');
  if (name === undefined) throw new UsageError(`--config goes with --profile; ${path} has ${names}`);
  const profile = profiles.value.get(name);
  if (profile === undefined)
    throw new UsageError(`${path} has no profile ${JSON.stringify(name)}; it has ${names}`);
  if (options.vendor !== undefined && options.vendor !== profile.vendor) {
    throw new UsageError(
      `profile ${name} is for ${profile.vendor} and --vendor says ${options.vendor}; leave --vendor out`,
    );
  }
  const { own, foreignFields, reportColumns } = fieldsApart(profile);
  const merged: Record<string, unknown> = { ...options, foreignFields, reportColumns };
  for (const [option, value] of Object.entries(optionsOf(own, path))) {
    if (value !== undefined && !given.has(option)) merged[option] = value;
  }
  if (own.columns !== undefined && options.column !== undefined)
    merged['column'] = new Map([...own.columns, ...options.column]);
  return merged as unknown as O;
}

/** A line about a profile, or a part of one, that is not used; undefined where all of it is. */
export function unusedProfile(
  host: Host,
  { profile, config, foreignFields = [] }: ProfileUser,
): string | undefined {
  if (foreignFields.length > 0)
    return `profile ${profile ?? ''}: not sent, since this vendor has no such field: ${foreignFields.join(', ')}`;
  if (profile !== undefined || config !== undefined || !existsSync(pathOf(host, DEFAULT_CONFIG)))
    return undefined;
  return `${DEFAULT_CONFIG} is not used; --profile NAME takes a profile of it`;
}

/**
 * A profile may say more than its vendor takes: fields of another vendor, or of reports, are set apart. Names that
 * nobody knows stay, to be refused.
 */
function fieldsApart(profile: Profile): {
  own: Profile;
  foreignFields: readonly string[];
  reportColumns: ReadonlyMap<string, string>;
} {
  const fieldsOf = ({ columns }: Vendor): string[] => columns.map(({ field }) => field);
  const vendor = VENDORS.find(({ id }) => id === profile.vendor);
  const known = new Set<string>([...VENDORS.flatMap(fieldsOf), ...REPORT_FIELDS]);
  for (const field of vendor === undefined ? known : fieldsOf(vendor)) known.delete(field);
  const foreignFields = new Set<string>();
  const ownOf = <T>(named: ReadonlyMap<string, T> | undefined): ReadonlyMap<string, T> | undefined => {
    if (named === undefined) return undefined;
    for (const field of named.keys()) if (known.has(field)) foreignFields.add(field);
    return new Map([...named].filter(([field]) => !known.has(field)));
  };
  const own = {
    ...profile,
    columns: ownOf(profile.columns),
    constants: ownOf(profile.constants),
    values: ownOf(profile.values),
  };
  const reportColumns = new Map(
    REPORT_FIELDS.flatMap((field) => {
      const header = profile.columns?.get(field);
      return header === undefined ? [] : [[field, header] as const];
    }),
  );
  return { own, foreignFields: [...foreignFields], reportColumns };
}

/** What a profile of the file at `path` says, as options. */
export function optionsOf(profile: Profile, path: string): Partial<PushOptions> {
  const within = <T>(key: string, text: string | undefined, reader: (text: string) => T): T | undefined => {
    if (text === undefined) return undefined;
    try {
      return reader(text);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new UsageError(
        `${path}: profiles.${profile.name}.${key}: ${JSON.stringify(text)}: ${error.message}`,
      );
    }
  };
  return {
    vendor: profile.vendor,
    account: profile.account,
    baseUrl: profile.baseUrl,
    ledger: profile.ledger,
    envFile: profile.envFile,
    column: profile.columns,
    constants: profile.constants,
    values: profile.values,
    reversalColumn: profile.reversal?.column,
    reversalValues: profile.reversal?.values,
    refund: profile.refund,
    negativeAmounts: profile.negativeAmounts,
    only: profile.only,
    timezone: profile.timezone,
    dateFormat: within('date_format', profile.dateFormat, read.dateFormat),
    decimal: profile.decimal,
    currency: within('currency', profile.currency, read.currency),
    delimiter: profile.delimiter,
    encoding: profile.encoding,
    headerRow: profile.headerRow,
    skipTotalRow: profile.skipTotalRow === true ? true : undefined,
    round: profile.round,
    blankAmount: profile.blankAmount,
    onConflict: profile.onConflict,
    rate: profile.rate,
    concurrency: profile.concurrency,
    retries: profile.retries,
    timeout: profile.timeout,
    deadline: profile.deadline,
    maxErrors: profile.maxErrors,
    maxInvalid: profile.maxInvalid,
    maxTotal: within('max_total', profile.maxTotal, read.total),
    confirm: profile.confirm === true ? true : undefined,
    correct: profile.correct,
    allowMissingCallDate: profile.allowMissingCallDate === true ? true : undefined,
  };
}
