import { existsSync } from 'node:fs';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
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
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return await explain(error, call);
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
  const code = EXPLAINED.get((error as Error).name);
  if (code === undefined) throw error;
  const { Console } = await import('./console.js');
  new Console(host).say(`revsync: ${(error as Error).message}`);
  return code;
}
