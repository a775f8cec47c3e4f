import { interruptCode } from './exit-codes.js';

/** Ctrl-C ends the work in good order; a second one ends it at once, which the ledger survives. */
export function onSignals(interrupt: AbortController): () => void {
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const handler = (): void => {
      if (interrupt.signal.aborted) process.exit(interruptCode(signal));
      interrupt.abort(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => handlers.forEach((off) => off());
}
