import { err, ok, type Result } from '../core/result.js';
import { readAlterations, type Alteration } from './alterations.js';
import { isNegative, isZero, negated, sumOf } from './decimals.js';
import {
  FAILING_ID_MARK,
  isKnown,
  json,
  KEPT_ID_MARK,
  type Fake,
  type FakeAnswer,
  type FakeOptions,
} from './fake.js';
import { Journal } from './journal.js';
import { callLogPage, type RingbaCall } from './ringba-calllogs.js';
import { asObject, decoded, exactJsonIn, fieldsOf, jsonText, type JsonObject } from './request-parts.js';

/** `override` sets, `payments` adds, `void` subtracts. */
export type RingbaRoute = keyof typeof ROUTES;

/** One write that was applied. Amounts have the digits as they were sent; null where that side was left alone. */
export interface RingbaAdjustment {
  readonly at: string;
  readonly route: RingbaRoute;
  readonly account: string;
  readonly inboundCallId: string;
  readonly conversion: string | null;
  readonly payout: string | null;
  readonly reason: string;
  readonly targetId: string | null;
}

export interface RingbaBooks {
  readonly calls: Readonly<Record<string, RingbaCall>>;
  /** Every write applied, oldest first. */
  readonly adjustments: readonly RingbaAdjustment[];
}

type Entry = RingbaAdjustment | { readonly at: string; readonly alteration: Alteration };

/** What a write asks for, by its route. */
interface Shape {
  readonly flags: readonly [string, string];
  /** In all their spellings; the vendor's page leaves an s out of some. */
  readonly amounts: readonly [readonly string[], readonly string[]];
  readonly reason: string;
  readonly applied: (held: string, sent: string) => string;
}

const ROUTES = {
  override: {
    flags: ['adjustConversion', 'adjustPayout'],
    amounts: [['newConversionAmount'], ['newPayoutAmount']],
    reason: 'reason',
    applied: (_, sent) => sent,
  },
  payments: {
    flags: ['adjustConversion', 'adjustPayout'],
    amounts: [['adjustConverionByAmount', 'adjustConversionByAmount'], ['adjustPayoutByAmount']],
    reason: 'reason',
    applied: sumOf,
  },
  void: {
    flags: ['voidConversion', 'voidPayout'],
    amounts: [['voidConverionAmount', 'voidConversionAmount'], ['voidPayoutAmount']],
    reason: 'voidReason',
    applied: (held, sent) => sumOf(held, negated(sent)),
  },
} as const satisfies Record<string, Shape>;

const PATHS: Readonly<Record<string, RingbaRoute | 'calllogs'>> = {
  'calls/payments/override': 'override',
  'calls/payments': 'payments',
  'calls/void': 'void',
  calllogs: 'calllogs',
};

const ROUTE = /^\/v2\/([^/]+)\/(calls\/payments\/override|calls\/payments|calls\/void|calllogs)$/;
/** Tokens with this beginning get 401, accounts 403. */
const BAD = 'bad';

/**
 * The first request about a call, or of an account, with such an id is told to wait, under HTTP 200. A call's id
 * may begin with RGB before any mark.
 */
export const RATE_LIMITED_ID_MARK = '429429';

/**
 * `POST /v2/{accountId}/calls/payments/override` sets a call's amounts; `/calls/payments` adds to them and
 * `/calls/void` subtracts, as the vendor has it, so that a client that calls these is found out. A call is
 * there, with nothing, until the first write about it. `POST /v2/{accountId}/calllogs` reads back.
 */
export function ringbaFake({ journal: path, known, windowRows }: FakeOptions): Fake {
  const books = new Books();
  const journal = new Journal<Entry>(path, (entry, number) => books.enter(entry, number));
  const limited = new Set<string>();
  const isLimited = (id: string): boolean => {
    if (!id.startsWith(RATE_LIMITED_ID_MARK) || limited.has(id)) return false;
    limited.add(id);
    return true;
  };

  return {
    vendor: 'ringba',
    serves: (path) => ROUTE.test(path),
    books: (): RingbaBooks => ({
      calls: Object.fromEntries(books.calls),
      adjustments: journal.entries.filter((entry) => 'route' in entry),
    }),
    alter(body) {
      const has = (id: string): boolean => books.calls.has(id);
      const changes = readAlterations(body, {
        what: 'call',
        has,
        ids: ['inboundCallId'],
        problem: fieldProblem,
      });
      if (!changes.ok) return changes;
      for (const alteration of changes.value) journal.add({ at: new Date().toISOString(), alteration });
      return ok(undefined);
    },
    answer(request) {
      const [, account = '', page = ''] = ROUTE.exec(request.path) ?? [];
      const [, token = ''] = /^Token +(\S.*)$/i.exec(request.headers['authorization'] ?? '') ?? [];
      if (request.method !== 'POST')
        return failure(405, 'The requested resource does not support this method.');
      if (token === '' || token.startsWith(BAD)) return failure(401, 'Authorization has been denied.');
      if (decoded(account).startsWith(BAD)) return failure(403, 'This account is not accessible.');
      if (isLimited(decoded(account))) return json(200, RATE_LIMITED);
      const route = PATHS[page] ?? 'calllogs';
      if (route === 'calllogs') return callLogPage(request.body, [...books.calls.values()], windowRows);

      const read = readAdjustment(route, fieldsOf(exactJsonIn(request.body)));
      if (!read.ok) return failure(400, read.error);
      const at = new Date(request.at).toISOString();
      const adjustment = { at, route, account: decoded(account), ...read.value };
      const id = adjustment.inboundCallId;
      const number = id.replace(/^RGB/i, '');
      if (!isKnown(known === undefined ? number : id, known))
        return failure(400, `Call ${id} was not found.`);
      if (isLimited(number)) return json(200, RATE_LIMITED);
      if (number.startsWith(FAILING_ID_MARK)) return refusal('The call could not be adjusted.');
      const held = books.held(adjustment);
      const after = adjusted(held, adjustment);
      if (!after.ok) return refusal(after.error);
      journal.add(adjustment);
      return json(200, { result: amountsOf(books.held(adjustment)) });
    },
  };
}

