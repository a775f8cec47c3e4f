import { EXIT } from './exit-codes.js';
import { VERSION } from './version.js';

/** Errors by their names: their classes come with what a command loads. */
const EXPLAINED: ReadonlyMap<string, number> = new Map([
  ['UsageError', EXIT.usage],
  ['LedgerError', EXIT.usage],
  ['LedgerLockedError', EXIT.locked],
]);

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  // What scripts ask all the time is answered before a command is built.
  if (argv.length === 3 && (argv[2] === '--version' || argv[2] === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  const { buildProgram, CommanderError } = await import('./program.js');
  let code: number = EXIT.done;
  const program = buildProgram((exitCode) => {
    code = exitCode;
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return await explain(error);
  }
}

/** One line for what a person can mend; a stack trace is for a bug. */
async function explain(error: unknown): Promise<number> {
  const code = EXPLAINED.get((error as Error).name);
  if (code === undefined) throw error;
  const { Console } = await import('./console.js');
  new Console(undefined).say(`revsync: ${(error as Error).message}`);
  return code;
}
