import { SHORTEST_SECRET } from '../core/vendor.js';

export type Redact = (text: string) => string;

/** A pattern of one spelling of a secret, in a text whose escapes are read, and what stands in its place. */
interface Needle {
  readonly pattern: RegExp;
  readonly mark: string;
}

/** Digits up to here may be an amount, a count or a part of an id. */
const LONGEST_NUMBER = 9;
/** An escape within an escape, and so on; more would only cost time. */
const DEEPEST = 8;

/**
 * Replaces each secret by `[NAME]`, however it is spelled: as it is or in other letters' case, as URLs, forms, JSON and
 * HTML escape it, once or several times over, as hexadecimal digits, in base64, there also as a part of something
 * longer; and either half of `user:password`. A number that only contains the digits of a secret, and a text that is
 * nothing but a number, stay what they are; with `numbers` each number does.
 */
export function redactor(
  secrets: Readonly<Record<string, string>>,
  numbers: 'redacted' | 'left' = 'redacted',
): Redact {
  const parts = Object.entries(secrets).flatMap(([name, value]) =>
    partsOf(value)
      .filter((part) => numbers === 'redacted' || !isNumber(part))
      .map((part) => ({ part, mark: `[${name}]` })),
  );
  const hints = [...new Set(parts.flatMap(({ part }) => hintsOf(part)))];
  const mayHold = (text: string): boolean => {
    const lower = text.toLowerCase();
    return hints.some((hint) => lower.includes(hint));
  };
  return (text) => {
    let suspect = mayHold(text);
    for (let depth = 0, last = text; !suspect && depth < DEEPEST && /[\\%&]/.test(last); depth += 1) {
      const next = last.replace(ESCAPE, (escape) =>
        unitsOf(escape)
          .map(({ shown }) => shown)
          .join(''),
      );
      if (next === last) break;
      suspect = mayHold(next);
      last = next;
    }
    return suspect ? without(text, parts.flatMap(needlesOf)) : text;
  };
}

/** The same value with its texts redacted. Numbers, names of members, a `kind` and the structure stay. */
export function redactTexts<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((inner: unknown) => redactTexts(inner, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, inner]: [string, unknown]) => [
    name,
    name === 'kind' ? inner : redactTexts(inner, redact),
  ]);
  return Object.fromEntries(members) as T;
}

/** The secret, its halves if it is `user:password`, and those within if it is that in base64 already. */
function partsOf(secret: string): string[] {
  const inner = Buffer.from(secret, 'base64').toString('latin1');
  const encoded = /^[\w+/-]+=*$/.test(secret) && /^[ -~]+:[ -~]+$/.test(inner) ? [inner] : [];
  const wholes = [secret, ...encoded];
  const halves = wholes.flatMap((whole) => {
    const at = whole.indexOf(':');
    return at < 0 ? [] : [whole.slice(0, at), whole.slice(at + 1)];
  });
  return [...new Set([...wholes, ...halves])].filter(({ length }) => length >= SHORTEST_SECRET);
}

/** In lower case: a text in lower case that has none of them has no spelling of it. */
function hintsOf(part: string): string[] {
  const encoded = BASE64_AFTER.map((before) => insideBase64(part, before));
  const forUrls = encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [...wordsOf(part), ...encoded, ...forUrls].map((text) => text.toLowerCase());
}

function needlesOf({ part, mark }: { readonly part: string; readonly mark: string }): Needle[] {
  const words = wordsOf(part).map((word) => (isNumber(word) ? aloneAsNumber(word) : literally(word)));
  return [
    ...words.map((source) => ({ pattern: new RegExp(source, 'gi'), mark })),
    ...BASE64_AFTER.map((before) => ({ pattern: new RegExp(base64Source(part, before), 'g'), mark })),
  ];
}

function wordsOf(part: string): string[] {
  // Forms write a space as +, and who reads one that never was a form takes + for a space.
  const spaces = [part.replaceAll(' ', '+'), part.replaceAll('+', ' ')];
  return [part, ...spaces.filter((text) => text !== part), Buffer.from(part).toString('hex')];
}

function isNumber(text: string): boolean {
  return text.length <= LONGEST_NUMBER && /^\d+$/.test(text);
}

/** Neither a part of a number, nor all that the text has. */
function aloneAsNumber(digits: string): string {
  return `(?!(?<=^\\s*-?)${digits}\\s*$)(?<!\\d|\\d[.,])${digits}(?!\\d|[.,]\\d)`;
}

/** Base64 spells three bytes at a time: it matters how many of them stand before. */
const BASE64_AFTER = [0, 1, 2];
const BASE64 = '[A-Za-z0-9+/_-]';

/** The signs that the part alone makes, where so many bytes stand before it. */
function insideBase64(part: string, before: number): string {
  const text = Buffer.from('\0'.repeat(before) + part).toString('base64');
  const bytes = before + Buffer.byteLength(part);
  return text.slice(Math.ceil((before * 8) / 6), Math.floor((bytes * 8) / 6));
}

