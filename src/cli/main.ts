import { existsSync } from 'node:fs';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import type { UsageError } from './console.js';
import type { ProblemCode } from './problems.js';
import { VERSION } from './version.js';

/** Errors by their names: their classes come with what a command loads. */
const EXPLAINED: ReadonlyMap<string, number> = new Map([
  ['UsageError', EXIT.usage],
  ['LedgerError', EXIT.usage],
  ['LedgerLockedError', EXIT.locked],
]);

/** Runs a command to its end and returns the exit code. What it throws is a bug. Several may run at the same time. */
export async function main(host: Host): Promise<number> {
  const call = await asked(host);
  const { argv } = call;
  // What scripts ask all the time is answered before a command is built.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    call.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  const { buildProgram, CommanderError } = await import('./program.js');
  let code: number = EXIT.done;
  const program = buildProgram(call, (exitCode) => {
    code = exitCode;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return await whole(code, call);
  } catch (error) {
    if (!(error instanceof CommanderError)) return await explain(error, call);
    if (error.exitCode === 0) return EXIT.done;
    await answer(call, EXIT.usage, 'usage', [error.message.replace(/^error: /, '')]);
    return EXIT.usage;
  }
}

/** Nothing at all, typed where there are books, asks how they stand. */
async function asked(host: Host): Promise<Host> {
  const { argv, env, cwd } = host;
  if (argv.length > 0 || host.stdout.isTTY !== true) return host;
  const { ledgerPath } = await import('./ledger-path.js');
  try {
    if (existsSync(ledgerPath(undefined, { env, cwd })))
      return Object.create(host, { argv: { value: ['status'] } }) as Host;
  } catch (error) {
    if (!EXPLAINED.has((error as Error).name)) throw error;
  }
  return host;
}

/** A command that did all it should, but for what was asked for on standard output. */
async function whole(code: number, host: Host): Promise<number> {
  const { Console, lostOutput } = await import('./console.js');
  const lost = lostOutput(host);
  if (lost === undefined) return code;
  new Console(host).say(`standard output: ${lost.message}; what was printed is not whole`);
  return code === EXIT.done ? EXIT.someRowsBad : code;
}

/** One line for what a person can mend; a stack trace is for a bug. */
async function explain(error: unknown, host: Host): Promise<number> {
  const { name, message } = error as Error;
  const code = EXPLAINED.get(name);
  if (code === undefined) {
    await answer(host, EXIT.someRowsBad, 'bug', [String(error)]);
    throw error;
  }
  const { Console } = await import('./console.js');
  new Console(host).say(`revsync: ${message}`);
  const { code: kind = code === EXIT.locked ? 'locked' : 'ledger', problems = [message] } =
    error as Partial<UsageError>;
  await answer(host, code, kind, problems);
  return code;
}

/** The object of a command with `--json` that came to nothing. */
async function answer(
  host: Host,
  exitCode: number,
  code: ProblemCode,
  messages: readonly string[],
): Promise<void> {
  const { argv } = host;
  const { commandIn, failureData, problem, wantsJson } = await import('./problems.js');
  const { Console, isAnswered } = await import('./console.js');
  if (!wantsJson(argv) || isAnswered(host)) return;
  const problems = messages.map((message) => problem(code, message));
  await new Console(host).printJson(failureData(commandIn(argv), exitCode, problems));
}
