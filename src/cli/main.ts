import { EXIT } from './exit-codes.js';
import { Console, UsageError } from './console.js';
import { buildProgram, CommanderError } from './program.js';

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
    return explain(error);
  }
}

/** One line for what a person can mend; a stack trace is for a bug. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { say } = consoleOf();
  if (error instanceof UsageError) {
    say(error.message);
    return EXIT.usage;
  }
  switch ((error as Error).name) {
    case 'LedgerLockedError':
      say((error as Error).message);
      return EXIT.locked;
    case 'LedgerError':
      say((error as Error).message);
      return EXIT.usage;
    default:
      throw error;
  }
}

function consoleOf(): { say: (text: string) => void } {
  const console = new Console(undefined);
  return { say: (text) => console.say(`revsync: ${text}`) };
}
