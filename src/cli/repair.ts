import { nearest } from '../io/nearest.js';
import type { Kind } from '../io/setting.js';
import { VENDORS } from '../vendors/index.js';
import { COMMANDS } from './commands.js';
import { meantFrom } from './meant-command.js';
import { fileWord } from './next-command.js';
import {
  COMMAND_NAMES,
  INVOCA_OPTIONS,
  isFileLike,
  isRun,
  vendorFor,
  VENDOR_IDS,
  type Known,
} from './slip-words.js';
import { isIncomplete, TypedLine, type TypedOption } from './typed-line.js';

export interface Repair {
  /** What is wrong, a line each. */
  readonly says: readonly string[];
  /** The words that were probably meant; undefined where nobody can tell. */
  readonly words?: readonly string[] | undefined;
  /** A command that shows what to choose from. */
  readonly see?: readonly string[] | undefined;
}

/** What is wrong with a line, by what is known; nothing is asked or done. */
export function repaired(argv: readonly string[], known: Known): Repair {
  const says: string[] = [];
  const start = meantFrom(argv, known, says);
  if (start === undefined) return { says };
  const [command = '', ...rest] = start;
  const spec = COMMANDS.find(({ name }) => name === command);
  if (spec === undefined) return { says, words: start };
  return new Mending(new TypedLine(spec, rest, known, says), known, says).repair();
}

/** Puts right what stands behind a command. */
class Mending {
  readonly #line: TypedLine;
  readonly #known: Known;
  readonly #says: string[];
  /** Another command that was meant. */
  #instead: readonly string[] | undefined;
  #see: readonly string[] | undefined;

  constructor(line: TypedLine, known: Known, says: string[]) {
    this.#line = line;
    this.#known = known;
    this.#says = says;
  }

