import { err, ok, type Result } from './result.js';

/** What people write for the clocks of a place: the zone they mean, and the minutes from UTC where it tells summer from winter. */
interface Abbreviation {
  readonly zone: string;
  readonly minutes?: number;
}

/** `EST`, `EDT` and `ET` of a zone whose winter is so many hours from UTC. */
function american(letter: string, zone: string, hours: number): [string, Abbreviation][] {
  return [
    [`${letter}ST`, { zone, minutes: hours * 60 }],
    [`${letter}DT`, { zone, minutes: (hours + 1) * 60 }],
    [`${letter}T`, { zone }],
  ];
}

const ABBREVIATIONS: ReadonlyMap<string, Abbreviation> = new Map([
  ...american('E', 'America/New_York', -5),
  ...american('C', 'America/Chicago', -6),
  ...american('M', 'America/Denver', -7),
  ...american('P', 'America/Los_Angeles', -8),
  ...american('AK', 'America/Anchorage', -9),
  ...american('A', 'America/Halifax', -4),
  ['NST', { zone: 'America/St_Johns', minutes: -210 }],
  ['NDT', { zone: 'America/St_Johns', minutes: -150 }],
  ['HST', { zone: 'Pacific/Honolulu', minutes: -600 }],
  ['HDT', { zone: 'America/Adak', minutes: -540 }],
  ['BST', { zone: 'Europe/London', minutes: 60 }],
  ['WET', { zone: 'Europe/Lisbon', minutes: 0 }],
  ['WEST', { zone: 'Europe/Lisbon', minutes: 60 }],
  ['CET', { zone: 'Europe/Berlin', minutes: 60 }],
  ['CEST', { zone: 'Europe/Berlin', minutes: 120 }],
  ['MET', { zone: 'Europe/Berlin', minutes: 60 }],
  ['MEST', { zone: 'Europe/Berlin', minutes: 120 }],
  ['EET', { zone: 'Europe/Athens', minutes: 120 }],
  ['EEST', { zone: 'Europe/Athens', minutes: 180 }],
  ['MSK', { zone: 'Europe/Moscow', minutes: 180 }],
  ['IST', { zone: 'Asia/Kolkata', minutes: 330 }],
  ['PHT', { zone: 'Asia/Manila', minutes: 480 }],
  ['JST', { zone: 'Asia/Tokyo', minutes: 540 }],
  ['AEST', { zone: 'Australia/Sydney', minutes: 600 }],
  ['AEDT', { zone: 'Australia/Sydney', minutes: 660 }],
  ['NZST', { zone: 'Pacific/Auckland', minutes: 720 }],
  ['NZDT', { zone: 'Pacific/Auckland', minutes: 780 }],
]);

export const WANTED_ZONE = 'an IANA time zone such as America/New_York or UTC';

const OF_THREE_LETTERS = /^(?:UTC|GMT|UCT|PRC|ROC|ROK)$/i;

/** What `EST` and its kin stand for; undefined for anything else. */
export function abbreviationOf(text: string): Abbreviation | undefined {
  return ABBREVIATIONS.get(text.toUpperCase());
}

/**
 * An IANA zone as ICU spells it, or what it should be. The database has a zone for some abbreviations, but its `EST`
 * knows no summer and its `BST` is Bangladesh's.
 */
export function zoneOf(text: string): Result<string, string> {
  const meant = abbreviationOf(text);
  if (meant !== undefined)
    return err(
      `the name of a zone, which for ${text} is ${meant.zone} (an abbreviation knows no summer time)`,
    );
  // Some versions of Node take offsets such as +05:00 as well, which know no clock changes, and Java's names of three letters.
  if (!/^[a-z]/i.test(text) || (/^[a-z]{3}$/i.test(text) && !OF_THREE_LETTERS.test(text)))
    return err(WANTED_ZONE);
  try {
    return ok(new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone);
  } catch {
    return err(WANTED_ZONE);
  }
}

const UTC = new Set(['UTC', 'GMT', 'UCT', 'ZULU', 'ETC/UTC', 'ETC/GMT', 'ETC/UCT', 'ETC/ZULU']);

export function isUtc(zone: string): boolean {
  return UTC.has(zone.toUpperCase());
}
