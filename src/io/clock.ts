import { setMaxListeners } from 'node:events';
import type { Clock } from '../core/ports.js';

/** Longer waits would overflow the timer and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's time and chance. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS));
      if (signal === undefined) return;
      // Node takes more than ten for a leak; as many rows wait as are in flight.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', done, { once: true });
    }),
};
