import type { EventSink } from '../core/events.js';
import { statusInDoubt, type Doubt, type Ledger, type Settlement } from '../core/ledger.js';
import type { Action, RowStatus } from '../core/status.js';
import { repeatOf, type Vendor } from '../core/vendor.js';

/** What is in doubt about a row in flight whose answer nobody has, by what it asked for. */
export function doubtInFlight(vendor: Vendor): (action: Action) => Doubt {
  return (action) => (repeatOf(vendor, action) === 'appends' ? 'blocked' : 'resend');
}

/**
 * Closes runs that died. A row that was in flight then may have been applied: where repeating is harmless
 * its key is sent again by the next push that has it, elsewhere it becomes `unknown`.
 */
export async function recover(ledger: Ledger, vendor: Vendor, now: number, emit: EventSink): Promise<void> {
  const doubtOf = doubtInFlight(vendor);
  for (const { run, staged, inFlight, ...begun } of await ledger.abandoned()) {
    if (!staged) {
      await ledger.dropRun(run);
      const none = { rows: 0, inFlight: 0, unknown: 0, notSent: 0 };
      emit({ kind: 'recovered', run: undefined, ...begun, ...none });
      continue;
    }
    const settlements = inFlight.map((row): Settlement => {
      const doubt = doubtOf(row.action);
      return {
        row,
        status: statusInDoubt(doubt),
        attempts: [],
        code: 'crashed',
        message: 'the run died while this row was in flight; it may have been applied',
        doubt,
      };
    });
    const unknown = settlements.filter(({ status }) => status === 'unknown').length;
    await ledger.settle(run, settlements, now);
    await ledger.endRun(run, {
      at: now,
      state: 'crashed',
      rest: { status: 'not_sent', code: 'crashed', message: 'the run died before this row was sent' },
    });
    const totals = await ledger.totals(run);
    const rowsOf = (status?: RowStatus): number =>
      totals.reduce((sum, one) => sum + (status === undefined || one.status === status ? one.rows : 0), 0);
    const counts = { rows: rowsOf(), inFlight: inFlight.length, unknown, notSent: rowsOf('not_sent') };
    emit({ kind: 'recovered', run, ...begun, ...counts });
  }
}
