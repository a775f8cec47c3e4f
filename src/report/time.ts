import { instantsIn } from '../core/instant.js';
import { instantsOf, isOffset, writtenTime, type DateOrder } from '../sales/time.js';

/** When a sale was, on the clock of the report's zone. */
export interface Moment {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** 0 to 23; undefined where only the day is told. */
  readonly hour: number | undefined;
  /** 0 is Monday. */
  readonly weekday: number;
}

interface MomentStyle {
  /** IANA name; undefined takes times as they are written. */
  readonly zone: string | undefined;
  /** The order of day, month and year in dates that are not ISO 8601. */
  readonly dateOrder: DateOrder | undefined;
}

/**
 * The moment that a cell tells; undefined where it cannot be told with certainty. A time with an offset, or Unix time,
 * is put into the zone. Without a zone a time is taken as it is written, its offset left aside, and Unix time is none.
 *
 * Nothing is sent because of it, so it takes what a push refuses: a day alone, and an hour that the clocks of the zone
 * left out or had twice.
 */
export function readMoment(text: string, { zone, dateOrder }: MomentStyle): Moment | undefined {
  const written = writtenTime(text, dateOrder);
  if (written === undefined) return undefined;
  if ('unix' in written) return zone === undefined ? undefined : momentAt(written.unix, zone);
  const { day, clock, offset, zone: named } = written;
  const wall = Date.parse(`${day}T${clock ?? '00:00'}Z`);
  // There is no 30th of February, and 24:00 is told as the next day: neither comes back as it was written.
  if (Number.isNaN(wall) || new Date(wall).getUTCDate() !== Number(day.slice(8))) return undefined;
  if (named !== undefined && zone !== undefined && clock !== undefined)
    return momentAt(instantsOf(Date.parse(`${day}T${clock}Z`), named)[0] ?? NaN, zone);
  if (offset === undefined || zone === undefined)
    return {
      day,
      hour: clock === undefined ? undefined : Number(clock.slice(0, 2)),
      weekday: weekdayOf(wall),
    };
  const at = isOffset(offset)
    ? Date.parse(`${day}T${clock}${offset.toUpperCase().replace(/(\d\d)(\d\d)/, '$1:$2')}`)
    : NaN;
  return momentAt(at, zone);
}

/** An instant in epoch milliseconds on the clock of a zone. */
export function momentAt(at: number, zone: string): Moment | undefined {
  const text = instantsIn(zone)(at);
  const [, day, hour] = /^(\d{4}-\d\d-\d\d)T(\d\d)/.exec(text ?? '') ?? [];
  if (day === undefined || hour === undefined) return undefined;
  return { day, hour: Number(hour), weekday: weekdayOf(Date.parse(day)) };
}

/** 0 is Monday. */
function weekdayOf(at: number): number {
  return (new Date(at).getUTCDay() + 6) % 7;
}
