/** The origin under which the ledger keeps what `--sandbox` accepted. */
export const SANDBOX_ORIGIN = 'sandbox';

/** The folder beside a ledger in which `push --sandbox` keeps the books of its fake vendors. */
export function sandboxFolder(ledgerPath: string): string {
  return `${ledgerPath}.sandbox`;
}

export function sandboxBooks(ledgerPath: string, vendor: string, account: string): string {
  return `${sandboxFolder(ledgerPath)}/${vendor}.${encodeURIComponent(account)}.jsonl`;
}
