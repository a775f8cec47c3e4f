import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Vendor } from '../core/vendor.js';
import type { Profile } from '../io/config.js';
import { DEFAULT_CONFIG, PROFILE_SETTINGS } from '../io/profile-settings.js';
import { camelCase, type Kind, type Setting } from '../io/setting.js';
import { REPORT_FIELDS } from '../report/columns.js';
import { VENDORS } from '../vendors/index.js';
import { UsageError } from './console.js';
import { pathOf, type Host } from './host.js';
import type { OptionsOf } from './settings.js';
import { validatorOf } from './validators.js';

/** What a profile adds to the options of a command. */
export interface FromProfile {
  /** Fields it names that its vendor lacks and others have; they are not sent. */
  readonly foreignFields?: readonly string[];
  /** Where the file keeps agent, campaign and time, which only reports take. */
  readonly reportColumns?: ReadonlyMap<string, string>;
}

type PushOptions = Omit<OptionsOf<'push'>, 'profile' | 'all'>;

/** Options of a command that takes a profile; those that the command does not have come with it and are not read. */
export type ProfileUser = Pick<PushOptions, 'config' | 'vendor' | 'column'> & {
  readonly profile?: string | undefined;
} & Partial<Pick<PushOptions, 'constant'>> &
  FromProfile;

/** All of the file that is named, or of the one that is looked for, where there is one. */
export async function profilesOf(host: Host, config: string | undefined): Promise<readonly Profile[]> {
  const path = config ?? DEFAULT_CONFIG;
  if (config === undefined && !existsSync(pathOf(host, path))) return [];
  const { readConfig } = await import('../io/config.js');
  const profiles = readConfig({ path, cwd: host.cwd });
  if (!profiles.ok) throw new UsageError(profiles.error.join('\n'));
  return [...profiles.value.values()];
}

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
  if (!profiles.ok) throw new UsageError(profiles.error, 'profile');
  const names = [...profiles.value.keys()].join(', ');
  if (name === undefined) throw new UsageError(`--config goes with --profile; ${path} has ${names}`);
  const profile = profiles.value.get(name);
  if (profile === undefined)
    throw new UsageError(`${path} has no profile ${JSON.stringify(name)}; it has ${names}`, 'profile');
  if (options.vendor !== undefined && options.vendor !== profile.vendor) {
    throw new UsageError(
      `profile ${name} is for ${profile.vendor} and --vendor says ${options.vendor}; leave --vendor out`,
    );
  }
  const { own, ...apart } = fieldsApart(profile);
  const merged = { ...options, ...apart } as unknown as Record<string, unknown>;
  for (const [option, value] of Object.entries(optionsOf(own, path))) {
    if (value !== undefined && !given.has(option)) merged[option] = value;
  }
  const { column, constant } = options;
  if (own.columns !== undefined && column !== undefined)
    merged['column'] = new Map([...own.columns, ...column]);
  if (own.constants !== undefined && constant !== undefined)
    merged['constant'] = new Map([...own.constants, ...constant]);
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
function fieldsApart(profile: Profile): FromProfile & { readonly own: Profile } {
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
  const ofReports: readonly string[] = REPORT_FIELDS;
  const reportColumns = new Map([...(profile.columns ?? [])].filter(([field]) => ofReports.includes(field)));
  return { own, foreignFields: [...foreignFields], reportColumns };
}

/** What a profile of the file at `path` says, as options; undefined where it says nothing. */
export function optionsOf(profile: Profile, path: string): Partial<PushOptions> {
  const said = profile as unknown as Readonly<Record<string, unknown>>;
  const options = Object.entries<Setting>(PROFILE_SETTINGS).flatMap(([name, { key, kind, flag }]) => {
    if (key === undefined || key === 'reversal') return [];
    const value = said[camelCase(key)];
    // An option without a value can only be given or not.
    const notGiven = value === false && flag?.startsWith('--no-') !== true;
    return [[name, notGiven ? undefined : asOption(value, kind, `${path}: profiles.${profile.name}.${key}`)]];
  });
  return {
    ...(Object.fromEntries(options) as Partial<PushOptions>),
    reversalColumn: profile.reversal?.column,
    reversalValues: profile.reversal?.values,
  };
}

/** What the schema takes as any text is read as the option is. */
function asOption(value: unknown, kind: Kind, place: string): unknown {
  if (typeof value !== 'string' || !['date_order', 'currency', 'amount'].includes(kind.is)) return value;
  try {
    return validatorOf(kind)?.(value);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${place}: ${JSON.stringify(value)}: ${error.message}`, 'profile');
  }
}
