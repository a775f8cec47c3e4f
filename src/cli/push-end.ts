import { LedgerError, type Ledger, type PushEnd } from '../core/ledger.js';
import type { PushOutcome } from '../push/run.js';
import { systemClock } from '../io/clock.js';
import { problemText, type Console } from './console.js';
import { stopMessage } from './print/push.js';

/** What is known of a push before it has ended. */
export type PushBegun = Pick<PushEnd, 'profile' | 'files' | 'startedAt'>;

/** Takes down how a push ended. */
export type WriteEnd = (ended: Pick<PushEnd, 'exitCode' | 'run' | 'says'>) => Promise<void>;

/** Writes down how a push ended, for who looks the morning after; a ledger that takes nothing more is said. */
export async function writeEnd(
  ledger: Ledger,
  console: Console,
  begun: PushBegun,
  ended: Parameters<WriteEnd>[0],
): Promise<void> {
  const says = ended.says === undefined ? undefined : console.redact(ended.says);
  try {
    await ledger.writeEnd({ ...begun, ...ended, says, endedAt: systemClock.now() });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    console.say(`how this push ended is not written down: ${error.message}`);
  }
}

/** Why a push did not do all that it should, in its first words; undefined where only rows are left. */
export function whyNot({ refused = [], stop, failures }: PushOutcome): string | undefined {
  const [first] = refused.flatMap(({ input, problems }) =>
    problems.map((problem) => problemText(input, problem)),
  );
  return first ?? (stop === undefined ? failures[0] : stopMessage(stop));
}
