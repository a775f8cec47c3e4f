import type { Argument, Command, Option } from 'commander';
import { ENCODINGS } from '../io/encodings.js';
import { DELIMITERS, type Kind } from '../io/setting.js';
import { DIMENSIONS } from '../report/dimensions.js';
import { VENDORS } from '../vendors/index.js';
import { knownCodes } from './explain-code.js';
import { ALL, SettingOption, SpecArgument } from './setting-option.js';

export interface Completions {
  /**
   * What begins as the word at the cursor does, and a line about each, perhaps empty, for shells that show it; where
   * that word is `--option=begun`, the values without the option.
   */
  readonly suggestions: readonly { readonly word: string; readonly about: string }[];
  /** Whether the name of a file may stand there. */
  readonly files: boolean;
}

const NOTHING: Completions = { suggestions: [], files: false };

/** A word, or a word with a line about it. */
export type Word = string | readonly [word: string, about: string];

/** What is not the program's but the user's: each by the values of the options that stand on the line, by their long names. */
export interface AtHand {
  profiles(said: Said): readonly Word[] | Promise<readonly Word[]>;
  runs(said: Said): readonly Word[] | Promise<readonly Word[]>;
  /** Those that wait to be applied. */
  plans(said: Said): readonly Word[] | Promise<readonly Word[]>;
  /** Those that wait for a person. */
  keys(said: Said): readonly Word[] | Promise<readonly Word[]>;
  /** Of the vendor that is named, or whose profile is; else of every vendor. */
  fields(said: Said): readonly Word[] | Promise<readonly Word[]>;
}

/** `--config` and its value. */
export type Said = ReadonlyMap<string, string>;

/**
 * What may stand at the cursor: `words` are those behind the name of the program, the last one begun, perhaps empty.
 * Nothing where the line is one that the program would refuse.
 */
export async function completionsFor(
  program: Command,
  words: readonly string[],
  atHand: AtHand,
): Promise<Completions> {
  const begun = words.at(-1) ?? '';
  const place: Place = {
    ...{ command: program, valueOf: undefined, operands: 0, optionsEnded: false },
    said: new Map(),
  };
  for (const word of words.slice(0, -1)) if (!pass(place, word, program)) return NOTHING;
  const { command, valueOf, operands, optionsEnded, said } = place;
  const valuesOf = (taker: Option | Argument | undefined): Promise<Completions> =>
    valuesAtHand(taker, atHand, said);
  if (takes(valueOf, begun)) return startingWith(begun, await valuesOf(valueOf));
  if (begun.startsWith('-') && !optionsEnded) {
    const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(begun) ?? [];
    if (name !== undefined && value !== undefined)
      return startingWith(value, await valuesOf(optionsOf(command).find(({ long }) => long === name)));
    return startingWith(
      begun,
      listed(optionsOf(command).map(({ long, description }) => [long ?? '', description])),
    );
  }
  if (['-h', '--help'].includes(words.at(-2) ?? ''))
    return startingWith(begun, listed([[ALL, 'every option']]));
  if (command === program) {
    const visible = program.createHelp().visibleCommands(program);
    return startingWith(begun, listed(visible.map((one) => [one.name(), one.description()])));
  }
  const last = command.registeredArguments.at(-1);
  return startingWith(
    begun,
    await valuesOf(command.registeredArguments[operands] ?? (last?.variadic === true ? last : undefined)),
  );
}

/** Where on a line one is. */
interface Place {
  /** The program itself where no command has been named. */
  command: Command;
  /** The option whose value comes next. */
  valueOf: Option | undefined;
  operands: number;
  /** Behind `--`. */
  optionsEnded: boolean;
  /** Options that have a value. */
  readonly said: Map<string, string>;
}

/** Whether a word is the value of the option before it, if that may do without one. */
function takes(option: Option | undefined, word: string): option is Option {
  return option !== undefined && !(option.optional && word.startsWith('-'));
}

/** Goes on by a word; false where there is no such command or option. */
function pass(place: Place, word: string, program: Command): boolean {
  const { valueOf } = place;
  place.valueOf = undefined;
  if (takes(valueOf, word)) place.said.set(valueOf.long ?? '', word);
  else if (word === '--' && !place.optionsEnded) place.optionsEnded = true;
  else if (word.startsWith('-') && word !== '-' && !place.optionsEnded) {
    const [name] = word.split('=');
    const option = optionsOf(place.command).find(({ long, short }) => name === long || name === short);
    if (option === undefined) return false;
    if (name !== word) place.said.set(name ?? '', word.slice((name ?? '').length + 1));
    else if (option.required || option.optional) place.valueOf = option;
  } else if (place.command === program) {
    const named = program.commands.find((one) => one.name() === word);
    if (named === undefined) return false;
    place.command = named;
  } else place.operands += 1;
  return true;
}

/** Its own, those of the program, and `--help`. */
function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

async function valuesAtHand(
  taker: Option | Argument | undefined,
  atHand: AtHand,
  said: Said,
): Promise<Completions> {
  if (taker instanceof SpecArgument && taker.words !== undefined) return listed(taker.words);
  if (!(taker instanceof SettingOption || taker instanceof SpecArgument)) return NOTHING;
  const { kind } = taker;
  if (kind.is === 'profiles') return listed(await atHand.profiles(said));
  if (kind.is === 'fields') return listed(await atHand.fields(said));
  if (kind.is !== 'known') return valuesOfKind(kind);
  switch (kind.what) {
    case 'profile':
      return listed(await atHand.profiles(said));
    case 'run':
      return listed(await atHand.runs(said));
    case 'key':
      return listed(await atHand.keys(said));
    case 'explained':
      return { ...listed([...(await atHand.keys(said)), ...knownCodes()]), files: true };
    case 'plan':
      return { ...listed(await atHand.plans(said)), files: true };
    case 'run_or_key':
      return listed((await Promise.all([atHand.keys(said), atHand.runs(said)])).flat());
  }
}

function valuesOfKind(kind: Kind): Completions {
  switch (kind.is) {
    case 'choice':
      return listed(kind.of);
    case 'path':
      return { suggestions: [], files: true };
    case 'vendor':
      return listed(VENDORS.map(({ id, title }) => [id, title] as const));
    case 'dimensions':
      return listed(DIMENSIONS);
    case 'delimiter':
      return listed([...DELIMITERS.keys()]);
    case 'encoding':
      return listed(ENCODINGS);
    case 'date_order':
      return listed(['mdy', 'dmy', 'ymd']);
    case 'zone':
      return listed(['UTC', ...Intl.supportedValuesOf('timeZone')]);
    case 'currency': {
      const names = new Intl.DisplayNames('en', { type: 'currency' });
      return listed(Intl.supportedValuesOf('currency').map((code) => [code, names.of(code) ?? '']));
    }
    default:
      return NOTHING;
  }
}

function listed(words: readonly Word[]): Completions {
  const pairs = words.map((word) => (typeof word === 'string' ? ([word, ''] as const) : word));
  return { suggestions: pairs.map(([word, about]) => ({ word, about })), files: false };
}

function startingWith(begun: string, { suggestions, files }: Completions): Completions {
  return { suggestions: suggestions.filter(({ word }) => word.startsWith(begun)), files };
}
