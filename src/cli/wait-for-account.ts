import { interruptedBy } from '../core/events.js';
import { LedgerLockedError } from '../core/ledger-errors.js';
import { systemClock } from '../io/clock.js';
import type { Console } from './console.js';
import { InterruptedError } from './exit-codes.js';
import type { Host } from './host.js';
import { seconds } from './progress.js';
import type { PushOptions } from './push-options.js';

/** After how long it is looked again whether an account is free. */
const AGAIN_MS = 1000;

interface Waiting {
  readonly host: Host;
  readonly console: Console;
  readonly options: Pick<PushOptions, 'wait' | 'quiet' | 'logFormat'>;
}

/**
 * What `open` opens, as soon as no other process has the account, and for no longer than `--wait` says; throws what `open` does
 * after that. Whom it waits for is said once.
 */
export async function whenFree<T>(open: () => Promise<T>, waiting: Waiting): Promise<T> {
  const { host, console, options } = waiting;
  const { wait = 0 } = options;
  const until = systemClock.elapsed() + wait;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await open();
    } catch (error) {
      const left = until - systemClock.elapsed();
      if (!(error instanceof LedgerLockedError) || left <= 0) throw error;
      const says = `waiting ${seconds(wait)} at most: ${error.other}`;
      if (isFirst && options.quiet !== true)
        console.log(options, 'waiting', says, { message: says, waitMs: wait });
      await systemClock.sleep(Math.min(AGAIN_MS, left), host.signal);
      if (host.signal.aborted)
        throw new InterruptedError(interruptedBy(host.signal).signal, 'nothing was sent');
    }
  }
}
