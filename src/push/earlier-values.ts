import { formatAmount } from '../core/amount.js';
import type { EventSink } from '../core/events.js';
import type { EarlierValues, Ledger } from '../core/ledger.js';
import { plural } from '../core/text.js';
import type { RunId } from '../core/row.js';
import type { RefusedFile } from './stage.js';

/**
 * Warns of corrections that go back to what was held before a later run changed it. A file of which most rows do so is
 * an old one, and refused unless `older` ones are allowed.
 */
export async function checkEarlierValues(
  ledger: Ledger,
  run: RunId,
  older: boolean | undefined,
  emit: EventSink,
): Promise<RefusedFile[]> {
  const totals = await ledger.totals(run);
  if (!totals.some(({ action, status }) => action === 'correct' && status === 'planned')) return [];
  const refused: RefusedFile[] = [];
  for (const values of await ledger.markEarlierValues(run)) {
    const { input, line, rows, earlier } = values;
    if (older !== true && earlier * 2 > rows) {
      const message =
        `${earlier} of ${plural(rows, 'row')} would go back to an amount that a later run has changed, ${example(values)}; ` +
        'the file looks like an old one: push the newest, or this one with --older';
      refused.push({ input, problems: [{ line, message }] });
    } else {
      const goes = earlier === 1 ? 'goes' : 'go';
      const message = `${plural(earlier, 'row')} ${goes} back to an amount that a later run has changed (earlier_value), ${example(values)}`;
      emit({ kind: 'file_warning', input, problem: { line, message } });
    }
  }
  return refused;
}

function example({ key, amount, held, heldIn, changedIn }: EarlierValues): string {
  const changed = held === undefined ? 'took it back' : `made it ${formatAmount(held)}`;
  return `such as ${key} to ${formatAmount(amount)}, as run-${heldIn} had it before run-${changedIn} ${changed}`;
}
