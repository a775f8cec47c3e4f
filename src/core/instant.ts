export const DAY_MS = 86_400_000;

/** Writes epoch milliseconds as ISO 8601 with an offset; undefined beyond what a date can be. */
export type InstantText = (at: number) => string | undefined;

/** No zone has ever changed its clocks in the middle of one of these. */
const QUARTER_HOUR_MS = 15 * 60_000;
const LATEST_INSTANT = 8.64e15;

const known = new Map<string, InstantText>();

/**
 * How instants are written in a zone (IANA name), such as `2026-11-20T09:00:00-05:00`. Offsets are remembered, since
 * looking one up takes longer than everything else about a row.
 */
export function instantsIn(zone: string): InstantText {
  const text = known.get(zone) ?? newInstantText(zone);
  known.set(zone, text);
  return text;
}

function newInstantText(zone: string): InstantText {
  const names = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const offsets = new Map<number, { readonly ms: number; readonly text: string }>();
  const offsetAt = (at: number): { readonly ms: number; readonly text: string } => {
    const name = names.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [text = '+00:00', sign, hours, minutes] = /([-+])(\d\d):(\d\d)/.exec(name) ?? [];
    const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
    return { ms: (sign === '-' ? -size : size) * 60_000, text };
  };
  return (at) => {
    if (!(Math.abs(at) <= LATEST_INSTANT)) return undefined;
    const quarter = Math.floor(at / QUARTER_HOUR_MS);
    const offset = offsets.get(quarter) ?? offsetAt(Math.max(-LATEST_INSTANT, quarter * QUARTER_HOUR_MS));
    offsets.set(quarter, offset);
    const local = at + offset.ms;
    if (!(Math.abs(local) <= LATEST_INSTANT)) return undefined;
    return new Date(local).toISOString().replace(/(\.000)?Z$/, offset.text);
  };
}
