import { PROFILE_SETTINGS } from '../io/profile-settings.js';
import { GROUPS, type CommandName, type Kind, type Setting, type Settings } from '../io/setting.js';
import { RUNNING_SETTINGS } from './settings/running.js';
import { SELECTION_SETTINGS } from './settings/selection.js';
import type { OptionOf } from './validators.js';

/**
 * Every setting there is. Options of commands and their types, the schema of profiles, what a shell completes and
 * the tables of the README all come from here.
 */
export const SETTINGS = {
  ...PROFILE_SETTINGS,
  ...SELECTION_SETTINGS,
  ...RUNNING_SETTINGS,
} as const satisfies Settings;

/** A setting that an option can say. */
export type OptionSetting = Setting & { readonly name: string; readonly flag: string };

/** The options of a command as it has them, in the order of its help. */
export function settingsOn(command: string, settings: Settings = SETTINGS): readonly OptionSetting[] {
  const own = Object.entries(settings).flatMap(([name, { but, ...setting }]) => {
    const { flag } = setting;
    if (flag === undefined || !setting.on.some((one) => one === command)) return [];
    return [{ name, ...setting, flag, ...but?.[command as CommandName] }];
  });
  const groupOf = ({ group }: Setting): number => GROUPS.indexOf(group);
  return own.sort((left, right) => groupOf(left) - groupOf(right));
}

type Table = typeof SETTINGS;

/** A setting as a command has it. */
type With<S, C> = S extends { but: infer But }
  ? C extends keyof But
    ? Omit<S, keyof But[C]> & But[C]
    : S
  : S;

type OptionalText<S> = S extends { flag: `${string} [${string}]` } ? true : never;

type Value<S> = S extends { flag: `--no-${string}` }
  ? boolean
  : S extends { kind: infer K extends Kind }
    ? OptionOf<K> | OptionalText<S>
    : never;

type NamesOn<C> = { [N in keyof Table]: C extends Table[N]['on'][number] ? N : never }[keyof Table];

/** Whether there is a value in any case. */
type Always<S> = S extends { default: string | number } | { required: true } | { flag: `--no-${string}` }
  ? true
  : false;

type AlwaysOn<C> = {
  [N in NamesOn<C>]: Always<With<Table[N], C>> extends true ? N : never;
}[NamesOn<C>];

/** What a command is called with, profiles included. */
export type OptionsOf<C extends CommandName> = {
  readonly [N in AlwaysOn<C>]: Value<With<Table[N], C>>;
} & {
  readonly [N in Exclude<NamesOn<C>, AlwaysOn<C>>]?: Value<With<Table[N], C>> | undefined;
} & { readonly color?: boolean };
