import { INTERRUPTS } from '../core/events.js';
import { interruptCode } from './exit-codes.js';
import type { Host } from './host.js';
import { main } from './main.js';

let interrupt: AbortSignal | undefined;

/** As Node has it for a program that ends while it still waits for something. */
const NEVER_ENDED = 13;

/** The process that revsync runs in; what a command does not ask for is not opened. */
const host: Host = {
  argv: process.argv.slice(2),
  script: process.argv[1],
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
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
    return (interrupt ??= interrupts());
  },
};

process.exitCode = NEVER_ENDED;
main(host).then(
  (code) => (process.exitCode = code),
  async (bug: unknown) => {
    process.exitCode = 1;
    const { tracedText } = await import('./trace.js');
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
      if (controller.signal.aborted && signal !== 'SIGHUP') process.exit(interruptCode(signal));
      controller.abort(signal);
    });
  return controller.signal;
}
