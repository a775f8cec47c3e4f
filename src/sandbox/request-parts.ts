import type { FakeRequest } from './fake.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON value in a request body; undefined where there is none. */
export function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** A number in a JSON body with its digits as they were sent, which a JSON reader loses. */
export interface SentNumber {
  readonly digits: string;
}

/** As `jsonIn`, with every number as a `SentNumber`. */
export function exactJsonIn(body: string): unknown {
  if (jsonIn(body) === undefined) return undefined;
  const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  return jsonIn(body.replace(tokens, (token) => (token.startsWith('"') ? token : `{"digits":"${token}"}`)));
}

/** An object's fields; none where it is something else. */
export function fieldsOf(value: unknown): JsonObject {
  return asObject(value) ?? {};
}

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** A field's text; a JSON number as JSON writes it. Undefined where it is absent, null, blank or neither. */
export function jsonText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/**
 * The fields of a body by their texts: JSON, a form or a multipart form, as its content type says or else as it
 * looks. A JSON number has the digits that were sent; null is null.
 */
export function sentFields({ headers, body }: FakeRequest): Record<string, string | null> {
  const type = headers['content-type'] ?? '';
  if (/multipart\/form-data/i.test(type)) return multipartFields(type, body);
  const isForm = /x-www-form-urlencoded/i.test(type) || !/^\s*[{[]/.test(body);
  if (isForm && !/json/i.test(type)) return Object.fromEntries(new URLSearchParams(body));
  const fields = Object.entries(fieldsOf(exactJsonIn(body)));
  return Object.fromEntries(fields.map(([name, value]) => [name, value === null ? null : scalarText(value)]));
}

function scalarText(value: unknown): string {
  const scalar = asObject(value)?.['digits'] ?? value;
  return typeof scalar === 'string' || typeof scalar === 'boolean' ? String(scalar) : '';
}

function multipartFields(type: string, body: string): Record<string, string> {
  const [, boundary = ''] = /boundary="?([^";]+)"?/i.exec(type) ?? [];
  const fields: Record<string, string> = {};
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const [head = '', ...rest] = part.split('\r\n\r\n');
    const name = /;\s*name="([^"]*)"/i.exec(head)?.[1];
    if (name !== undefined) fields[name] = rest.join('\r\n\r\n').replace(/\r\n$/, '');
  }
  return fields;
}

/** Those of the parameters that a request has, in the form in its body or else in its query. */
export function parametersIn<Name extends string>(
  { body, query }: FakeRequest,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const form = new URLSearchParams(body);
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = form.get(name) ?? query.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

/** A path segment without its percent-encoding, or as it is where that is broken. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
