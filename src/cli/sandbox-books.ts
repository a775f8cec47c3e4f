/** The origin under which the ledger keeps what `--sandbox` accepted. */
export const SANDBOX_ORIGIN = 'sandbox';

/** Stands for the sandbox's address in a dry run; a push takes a free port. */
export const SANDBOX_URL = new URL('http://127.0.0.1/');

/** The folder beside a ledger in which `push --sandbox` keeps the books of its fake vendors. */
export function sandboxFolder(ledgerPath: string): string {
  return `${ledgerPath}.sandbox`;
}

export function sandboxBooks(ledgerPath: string, vendor: string, account: string): string {
  return `${sandboxFolder(ledgerPath)}/${vendor}.${encodeURIComponent(account)}.jsonl`;
}
