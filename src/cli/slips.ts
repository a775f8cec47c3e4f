import { existsSync } from 'node:fs';
import type { CommanderError } from 'commander';
import { isSecret } from '../core/vendor.js';
import { redactor } from '../io/redact.js';
import { VENDORS } from '../vendors/index.js';
import { profilesIn } from './at-hand.js';
import { COMMANDS } from './commands.js';
import { plain, UsageError } from './console.js';
import { pathOf, type Host } from './host.js';
import { commandOf } from './next-command.js';
import type { Problem } from './outputs.js';
import { problem, type ProblemCode } from './problems.js';
import { buildProgram } from './program.js';
import { repaired, type Repair } from './repair.js';
import type { Known } from './slip-words.js';

/** What is wrong with a line that was typed, and what is said of it. */
export interface Slip {
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** What is said of a line that commander refuses. */
export async function slipOf(host: Host, error: CommanderError): Promise<Slip> {
  const { says, words, see } = await lookedAt(host);
  const own = wordsOf(error);
  const isToldOf = says.some((line) => line.startsWith(own.slice(0, own.indexOf(' '))));
  const isOfValue = VALUES.has(error.code);
  const all = isOfValue && !isToldOf ? [own, ...says] : says.length > 0 ? says : [own];
  const left = words === undefined ? undefined : await refusal(host, words);
  if (words !== undefined && left === undefined && says.length > 0) return told(host, all, words);
  const said = left === undefined || all.includes(left) ? all : [...all, left];
  // What is wrong with a value says what is right.
  return told(host, said, undefined, see ?? (isOfValue ? undefined : helpWords(words ?? host.argv)));
}

/** What is said of a line that a command refuses, where it is a slip; undefined where what the command says is all. */
export async function slipOfCommand(host: Host, error: Error): Promise<Slip | undefined> {
  const code = error instanceof UsageError ? error.code : 'usage';
  return ['usage', 'profile'].includes(code) ? slipIn(host, code) : undefined;
}

/** What is said of a line that was typed, where it is a slip. */
export async function slipIn(host: Host, code: ProblemCode = 'usage'): Promise<Slip | undefined> {
  const { says, words, see } = await lookedAt(host);
  if (says.length === 0 || (words === undefined && see === undefined)) return undefined;
  if (words !== undefined && (await refusal(host, words)) !== undefined) return undefined;
  return told(host, says, words, see, code);
}

async function lookedAt(host: Host): Promise<Repair> {
  const { argv, env } = host;
  const at = argv.indexOf('--config');
  const config = at < 0 ? undefined : argv[at + 1];
  const profiles = await profilesIn(host, new Map(config === undefined ? [] : [['--config', config]]));
  const known: Known = {
    isFile: (word) => word !== '' && existsSync(pathOf(host, word)),
    profiles: profiles.map(({ name, vendor }) => [name, vendor] as const),
    vendors: VENDORS.filter(({ secrets }) => secrets.some(({ name }) => (env[name] ?? '') !== '')).map(
      ({ id }) => id,
    ),
  };
  return repaired(argv, known);
}

/** What was typed may be a credential that the environment has. */
export function withoutSecrets({ env }: Host, text: string): string {
  const secrets = VENDORS.flatMap((vendor) => vendor.secrets.filter((one) => isSecret(one)));
  return redactor(Object.fromEntries(secrets.map(({ name }) => [name, env[name]?.trim() ?? ''])))(text);
}

function told(
  host: Host,
  says: readonly string[],
  meant: readonly string[] | undefined,
  see?: readonly string[],
  code: ProblemCode = 'usage',
): Slip {
  const lines = says.map((line) => plain(withoutSecrets(host, line)));
  const command = meant ?? see;
  const typed = command && commandOf(host, command);
  // A line with a credential in it is not shown again.
  const isShown =
    typed !== undefined && typed === withoutSecrets(host, typed) && !/:\/\/[^/\s]*@/.test(typed);
  const remedy = isShown ? `${meant === undefined ? 'see' : 'did you mean'}: ${typed}` : undefined;
  return {
    text: [...lines, ...(remedy === undefined ? [] : [remedy])].join('\n'),
    problems: lines.map((line) => problem(code, line, { remedy })),
  };
}

/** Why commander would refuse these words; undefined where it would not. */
async function refusal(host: Host, words: readonly string[]): Promise<string | undefined> {
  const idle = COMMANDS.map((one) => ({ ...one, load: () => Promise.resolve(() => Promise.resolve(0)) }));
  const quiet = Object.create(host, { argv: { value: words } }) as Host;
  const program = buildProgram(quiet, () => undefined, idle);
  for (const one of [program, ...program.commands])
    one.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    const { exitCode } = error as CommanderError;
    return exitCode === 0 ? undefined : wordsOf(error as CommanderError);
  }
  return undefined;
}

/** Codes of commander's that are about values, each of which has its own words. */
const VALUES = new Set(['commander.invalidArgument', 'commander.conflictingOption']);

function helpWords([command = '']: readonly string[]): string[] {
  return [...(COMMANDS.some(({ name }) => name === command) ? [command] : []), '--help'];
}

/** commander's messages in the words of the others. */
function wordsOf({ message }: CommanderError): string {
  const [text = ''] = message.replace(/^error: /, '').split('\n(Did you mean');
  return SPELLED.reduce((said, [pattern, words]) => said.replace(pattern, words), text).replace(/\.$/, '');
}

const SPELLED: readonly (readonly [RegExp, string])[] = [
  [/^unknown option '([^'=]*)(?:=.*)?'$/s, 'there is no option $1'],
  [/^unknown command '(.*)'$/s, 'there is no command "$1"'],
  [/^missing required argument '(.*)'$/, 'name the $1'],
  [/^option '(.*)' argument missing$/, '$1 needs its value'],
  [/^option '(\S+)[^']*' cannot be used with option '(\S+)[^']*'$/, '$1 and $2 exclude each other'],
  [
    /^too many arguments for '(.*)'\. Expected (\d+) arguments? but got (\d+)\.$/,
    '$1 takes $2 words, not $3',
  ],
  [/^option '(\S+)[^']*' argument '(.*)' is invalid\. /s, '$1 "$2": '],
  [/^option '(\S+)[^']*' value '(.*)' from env '(.*)' is invalid\. /s, '$1 "$2" of $3: '],
  [/^command-argument value '(.*)' is invalid for argument '(.*)'\. /s, '$2 "$1": '],
  [/Allowed choices are /, 'write one of '],
];
