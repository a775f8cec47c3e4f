import { nearest } from '../io/nearest.js';
import { COMMANDS, type CommandSpec } from './commands.js';
import { settingsOn, type OptionSetting } from './settings.js';
import { bareOf, COMMON, FILE_WORDS, nameOf, OPTION_WORDS, SECRET_WORD, type Known } from './slip-words.js';

export interface TypedOption {
  readonly flag: string;
  readonly setting?: OptionSetting | undefined;
  value?: string | undefined;
}

/** What was typed behind a command, as far as it can be read; options have the names that were meant. */
export class TypedLine {
  readonly spec: CommandSpec;
  readonly options: TypedOption[] = [];
  operands: string[] = [];
  /** Whether there is something of which nobody can tell what was meant. */
  isUnsure = false;
  readonly #known: Known;
  readonly #says: string[];
  readonly #settings: ReadonlyMap<string, OptionSetting>;

  constructor(spec: CommandSpec, words: readonly string[], known: Known, says: string[]) {
    this.spec = spec;
    this.#known = known;
    this.#says = says;
    this.#settings = new Map(settingsOn(spec.name).map((one) => [flagOf(one), one]));
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at] ?? '';
      if (word === '--') {
        this.operands.push(...words.slice(at + 1));
        return;
      }
      if (!/^-[^\d:]/.test(word)) this.operands.push(word);
      else if (this.#read(word, words[at + 1])) at += 1;
    }
  }

  takes(flag: string): boolean {
    return this.#settings.has(flag);
  }

  has(flag: string): boolean {
    return this.options.some((option) => option.flag === flag);
  }

  valueOf(flag: string): string | undefined {
    return this.options.find((option) => option.flag === flag)?.value;
  }

  add(flag: string, value?: string): void {
    const option = this.options.find((one) => one.flag === flag && one.value === undefined);
    if (option === undefined) this.options.push({ flag, value, setting: this.#settings.get(flag) });
    else option.value = value;
  }

  leaveOut(option: TypedOption): void {
    this.options.splice(this.options.indexOf(option), 1);
  }

  /** Whether the next word belongs to it. */
  #read(word: string, next: string | undefined): boolean {
    const [, name = word, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const flag = this.#meant(name);
    if (flag === undefined) return this.#readUnknown(name, value, next);
    const { flag: written = flag, default: unsaid } = this.#settings.get(flag) ?? {};
    if (written === flag) return this.#readSwitch(flag, value);
    const mayLack = written.includes(' [');
    const isNext =
      value === undefined &&
      next !== undefined &&
      !this.#isOption(next) &&
      !(mayLack && next.startsWith('-'));
    const said = value ?? (isNext ? next : undefined);
    const isLacking = said === undefined ? !mayLack : said === '' && unsaid !== '';
    if (isLacking) this.#says.push(`${flag} needs its value: ${written}`);
    this.add(flag, isLacking ? undefined : said);
    return isNext;
  }

  #readSwitch(flag: string, value: string | undefined): boolean {
    if (value !== undefined) this.#says.push(`${flag} takes no value`);
    if (value === undefined || /^(true|yes|on|1)$/i.test(value)) this.add(flag);
    else if (!/^(false|no|off|0)$/i.test(value)) this.isUnsure = true;
    return false;
  }

  #isOption(word: string): boolean {
    return this.#settings.has(nameOf(word)) || COMMON.includes(word);
  }

  /** The option of that name, or nearest to it. */
  #meant(name: string): string | undefined {
    if (this.#isOption(name)) return name;
    const bare = bareOf(name);
    const written = `--${bare}`;
    const own = [...this.#settings.keys(), ...COMMON.filter((one) => one.startsWith('--'))];
    const other = `--${OPTION_WORDS.get(bare) ?? ''}`;
    const flag = [written, other].find((one) => own.includes(one)) ?? this.#nearest(bare, own);
    if (flag !== undefined) this.#says.push(`there is no option ${name}; the nearest is ${flag}`);
    return flag;
  }

  #nearest(bare: string, own: readonly string[]): string | undefined {
    const isOther =
      SECRET_WORD.test(bare) || commandsWith(`--${bare}`).length > 0 || FILE_WORDS.includes(bare);
    return isOther || bare.length < 2 ? undefined : nearest(bare, own);
  }

  #readUnknown(name: string, value: string | undefined, next: string | undefined): boolean {
    const { argument, name: command } = this.spec;
    const bare = bareOf(name);
    const isNext = value === undefined && next !== undefined && !next.startsWith('-');
    const said = value ?? (isNext ? next : undefined);
    if (SECRET_WORD.test(bare)) {
      this.isUnsure = true;
      this.#says.push(
        `there is no option ${name}: other users of the machine could read it; set the credential in the environment, or name a file with --env-file`,
      );
      return isNext && !this.#known.isFile(next);
    }
    const isVendor = bare === 'vendor' && argument?.kind.is === 'vendor';
    const isFile = FILE_WORDS.includes(bare) && argument?.kind.is === 'path';
    if (said !== undefined && (isVendor || isFile)) {
      this.#says.push(`${command} takes the ${isVendor ? 'vendor' : 'file'} without ${name}`);
      this.operands.push(said);
      return isNext;
    }
    this.isUnsure = true;
    const others = commandsWith(`--${bare}`);
    const [foreign] = others.flatMap((one) => settingsOn(one).filter((own) => flagOf(own) === `--${bare}`));
    this.#says.push(
      foreign === undefined
        ? `there is no option ${name}`
        : `${command} has no option ${name}; it is one of ${others.join(', ')}`,
    );
    return isNext && foreign?.flag.includes(' <') === true;
  }
}

/** Whether an option has not the value that it needs. */
export function isIncomplete({ value, setting }: TypedOption): boolean {
  return value === undefined && setting?.flag.includes(' <') === true;
}

function flagOf({ flag }: OptionSetting): string {
  return flag.split(' ')[0] ?? '';
}

function commandsWith(flag: string): CommandSpec['name'][] {
  const names = COMMANDS.map(({ name }) => name);
  return names.filter((name) => settingsOn(name).some((one) => flagOf(one) === flag));
}
