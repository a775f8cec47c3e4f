import { existsSync } from 'node:fs';
import { Command, CommanderError, Option, type OutputConfiguration } from 'commander';
import type { Settings } from '../io/setting.js';
import { withoutAnyPassword } from '../io/ledger-address.js';
import { COMMANDS, type CommandSpec } from './commands.js';
import { Console } from './console.js';
import { pathOf, type Host } from './host.js';
import { variable } from './ledger-path.js';
import { SettingOption, SpecArgument } from './setting-option.js';
import { settingsOn, SETTINGS } from './settings.js';
import { VERSION } from './version.js';

/** Where no terminal says how wide it is. */
const HELP_WIDTH = 80;

/** Fewer options than this need no headings in the help. */
const HEADED = 10;

/** Every command; with its options, where what was typed names it. Calls back with the exit code of the one that was run. */
export function buildProgram(
  host: Host,
  onExitCode: (code: number) => void,
  commands: readonly CommandSpec[] = COMMANDS,
  settings: Settings = SETTINGS,
): Command {
  const program = new Command('revsync')
    .description("Makes a call platform's revenue match a sales CSV, exactly once, and proves it.")
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addOption(new Option('--color', 'colours, whatever the terminal says').conflicts('noColor'))
    .addOption(new Option('--no-color', 'no colours; NO_COLOR does the same'))
    .configureHelp({ showGlobalOptions: true })
    .configureOutput(outputsOf(host))
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description('print this help, or that of a command')
        .helpGroup('Set up:'),
    )
    .exitOverride();
  const run = async (command: Command, args: readonly unknown[], load: CommandSpec['load']) => {
    const called = (await load()) as (...args: unknown[]) => Promise<number>;
    readVariables(command, host);
    onExitCode(await called(host, ...args, command.optsWithGlobals(), givenOf(command)));
  };
  for (const { name, about, group, argument, closing, load } of commands) {
    const command = program.command(name).description(about).helpGroup(`${group}:`);
    if (argument !== undefined) command.addArgument(new SpecArgument(argument));
    const options = isAskedFor(name, host) ? settingsOn(name, settings) : [];
    for (const option of options) command.addOption(new SettingOption(option, options.length > HEADED));
    if (closing !== undefined) command.addHelpText('after', closing);
    command.action((...args: unknown[]) => run(command, args.slice(0, -2), load));
    if (name === 'completion') addComplete(command, program, run);
  }
  return program;
}

/** Whether anybody may see the options of a command: those of all of them take as long as all else that a help does. */
function isAskedFor(name: string, { argv }: Host): boolean {
  return argv.length === 0 || argv.includes(name) || argv.includes('complete');
}

/** What the scripts of `completion` ask. */
function addComplete(
  completion: Command,
  program: Command,
  run: (command: Command, args: readonly unknown[], load: CommandSpec['load']) => Promise<void>,
): void {
  const command = completion
    .usage('[options] <shell>')
    .helpCommand(false)
    .command('complete', { hidden: true })
    .argument('[words...]');
  command.action((words: readonly string[]) =>
    run(command, [words, program], async () => (await import('./completion.js')).complete),
  );
}

/** commander itself would ask the process. */
function readVariables(command: Command, host: Host): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const isOpen = option instanceof SettingOption && command.getOptionValueSource(name) !== 'cli';
    const said =
      isOpen && option.variable !== undefined
        ? variable(option.variable, option.description, host)
        : undefined;
    const text = said && withoutAnyPassword(said);
    if (text !== undefined)
      command.setOptionValueWithSource(name, option.parseArg?.(text, undefined) ?? text, 'env');
  }
}

/** Whether what was typed may be a slip: a file that is not there, an option with nothing behind its `=`. */
export function mayBeSlip(command: Command, host: Host): boolean {
  const [argument] = command.registeredArguments;
  const isNamed = argument instanceof SpecArgument && argument.kind.is === 'path';
  const isThere = (name: string): boolean => name === '-' || existsSync(pathOf(host, name));
  const isEmpty = ([name, value]: [string, unknown]): boolean =>
    value === '' && command.getOptionValueSource(name) === 'cli';
  return (isNamed && !command.args.every(isThere)) || Object.entries(command.opts()).some(isEmpty);
}

function outputsOf(host: Host): OutputConfiguration {
  return {
    writeOut: (text) => void new Console(host).print(text),
    writeErr: (text) => new Console(host).say(text),
    getOutHelpWidth: () => host.stdout.columns ?? HELP_WIDTH,
    getErrHelpWidth: () => host.stderr.columns ?? HELP_WIDTH,
    // Whoever called it says it.
    outputError: () => undefined,
  };
}

/** The options that somebody has written, on the command line or in the environment. */
function givenOf(command: Command): ReadonlySet<string> {
  const names = command.options.map((option) => option.attributeName());
  return new Set(names.filter((name) => ['cli', 'env'].includes(command.getOptionValueSource(name) ?? '')));
}

export { CommanderError };
