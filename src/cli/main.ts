import { EXIT, exitCodeOfError } from './exit-codes.js';
import type { Host } from './host.js';
import type { Problem } from './outputs.js';
import type { Slip } from './slips.js';
import { VERSION } from './version.js';

/** Whoever types one may want a help, whose texts nothing else loads. */
const HELP_WORDS = ['-h', '--help', 'help'];

/** Runs a command to its end and returns the exit code. What it throws is a bug. Several may run at the same time. */
export async function main(host: Host): Promise<number> {
  const call = await asked(host);
  const { argv } = call;
  // What scripts ask all the time is answered before a command is built.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    // Nobody may read it.
    call.stdout.on('error', () => undefined);
    call.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  const { buildProgram, CommanderError, mayBeSlip } = await import('./program.js');
  let code: number = EXIT.done;
  const program = buildProgram(call, (exitCode) => {
    code = exitCode;
  });
  program.hook('preAction', async (_, command) => {
    if (!mayBeSlip(command, call)) return;
    const slip = await (await import('./slips.js')).slipIn(call);
    if (slip !== undefined) throw new Slipped(slip);
  });
  try {
    if (argv.some((word) => HELP_WORDS.includes(word))) (await import('./help.js')).addHelp(program, argv);
    await program.parseAsync(withLinesBehind(argv), { from: 'user' });
    return await whole(code, call);
  } catch (error) {
    if (error instanceof Slipped) return await refuse(call, error.slip);
    if (!(error instanceof CommanderError)) return await explain(error, call);
    if (error.exitCode === 0) return await whole(EXIT.done, call);
    const { slipOf } = await import('./slips.js');
    return await refuse(call, await slipOf(call, error));
  }
}

/** A line that is none that somebody means, found before its command has begun. */
class Slipped extends Error {
  readonly slip: Slip;

  constructor(slip: Slip) {
    super(slip.text);
    this.slip = slip;
  }
}

async function refuse(host: Host, { text, problems }: Slip): Promise<number> {
  const { Console } = await import('./console.js');
  new Console(host).say(`revsync: ${text}`);
  await answer(host, EXIT.usage, problems);
  return EXIT.usage;
}

/** `-:3` is a line of standard input and no option: it stands behind all of them. */
function withLinesBehind(argv: readonly string[]): readonly string[] {
  const at = argv.includes('--') ? -1 : argv.findIndex((word) => /^-:\d+$/.test(word));
  return at < 0 ? argv : [...argv.slice(0, at), ...argv.slice(at + 1), '--', ...argv.slice(at, at + 1)];
}

/** Nothing at all, typed where there are books, asks how they stand; elsewhere for the help, as `help` alone does. */
async function asked(host: Host): Promise<Host> {
  const { argv, env, cwd } = host;
  if (argv.length > 0 && (argv[0] !== 'help' || argv.length > 1)) return host;
  const forHelp = Object.create(host, { argv: { value: ['--help'] } }) as Host;
  if (argv.length > 0 || host.stdout.isTTY !== true) return forHelp;
  const { ledgerPath, mayBeThere } = await import('./ledger-path.js');
  try {
    if (mayBeThere(ledgerPath(undefined, { env, cwd })))
      return Object.create(host, { argv: { value: ['status'] } }) as Host;
  } catch (error) {
    if (exitCodeOfError(error) === undefined) throw error;
  }
  return forHelp;
}

/** A command that did all it should, but for what was asked for on standard output. */
async function whole(code: number, host: Host): Promise<number> {
  const { Console, lostOutput } = await import('./console.js');
  await new Console(host).print('');
  const lost = lostOutput(host);
  if (lost === undefined) return code;
  new Console(host).say(`revsync: standard output: ${lost.message}; what was printed is not whole`);
  return code === EXIT.done ? EXIT.someRowsBad : code;
}

/** One line for what a person can mend; a stack trace is for a bug. */
async function explain(error: unknown, host: Host): Promise<number> {
  const code = exitCodeOfError(error);
  const { problem, problemsOfError } = await import('./problems.js');
  if (code === undefined) {
    await answer(host, EXIT.someRowsBad, [problem('bug', String(error))]);
    throw error;
  }
  if (code === EXIT.usage) {
    const { slipOfCommand, withoutSecrets } = await import('./slips.js');
    const slip = await slipOfCommand(host, error as Error);
    const shown = (text: string): string => withoutSecrets(host, text);
    const problems = problemsOfError(error as Error).map((one) => ({ ...one, message: shown(one.message) }));
    return refuse(host, slip ?? { text: shown((error as Error).message), problems });
  }
  const { Console } = await import('./console.js');
  new Console(host).say(`revsync: ${(error as Error).message}`);
  await answer(host, code, problemsOfError(error as Error));
  return code;
}

/** The object of a command with `--json` that came to nothing. */
async function answer(host: Host, exitCode: number, problems: readonly Problem[]): Promise<void> {
  const { argv } = host;
  const { commandIn, failureData, wantsJson } = await import('./problems.js');
  const { Console, isAnswered } = await import('./console.js');
  if (!wantsJson(argv) || isAnswered(host)) return;
  await new Console(host).printJson(failureData(commandIn(argv), exitCode, problems));
}
