const UUID = /(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])/gi;
const UUID_LENGTH = 36;

/**
 * A text with its UUIDs in small letters: in either case they name one thing. Keys are written so, wherever they come
 * from; what is sent keeps the spelling of the file.
 */
export function withPlainUuids(text: string): string {
  return text.length < UUID_LENGTH ? text : text.replace(UUID, (uuid) => uuid.toLowerCase());
}

export function holdsUuid(text: string): boolean {
  return text.length >= UUID_LENGTH && text.search(UUID) >= 0;
}
