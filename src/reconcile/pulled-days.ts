import type { PulledScope, Span } from '../core/breaks.js';
import type { Period } from '../core/transactions.js';
import { nextDay } from '../sales/time.js';

/** Days of a pull as messages name them; it has none where it was without bounds. */
export function daysText({ from, to }: Period): string {
  return from === '' ? 'all days' : `${from} to ${to}`;
}

/**
 * Why what was pulled of a scope cannot stand for what the vendor holds on these days, or at all: a row that was not
 * read would pass for one that the vendor does not hold. `zone` is where the days begin, if that is not the vendor's.
 */
export function gapInPulled(
  { ranges }: PulledScope,
  days: Period | undefined,
  zone?: string,
): string | undefined {
  const wanted = ranges.filter(({ from, to }) => days === undefined || overlaps({ from, to }, days));
  const broken = wanted.find(({ complete }) => !complete);
  if (broken !== undefined)
    return `its pull of ${daysText(broken)} has not come to its end; the same pull goes on`;
  const short = wanted.find(({ control }) => control !== undefined);
  if (short?.control !== undefined)
    return `its pull of ${daysText(short)} is not complete: ${short.control}; the same pull reads it anew`;
  if (days === undefined) return undefined;
  const elsewhere = wanted.find((range) => zone !== undefined && range.from !== '' && range.zone !== zone);
  if (elsewhere !== undefined)
    return `${daysText(elsewhere)} are days of ${elsewhere.zone ?? 'another zone'} in its pull, and of ${zone ?? ''} here`;
  // A walk over ranges by their first day, those without bounds first.
  let day = days.from;
  for (const { from, to } of [...wanted].sort((left, right) => (left.from < right.from ? -1 : 1))) {
    if (from === '') return undefined;
    if (from <= day && day <= to) day = nextDay(to);
  }
  return day > days.to ? undefined : `${day} was not pulled`;
}

function overlaps(range: Period, days: Period): boolean {
  return range.from === '' || (range.from <= days.to && days.from <= range.to);
}

/** Whether a call began within the span; one whose beginning no one knows always counts as such. */
export function isWithin(at: number | undefined, { from, until }: Span): boolean {
  return at === undefined || ((from === undefined || from <= at) && (until === undefined || at < until));
}