/** With the signs that it shares with what stands beside it. */
function base64Source(part: string, before: number): string {
  const own = literally(insideBase64(part, before)).replaceAll('\\+', '[+-]').replaceAll('\\/', '[/_]');
  const isShared = [before > 0, (before + Buffer.byteLength(part)) % 3 > 0];
  const [first = '', last = ''] = isShared.map((is) => (is ? `${BASE64}?` : ''));
  return `${first}${own}${last}=*`;
}

function literally(text: string): string {
  return text.replace(/[^\w\s]/g, '\\$&');
}

/** A text whose escapes are read, and where each of its characters stood in the text as it came. */
interface Reading {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly mark: string;
}

function without(text: string, needles: readonly Needle[]): string {
  const starts = Array.from({ length: text.length }, (_, index) => index);
  let reading: Reading = { text, starts, ends: starts.map((start) => start + 1) };
  const found: Found[] = [];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    found.push(...needles.flatMap((needle) => matchesIn(reading, needle)));
    const next = readEscapes(reading);
    if (next.text === reading.text) break;
    reading = next;
  }
  let clean = '';
  let at = 0;
  for (const { start, end, mark } of joined(found)) {
    clean += text.slice(at, start) + mark;
    at = end;
  }
  return clean + text.slice(at);
}

function matchesIn({ text, starts, ends }: Reading, { pattern, mark }: Needle): Found[] {
  return Array.from(text.matchAll(pattern), ({ index, 0: { length } }) => ({
    start: starts[index] ?? 0,
    end: ends[index + length - 1] ?? 0,
    mark,
  }));
}

/** What overlaps becomes one, with the mark of the longest. */
function joined(found: readonly Found[]): Found[] {
  const sorted = found.toSorted((left, right) => left.start - right.start || right.end - left.end);
  const all: { start: number; end: number; mark: string; longest: number }[] = [];
  for (const { start, end, mark } of sorted) {
    const last = all.at(-1);
    if (last === undefined || start >= last.end) {
      all.push({ start, end, mark, longest: end - start });
      continue;
    }
    if (end - start > last.longest) Object.assign(last, { mark, longest: end - start });
    last.end = Math.max(last.end, end);
  }
  return all;
}

/** `\u002d`, `\u{2d}`, `\x2d`, `\/`, `&#x2d;`, `&#45;`, `&amp;`, `%2D`. */
const ESCAPE =
  /\\u\{([0-9a-f]{1,6})\}|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\([^a-z0-9\s])|&#x([0-9a-f]{1,6});?|&#(\d{1,7});?|&([a-z]{2,8});|(?:%[0-9a-f]{2})+/gi;

/** One escape less everywhere. */
function readEscapes({ text, starts, ends }: Reading): Reading {
  const next: { text: string; starts: number[]; ends: number[] } = { text: '', starts: [], ends: [] };
  const keep = (from: number, to: number): void => {
    next.text += text.slice(from, to);
    for (let index = from; index < to; index += 1) {
      next.starts.push(starts[index] ?? 0);
      next.ends.push(ends[index] ?? 0);
    }
  };
  let at = 0;
  for (const { index, 0: escape } of text.matchAll(ESCAPE)) {
    keep(at, index);
    at = index;
    for (const { shown, length } of unitsOf(escape)) {
      next.text += shown;
      for (let unit = 0; unit < shown.length; unit += 1) {
        next.starts.push(starts[at] ?? 0);
        next.ends.push(ends[at + length - 1] ?? 0);
      }
      at += length;
    }
  }
  keep(at, text.length);
  return next;
}

/** A character, and how many of the escape stand for it. */
interface Unit {
  readonly shown: string;
  readonly length: number;
}

function unitsOf(escape: string): Unit[] {
  if (escape.startsWith('%')) return percentUnits(escape);
  const [, hex, decimal] = /^(?:\\[ux]\{?|&#x)([0-9a-f]+)|^&#(\d+)/i.exec(escape) ?? [];
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  if (code <= 0x10ffff) return [{ shown: String.fromCodePoint(code), length: escape.length }];
  const shown = escape.startsWith('\\') ? escape.slice(1) : NAMED[escape.slice(1, -1).toLowerCase()];
  return [{ shown: shown ?? escape, length: escape.length }];
}

/** Bytes of UTF-8; one that is none stays as it is. */
function percentUnits(escape: string): Unit[] {
  const bytes = Buffer.from(escape.replaceAll('%', ''), 'hex');
  const units: Unit[] = [];
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const read = bytes.subarray(at, at + size).toString();
    const length = read.includes('\ufffd') ? 1 : size;
    const isRead = length === size && !(size === 1 && lead > 0x7f);
    units.push({ shown: isRead ? read : escape.slice(at * 3, at * 3 + 3), length: length * 3 });
    at += length;
  }
  return units;
}

/** Names that HTML has for signs of ASCII. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", plus: '+', equals: '=', sol: '/', bsol: '\\' },
  ...{ colon: ':', semi: ';', comma: ',', period: '.', excl: '!', quest: '?', num: '#', dollar: '$' },
  ...{ percnt: '%', ast: '*', lpar: '(', rpar: ')', lsqb: '[', rsqb: ']', lcub: '{', rcub: '}' },
  ...{ lowbar: '_', commat: '@', grave: '`', hat: '^', verbar: '|' },
};
