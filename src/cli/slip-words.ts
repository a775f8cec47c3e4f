import { nearest } from '../io/nearest.js';
import { VENDORS } from '../vendors/index.js';
import { COMMANDS } from './commands.js';

/** What there is where something was typed. */
export interface Known {
  readonly isFile: (word: string) => boolean;
  /** Names and vendors. */
  readonly profiles: readonly (readonly [name: string, vendor: string])[];
  /** Those of which there is a credential. */
  readonly vendors: readonly string[];
}

export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);
export const VENDOR_IDS: readonly string[] = VENDORS.map(({ id }) => id);

/** Options that every command takes. */
export const COMMON: readonly string[] = ['--color', '--no-color', '-h', '--help', '-V', '--version'];

/** Options that name a part of an account at Invoca. */
export const INVOCA_OPTIONS: readonly string[] = ['--network', '--advertiser', '--affiliate'];

/** What people call commands that are called otherwise. */
export const COMMAND_WORDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...['send', 'upload', 'sync', 'import', 'submit', 'post'].map((word) => [word, ['push']] as const),
  ...['dry-run', 'dryrun', 'preview'].map((word) => [word, ['push', '--dry-run']] as const),
  ...['revert', 'rollback'].map((word) => [word, ['undo']] as const),
  ...['fetch', 'download'].map((word) => [word, ['pull']] as const),
  ...['compare', 'diff'].map((word) => [word, ['reconcile']] as const),
  ...['list', 'ls'].map((word) => [word, ['runs']] as const),
  ['log', ['history']],
  ['backup', ['ledger', 'backup']],
  ['check', ['doctor']],
  ['setup', ['init']],
  ['version', ['--version']],
]);

/** What people call options that are called otherwise, without the hyphens. */
export const OPTION_WORDS: ReadonlyMap<string, string> = new Map<string, string>([
  ...['dry', 'test', 'simulate', 'preview', 'noop'].map((word) => [word, 'dry-run'] as const),
  ...['output', 'o', 'results'].map((word) => [word, 'out'] as const),
  ...['tz', 'zone', 'time-zone'].map((word) => [word, 'timezone'] as const),
  ...['env', 'envfile', 'dotenv'].map((word) => [word, 'env-file'] as const),
  ...['platform', 'provider', 'v'].map((word) => [word, 'vendor'] as const),
  ['p', 'profile'],
  ['n', 'limit'],
  ['q', 'quiet'],
  ['y', 'yes'],
  ['separator', 'delimiter'],
]);

/** What people write before the name of a file, which stands alone. */
export const FILE_WORDS: readonly string[] = ['file', 'files', 'input', 'in', 'csv', 'f', 'i'];

/** An option that would have a credential, which every user of the machine could read. */
export const SECRET_WORD = /token|secret|passw|pwd|credential|api-?(key|id)|auth/;

/** An option's name without hyphens, as others are written. */
export function bareOf(name: string): string {
  return name.replace(/^-+/, '').replaceAll('_', '-').toLowerCase();
}

/** A word without what stands behind `=`, which may be secret. */
export function nameOf(word: string): string {
  return word.replace(/=.*$/s, '');
}

export function isFileLike(word: string, { isFile }: Known): boolean {
  return isFile(word) || /\.(csv|tsv|txt|xlsx?)(\.gz)?$/i.test(word);
}

export function isRun(word: string): boolean {
  return /^run-\d+$/.test(word);
}

/** The vendor of that id or name, in whatever case, or the nearest. */
export function vendorFor(word: string): string | undefined {
  const plain = word.toLowerCase();
  const named = VENDORS.find(({ id, title }) => id === plain || title.toLowerCase() === plain);
  return named?.id ?? nearest(word, VENDOR_IDS);
}
