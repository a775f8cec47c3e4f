import type { DateTime as Time } from 'luxon';
import { formatAmount, parseAmount, type AmountStyle } from '../core/amount.js';
import { err, ok, type Result } from '../core/result.js';
import type { ColumnKind } from '../core/vendor.js';
import { damageOf, type FieldProblem } from './spreadsheet-damage.js';
import { isOffset, writtenTime, type DateOrder } from './time.js';
import { luxon } from './packages.js';
import { readPhone } from './phone.js';

/** How a file writes what is not plain text. */
export interface FieldStyle {
  /** IANA name of the zone in which times without an offset are told. */
  readonly timezone: string | undefined;
  /** The order of day, month and year in dates that are not ISO 8601. */
  readonly dateOrder: DateOrder | undefined;
  readonly amounts: AmountStyle;
}

/** ISO 8601, and amounts as digits with at most one point. */
export const PLAIN_STYLE: FieldStyle = { timezone: undefined, dateOrder: undefined, amounts: {} };

/** A cell as its column's kind has it, or why it cannot be read with certainty. `text` is trimmed and not blank. */
export function readField(
  kind: ColumnKind,
  text: string,
  decimals: number,
  style: FieldStyle,
): Result<string, FieldProblem> {
  const damage = damageOf(kind, text);
  if (damage !== undefined) return err(damage);
  switch (kind.is) {
    case 'flag':
      return readFlag(text);
    case 'phone':
      return readPhone(text);
    case 'instant':
      return readInstant(text, style);
    case 'local_time':
      return readLocalTime(text, style);
    case 'money': {
      const parsed = parseAmount(text, { decimals, ...style.amounts });
      return parsed.ok ? ok(formatAmount(parsed.value.amount)) : parsed;
    }
    case 'text':
    case 'id':
    case 'amount':
    case 'named_texts':
    case 'secret':
      return ok(text);
  }
}

const FLAGS: ReadonlyMap<string, string> = new Map([
  ...['true', 'yes', 'y', 't', '1'].map((word) => [word, 'true'] as const),
  ...['false', 'no', 'n', 'f', '0'].map((word) => [word, 'false'] as const),
]);

function readFlag(text: string): Result<string, FieldProblem> {
  const flag = FLAGS.get(text.toLowerCase());
  if (flag !== undefined) return ok(flag);
  return err({
    code: 'not_a_flag',
    message: `${JSON.stringify(text)} is neither true nor false; write true or false`,
  });
}

/** No vendor keeps more of a second than thousandths. */
const CLOCK = /^\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/;

/** Unix seconds, or milliseconds where the time has a part of a second. */
function readInstant(text: string, style: FieldStyle): Result<string, FieldProblem> {
  const parsed = parseTime(text, style);
  if (!parsed.ok) return parsed;
  if (parsed.value.zoned === undefined) return err(needsZone(text, 'has no offset from UTC'));
  const ms = parsed.value.zoned.toMillis();
  return ok(String(ms % 1000 === 0 ? ms / 1000 : ms));
}

/** A wall clock's time is taken as it is; one with an offset is told in the zone that was named. */
function readLocalTime(text: string, style: FieldStyle): Result<string, FieldProblem> {
  const parsed = parseTime(text, style);
  if (!parsed.ok) return parsed;
  const { wall, zoned } = parsed.value;
  if (wall !== undefined) return ok(wall.toFormat('yyyy-MM-dd HH:mm:ss'));
  if (zoned === undefined || style.timezone === undefined)
    return err(needsZone(text, /^\d+$/.test(text) ? 'is Unix time' : 'has an offset from UTC'));
  return ok(zoned.setZone(style.timezone).toFormat('yyyy-MM-dd HH:mm:ss'));
}

/** `wall` where the text itself has no offset; `zoned` where an instant is certain. */
function parseTime(
  text: string,
  { timezone, dateOrder }: FieldStyle,
): Result<{ wall?: Time; zoned?: Time }, FieldProblem> {
  const { DateTime } = luxon();
  const written = writtenTime(text, dateOrder);
  if (written !== undefined && 'unix' in written)
    return ok({ zoned: DateTime.fromMillis(written.unix, { zone: 'utc' }) });
  const { day: date, clock: time = '', offset } = written ?? {};
  if (date === undefined || !CLOCK.test(time)) return err(notATime(text, notRead(text, dateOrder)));
  const wall = DateTime.fromISO(`${date}T${time}`, { zone: 'utc' });
  if (!wall.isValid) return err(notATime(text, 'is not a day and time that exists'));
  if (offset !== undefined && !isOffset(offset))
    return err(notATime(text, 'has an offset that no zone has; write one from -12:00 to +14:00'));
  if (offset !== undefined)
    return ok({ zoned: DateTime.fromISO(`${date}T${time}${offset}`, { setZone: true }) });
  if (timezone === undefined) return ok({ wall });
  const zoned = DateTime.fromISO(`${date}T${time}`, { zone: timezone });
  if (zoned.toFormat('dd HH:mm') !== wall.toFormat('dd HH:mm')) {
    return err(notATime(text, `does not exist in ${timezone}: the clocks went forward over it`));
  }
  if (zoned.getPossibleOffsets().length > 1) {
    return err(
      notATime(text, `happened twice in ${timezone}: the clocks went back; write it with its offset`),
    );
  }
  return ok({ wall, zoned });
}

function notRead(text: string, order: DateOrder | undefined): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return 'has no time of day; write it like 2026-11-20 14:05:00';
  if (order === undefined && /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/.test(text))
    return 'could be read in two ways; say with --date-format whether it is mdy or dmy';
  return `is not a time like ${order === undefined ? '2026-11-20 14:05:00' : EXAMPLES[order]}`;
}

const EXAMPLES = {
  mdy: '11/20/2026 14:05',
  dmy: '20.11.2026 14:05',
  ymd: '2026/11/20 14:05',
} as const;

function notATime(text: string, what: string): FieldProblem {
  return { code: 'not_a_time', message: `${JSON.stringify(text)} ${what}` };
}

function needsZone(text: string, what: string): FieldProblem {
  return {
    code: 'time_needs_zone',
    message: `${JSON.stringify(text)} ${what}; name the zone of the times with --timezone, such as America/New_York`,
  };
}
