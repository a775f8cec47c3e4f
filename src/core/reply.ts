import { flagOf } from './flag.js';
import type { Echo } from './echo.js';
import type { Failure, Kept } from './outcome.js';
import type { Reply } from './vendor.js';

/** The reply's JSON object, or undefined where it is anything else. */
export function jsonObject(reply: Reply): Readonly<Record<string, unknown>> | undefined {
  const value = jsonIn(reply.text);
  return isObject(value) ? value : undefined;
}

/** What a JSON text says; undefined where it is none. Numbers too long for a float are texts in it. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(wholeNumbers(text.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}

/** Numbers too long for a float become texts, so that an id keeps its digits. */
function wholeNumbers(json: string): string {
  if (!/\d{16}/.test(json)) return json;
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.]{15,}(?![\d.eE])/g, (part) =>
    part.startsWith('"') || String(Number(part)) === part ? part : `"${part}"`,
  );
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A truth value, also as a word or a number for one. */
export function jsonFlag(value: unknown): 'true' | 'false' | undefined {
  return flagOf(typeof value === 'boolean' ? String(value) : (jsonText(value) ?? ''));
}

/** Text or a number as text; vendors write ids and codes both ways. Anything else is undefined. */
export function jsonText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/**
 * What an object says of these names, for `Outcome.echo`: texts, numbers and booleans as text, null as null. What it
 * lacks, or says in another shape, is left out.
 */
export function echoOf(
  object: Readonly<Record<string, unknown>> | undefined,
  names: readonly string[],
): Echo {
  const echo: Record<string, string | null> = {};
  for (const name of names) {
    const value = object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
    const text = typeof value === 'boolean' ? String(value) : jsonText(value);
    if (text !== undefined) echo[name] = text;
    else if (value === null) echo[name] = null;
  }
  return echo;
}

