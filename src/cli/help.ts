import { Help, type Command, type Option } from 'commander';
import { EXAMPLES, type Example } from './examples.js';
import { EXIT_MEANINGS } from './exit-codes.js';
import { ALL, SettingOption } from './setting-option.js';

/** The help of a command that has as many lines or more shows the options that people use, and says how to see the others. */
const LONG = 60;

const ALL_EXAMPLES = new Map<string, readonly Example[]>(Object.entries(EXAMPLES));

/** Gives a program's commands their helps, with examples and exit codes; an error of commander's where there is no such command. */
export function addHelp(program: Command, argv: readonly string[]): void {
  const isAll = asksForAll(argv);
  const name = commandAskedFor(argv);
  if (name !== undefined && !program.commands.some((command) => command.name() === name))
    program.error(`unknown command '${name}'`, { code: 'commander.unknownCommand' });
  for (const command of [program, ...program.commands])
    command.configureHelp({
      visibleOptions: optionsOf,
      visibleGlobalOptions: () => [],
      formatHelp: (one, helper) => {
        const whole = pageOf(one, helper, closingOf(one, helper));
        const isLong = one.parent !== null && whole.split('\n').length > LONG;
        if (isAll || !isLong) return whole;
        const short = Object.assign(Object.create(helper) as Help, { visibleOptions: usedOptions });
        return pageOf(one, short, [...closingOf(one, helper), moreOf(one)]);
      },
    });
}

/** The command whose help it is, which commander would not miss; undefined where it is that of all. */
function commandAskedFor(argv: readonly string[]): string | undefined {
  const words = argv.filter((word) => !['-h', '--help', '--color', '--no-color'].includes(word));
  const [name] = words[0] === 'help' ? words.slice(1) : words;
  return name === ALL || name?.startsWith('-') === true ? undefined : name;
}

/** `push --help all`, `help push all`. */
function asksForAll(argv: readonly string[]): boolean {
  const at = argv.findIndex((word) => word === '-h' || word === '--help');
  return at < 0 ? argv[0] === 'help' && argv[2] === ALL : argv[at + 1] === ALL;
}

/** Its own, and below them those that every command has. */
function optionsOf(command: Command): Option[] {
  const own = Help.prototype.visibleOptions.call(new Help(), command);
  return command.parent === null ? own : [...own, ...command.parent.options];
}

/** Its own that are used often, and `--help`. */
function usedOptions(command: Command): Option[] {
  return optionsOf(command).filter((option) =>
    option instanceof SettingOption ? option.often : option.long === '--help',
  );
}

function pageOf(command: Command, helper: Help, closing: readonly string[]): string {
  const page = Help.prototype.formatHelp.call(helper, command, helper);
  return [page, ...closing].join('\n');
}

/** What stands below the options: blocks, each with a line end. */
function closingOf(command: Command, helper: Help): string[] {
  const width = helper.helpWidth ?? 0;
  if (command.parent === null) {
    const codes = EXIT_MEANINGS.map(
      ({ code, means }) => `${helper.formatItem(String(code), 3, means, helper)}\n`,
    );
    return [`Exit codes:\n${codes.join('')}`, 'revsync COMMAND --help tells of one, with examples\n'];
  }
  const examples = (ALL_EXAMPLES.get(command.name()) ?? []).map(({ command: typed, does }) => {
    const about = helper.boxWrap(does, width - 6).replaceAll('\n', '\n      ');
    return `  ${typed}\n      ${about}\n`;
  });
  return [`Examples:\n${examples.join('')}`];
}

function moreOf(command: Command): string {
  return `More options: revsync ${command.name()} --help ${ALL}\n`;
}
