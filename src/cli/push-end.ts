import { LedgerError, type Ledger, type Namespace, type PushEnd } from '../core/ledger.js';
import type { PushOutcome } from '../push/run.js';
import { systemClock } from '../io/clock.js';
import { recordEnd } from '../io/open-ledger.js';
import { problemText, type Console } from './console.js';
import { stopMessage } from './print/push.js';
import { EXIT, exitCodeOfError } from './exit-codes.js';
import type { FailedPush } from './outputs.js';
import { failureData, problem, problemsOfError } from './problems.js';
import type { PushOptions } from './push-options.js';

/** What is known of a push before it has ended. */
export type PushBegun = Pick<PushEnd, 'profile' | 'startedAt'>;

/** Takes down how a push ended. */
export type WriteEnd = (ended: Pick<PushEnd, 'exitCode' | 'run' | 'says' | 'files'>) => Promise<void>;

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
    console.say(`revsync: how this push ended is not written down: ${error.message}`);
  }
}

/** The same where it came not so far as to open its books: what keeps it from that may keep this from being written. */
export async function recordFailure(
  path: string,
  console: Console,
  begun: PushBegun & Namespace & Pick<PushEnd, 'files'>,
  exitCode: number,
  error: Error,
): Promise<void> {
  const says = console.redact(firstLine(error));
  try {
    await recordEnd(path, { ...begun, exitCode, says, run: undefined, endedAt: systemClock.now() });
  } catch (failure) {
    if (!(failure instanceof LedgerError)) throw failure;
  }
}

export function firstLine({ message }: Error): string {
  return message.replace(/\n.*/s, '');
}

/** Why a push did not do all that it should, in its first words; undefined where only rows are left. */
export function whyNot({ refused = [], stop, failures }: PushOutcome): string | undefined {
  const [first] = refused.flatMap(({ input, problems }) =>
    problems.map((problem) => problemText(input, problem)),
  );
  return first ?? (stop === undefined ? failures[0] : stopMessage(stop));
}

/** For `--json`, of a push that threw. */
export function failedPush(error: Error, { profile = '', vendor, account }: PushOptions): FailedPush {
  const exitCode = exitCodeOfError(error);
  const problems =
    exitCode === undefined ? [problem('bug', `${error.name}: ${error.message}`)] : problemsOfError(error);
  const failure = failureData('push', exitCode ?? EXIT.someRowsBad, problems);
  return { ...failure, profile, vendor: vendor ?? null, account };
}
