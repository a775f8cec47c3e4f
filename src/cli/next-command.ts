import { isAbsolute, join, relative, sep } from 'node:path';
import type { Namespace } from '../core/ledger.js';
import type { PlanTerms } from '../core/plans.js';
import type { CommandName } from '../io/setting.js';
import type { Environment } from '../io/secrets.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';
import { ledgerPath, namedLedger, NO_LEDGER } from './ledger-path.js';
import { settingsOn, type OptionSetting } from './settings.js';

/*
 * Every command that is printed to be copied is composed here: pasted, it does what the sentence before it says.
 */

/** Whoever copies a `resolve` line writes in its place how they know. */
const WHY = 'HOW YOU KNOW';

/** What is to be otherwise than it was typed. */
export interface Change {
  /** Options, by their names in code. */
  readonly without?: readonly string[] | undefined;
  readonly adding?: readonly string[] | undefined;
}

/** The command that was typed, to be typed again: argv as it was given, quoted for a shell. */
export function typedAgain(host: Host, { without = [], adding = [] }: Change = {}): string {
  const kept = typed(host).filter(({ setting }) => setting === undefined || !without.includes(setting.name));
  const end = kept.findIndex(({ words }) => words[0] === '--');
  const words = kept.map((part) => part.words);
  words.splice(end < 0 ? words.length : end, 0, adding);
  return commandOf(host, words.flat());
}

/** Whether an option was typed, by its name in code. */
export function wasTyped(host: Host, name: string): boolean {
  return typed(host).some(({ setting }) => setting?.name === name);
}

/** Of the options that were typed those that `command` takes too and that are wanted, with their values. */
export function typedFor(host: Host, command: CommandName, isWanted: (name: string) => boolean): string[] {
  const taken = new Set(settingsOn(command).map(({ flag }) => flag));
  return typed(host).flatMap(({ setting, words }) =>
    setting !== undefined && taken.has(setting.flag) && isWanted(setting.name) ? words : [],
  );
}

/** A command of the program, called as it was called now. */
export function commandOf(host: Pick<Host, 'script' | 'cwd'>, words: readonly string[]): string {
  const [program = '', ...rest] = programWords(host);
  // Node itself would read the file, or say that there is none.
  const ended = program !== 'revsync' && words.some((word) => word.startsWith('--env-file')) ? ['--'] : [];
  return [program, ...ended, ...rest, ...words].map(shellWord).join(' ');
}

/** The books of one account, as options say it; an address only where there is one to choose. */
export interface AccountOptions extends Pick<Namespace, 'vendor' | 'account'> {
  readonly baseUrl?: string | undefined;
  /** Of `ledgerWords`. */
  readonly ledger: readonly string[];
}

/** Both ways to settle a key, each a whole command. */
export function resolveCommands(
  host: Host,
  key: string,
  { vendor, account, baseUrl, ledger }: AccountOptions,
): string[] {
  const address = baseUrl === undefined ? [] : ['--base-url', baseUrl];
  const whose = ['--vendor', vendor, '--account', account, ...address, ...ledger];
  const target = key.startsWith('-') ? ['--', key] : [key];
  return ['--accepted', '--not-applied'].map((found) =>
    commandOf(host, ['resolve', found, '--why', WHY, ...whose, ...target]),
  );
}

/** What sends a plan, with the connection that its profile says. */
export function applyCommand(
  host: Host,
  named: string,
  ledger: string | undefined,
  { profile, config }: Pick<PlanTerms, 'profile' | 'config'>,
): string {
  const from = config === undefined ? [] : ['--config', config];
  const by = profile === undefined ? [] : ['--profile', profile, ...from];
  return commandOf(host, ['apply', fileWord(named), ...by, ...ledgerWords(ledger, host.env, host)]);
}

/** `--ledger` as it was said, wherever it was; nothing where commands without it find the same file. */
export function ledgerWords(
  option: string | undefined,
  env: Environment,
  { cwd }: Pick<Host, 'cwd'>,
): string[] {
  const named = namedLedger(option, { env, cwd }) ?? '';
  if (named === '') return [];
  return ledgerPath(named, { env, cwd }) === defaultLedger(env, cwd) ? [] : ['--ledger', named];
}

function defaultLedger(env: Environment, cwd: string): string | undefined {
  try {
    return ledgerPath(undefined, { env: { ...env, ...NO_LEDGER }, cwd });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return undefined;
  }
}

/** An option with its value, or another word. */
interface Typed {
  readonly setting?: OptionSetting;
  readonly words: readonly string[];
}

function typed({ argv }: Host): Typed[] {
  const command = argv.find((word) => !word.startsWith('-')) ?? '';
  const settings = new Map(settingsOn(command).map((setting) => [setting.flag.split(' ')[0], setting]));
  const parts: Typed[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--')
      return [...parts, { words: [word] }, ...argv.slice(at + 1).map((rest) => ({ words: [rest] }))];
    const setting = settings.get(word.split('=')[0]);
    const next = argv[at + 1];
    const takesNext =
      setting !== undefined &&
      !word.includes('=') &&
      next !== undefined &&
      (setting.flag.includes(' <') || (setting.flag.includes(' [') && !next.startsWith('-')));
    if (takesNext) at += 1;
    parts.push({ ...(setting && { setting }), words: takesNext ? [word, next] : [word] });
  }
  return parts;
}

/**
 * How the program was called. What npx runs lies in a folder of packages that is the caller's own or npx's, where a
 * shell does not find it; a script of a clone is run by hand.
 */
function programWords({ script, cwd }: Pick<Host, 'script' | 'cwd'>): string[] {
  if (script === undefined) return ['revsync'];
  const folders = script.split(sep);
  const isShim = folders.at(-2) === '.bin' || folders.includes('_npx');
  if (isShim || isBelow(script, cwd, 'node_modules')) return ['npx', 'revsync'];
  if (!script.endsWith('.js') || folders.includes('node_modules')) return ['revsync'];
  const path = relative(cwd, script);
  return ['node', path.startsWith('..') || isAbsolute(path) ? script : path];
}

/** Whether a path lies in a folder of that name in `cwd`. */
function isBelow(path: string, cwd: string, folder: string): boolean {
  return path.startsWith(join(cwd, folder) + sep);
}

/** Characters that a terminal would act on, or that end a line. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A word as a shell reads it back. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (word.search(CONTROL) < 0) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replace(/[\\']/g, '\\$&').replace(CONTROL, (found) => {
    const code = found.charCodeAt(0);
    const hex = code.toString(16);
    return code < 0x80 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
  return `$'${escaped}'`;
}

/** A file as an argument: a name that begins like an option is no option. */
export function fileWord(name: string): string {
  return name.startsWith('-') && name !== '-' ? `./${name}` : name;
}
