export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object in a request body; undefined where there is none. */
export function objectIn(body: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(body) as unknown);
  } catch {
    return undefined;
  }
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

/** A path segment without its percent-encoding, or as it is where that is broken. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
