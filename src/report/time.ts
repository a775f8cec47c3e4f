import { instantsIn } from '../core/instant.js';
import { isoDate, type DateOrder } from '../sales/time.js';

/** When a sale was, on the clock of the report's zone. */
export interface Moment {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** 0 to 23; undefined where only the day is told. */
  readonly hour: number | undefined;
  /** 0 is Monday. */
  readonly weekday: number;
}

export interface MomentStyle {
  /** IANA name; undefined takes times as they are written. */
  readonly zone: string | undefined;
  /** The order of day, month and year in dates that are not ISO 8601. */
  readonly dateOrder: DateOrder | undefined;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;
const UNIX = /^(\d{10}|\d{13})$/;

/**
 * The moment that a cell tells; undefined where it cannot be told with certainty. A time with an offset, or Unix time,
 * is put into the zone. Without a zone a time is taken as it is written, its offset left aside, and Unix time is none.
 */
export function readMoment(text: string, { zone, dateOrder }: MomentStyle): Moment | undefined {
  if (UNIX.test(text)) {
    return zone === undefined ? undefined : momentAt(Number(text) * (text.length === 10 ? 1000 : 1), zone);
  }
  const dated = ISO.test(text) ? text : (isoDate(text, dateOrder) ?? dayOnly(text, dateOrder));
  const [, year, month, day, hour, minute = '0', second = '0', offset] = ISO.exec(dated ?? '') ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const wall = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = wall.getUTCMonth() === Number(month) - 1 && wall.getUTCDate() === Number(day);
  if (!exists || Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (offset !== undefined && zone !== undefined) {
    const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
    const at = instantOf(wall.getTime() + seconds * 1000, offset);
    return at === undefined ? undefined : momentAt(at, zone);
  }
  return {
    day: `${year}-${month}-${day}`,
    hour: hour === undefined ? undefined : Number(hour),
    weekday: weekdayOf(wall),
  };
}

/** An instant in epoch milliseconds on the clock of a zone. */
export function momentAt(at: number, zone: string): Moment | undefined {
  const text = instantsIn(zone)(at);
  const [, day, hour] = /^(\d{4}-\d\d-\d\d)T(\d\d)/.exec(text ?? '') ?? [];
  if (day === undefined || hour === undefined) return undefined;
  return { day, hour: Number(hour), weekday: weekdayOf(new Date(`${day}T00:00:00Z`)) };
}

/** 0 is Monday. */
function weekdayOf(day: Date): number {
  return (day.getUTCDay() + 6) % 7;
}

function instantOf(wall: number, offset: string): number | undefined {
  if (/^z$/i.test(offset)) return wall;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? [];
  const size = Number(hours) * 60 + Number(minutes);
  // The farthest that any zone is from UTC.
  if (!(size <= 14 * 60) || Number(minutes) > 59) return undefined;
  return wall - (sign === '-' ? -size : size) * 60_000;
}

/** A date of numbers without a time of day. */
function dayOnly(text: string, order: DateOrder | undefined): string | undefined {
  return isoDate(`${text} 00:00`, order)?.slice(0, 'YYYY-MM-DD'.length);
}
