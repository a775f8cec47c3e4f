import type { Discrepancy, RowFailure } from '../core/row.js';
import { BREAKS } from '../core/breaks.js';
import { err, ok, type Result } from '../core/result.js';
import type { Vendor } from '../core/vendor.js';

/** Columns of a breaks CSV that a push of it reads. */
export const BREAK_COLUMN = 'revsync_break';
export const AS_OF_COLUMN = 'revsync_as_of';

/** Where a breaks CSV says what was found about a row: indexes of the record's own cells. */
export interface BreakColumns {
  readonly found: number;
  readonly asOf: number | undefined;
}

/** Undefined for any other file. */
export function breakColumns(header: readonly string[]): BreakColumns | undefined {
  const [found, asOf] = [header.indexOf(BREAK_COLUMN), header.indexOf(AS_OF_COLUMN)];
  return found < 0 ? undefined : { found, asOf: asOf < 0 ? undefined : asOf };
}

/** Why a row of a breaks CSV is not sent; undefined where it is. */
export function notABreak(record: readonly string[], { found }: BreakColumns): RowFailure | undefined {
  const word = (record[found] ?? '').trim();
  const known = BREAKS.find((known) => known.word === word);
  if (known?.disputes !== undefined) return undefined;
  const what = `${BREAK_COLUMN} is ${JSON.stringify(word)}`;
  const message = known === undefined ? `${what}, which asks for nothing` : `${what}: ${known.means}`;
  return { status: 'skipped', code: 'not_a_break', message };
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;

/**
 * What a row of a breaks CSV disputes. Without the time, a second push of the file would send the row again,
 * which may not be where that adds a record.
 */
export function discrepancyOf(
  record: readonly string[],
  { found, asOf }: BreakColumns,
  { semantics, title }: Vendor,
): Result<Discrepancy | undefined, Pick<RowFailure, 'code' | 'message'>> {
  const word = (record[found] ?? '').trim();
  const disputes = BREAKS.find((known) => known.word === word)?.disputes;
  if (disputes === undefined) return ok(undefined);
  const text = asOf === undefined ? '' : (record[asOf] ?? '').trim();
  const at = INSTANT.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return ok({ found: disputes, asOf: at });
  if (semantics.repeat.kind !== 'appends') return ok({ found: disputes });
  const message = `${AS_OF_COLUMN}: ${JSON.stringify(text)} is not the time that \`revsync reconcile\` wrote, and ${title} adds a record with every request; reconcile again and push what that writes`;
  return err({ code: 'bad_value', message });
}