class Books {
  readonly calls = new Map<string, RingbaCall>();

  held({ inboundCallId, at }: Pick<RingbaAdjustment, 'inboundCallId' | 'at'>): RingbaCall {
    const nothing = {
      inboundPhoneNumber: null,
      conversionAmount: '0',
      payoutAmount: '0',
      hasConverted: false,
    };
    return this.calls.get(inboundCallId) ?? { inboundCallId, callDt: at, ...nothing };
  }

  enter(entry: Entry, number: number): void {
    if ('alteration' in entry) return this.#alter(entry.alteration, entry.at, `RGBADDED${number}`);
    const held = this.held(entry);
    const after = adjusted(held, entry);
    const isKept = entry.inboundCallId.replace(/^RGB/i, '').startsWith(KEPT_ID_MARK);
    this.calls.set(entry.inboundCallId, isKept || !after.ok ? held : after.value);
  }

  #alter(change: Alteration, at: string, freeId: string): void {
    if ('remove' in change) return void this.calls.delete(change.remove);
    const [id, fields] =
      'set' in change
        ? [change.set, change.fields]
        : [jsonText(change.add['inboundCallId']) ?? freeId, change.add];
    const like = this.calls.get('set' in change ? change.set : (change.like ?? ''));
    const call = { ...(like ?? this.held({ inboundCallId: id, at })), inboundCallId: id, ...fields };
    if ('set' in change) this.calls.delete(change.set);
    this.calls.set(call.inboundCallId, call);
  }
}

/** What a request asks for, or what is wrong with it. */
function readAdjustment(
  route: RingbaRoute,
  body: JsonObject,
): Result<Omit<RingbaAdjustment, 'at' | 'route' | 'account'>, string> {
  const { flags, amounts, reason: reasonName }: Shape = ROUTES[route];
  const inboundCallId = jsonText(body['inboundCallId']);
  if (inboundCallId === undefined) return err('inboundCallId is required.');
  const reason = jsonText(body[reasonName]);
  if (reason === undefined) return err(`${reasonName} is required.`);
  const sides: (string | null)[] = [];
  for (const side of [0, 1] as const) {
    const flag = String(body[flags[side]]);
    if (flag !== 'true' && flag !== 'false') return err(`${flags[side]} must be true or false.`);
    const [value] = amounts[side].map((name) => body[name]).filter((value) => value !== undefined);
    const digits = asObject(value)?.['digits'];
    if (flag === 'true' && typeof digits !== 'string') return err(`${amounts[side][0]} must be a number.`);
    sides.push(flag === 'true' ? String(digits) : null);
  }
  const [conversion = null, payout = null] = sides;
  return ok({ inboundCallId, conversion, payout, reason, targetId: jsonText(body['targetId']) ?? null });
}

/** The call afterwards; no amount may be less than nothing. */
function adjusted(
  call: RingbaCall,
  { route, conversion, payout }: RingbaAdjustment,
): Result<RingbaCall, string> {
  const { applied }: Shape = ROUTES[route];
  const after = (held: string, sent: string | null): string =>
    sent === null ? held : applied(held, plainDigits(sent));
  const conversionAmount = after(call.conversionAmount, conversion);
  const payoutAmount = after(call.payoutAmount, payout);
  for (const [now, held] of [
    [conversionAmount, call.conversionAmount],
    [payoutAmount, call.payoutAmount],
  ] as const)
    if (isNegative(now))
      return err(`Conversion would be brought below zero, the max refund is $${Number(held)}`);
  const hasConverted = conversion === null ? call.hasConverted : !isZero(conversionAmount);
  return ok({ ...call, conversionAmount, payoutAmount, hasConverted });
}

function plainDigits(digits: string): string {
  return /e/i.test(digits) ? String(Number(digits)) : digits;
}

function amountsOf({ conversionAmount, payoutAmount }: RingbaCall): JsonObject {
  return { conversionAmount: Number(conversionAmount), payoutAmount: Number(payoutAmount) };
}

const RATE_LIMITED = {
  isSuccessful: false,
  isRateLimited: true,
  exceedingRateLimit: true,
  rateLimit: { perMinute: 80 },
  message: 'Rate limit exceeded.',
};

/** A failure under HTTP 200. */
function refusal(message: string): FakeAnswer {
  return json(200, { isSuccessful: false, message });
}

/** A failure that its status tells. */
function failure(status: number, message: string): FakeAnswer {
  return json(status, { message });
}

function fieldProblem(field: string, value: unknown): string | undefined {
  const isRight = FIELDS[field];
  if (isRight === undefined) return `${field} is not a field of a call`;
  return isRight(value) ? undefined : `${field} cannot be ${JSON.stringify(value)}`;
}

const isDecimal = (value: unknown): boolean => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  inboundCallId: (value) => jsonText(value) === value,
  callDt: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  inboundPhoneNumber: (value) => value === null || typeof value === 'string',
  conversionAmount: isDecimal,
  payoutAmount: isDecimal,
  hasConverted: (value) => typeof value === 'boolean',
};
