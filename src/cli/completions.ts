import type { Command, Option } from 'commander';
import { DELIMITERS } from '../io/csv/dialect.js';
import { DIMENSIONS } from '../report/dimensions.js';
import { VENDORS } from '../vendors/index.js';
import { invocaTransactions } from '../vendors/invoca-transactions.js';

/** A word that may stand at the cursor. */
export interface Suggestion {
  readonly word: string;
  /** One line for shells that show it; may be empty. */
  readonly about: string;
}

export interface Completions {
  /** What begins as the word at the cursor does; where that is `--option=begun`, the values without the option. */
  readonly suggestions: readonly Suggestion[];
  /** Whether the name of a file may stand there. */
  readonly files: boolean;
}

/** Placeholders of options and arguments that are names of files and folders. */
const FILES = new Set(['path', 'folder', 'export', 'file', 'files...']);

/** By the option, where it has no choices of its own. */
const VALUES: Readonly<Record<string, () => readonly Suggestion[]>> = {
  '--by': () => plainWords(DIMENSIONS),
  '--vendor': vendors,
  '--delimiter': () => plainWords([...DELIMITERS.keys()]),
  '--date-format': () => plainWords(['mdy', 'dmy', 'ymd']),
  '--timezone': () => plainWords(['UTC', ...Intl.supportedValuesOf('timeZone')]),
  '--currency': currencies,
};

/** By the command, for its first argument. */
const ARGUMENTS: Readonly<Record<string, () => readonly Suggestion[]>> = {
  vendors,
  pull: () => [{ word: invocaTransactions.vendor, about: invocaTransactions.title }],
};

/**
 * What may stand at the cursor: `words` are those behind the name of the program, the last one begun, perhaps empty.
 * Nothing where the line is one that the program would refuse.
 */
export function completionsFor(program: Command, words: readonly string[]): Completions {
  const begun = words.at(-1) ?? '';
  const place = placeAt(program, words.slice(0, -1));
  if (place === undefined) return { suggestions: [], files: false };
  const { command, valueOf, operands, optionsEnded } = place;
  if (valueOf !== undefined) return startingWith(begun, valuesOf(valueOf));
  if (begun.startsWith('-') && !optionsEnded) {
    const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(begun) ?? [];
    if (name === undefined || value === undefined)
      return startingWith(begun, { suggestions: options(command), files: false });
    const option = findOption(command, name);
    const known = option !== undefined && takesValue(option);
    return known ? startingWith(value, valuesOf(option)) : { suggestions: [], files: false };
  }
  return startingWith(begun, command === program ? commands(program) : argumentsOf(command, operands));
}

interface Place {
  /** The program itself where no command has been named. */
  readonly command: Command;
  /** The option whose value comes next. */
  readonly valueOf: Option | undefined;
  /** Arguments before the cursor. */
  readonly operands: number;
  /** Behind `--`. */
  readonly optionsEnded: boolean;
}

/** Where a line leads that has these words; undefined where there is no such command or option. */
function placeAt(program: Command, words: readonly string[]): Place | undefined {
  let command = program;
  let valueOf: Option | undefined;
  let operands = 0;
  let optionsEnded = false;
  for (const word of words) {
    if (valueOf !== undefined) valueOf = undefined;
    else if (word === '--' && !optionsEnded) optionsEnded = true;
    else if (word.startsWith('-') && word !== '-' && !optionsEnded) {
      const [name = ''] = word.split('=');
      const option = findOption(command, name);
      if (option === undefined) return undefined;
      if (takesValue(option) && name === word) valueOf = option;
    } else if (command === program) {
      const named = program.commands.find((one) => one.name() === word);
      if (named === undefined) return undefined;
      command = named;
    } else operands += 1;
  }
  return { command, valueOf, operands, optionsEnded };
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** Its own, those of the program, and `--help`. */
function visibleOptions(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function findOption(command: Command, name: string): Option | undefined {
  return visibleOptions(command).find(({ long, short }) => name === long || name === short);
}

function options(command: Command): Suggestion[] {
  return visibleOptions(command).flatMap(({ long, description }) =>
    long === undefined ? [] : [{ word: long, about: description }],
  );
}

function commands(program: Command): Completions {
  const visible = program.createHelp().visibleCommands(program);
  const suggestions = visible.map((one) => ({ word: one.name(), about: one.description() }));
  return { suggestions, files: false };
}

function argumentsOf(command: Command, operands: number): Completions {
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return { suggestions: [], files: false };
  const known = operands === 0 ? ARGUMENTS[command.name()]?.() : undefined;
  const suggestions = known ?? plainWords(argument.argChoices ?? []);
  return { suggestions, files: FILES.has(`${argument.name()}${argument.variadic ? '...' : ''}`) };
}

function valuesOf(option: Option): Completions {
  const [, placeholder = ''] = /[<[](.+)[>\]]/.exec(option.flags) ?? [];
  const known = VALUES[option.long ?? '']?.();
  return { suggestions: known ?? plainWords(option.argChoices ?? []), files: FILES.has(placeholder) };
}

function startingWith(begun: string, { suggestions, files }: Completions): Completions {
  return { suggestions: suggestions.filter(({ word }) => word.startsWith(begun)), files };
}

function plainWords(words: readonly string[]): Suggestion[] {
  return words.map((word) => ({ word, about: '' }));
}

function vendors(): Suggestion[] {
  return VENDORS.map(({ id, title }) => ({ word: id, about: title }));
}

function currencies(): Suggestion[] {
  const names = new Intl.DisplayNames('en', { type: 'currency' });
  return Intl.supportedValuesOf('currency').map((code) => ({ word: code, about: names.of(code) ?? '' }));
}
