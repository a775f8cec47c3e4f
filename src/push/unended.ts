import { statusInDoubt, type ResultRow, type RunReader, type Settlement } from '../core/ledger.js';
import { isStatus } from '../core/status.js';
import type { Vendor } from '../core/vendor.js';
import { doubtInFlight } from './recover.js';

/** Why a run has not ended, for the rows that it left behind. */
export type Unended = Pick<ResultRow, 'code' | 'message'> & {
  /** What was answered and could not be written down. */
  readonly unsaved?: readonly Settlement[];
};

/**
 * The rows of a run that has not ended, in the statuses that they have for the next push: those in flight are in doubt, and
 * those without a word were not sent.
 */
export function unendedRows(
  ledger: Pick<RunReader, 'rows'>,
  vendor: Vendor,
  { code, message, unsaved = [] }: Unended,
): Pick<RunReader, 'rows'> {
  const answers = new Map(unsaved.map((settlement) => [settlement.row.position, settlement]));
  const doubtOf = doubtInFlight(vendor);
  const ended = (row: ResultRow): ResultRow => {
    const answer = answers.get(row.position);
    if (answer !== undefined) return { ...row, ...answered(answer) };
    if (inFlight(row)) {
      const status = row.action === undefined ? 'failed' : statusInDoubt(doubtOf(row.action));
      return {
        ...row,
        status,
        code,
        message: `${message}; this row was in flight and may have been applied`,
      };
    }
    const isEnded = isStatus(row.status) && row.status !== 'planned';
    return isEnded ? row : { ...row, status: 'not_sent', code, message: `${message}; this row was not sent` };
  };
  return {
    rows: async function* (run, input) {
      for await (const page of ledger.rows(run, input)) yield page.map(ended);
    },
  };
}

/** The ledger's word for a row that was claimed and not settled is none of the results'. */
function inFlight({ status }: ResultRow): boolean {
  return (status as string) === 'claimed';
}

function answered({
  status,
  code,
  message,
  ref,
  correctsRef,
  warning,
  attempts,
}: Settlement): Partial<ResultRow> {
  const last = attempts.at(-1);
  const unsaved =
    last === undefined ? 'the ledger could not take that' : 'the ledger could not take this answer';
  return {
    ...{ status, code, ref, correctsRef, warning },
    message: message === undefined ? unsaved : `${message}; ${unsaved}`,
    attempts: attempts.length,
    httpStatus: last?.httpStatus,
    sentAt: last?.at,
  };
}