/** Those of these names under which an object has a text or a number, for `Outcome.kept`; undefined where it has none. */
export function keptOf(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Kept | undefined {
  const found = names.flatMap((name) => {
    const text = Object.hasOwn(object, name) ? jsonText(object[name]) : undefined;
    return text === undefined || text === '' ? [] : [[name, text] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/**
 * What the HTTP status says when the body says nothing that the vendor documents. A 2xx, 3xx, 408 or 5xx
 * leaves open whether the row was applied; 425, 429 and 503 with `Retry-After` turned it away.
 */
export function outcomeOfStatus(reply: Reply): Failure {
  const { status } = reply;
  const code = `http_${status}`;
  const message = `HTTP ${status}${excerpt(reply.shown ?? reply.text)}`;
  const retryAfterMs = retryAfter(reply);
  if (status === 429 || status === 425) return { kind: 'busy', code, message, retryAfterMs };
  if (status === 503 && retryAfterMs !== undefined) return { kind: 'busy', code, message, retryAfterMs };
  if (status === 401 || status === 403 || status === 407) return { kind: 'refused', code, message };
  if (status === 408 || status < 400 || status >= 500) {
    const unread = status < 300 ? 'unclear_answer' : code;
    const redirect = status >= 300 && status < 400 ? '; redirects are not followed, check the base URL' : '';
    return { kind: 'in_doubt', code: unread, message: `${message}${redirect}` };
  }
  return { kind: 'rejected', code, message };
}

/**
 * `Retry-After` in milliseconds from the reply's arrival: whole seconds or an HTTP date. Never negative. A date
 * is taken against the vendor's own `Date` where it sends one, so that neither clock has to be right.
 */
export function retryAfter(reply: Reply): number | undefined {
  const text = reply.headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const until = httpDate(text);
  if (until === undefined) return undefined;
  return Math.max(0, until - (httpDate(reply.headers['date']) ?? reply.receivedAt));
}

/** An HTTP date as epoch milliseconds. All three of its forms are GMT; the obsolete asctime form does not say so. */
function httpDate(text: string | undefined): number | undefined {
  // `Date.parse` takes `-5` and `1.5` for days; a date has a time of day.
  if (text === undefined || !/\d:\d\d/.test(text)) return undefined;
  const date = Date.parse(/(GMT|UTC|Z)$/.test(text.trim()) ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : date;
}

const EXCERPT_LENGTH = 160;

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return ' with an empty body';
  return `: ${line.length > EXCERPT_LENGTH ? `${line.slice(0, EXCERPT_LENGTH)}…` : line}`;
}

/**
 * What a body says went wrong: in `error` or `errors`, by a `success` or `ok` that is false, or by a `status` of `error`
 * or `fail`; undefined where none of them says anything.
 */
export function statedError(body: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (body === undefined) return undefined;
  const stated = [body['error'], body['errors']].find((value) => !saysNothing(value));
  if (stated !== undefined) return flatText(stated, DEEPEST_TEXT);
  const failed = FAILED.find(([name, isFailure]) => isFailure(body[name]));
  return failed && (messageOf(body) ?? `${failed[0]} is ${jsonText(body[failed[0]]) ?? 'false'}`);
}

const isFalse = (value: unknown): boolean => jsonFlag(value) === 'false';
const FAILED: readonly (readonly [name: string, isFailure: (value: unknown) => boolean])[] = [
  ['success', isFalse],
  ['ok', isFalse],
  ['status', (value) => value === 'error' || value === 'fail'],
];

/** `""`, `[]`, `{}`, `0`, false and null, also as texts, and any list of them. */
export function saysNothing(value: unknown, depth = DEEPEST_TEXT): boolean {
  if (typeof value !== 'object' || value === null)
    return value == null || value === false || /^(?:0|false|null)?$/.test(jsonText(value)?.trim() ?? '-');
  return depth > 0 && Object.values(value).every((inner) => saysNothing(inner, depth - 1));
}

/**
 * Whether an answer says no more than its status does, that the request was turned away: blank, in the words for it, or
 * as the page of a server in front that counts requests. Under 503 and 403 such a server also hides an answer that it had.
 */
export function saysOnlyItsStatus({ status, text }: Reply): boolean {
  if (text.trim() === '') return true;
  // What PHP complains of stands before the answer.
  if (isPage(text))
    return (status === 429 || status === 425) && text.search(TURNED_AWAY) >= 0 && !/[[{]\s*"/.test(text);
  const value = jsonIn(text);
  if (!isObject(value)) return isTurnedAway(typeof value === 'string' ? value : text, status);
  return Object.entries(value).every(([name, told]) => {
    if (/^(?:errors?|success|ok)$/i.test(name)) return saysNothing(told);
    if (/^retry.?after$/i.test(name)) return true;
    return ABOUT.test(name) && isTurnedAway(jsonText(told) ?? '-', status);
  });
}

/** A document for people, and no answer of an API. */
export function isPage(text: string): boolean {
  return /^\s*</.test(text.replace(/^\uFEFF/, ''));
}

const ABOUT = /^(?:message|msg|title|detail|reason|code|status|status.?(?:text|code))$/i;
const TURNED_AWAY =
  /too[ _-]many[ _-](?:requests|attempts)|too[ _-]early|slow down|rate[ _-]?limit(?:ed|[ _-]exceeded)?|service (?:is )?(?:temporarily )?unavailable|(?:please )?try again later|unauthori[sz]ed|unauthenticated|forbidden/gi;

/** By those words and no others. */
function isTurnedAway(text: string, status: number): boolean {
  const rest = text.replace(TURNED_AWAY, '').replace(/\b(?:http|error|you are|being)\b/gi, '');
  return (text.trim() === String(status) || rest !== text) && !/\p{L}/u.test(rest);
}

/** The text of `error`, `errors` or `message`, in whichever of the usual shapes it comes. */
export function messageOf(body: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const found = [body?.['error'], body?.['errors'], body?.['message']].find((value) => value != null);
  return found === undefined ? undefined : flatText(found, DEEPEST_TEXT);
}

/** Vendors nest two or three deep; an answer of brackets alone must not exhaust the stack. */
const DEEPEST_TEXT = 10;

function flatText(value: unknown, depth: number): string {
  if (depth === 0 && typeof value === 'object' && value !== null) return '…';
  if (Array.isArray(value)) return value.map((inner) => flatText(inner, depth - 1)).join('; ');
  if (isObject(value)) {
    return Object.entries(value)
      .map(([name, inner]) => `${name}: ${flatText(inner, depth - 1)}`)
      .join('; ');
  }
  return jsonText(value) ?? JSON.stringify(value) ?? '';
}
