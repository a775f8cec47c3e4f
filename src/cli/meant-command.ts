import { nearest } from '../io/nearest.js';
import {
  COMMAND_NAMES,
  COMMAND_WORDS,
  COMMON,
  isFileLike,
  isRun,
  nameOf,
  vendorFor,
  type Known,
} from './slip-words.js';
import { SETTINGS } from './settings.js';
import type { Settings } from '../io/setting.js';

/** Options that take a value with one command or another. */
const TAKING = new Set(
  Object.values<Settings[string]>(SETTINGS).flatMap(({ flag = '' }) =>
    flag.includes(' <') ? flag.split(' ')[0] : [],
  ),
);

/**
 * The words that were meant, the command first, with what is wrong added to `says`; undefined where nobody can tell.
 * What follows the command is as it was typed.
 */
export function meantFrom(
  argv: readonly string[],
  known: Known,
  says: string[],
): readonly string[] | undefined {
  return startOf(withoutProgram(straightened(argv, known, says), says), known, says);
}

/** Hyphens and quotes as a document has them, which a shell does not know. */
function straightened(argv: readonly string[], { isFile }: Known, says: string[]): string[] {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const typed = argv[at] ?? '';
    const isValue = TAKING.has(argv[at - 1] ?? '');
    if (isFile(typed) || (isValue && argv[at - 1] === '--why')) {
      words.push(typed);
      continue;
    }
    let word = typed;
    // A shell broke it at its blanks.
    const end = /[“„«][^”“»]*$/.test(word)
      ? argv.findIndex((one, index) => index > at && /[”“»]$/.test(one))
      : -1;
    if (end > at) {
      word = argv.slice(at, end + 1).join(' ');
      at = end;
    }
    const hyphened = isValue ? word : word.replace(/^-?[‐-―−﹘－]+(?=\p{L})/u, '--');
    if (hyphened !== word) says.push(`${nameOf(word)} begins with a dash; options begin with two hyphens`);
    const quoted = hyphened.replace(/[“”„«»‘]|(?<!\p{L})’|’(?!\p{L})/gu, '');
    if (quoted !== hyphened) says.push(`${hyphened} has typographic quotes, which a shell does not know`);
    words.push(quoted);
  }
  return words;
}

/** `revsync revsync push`. */
function withoutProgram(words: readonly string[], says: string[]): readonly string[] {
  if (words[0] !== 'revsync') return words;
  says.push('revsync stands there twice');
  return words.slice(1);
}

function startOf(words: readonly string[], known: Known, says: string[]): readonly string[] | undefined {
  const [first = '', ...rest] = words;
  if (first === '' || COMMAND_NAMES.includes(first)) return words;
  if (COMMON.includes(first)) {
    const start = startOf(rest, known, says);
    return start === undefined ? undefined : [...start, first];
  }
  const at = words.findIndex(
    (word, index) => COMMAND_NAMES.includes(word) && !TAKING.has(words[index - 1] ?? ''),
  );
  const command = words[at];
  const moved = command === undefined ? undefined : [command, ...words.slice(0, at), ...words.slice(at + 1)];
  if (first.startsWith('-') || isFileLike(first, known) || vendorFor(first) !== undefined) {
    if (command !== undefined) says.push(`the command comes first: ${command}`);
    else if (words.some((word) => isFileLike(word, known) || vendorFor(word) !== undefined))
      says.push(isFileLike(first, known) ? `${first} is a file and no command` : 'the command is missing');
    else {
      says.push(`there is no command before ${nameOf(first)}`);
      return undefined;
    }
    return moved ?? ['push', ...words];
  }
  if (first === 'help') return helpOf(rest, says);
  if (isRun(first)) {
    says.push(`${first} is a run and no command`);
    return ['results', ...words];
  }
  const meant = COMMAND_WORDS.get(first.toLowerCase());
  const near = nearest(first, COMMAND_NAMES);
  says.push(
    meant !== undefined
      ? `there is no command "${first}"; ${meant.join(' ')} is what does that`
      : `there is no command "${first}"${near === undefined ? '' : `; the nearest is ${near}`}`,
  );
  if (meant !== undefined) return [...meant, ...rest];
  return near === undefined ? moved : [near, ...rest];
}

function helpOf([command = '', ...rest]: readonly string[], says: string[]): readonly string[] | undefined {
  const near = nearest(command, COMMAND_NAMES);
  says.push(`there is no command "${command}"${near === undefined ? '' : `; the nearest is ${near}`}`);
  return near === undefined ? undefined : ['help', near, ...rest];
}
