import { DAY_MS, instantsIn } from '../core/instant.js';
import { type Result, err, ok } from '../core/result.js';
import { abbreviationOf, zoneOf } from '../core/zones.js';

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
  const hasYear = order.some((token) => token === 'yyyy' || token === 'yy');
  if (found !== undefined && wide === undefined && hasYear) return ok(found);
  return err('write mdy, dmy or ymd, or a pattern of numbers such as MM/DD/YYYY HH:mm');
}

/** Three numbers that are a date in some order; their year stands last, or has two digits. */
export type DateNumbers = readonly [one: string, two: string, three: string];

/** How the years of two digits are taken that `dayOf` completes: as POSIX does. */
export const CENTURIES = '00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999';

/** The date that the numbers are in an order, as `YYYY-MM-DD`; undefined where there is none. */
export function dayOf(numbers: DateNumbers, order: DateOrder): string | undefined {
  const [one, two, three] = numbers;
  const [year, month, day] =
    order === 'mdy' ? [three, one, two] : order === 'dmy' ? [three, two, one] : [one, two, three];
  const isYear = year.length === 4 || (year.length === 2 && !numbers.some(({ length }) => length > 2));
  return isYear ? existingDay(fullYear(year), Number(month), Number(day)) : undefined;
}

function fullYear(year: string): number {
  const number = Number(year);
  if (year.length === 4) return number;
  return number + (number <= 68 ? 2000 : 1900);
}

function existingDay(year: number, month: number, day: number): string | undefined {
  const isDay = day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  return isDay && month >= 1 && month <= 12 ? writtenDay(year, month, day) : undefined;
}

