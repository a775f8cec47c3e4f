import { DAY_MS } from '../core/instant.js';
import { sumOf } from './decimals.js';
import { json, type FakeAnswer, type FakeRequest } from './fake.js';
import { flag, FLAGS, type TrackDriveCall } from './trackdrive-books.js';

const DEFAULT_PER_PAGE = '25';
const SERIALIZERS = ['call', 'call_grid'];
const STATS = ['count', 'revenue', 'profit', 'cost'];
const UTC = ['UTC', 'Etc/UTC', 'GMT'];

/** A call as the vendor shows one: its own words for the flags, money as text. */
export function callRow(call: TrackDriveCall): Readonly<Record<string, string | number | null>> {
  return {
    id: Number(call.id),
    uuid: call.uuid,
    created_at: shownTime(call.created_at),
    updated_at: shownTime(call.updated_at),
    caller_number: call.caller_number,
    number_called: call.number_called,
    buyer: call.buyer,
    offer: call.offer,
    traffic_source: call.traffic_source,
    status: call.status,
    buyer_converted: shownFlag(call.buyer_converted),
    traffic_source_converted: shownFlag(call.offer_converted),
    revenue: call.revenue,
    buyer_revenue: call.revenue,
    payout: call.payout,
  };
}

/**
 * `GET /api/v1/calls`: one row a call as it is now, newest first, `per_page` of them; `cursor` is -1 at the
 * start and then what `metadata.next_cursor` was, which is 0 with the last page.
 */
export function callsPage({ query }: FakeRequest, calls: readonly TrackDriveCall[]): FakeAnswer {
  const errors: string[] = [];
  const matching = matched(query, calls, errors);
  const perPage = query.get('per_page') ?? DEFAULT_PER_PAGE;
  if (!/^[1-9]\d*$/.test(perPage)) errors.push('per_page must be a number');
  const cursor = query.get('cursor') ?? '-1';
  if (!/^(-1|\d+)$/.test(cursor)) errors.push('cursor must be a number');
  if (!SERIALIZERS.includes(query.get('serializer') ?? 'call'))
    errors.push(`serializer must be one of: ${SERIALIZERS.join(', ')}`);
  if (errors.length > 0) return json(422, { errors });

  // A call's place is its cursor, so that calls which come in between do not move the others.
  const places = new Map(calls.map((call, index) => [call, index + 1]));
  const placeOf = (call: TrackDriveCall): number => places.get(call) ?? 0;
  const rest = matching.reverse().filter((call) => cursor === '-1' || placeOf(call) < Number(cursor));
  const page = rest.slice(0, Number(perPage));
  const last = page.at(-1);
  const next = rest.length > page.length && last !== undefined ? placeOf(last) : 0;
  const columns = query
    .get('columns')
    ?.split(',')
    .map((name) => name.trim());
  const shown = page.map(callRow).map((row) => {
    const cells = Object.entries(row).filter(([name]) => columns?.includes(name) !== false);
    return Object.fromEntries(cells);
  });
  return json(200, { calls: shown, metadata: { next_cursor: next } });
}

/** `GET /api/v1/calls/stats`: one number for each group of the calls that `/calls` would list. */
export function callStats({ query }: FakeRequest, calls: readonly TrackDriveCall[]): FakeAnswer {
  const errors: string[] = [];
  for (const name of ['created_at_from', 'created_at_to'])
    if (!query.has(name)) errors.push(`${name} is required`);
  const matching = matched(query, calls, errors);
  const group = GROUPS[query.get('group_by') ?? ''];
  if (group === undefined) errors.push(`group_by must be one of: ${Object.keys(GROUPS).join(', ')}`);
  const stat = query.get('stat') ?? '';
  if (!STATS.includes(stat)) errors.push(`stat must be one of: ${STATS.join(', ')}`);
  if (errors.length > 0 || group === undefined) return json(422, { errors });

  const sums = new Map<string, string>();
  for (const call of matching) {
    const name = group(call);
    sums.set(name, sumOf(sums.get(name) ?? '0', statOf(stat, call)));
  }
  return json(200, { stats: Object.fromEntries([...sums].map(([name, sum]) => [name, Number(sum)])) });
}

/** The calls that the filters of a query let through, oldest first. */
function matched(
  query: URLSearchParams,
  calls: readonly TrackDriveCall[],
  errors: string[],
): TrackDriveCall[] {
  const zone = query.get('time_zone') ?? 'UTC';
  const instant = (name: string, absent: number): number => {
    const text = query.get(name);
    if (text === null) return absent;
    const at = instantOf(text, UTC.includes(zone));
    if (at === undefined) errors.push(`${name} must be formatted like 2016-01-01 12:25:15 -0500`);
    return at ?? absent;
  };
  const from = instant('created_at_from', -Infinity);
  const to = instant('created_at_to', Infinity);
  const wanted = FLAGS.flatMap((name) => {
    const text = query.get(name);
    if (text === null) return [];
    const value = flag(text);
    if (value === undefined)
      errors.push(`${name} must be a boolean value: 1, true, yes, on, 0, false, no, off`);
    return [[name, shownFlag(value ?? null)] as const];
  });
  return calls.filter((call) => {
    const at = Math.floor(Date.parse(call.created_at) / 1000) * 1000;
    return from <= at && at <= to && wanted.every(([name, text]) => shownFlag(call[name]) === text);
  });
}

const GROUPS: Readonly<Record<string, (call: TrackDriveCall) => string>> = {
  buyer_converted: (call) => shownFlag(call.buyer_converted),
  offer_converted: (call) => shownFlag(call.offer_converted),
  status: ({ status }) => status,
  created_at_five_minutes: ({ created_at: at }) => periodStart(at, 300_000).slice(0, 16),
  created_at_day: ({ created_at: at }) => periodStart(at, DAY_MS).slice(0, 10),
  // The first day of all was a Thursday; a week begins on a Monday.
  created_at_week: ({ created_at: at }) => periodStart(at, 7 * DAY_MS, 4 * DAY_MS).slice(0, 10),
  created_at_month: ({ created_at: at }) => `${at.slice(0, 7)}-01`,
};

function periodStart(at: string, length: number, first = 0): string {
  const start = Math.floor((Date.parse(at) - first) / length) * length + first;
  return new Date(start).toISOString();
}

function statOf(stat: string, { revenue, payout }: TrackDriveCall): string {
  if (stat === 'count') return '1';
  if (stat === 'cost') return '0';
  return stat === 'revenue' ? (revenue ?? '0') : sumOf(revenue ?? '0', `-${payout ?? '0'}`);
}

/** A time without a zone is of `time_zone`, of which only UTC is known here. */
function instantOf(text: string, isUtc: boolean): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?(?:\.\d+)?))? ?(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(
    text,
  );
  const [, day = '', time = '00:00:00', zone = isUtc ? 'Z' : ''] = parts ?? [];
  const offset = zone.replace('UTC', 'Z').replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  const at = offset === '' ? NaN : Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

function shownTime(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000`;
}

function shownFlag(value: boolean | string | null): string {
  return typeof value === 'string' ? value : value === true ? 'Converted' : 'Not Converted';
}
