import { EXIT } from './exit-codes.js';
import { buildProgram, CommanderError } from './program.js';

/** Errors by their names: their classes come with what a command loads. */
const EXPLAINED: ReadonlyMap<string, number> = new Map([
  ['UsageError', EXIT.usage],
  ['LedgerError', EXIT.usage],
  ['LedgerLockedError', EXIT.locked],
]);

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  const program = buildProgram((exitCode) => {
    code = exitCode;
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    return await explain(error);
  }
}

/** One line for what a person can mend; a stack trace is for a bug. */
async function explain(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const code = EXPLAINED.get((error as Error).name);
  if (code === undefined) throw error;
  const { Console } = await import('./console.js');
  new Console(undefined).say(`revsync: ${(error as Error).message}`);
  return code;
}
