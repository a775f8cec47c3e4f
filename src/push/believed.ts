import { compareEcho, lacksAmount, type Mismatch } from '../core/echo.js';
import type { Outcome } from '../core/outcome.js';
import { isPage, jsonObject, messageOf, saysOnlyItsStatus } from '../core/reply.js';
import { unreachable } from '../core/result.js';
import type { Action } from '../core/status.js';
import { repeatOf, type Prepared, type Reply, type Vendor } from '../core/vendor.js';

/**
 * What an answer says of a row. Where a second request would count twice, what lets the row be sent again has to be the
 * vendor's own word: a status is believed only where nothing in the answer goes beyond it.
 */
export function readAnswer(vendor: Vendor, action: Action, reply: Reply): Outcome {
  const outcome = vendor.readReply(reply);
  if (repeatOf(vendor, action) !== 'appends') return outcome;
  if (outcome.kind !== 'rejected' && outcome.kind !== 'refused' && outcome.kind !== 'busy') return outcome;
  const { code, message } = outcome;
  const isByStatus = code === `http_${reply.status}`;
  if (!isByStatus || isBelieved(vendor, outcome.kind, reply)) return outcome;
  return outcome.kind === 'refused'
    ? { ...outcome, mayBeApplied: true }
    : { kind: 'in_doubt', code, message };
}

function isBelieved({ errorCodes }: Vendor, kind: Outcome['kind'], reply: Reply): boolean {
  const isDocumented = errorCodes.some(({ code }) => code === `http_${reply.status}`);
  if (kind === 'rejected' && !isDocumented) return false;
  if (saysOnlyItsStatus(reply)) return true;
  return isDocumented && !isPage(reply.text) && messageOf(jsonObject(reply)) !== undefined;
}

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

/** An outcome as far as it goes with what was sent: `mismatch` says what the vendor holds instead. */
export type Believed =
  | Exclude<Outcome, { kind: 'applied' }>
  | (Of<'applied'> & { readonly mismatch?: { readonly code: Mismatch; readonly message: string } });

/**
 * How far an outcome is believed: an answer that accepts something other than what was sent says nothing of the row.
 * With `confirm` one without the amount does not either.
 */
export function believed(
  outcome: Outcome,
  { echoes }: Pick<Prepared, 'echoes'>,
  { confirm }: { readonly confirm: boolean },
): Believed {
  if (outcome.kind !== 'applied') return outcome;
  const { echo, warnings = [] } = outcome;
  const compared = compareEcho(echoes, echo);
  switch (compared.kind) {
    case 'unclear':
      return { kind: 'in_doubt', code: 'unclear_answer', message: compared.message };
    case 'echo_mismatch':
    case 'cost_differs':
      return { ...outcome, mismatch: { code: compared.kind, message: compared.message } };
    case 'as_sent': {
      const message = 'the vendor accepted the row and echoed no amount to compare';
      if (confirm && lacksAmount(echoes, echo))
        return { ...outcome, mismatch: { code: 'echo_mismatch', message } };
      return compared.warnings.length === 0
        ? outcome
        : { ...outcome, warnings: [...warnings, ...compared.warnings] };
    }
    default:
      return unreachable(compared);
  }
}
