import { writeSync } from 'node:fs';
import { INTERRUPTS, type Interrupt } from '../core/events.js';
import { interruptCode } from './exit-codes.js';
import type { Host } from './host.js';
import { main } from './main.js';

let interrupt: AbortSignal | undefined;
/** Whether the command ends in good order by itself. */
let isHeeded = false;

/** As Node has it for a program that ends while it still waits for something. */
const NEVER_ENDED = 13;

/** The process that revsync runs in; what a command does not ask for is not opened. */
const host: Host = {
  argv: process.argv.slice(2),
  script: process.argv[1],
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
  person: async () => (await import('../io/person.js')).personOf(process.env),
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
  get signal() {
    isHeeded = true;
    return (interrupt ??= interrupts());
  },
};

process.exitCode = NEVER_ENDED;
// The object of `--json` is printed by whatever signal a command ends.
if (host.argv.includes('--json')) interrupt = interrupts();
main(host).then(
  (code) => (process.exitCode = code),
  async (bug: unknown) => {
    process.exitCode = 1;
    const { tracedText } = await import('./trace.js');
    process.stderr.on('error', () => undefined);
    process.stderr.write(`${tracedText(bug)}\n`);
  },
);

/**
 * Ctrl-C ends the work in good order; a second one ends it at once, which the ledger survives. A terminal that closes
 * may say so twice.
 */
function interrupts(): AbortSignal {
  const controller = new AbortController();
  for (const signal of INTERRUPTS)
    process.on(signal, () => {
      const isSecond = controller.signal.aborted && signal !== 'SIGHUP';
      if (isSecond || !isHeeded) void endAtOnce(signal, isSecond);
      controller.abort(signal);
    });
  return controller.signal;
}

async function endAtOnce(signal: Interrupt, isSecond: boolean): Promise<never> {
  const { endedText } = await import('./problems.js');
  const { isAnswered } = await import('./console.js');
  const exitCode = interruptCode(signal);
  const { says, json } = endedText(host.argv, signal, isSecond, exitCode);
  try {
    // A terminal shows `^C` behind what stands on its last line.
    writeSync(2, `${host.stderr.isTTY === true ? '\n' : ''}${says}\n`);
    if (json !== undefined && !isAnswered(host)) writeSync(1, json);
  } catch {
    // Nobody reads it any more.
  }
  process.exit(exitCode);
}
