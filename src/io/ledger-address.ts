/*
 * The address of a shared ledger, `postgres://user@host/database`. A password that stands in it is kept apart from the
 * moment it is read, so that the address may be shown everywhere.
 */

const SHARED = /^postgres(ql)?:\/\//i;

/** By the address without it; of this process. */
const PASSWORDS = new Map<string, string>();

export function isShared(ledger: string): boolean {
  return SHARED.test(ledger);
}

/** Undefined where it cannot be read as one. */
export function passwordIn(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { password, searchParams } = new URL(address);
  return password !== '' ? decodeURIComponent(password) : (searchParams.get('password') ?? '');
}

/** The address without its password, which is given again by `passwordFor`. */
export function withoutPassword(address: string): string {
  const password = passwordIn(address) ?? '';
  const url = new URL(address);
  url.password = '';
  url.searchParams.delete('password');
  const shown = url.toString();
  if (password !== '') PASSWORDS.set(shown, password);
  return shown;
}

/** The password of an address that has none, where none is known of it yet. */
export function rememberPassword(shown: string, password: string | undefined): void {
  if (password !== undefined && password !== '' && !PASSWORDS.has(shown)) PASSWORDS.set(shown, password);
}

/** What the environment names as a ledger, without its password. */
export function withoutAnyPassword(ledger: string): string {
  return isShared(ledger) && URL.canParse(ledger) ? withoutPassword(ledger) : ledger;
}

export function passwordFor(shown: string): string | undefined {
  return PASSWORDS.get(shown);
}
