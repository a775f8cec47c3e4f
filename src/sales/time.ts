import { type Result, err, ok } from '../core/result.js';
import { instantsIn } from '../core/instant.js';
import { luxon } from './packages.js';

/** Which of day, month and year comes first in a date of numbers. */
export type DateOrder = 'mdy' | 'dmy' | 'ymd';

const WORDS: ReadonlyMap<string, DateOrder> = new Map([
  ['mdy', 'mdy'],
  ['us', 'mdy'],
  ['dmy', 'dmy'],
  ['eu', 'dmy'],
  ['european', 'dmy'],
  ['ymd', 'ymd'],
  ['iso', 'ymd'],
]);

/** `mdy`, `dmy` or `ymd`, `us` or `eu`, or a pattern such as `MM/DD/YYYY HH:mm`, of which the order counts. */
export function dateOrderOf(text: string): Result<DateOrder, string> {
  const word = WORDS.get(text.trim().toLowerCase());
  if (word !== undefined) return ok(word);
  // In a pattern, `mm` behind the hours is minutes: the date is what stands before them.
  const [date = ''] = text.split(/[Hh]/);
  const order = [...date.toLowerCase().matchAll(/d+|m+|y+/g)].map(([token]) => token);
  const wide = order.find((token) => token.startsWith('m') && token.length > 2);
  const found = WORDS.get(order.map((token) => token.slice(0, 1)).join(''));
  if (found !== undefined && wide === undefined && order.some((token) => token === 'yyyy')) return ok(found);
  return err('write mdy, dmy or ymd, or a pattern of numbers such as MM/DD/YYYY HH:mm');
}

const DATE = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})[ T,]+(.*)$/;
const TIME = /^(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,3})?))?(?:\s*([ap])\.?m\.?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** A date of numbers with a time of day as ISO 8601 has it; undefined where it is anything else. */
export function isoDate(text: string, order: DateOrder | undefined): string | undefined {
  const [, one = '', , two = '', three = '', clock = ''] = DATE.exec(text) ?? [];
  const [, hour = '', minute = '', second = '00', half = '', offset = ''] = TIME.exec(clock) ?? [];
  if (order === undefined || one === '' || hour === '') return undefined;
  const parts: Record<DateOrder, readonly [string, string, string]> = {
    mdy: [three, one, two],
    dmy: [three, two, one],
    ymd: [one, two, three],
  };
  const [year, month, day] = parts[order];
  const hours = half === '' ? Number(hour) : twelveHours(Number(hour), half.toLowerCase());
  if (year.length !== 4 || month.length > 2 || day.length > 2 || hours === undefined) return undefined;
  const padded = (part: string | number): string => String(part).padStart(2, '0');
  return `${year}-${padded(month)}-${padded(day)} ${padded(hours)}:${minute}:${second}${offset}`;
}

function twelveHours(hour: number, half: string): number | undefined {
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === 'p' ? 12 : 0);
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/i;
const UNIX = /^(\d{10}|\d{13})$/;

/** What a text says of a time. Nobody has asked yet whether there is such a day, time or offset. */
type WrittenTime =
  /** Epoch milliseconds of Unix time. */
  | { readonly unix: number }
  | {
      /** `YYYY-MM-DD`. */
      readonly day: string;
      /** `HH:mm`, with seconds and parts of them where they are told; undefined where only the day is. */
      readonly clock: string | undefined;
      /** `Z`, `+hh:mm` or `+hhmm`. */
      readonly offset: string | undefined;
    };

/** Reads Unix time, ISO 8601 and, where their order is known, dates of numbers; undefined where it is anything else. */
export function writtenTime(text: string, order: DateOrder | undefined): WrittenTime | undefined {
  if (UNIX.test(text)) return { unix: Number(text) * (text.length === 10 ? 1000 : 1) };
  const [, day, clock, offset] = ISO.exec(text) ?? ISO.exec(isoDate(text, order) ?? '') ?? [];
  if (day !== undefined) return { day, clock, offset };
  const dayAlone = isoDate(`${text} 00:00`, order)?.slice(0, 'YYYY-MM-DD'.length);
  return dayAlone === undefined ? undefined : { day: dayAlone, clock: undefined, offset: undefined };
}

const OFFSET = /^(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/i;

/** Whether any zone is so far from UTC. */
export function isOffset(offset: string): boolean {
  return OFFSET.test(offset);
}

/** An instant in epoch milliseconds with its offset, in the zone or else in UTC; blank where there is none. */
export function timeText(at: number | undefined, zone = 'UTC'): string {
  return at === undefined ? '' : (instantsIn(zone)(at) ?? '');
}

/** Epoch milliseconds at which a day (`YYYY-MM-DD`) begins in a zone. */
export function dayStart(day: string, zone: string): number {
  return luxon().DateTime.fromISO(day, { zone }).startOf('day').toMillis();
}

/** The day after a day (`YYYY-MM-DD`). */
export function nextDay(day: string): string {
  return luxon().DateTime.fromISO(day, { zone: 'utc' }).plus({ days: 1 }).toFormat('yyyy-MM-dd');
}
