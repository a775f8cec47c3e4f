import { Argument, Option } from 'commander';
import type { Kind } from '../io/setting.js';
import type { OptionSetting } from './settings.js';
import { validatorOf } from './validators.js';

/** The word behind `--help` that asks for all of it. */
export const ALL = 'all';

/** An option that knows what kind of value it takes. */
export class SettingOption extends Option {
  readonly kind: Kind;
  /** The environment variable that is read where the option is not given. */
  readonly variable: string | undefined;
  /** Whether a help shows it that has no room for all. */
  readonly often: boolean;

  constructor({ flag, about, kind, ...setting }: OptionSetting, grouped: boolean) {
    super(flag, setting.env === undefined ? about : `${about} (env: ${setting.env})`);
    this.kind = kind;
    this.variable = setting.env;
    this.often = setting.often === true;
    const validator = validatorOf(kind);
    if (validator !== undefined) this.argParser(validator);
    if (kind.is === 'choice') this.choices(kind.of);
    if (setting.default !== undefined) this.default(setting.default);
    if (setting.conflicts !== undefined) this.conflicts(setting.conflicts);
    if (grouped) this.helpGroup(`${setting.group}:`);
    this.makeOptionMandatory(setting.required === true);
  }
}

/** The argument of a command, as `option` makes it. */
export interface ArgumentSpec extends Pick<OptionSetting, 'flag' | 'about' | 'kind'> {
  /** What a shell completes, where the kind does not say it. */
  readonly words?: readonly string[];
}

/** An argument that knows what kind of value it takes. */
export class SpecArgument extends Argument {
  readonly kind: Kind;
  readonly words: readonly string[] | undefined;

  constructor({ flag, about, kind, words }: ArgumentSpec) {
    super(flag, about);
    this.kind = kind;
    this.words = words;
    if (kind.is === 'choice') this.choices(kind.of);
  }
}
