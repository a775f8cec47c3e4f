import { instantsIn } from '../core/instant.js';
import { luxon } from './packages.js';

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
