const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function spanOf(text: string, pattern: RegExp): number | undefined {
  const [, digits, unit = ''] = pattern.exec(text.trim().toLowerCase()) ?? [];
  return digits === undefined ? undefined : Number(digits) * (UNIT_MS[unit] ?? NaN);
}

/** `36h` or `2d` in milliseconds; undefined for anything else. */
export function ageOf(text: string): number | undefined {
  return spanOf(text, /^([1-9]\d{0,5})([hd])$/);
}

/** What a duration that is something else is told to be. */
export const WANTED_DURATION = 'seconds, minutes or hours, such as 90s, 30m or 2h';

/** `90s`, `30m` or `2h` in milliseconds; undefined for anything else. */
export function durationOf(text: string): number | undefined {
  return spanOf(text, /^([1-9]\d{0,5})([smh])$/);
}
