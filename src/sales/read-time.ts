import { DAY_MS } from '../core/instant.js';
import { err, ok, type Result } from '../core/result.js';
import { abbreviationOf } from '../core/zones.js';
import type { FieldProblem } from './spreadsheet-damage.js';
import {
  instantsOf,
  isOffset,
  offsetMs,
  orderNeeded,
  timeText,
  wallOf,
  writtenTime,
  type DateOrder,
  type WrittenTime,
} from './time.js';

/** How a file writes times. */
export interface TimeStyle {
  /** IANA name of the zone in which times without an offset are told. */
  readonly timezone: string | undefined;
  /** The order of day, month and year in dates that are not ISO 8601. */
  readonly dateOrder: DateOrder | undefined;
  /** Epoch milliseconds of the present, from which no sale is far; undefined takes any time. */
  readonly now?: number | undefined;
}

/** No vendor keeps more of a second than thousandths. */
const CLOCK = /^\d\d:\d\d(?::\d\d(?:\.\d{1,3}0*)?)?$/;

/** Unix seconds, or milliseconds where the time has a part of a second. */
export function readInstant(text: string, style: TimeStyle): Result<string, FieldProblem> {
  const parsed = parseTime(text, style);
  if (!parsed.ok) return parsed;
  const { at } = parsed.value;
  if (at === undefined) return err(needsZone(text, 'has no offset from UTC'));
  return plausible(text, at, style.now) ?? ok(String(at % 1000 === 0 ? at / 1000 : at));
}

/**
 * A wall clock's time is taken as it is; one with an offset is told in the zone that was named, and keeps its offset there
 * where the clocks of that zone show the same time twice.
 */
export function readLocalTime(text: string, style: TimeStyle): Result<string, FieldProblem> {
  const parsed = parseTime(text, style);
  if (!parsed.ok) return parsed;
  const { wall, at = wall } = parsed.value;
  if (wall === undefined && style.timezone === undefined)
    return err(needsZone(text, /^\d+$/.test(text) ? 'is Unix time' : 'has an offset from UTC'));
  const clock = wall === undefined ? timeText(at, style.timezone) : timeText(wall);
  if (at === undefined || clock === '') return err(notATime(text, 'is not a time'));
  const told = clock.slice(0, 'YYYY-MM-DDTHH:mm:ss'.length);
  const isCertain = parsed.value.at !== undefined && style.timezone !== undefined;
  const twice = isCertain && instantsOf(Date.parse(`${told}Z`), style.timezone).length > 1;
  const offset = twice ? timeText(at, style.timezone).slice(-'+00:00'.length) : '';
  return plausible(text, at, style.now) ?? ok(told.replace('T', ' ') + offset);
}

/** The day of the present in the zone of the file, as `YYYY-MM-DD`; undefined where no present is known. */
export function today({ timezone = 'UTC', now }: TimeStyle): string | undefined {
  return now === undefined ? undefined : timeText(now, timezone).slice(0, 'YYYY-MM-DD'.length);
}

const TEN_YEARS_MS = 10 * 365.25 * DAY_MS;

function plausible(
  text: string,
  at: number,
  now: number | undefined,
): Result<never, FieldProblem> | undefined {
  if (now === undefined || (at <= now + DAY_MS && at >= now - TEN_YEARS_MS)) return undefined;
  const what = at > now ? 'more than a day in the future' : 'more than ten years ago';
  const message = `${JSON.stringify(text)} is ${what}; fix the date, or the clock of this machine`;
  return err({ code: 'implausible_time', message });
}

/** Both in epoch milliseconds: what the clock shows, as if it were UTC's, where the text itself has no offset; and the instant, where it is certain. */
interface ParsedTime {
  readonly wall?: number;
  readonly at?: number;
}

function parseTime(text: string, { timezone, dateOrder }: TimeStyle): Result<ParsedTime, FieldProblem> {
  const written = writtenTime(text, dateOrder);
  if (written !== undefined && 'unix' in written) return ok({ at: written.unix });
  const { day, clock = '', offset, zone, abbreviation } = written ?? {};
  if (day === undefined || !CLOCK.test(clock)) return err(notATime(text, notRead(text, written, dateOrder)));
  const wall = wallOf(day, clock);
  if (wall === undefined) return err(notATime(text, 'is not a day and time that exists'));
  if (offset !== undefined && !isOffset(offset))
    return err(notATime(text, 'has an offset that no zone has; write one from -12:00 to +14:00'));
  if (offset !== undefined) return ok({ at: wall - offsetMs(offset) });
  if (abbreviation !== undefined) return abbreviated(text, wall, abbreviation, timezone);
  const clocks = zone ?? timezone;
  if (clocks === undefined) return ok({ wall });
  const [at, another] = instantsOf(wall, clocks);
  if (at === undefined)
    return err(notATime(text, `does not exist in ${clocks}: the clocks went forward over it`));
  if (another !== undefined)
    return err(notATime(text, `happened twice in ${clocks}: the clocks went back; write it with its offset`));
  return ok(zone === undefined ? { wall, at } : { at });
}

/** `EST` is sent as what it says only where the zone that was named says the same. */
function abbreviated(
  text: string,
  wall: number,
  abbreviation: string,
  timezone: string | undefined,
): Result<ParsedTime, FieldProblem> {
  const { zone = 'UTC', minutes } = abbreviationOf(abbreviation) ?? {};
  if (timezone === undefined) {
    const message = `${JSON.stringify(text)} is in ${abbreviation}, which does not say where; name the zone of the times with --timezone ${zone}`;
    return err({ code: 'time_needs_zone', message });
  }
  const meant = minutes === undefined ? instantsOf(wall, zone) : [wall - minutes * 60_000];
  const [at, another] = instantsOf(wall, timezone).filter((instant) => meant.includes(instant));
  if (at !== undefined && another === undefined) return ok({ wall, at });
  const what = `says ${abbreviation}, and the clocks of ${timezone} do not then; write it with its offset, such as -05:00`;
  return err(notATime(text, what));
}

function notRead(text: string, written: WrittenTime | undefined, order: DateOrder | undefined): string {
  const needed = order === undefined ? orderNeeded(text) : undefined;
  if (
    needed?.hasClock === false ||
    (written !== undefined && 'clock' in written && written.clock === undefined)
  )
    return 'has no time of day; write it like 2026-11-20 14:05:00, or name the column that has it too: --column FIELD="DATE + TIME"';
  if (needed !== undefined)
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
