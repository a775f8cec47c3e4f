import { json, type FakeAnswer } from './fake.js';
import { asObject, fieldsOf, jsonIn } from './request-parts.js';

/** A call as it is now. Amounts are decimal text, as they were sent or as a sum came out. */
export interface RingbaCall {
  readonly inboundCallId: string;
  /** ISO 8601, UTC: when the vendor first heard of the call. */
  readonly callDt: string;
  readonly inboundPhoneNumber: string | null;
  readonly conversionAmount: string;
  readonly payoutAmount: string;
  readonly hasConverted: boolean;
}

/** Of one window no more is shown, and no more is counted: who wants the rest asks for a shorter one. */
const WINDOW_ROWS = 10_000;
const MAX_SIZE = 1000;

/**
 * `POST /v2/{accountId}/calllogs`: the calls from `reportStart` to `reportEnd`, both included, newest first
 * unless `orderByColumns` says otherwise. Amounts are JSON numbers. `callDt` is epoch milliseconds, and with
 * `formatDateTime` text such as `11/20/2026 12:00:00 PM`, of UTC or of `formatTimeZone`.
 */
export function callLogPage(
  text: string,
  calls: readonly RingbaCall[],
  windowRows = WINDOW_ROWS,
): FakeAnswer {
  const body = fieldsOf(jsonIn(text));
  const start = instantOf(body['reportStart']);
  const end = instantOf(body['reportEnd']);
  if (start === undefined || end === undefined) return refused('reportStart and reportEnd are required.');
  const { offset = 0, size = MAX_SIZE, formatTimeZone: zone = 'UTC' } = body;
  if (!isCount(offset)) return refused('offset must be a whole number.');
  if (!isCount(size) || size < 1 || size > MAX_SIZE) return refused(`size must be 1 to ${MAX_SIZE}.`);
  const clock = clockOf(zone);
  if (clock === undefined) return refused('Invalid IANA TimeZone.');
  const asked = columnsIn(body['valueColumns']);
  const order = columnsIn(body['orderByColumns']);
  const strange = [...(asked ?? []), ...(order ?? [])].find(({ column }) => !(column in VALUES));
  if (strange !== undefined) return refused(`Column ${strange.column} was not found.`);

  const within = calls.filter(({ callDt }) => {
    const at = Math.floor(Date.parse(callDt) / 1000) * 1000;
    return start <= at && at <= end;
  });
  const shown = sorted(within, order ?? [{ column: 'callDt', isDescending: true }]).slice(0, windowRows);
  const records = shown.slice(offset, offset + size).map((call) => {
    const all = valuesOf(call);
    if (body['formatDateTime'] === true) all['callDt'] = clock(call.callDt);
    return asked === undefined ? all : Object.fromEntries(asked.map(({ column }) => [column, all[column]]));
  });
  return json(200, { isSuccessful: true, report: { totalCount: shown.length, records } });
}

interface Ordered {
  readonly column: string;
  readonly isDescending: boolean;
}

const VALUES: Readonly<Record<keyof RingbaCall, (call: RingbaCall) => string | number | boolean | null>> = {
  inboundCallId: ({ inboundCallId: id }) => id,
  callDt: ({ callDt }) => Date.parse(callDt),
  inboundPhoneNumber: ({ inboundPhoneNumber: phone }) => phone,
  conversionAmount: ({ conversionAmount: amount }) => Number(amount),
  payoutAmount: ({ payoutAmount: amount }) => Number(amount),
  hasConverted: ({ hasConverted }) => hasConverted,
};

function valuesOf(call: RingbaCall): Record<string, unknown> {
  return Object.fromEntries(Object.entries(VALUES).map(([column, value]) => [column, value(call)]));
}

function sorted(calls: readonly RingbaCall[], order: readonly Ordered[]): RingbaCall[] {
  const keyed = calls.map((call) => ({
    call,
    keys: order.map(({ column }) => VALUES[column as keyof RingbaCall](call) ?? ''),
  }));
  keyed.sort((left, right) => {
    for (const [index, { isDescending }] of order.entries()) {
      const [a = '', b = ''] = [left.keys[index], right.keys[index]];
      if (a !== b) return a < b === isDescending ? 1 : -1;
    }
    return 0;
  });
  return keyed.map(({ call }) => call);
}

/** The columns of `[{"column": NAME, "direction": "asc"}]`; undefined where there is no list. */
function columnsIn(value: unknown): Ordered[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.map((entry) => {
    const { column, direction } = asObject(entry) ?? {};
    return { column: String(column), isDescending: String(direction).toLowerCase() === 'desc' };
  });
}

/** A time with its zone, or of UTC where it names none. */
function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const at = Date.parse(/[ T].*(?:Z|[+-]\d\d:?\d\d)$|^[-\d]+$/i.test(value) ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : at;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Writes times of a zone as the vendor does; undefined where there is no such zone. */
function clockOf(zone: unknown): ((callDt: string) => string) | undefined {
  const two = '2-digit';
  const style = { month: two, day: two, hour: two, minute: two, second: two, year: 'numeric' } as const;
  try {
    const format = new Intl.DateTimeFormat('en-US', { ...style, timeZone: String(zone) });
    return (callDt) => format.format(Date.parse(callDt)).replace(',', '').replace('\u202f', ' ');
  } catch {
    return undefined;
  }
}

function refused(message: string): FakeAnswer {
  return json(400, { isSuccessful: false, message });
}
