import { interruptCode } from './exit-codes.js';
import { main } from './main.js';

/** The process that revsync runs in. A bug's stack trace is what Node makes of what `main` throws. */
let interrupt: AbortSignal | undefined;

process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  get signal() {
    return (interrupt ??= interrupts());
  },
});

/** Ctrl-C ends the work in good order; a second one ends it at once, which the ledger survives. */
function interrupts(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(interruptCode(signal));
      controller.abort(signal);
    });
  return controller.signal;
}