  repair(): Repair {
    const line = this.#line;
    const { name, argument } = line.spec;
    for (const option of [...line.options]) this.#mendValue(option);
    if (argument?.kind.is === 'path') this.#mendFiles();
    if (this.#instead !== undefined) return { says: this.#says, words: this.#instead };
    if (line.operands[0] === undefined) this.#nameWord();
    else if (argument?.kind.is !== 'path') this.#mendWord(line.operands[0]);
    this.#leaveOut();
    if (this.#see === undefined) this.#nameVendor();
    if (line.options.some(isIncomplete)) this.#see ??= [name, '--help'];
    const isMeant = !line.isUnsure && this.#see === undefined;
    return { says: this.#says, see: this.#see, words: isMeant ? this.#words() : undefined };
  }

  #words(): string[] {
    const { spec, operands, options } = this.#line;
    const written = options.flatMap(({ flag, value }) => (value === undefined ? [flag] : [flag, value]));
    if (spec.argument?.kind.is === 'path') return [spec.name, ...operands.map(fileWord), ...written];
    const isDashed = operands.some((word) => word.startsWith('-'));
    return [spec.name, ...(isDashed ? [...written, '--', ...operands] : [...operands, ...written])];
  }

  #say(text: string): void {
    this.#says.push(text);
  }

  #mendValue(option: TypedOption): void {
    const { flag, value, setting } = option;
    if (value === undefined || setting === undefined) return;
    const { kind } = setting;
    if (kind.is === 'vendor') this.#mendVendor(option, value);
    else if (kind.is === 'choice') this.#replace(option, kind.of, `${flag} "${value}"`);
    else if (kind.is === 'profiles' || (kind.is === 'known' && kind.what === 'profile'))
      this.#replace(
        option,
        this.#known.profiles.map(([name]) => name),
        `there is no profile "${value}"`,
      );
    else if (kind.is === 'known' && kind.what === 'run') option.value = this.#runOf(value);
    else if (kind.is === 'fields') this.#mendField(option, value);
    else if (flag === '--ledger' && this.#line.spec.name === 'report' && /\.csv(\.gz)?$/i.test(value)) {
      this.#say(`--ledger names a ledger, and ${value} is a file of results`);
      this.#line.leaveOut(option);
      this.#line.operands.push(value);
    }
  }

  /** By the nearest of some words, where it is none of them. */
  #replace(option: TypedOption, words: readonly string[], wrong: string): void {
    const { value = '' } = option;
    const near = words.includes(value) ? undefined : nearest(value, words);
    if (near === undefined) return;
    this.#say(`${wrong}; the nearest is ${near}`);
    option.value = near;
  }

  #mendVendor(option: TypedOption, value: string): void {
    const { operands } = this.#line;
    if (VENDOR_IDS.includes(value)) return;
    const at = operands.findIndex((word) => vendorFor(word) !== undefined && !this.#known.isFile(word));
    const near = vendorFor(value);
    if (this.#known.isFile(value) && at >= 0) {
      this.#say(`--vendor names a vendor, and ${value} is a file`);
      option.value = vendorFor(operands[at] ?? '');
      operands[at] = value;
    } else if (near !== undefined) {
      this.#say(`there is no vendor "${value}"; the nearest is ${near}`);
      option.value = near;
    }
  }

  #mendField(option: TypedOption, value: string): void {
    const [, field = '', rest = ''] = /^([^=]*)(=.*)$/s.exec(value) ?? [];
    const profile = this.#line.valueOf('--profile');
    const id = this.#line.valueOf('--vendor') ?? this.#known.profiles.find(([name]) => name === profile)?.[1];
    const fields = VENDORS.find((vendor) => vendor.id === id)?.columns.map((column) => column.field) ?? [];
    const near = fields.includes(field) ? undefined : nearest(field, fields);
    if (near === undefined) return;
    this.#say(`${option.flag}: there is no field "${field}"; the nearest is ${near}`);
    option.value = `${near}${rest}`;
  }

  #runOf(word: string): string {
    const [, number] = /^#?(?:run)?[\s_#-]*(\d+)$/i.exec(word) ?? [];
    if (number === undefined || /^(run-)?\d+$/.test(word)) return word;
    this.#say(`a run is written run-${number}, not "${word}"`);
    return `run-${number}`;
  }

  /** Words that stand where files do. */
  #mendFiles(): void {
    const line = this.#line;
    const { isFile } = this.#known;
    const whole = line.operands.join(' ');
    if (line.operands.length > 1 && !line.operands.every(isFile) && isFile(whole)) {
      this.#say(`a name with blanks in it stands in quotes: '${whole}'`);
      line.operands = [whole];
    }
    line.operands = line.operands.filter((word) => isFile(word) || word === '-' || !this.#isTaken(word));
  }

  /** Whether a word that is no file is something else. */
  #isTaken(word: string): boolean {
    const line = this.#line;
    const { name } = line.spec;
    if (word === name) {
      this.#say(`${name} stands there twice`);
      return true;
    }
    if (isRun(word)) {
      this.#say(`${word} is a run and no file`);
      if (name === 'report') line.add('--run', word);
      else this.#instead = ['results', word, ...this.#ledgerWords()];
      return true;
    }
    const id = isFileLike(word, this.#known) ? undefined : vendorFor(word);
    const isFree = line.takes('--vendor') && line.valueOf('--vendor') === undefined && !line.has('--profile');
    if (id === undefined || !isFree) return false;
    const what =
      id === word
        ? `${word} is a vendor and no file`
        : `there is no file ${word}; the nearest vendor is ${id}`;
    this.#say(`${what}; a vendor stands behind --vendor`);
    line.add('--vendor', id);
    return true;
  }

  /** A word that is missing. */
  #nameWord(): void {
    const line = this.#line;
    const { name, argument } = line.spec;
    if (name === 'pull' && INVOCA_OPTIONS.some((flag) => line.has(flag))) {
      this.#say('the vendor is missing; of these options it is invoca');
      line.operands.push('invoca');
    } else if (argument?.flag.startsWith('<') === true) {
      this.#say(`${name} needs ${argument.flag}: ${argument.about}`);
      this.#see = isOfRun(argument.kind) ? ['runs', ...this.#ledgerWords()] : [name, '--help'];
    } else if (name === 'push' && this.#says.length > 0 && !line.has('--profile') && !line.has('--all')) {
      this.#say('name the files to push');
      this.#see = [name, '--help'];
    }
  }

  /** A word that stands where something else than a file does. */
  #mendWord(word: string): void {
    const { operands, spec } = this.#line;
    const { name, argument } = spec;
    const kind = argument?.kind;
    if (isOfRun(kind) && isFileLike(word, this.#known)) {
      this.#say(`${word} is a file and no run`);
      this.#see = ['runs', ...this.#ledgerWords()];
    } else if (isOfRun(kind)) operands[0] = this.#runOf(word);
    else if (name === 'explain' && this.#known.isFile(word)) {
      this.#say(`${word} has many lines; name one, as an editor counts them`);
      operands[0] = `${word}:2`;
    } else {
      const words = argument?.words ?? wordsFor(kind, name);
      const near = kind?.is === 'vendor' ? vendorFor(word) : nearest(word, words);
      if (words.includes(word) || near === undefined || !words.includes(near)) return;
      const what = kind?.is === 'choice' ? `${argument?.flag.replace(/[<>]/g, '') ?? ''} ` : 'there is no ';
      this.#say(`${what}"${word}"; the nearest is ${near}`);
      operands[0] = near;
    }
  }

  #ledgerWords(): string[] {
    const ledger = this.#line.valueOf('--ledger');
    return ledger === undefined ? [] : ['--ledger', ledger];
  }

  /** Words that are too many. */
  #leaveOut(): void {
    const line = this.#line;
    const { argument, name } = line.spec;
    if (argument?.flag.includes('...') === true) return;
    const most = argument === undefined ? 0 : 1;
    const more = line.operands.splice(most);
    if (more.length === 0) return;
    this.#say(`${name} takes ${most === 0 ? 'no word' : 'one word'}; too many: ${more.join(' ')}`);
    // What was meant by them is not known where something may be sent.
    if (line.takes('--dry-run')) line.isUnsure = true;
  }

  /** The vendor that alone can be meant, where one is needed. */
  #nameVendor(): void {
    const line = this.#line;
    const { name } = line.spec;
    const isTyped = line.has('--vendor');
    const isNamed = line.valueOf('--vendor') !== undefined || line.has('--profile') || line.has('--all');
    const isLine = name === 'explain' && /:\d+$/.test(line.operands[0] ?? '');
    if (isNamed || (!isTyped && !isLine && !['push', 'reconcile', 'init'].includes(name))) return;
    const { profiles, vendors } = this.#known;
    const [profile, ...others] = isTyped || name === 'init' ? [] : profiles;
    const [id, ...more] = vendors;
    const isOne = profile === undefined ? id !== undefined && more.length === 0 : others.length === 0;
    if (!isTyped && (isOne || this.#says.length > 0))
      this.#say(`name the vendor with --vendor${name === 'init' ? '' : ', or a profile with --profile'}`);
    if (!isOne) this.#see = ['vendors'];
    else if (profile !== undefined) line.add('--profile', profile[0]);
    else line.add('--vendor', id);
  }
}

function isOfRun(kind: Kind | undefined): boolean {
  return kind?.is === 'known' && kind.what === 'run';
}

function wordsFor(kind: Kind | undefined, command: string): readonly string[] {
  if (kind?.is === 'vendor') return VENDOR_IDS;
  if (kind?.is === 'choice') return kind.of;
  return command === 'schema' ? [...COMMAND_NAMES, 'config'] : [];
}
