import { DateTime } from 'luxon';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { formatAmount, parseAmount } from '../core/amount.js';
import type { Code } from '../core/codes.js';
import { err, ok, type Result } from '../core/result.js';
import type { ColumnKind } from '../core/vendor.js';

export interface FieldProblem {
  readonly code: Code;
  readonly message: string;
}

/** A cell as its column's kind has it, or why it cannot be read with certainty. `text` is trimmed and not blank. */
export function readField(
  kind: ColumnKind,
  text: string,
  { timezone, decimals }: { timezone: string | undefined; decimals: number },
): Result<string, FieldProblem> {
  switch (kind.is) {
    case 'flag':
      return readFlag(text);
    case 'phone':
      return readPhone(text);
    case 'instant':
      return readInstant(text, timezone);
    case 'local_time':
      return readLocalTime(text, timezone);
    case 'money': {
      const parsed = parseAmount(text, { decimals });
      return parsed.ok ? ok(formatAmount(parsed.value.amount)) : parsed;
    }
    case 'text':
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

/** Letters and extensions are refused: a number that is guessed at finds somebody else's call. */
function readPhone(text: string): Result<string, FieldProblem> {
  const phone = /^\+?[\d\s().\-/]+$/.test(text) ? parsePhoneNumberFromString(text, 'US') : undefined;
  if (phone?.isPossible() === true) return ok(phone.number);
  return err({
    code: 'not_a_phone',
    message: `${JSON.stringify(text)} is not a phone number like +15125550123 or (512) 555-0123`,
  });
}

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)\s*(Z|[+-]\d\d:?\d\d)?$/i;
const UNIX = /^(\d{10}|\d{13})$/;

/** Unix seconds, or milliseconds where the time has a part of a second. */
function readInstant(text: string, timezone: string | undefined): Result<string, FieldProblem> {
  const parsed = parseTime(text, timezone);
  if (!parsed.ok) return parsed;
  if (parsed.value.zoned === undefined) return err(needsZone(text, 'has no offset from UTC'));
  const ms = parsed.value.zoned.toMillis();
  return ok(String(ms % 1000 === 0 ? ms / 1000 : ms));
}

/** A wall clock's time is taken as it is; one with an offset is told in the zone that was named. */
function readLocalTime(text: string, timezone: string | undefined): Result<string, FieldProblem> {
  const parsed = parseTime(text, timezone);
  if (!parsed.ok) return parsed;
  const { wall, zoned } = parsed.value;
  if (wall !== undefined) return ok(wall.toFormat('yyyy-MM-dd HH:mm:ss'));
  if (zoned === undefined || timezone === undefined) return err(needsZone(text, 'has an offset from UTC'));
  return ok(zoned.setZone(timezone).toFormat('yyyy-MM-dd HH:mm:ss'));
}

/** `wall` where the text itself has no offset; `zoned` where an instant is certain. */
function parseTime(
  text: string,
  timezone: string | undefined,
): Result<{ wall?: DateTime; zoned?: DateTime }, FieldProblem> {
  if (UNIX.test(text)) {
    return ok({
      zoned: DateTime.fromMillis(Number(text) * (text.length === 10 ? 1000 : 1), { zone: 'utc' }),
    });
  }
  const [, date, time, offset] = ISO.exec(text) ?? [];
  if (date === undefined || time === undefined)
    return err(notATime(text, 'is not a time like 2026-11-20 14:05:00'));
  const wall = DateTime.fromISO(`${date}T${time}`, { zone: 'utc' });
  if (!wall.isValid) return err(notATime(text, 'is not a day and time that exists'));
  if (offset !== undefined)
    return ok({ zoned: DateTime.fromISO(`${date}T${time}${offset}`, { setZone: true }) });
  if (timezone === undefined) return ok({ wall });
  const zoned = DateTime.fromISO(`${date}T${time}`, { zone: timezone });
  if (zoned.toFormat('HH:mm') !== wall.toFormat('HH:mm')) {
    return err(notATime(text, `does not exist in ${timezone}: the clocks went forward over it`));
  }
  if (zoned.getPossibleOffsets().length > 1) {
    return err(
      notATime(text, `happened twice in ${timezone}: the clocks went back; write it with its offset`),
    );
  }
  return ok({ wall, zoned });
}

function notATime(text: string, what: string): FieldProblem {
  return { code: 'not_a_time', message: `${JSON.stringify(text)} ${what}` };
}

function needsZone(text: string, what: string): FieldProblem {
  return {
    code: 'time_needs_zone',
    message: `${JSON.stringify(text)} ${what}; name the zone of the times with --timezone, such as America/New_York`,
  };
}