function writtenDay(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${padded(month)}-${padded(day)}`;
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);

function monthOf(name: string): number {
  const word = name.toLowerCase();
  return MONTHS.findIndex((month) => month.startsWith(word === 'sept' ? 'sep' : word)) + 1;
}

/** What a text begins with: a day, or numbers that need an order. */
interface WrittenDay {
  /** `YYYY-MM-DD`; of numbers, undefined. */
  readonly day?: string;
  readonly numbers?: DateNumbers;
  /** Whether its year has two digits and is taken to be of some century. */
  readonly isShort: boolean;
  /** What stands behind it. */
  readonly rest: string;
}

const WEEKDAY = /^(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)(?:day|nesday|urday)?\.?,? +/i;
const NUMBERS = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)/;
const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)?[ ./-]+([a-z]{3,9})\.?[ ,./-]+(\d{4}|\d\d)(?!\d)/i;
const MONTH_FIRST = /^([a-z]{3,9})\.?[ -]+(\d{1,2})(?:st|nd|rd|th)?,?[ -]+(\d{4}|\d\d)(?!\d)/i;
const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:(?=[ ,])|$)/;

function dayIn(text: string): WrittenDay | undefined {
  const [whole, one = '', , two = '', three = ''] = NUMBERS.exec(text) ?? [];
  if (whole !== undefined) {
    const rest = text.slice(whole.length);
    if (one.length === 4 && three.length <= 2)
      return { day: writtenDay(Number(one), Number(two), Number(three)), isShort: false, rest };
    const isDate = one.length <= 2 && (three.length === 4 || three.length === 2);
    return isDate ? { numbers: [one, two, three], isShort: three.length === 2, rest } : undefined;
  }
  const [dayFirst, day = '', name = '', year = ''] = DAY_FIRST.exec(text) ?? [];
  if (dayFirst !== undefined) return named(text.slice(dayFirst.length), day, name, year);
  const [monthFirst, month = '', second = '', last = ''] = MONTH_FIRST.exec(text) ?? [];
  if (monthFirst !== undefined) return named(text.slice(monthFirst.length), second, month, last);
  const [compact, y, m, d] = COMPACT.exec(text) ?? [];
  if (compact === undefined) return undefined;
  return {
    day: writtenDay(Number(y), Number(m), Number(d)),
    isShort: false,
    rest: text.slice(compact.length),
  };
}

function named(rest: string, day: string, name: string, year: string): WrittenDay | undefined {
  const month = monthOf(name);
  if (month === 0) return undefined;
  return { day: writtenDay(fullYear(year), month, Number(day)), isShort: year.length === 2, rest };
}

const CLOCK =
  /^[ T,]+(?:at +)?(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?(?: *([ap])\.?m\.?(?![a-z]))?(?: *(Z|[+-]\d\d(?::?\d\d)?))?(?: *[([]?([a-z]{2,5}|[a-z_]+(?:\/[a-z_+\-\d]+)+)[)\]]?)?$/i;

interface WrittenClock {
  /** `HH:mm:ss`, with parts of a second where they are told. */
  readonly clock: string;
  /** `Z`, `+hh:mm` or `+hhmm`. */
  readonly offset?: string | undefined;
  /** IANA name of the zone that is named. */
  readonly zone?: string | undefined;
  /** `EST` and its kin, of which the time itself does not say where they are. */
  readonly abbreviation?: string | undefined;
}

function clockIn(rest: string): WrittenClock | undefined {
  const [whole, hour = '', minute = '', second = '00', half = '', offset, word] = CLOCK.exec(rest) ?? [];
  const hours = half === '' ? Number(hour) : twelveHours(Number(hour), half.toLowerCase());
  if (whole === undefined || hours === undefined) return undefined;
  const clock = `${padded(hours)}:${minute}:${second}`;
  const fullOffset = offset?.length === 3 ? `${offset}:00` : offset;
  if (word === undefined) return { clock, offset: fullOffset };
  if (/^(?:UTC|GMT)$/i.test(word)) {
    const isZero = fullOffset === undefined || /^(?:Z|[+-]00:?00)$/i.test(fullOffset);
    return isZero ? { clock, offset: 'Z' } : undefined;
  }
  if (abbreviationOf(word) !== undefined)
    return fullOffset === undefined
      ? { clock, abbreviation: word.toUpperCase() }
      : { clock, offset: fullOffset };
  const zone = word.includes('/') ? zoneOf(word) : undefined;
  if (zone?.ok !== true) return undefined;
  return fullOffset === undefined ? { clock, zone: zone.value } : { clock, offset: fullOffset };
}

function twelveHours(hour: number, half: string): number | undefined {
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === 'p' ? 12 : 0);
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/i;
const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?(?:\d\d)?)?$/i;
const UNIX = /^(\d{10}|\d{13})$/;

/** What a text says of a time. Nobody has asked yet whether there is such a day, time or offset. */
export type WrittenTime =
  /** Epoch milliseconds of Unix time. */
  | { readonly unix: number }
  | (Pick<WrittenClock, 'offset' | 'zone' | 'abbreviation'> & {
      /** `YYYY-MM-DD`. */
      readonly day: string;
      /** `HH:mm`, with seconds and parts of them where they are told; undefined where only the day is. */
      readonly clock: string | undefined;
    });

/** Spaces that a program puts before `PM` so that no line breaks there. */
const NARROW = /[\u00a0\u202f]/g;

/**
 * Reads Unix time, ISO 8601, dates with the name of a month or the year in front, and, where their order is known, dates of
 * numbers and of years with two digits; undefined where it is anything else.
 */
export function writtenTime(text: string, order: DateOrder | undefined): WrittenTime | undefined {
  if (UNIX.test(text)) return { unix: Number(text) * (text.length === 10 ? 1000 : 1) };
  const [, iso, time, isoOffset] = ISO.exec(text) ?? [];
  if (iso !== undefined) return { day: iso, clock: time, offset: isoOffset };
  const date = dateIn(text);
  if (date === undefined || (order === undefined && (date.isShort || date.day === undefined)))
    return undefined;
  const day =
    date.day ?? (date.numbers && order && (dayOf(date.numbers, order) ?? noDay(date.numbers, order)));
  if (day === undefined) return undefined;
  if (date.rest === '') return { day, clock: undefined };
  const clock = clockIn(date.rest);
  return clock && { day, ...clock };
}

/** A day that does not exist is told so, where another order cannot be what was meant by its numbers. */
function noDay([one, two, three]: DateNumbers, order: DateOrder): string | undefined {
  if (order === 'ymd') return undefined;
  const [month, day] = order === 'mdy' ? [one, two] : [two, one];
  return writtenDay(fullYear(three), Number(month), Number(day));
}

function dateIn(text: string): WrittenDay | undefined {
  const [basic, year, month, day, hour, minute, second = '00', offset = ''] = BASIC.exec(text) ?? [];
  if (basic !== undefined)
    return { day: `${year}-${month}-${day}`, isShort: false, rest: ` ${hour}:${minute}:${second}${offset}` };
  return dayIn(text.replace(NARROW, ' ').replace(WEEKDAY, ''));
}

/** Of a time that is read only where an order of dates is known: its numbers, if its date is of numbers, and whether it tells more than the day. */
export function orderNeeded(
  text: string,
): { readonly numbers: DateNumbers | undefined; readonly hasClock: boolean } | undefined {
  const { day, numbers, isShort, rest } = dateIn(text) ?? { isShort: false, rest: '' };
  if (numbers === undefined && (day === undefined || !isShort)) return undefined;
  const hasClock = clockIn(rest) !== undefined;
  return hasClock || rest === '' ? { numbers, hasClock } : undefined;
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

/** Milliseconds of an offset such as `Z`, `-05:00` or `+0530`. */
export function offsetMs(offset: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([-+])(\d\d):?(\d\d)$/.exec(offset) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -size : size;
}

/** What a clock shows, in epoch milliseconds as if it were UTC's; undefined where there is no such day or time of day. */
export function wallOf(day: string, clock: string): number | undefined {
  const [start, time] = [Date.parse(day), Date.parse(`1970-01-01T${clock}Z`)];
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
  return isDay && !Number.isNaN(time) ? start + time : undefined;
}

function offsetAt(at: number, zone: string): number {
  return offsetMs((instantsIn(zone)(at) ?? '').slice(-'+00:00'.length));
}

/** The instants at which the clocks of a zone show this: none where they left it out, two where they had it twice, the earlier one first. */
export function instantsOf(wall: number, zone: string): readonly number[] {
  const [before, after] = [offsetAt(wall - DAY_MS, zone), offsetAt(wall + DAY_MS, zone)];
  const offsets = before === after ? [before] : [before, after];
  return offsets
    .filter((offset) => offsetAt(wall - offset, zone) === offset)
    .map((offset) => wall - offset)
    .sort((left, right) => left - right);
}

/** Epoch milliseconds at which a day (`YYYY-MM-DD`) begins in a zone: at its midnight, or where the clocks skip that. */
export function dayStart(day: string, zone: string): number {
  const midnight = Date.parse(day);
  const [first] = instantsOf(midnight, zone);
  return first ?? midnight - offsetAt(midnight - DAY_MS, zone);
}

/** The day after a day (`YYYY-MM-DD`). */
export function nextDay(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, day.length);
}
