import { withEnvFile, type Environment } from '../io/secrets.js';
import { isLoopback, proxyOf } from '../io/http/proxy.js';
import type { Scope, TransactionReport } from '../core/transactions.js';
import type { Vendor } from '../core/vendor.js';
import { REPORTS, VENDORS } from '../vendors/index.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';

/** The origin under which the ledger keeps what `--sandbox` accepted. */
export const SANDBOX_ORIGIN = 'sandbox';

/** Stands for the sandbox's address in a dry run; a push takes a free port. */
export const SANDBOX_URL = new URL('http://127.0.0.1/');

/** The environment with `--env-file` below it. */
export function environment(host: Host, { envFile }: { readonly envFile?: string | undefined }): Environment {
  const env = withEnvFile(host, envFile);
  if (!env.ok) throw new UsageError(env.error);
  return env.value;
}

export function vendorOf(id: string): Vendor {
  const vendor = VENDORS.find((vendor) => vendor.id === id);
  if (vendor !== undefined) return vendor;
  throw new UsageError(
    `there is no vendor ${JSON.stringify(id)}; use one of ${VENDORS.map(({ id }) => id).join(', ')}`,
  );
}

/** Whether there is an address for `baseUrlOf`, right or wrong. */
export function hasAddress({ baseUrl }: Vendor, option: string | undefined, env: Environment): boolean {
  return option !== undefined || baseUrl.default !== undefined || (env[baseUrl.env] ?? '') !== '';
}

/**
 * `--base-url`, else the vendor's environment variable, else its default; plain http only to this machine, and
 * with a way there: a proxy variable that applies can be used.
 */
export function baseUrlOf(vendor: Vendor, option: string | undefined, env: Environment): URL {
  const { env: variable, default: preset } = vendor.baseUrl;
  const text = option ?? (env[variable] || undefined) ?? preset;
  if (text === undefined) {
    throw new UsageError(`${vendor.title} has one host per company: name it with --base-url or ${variable}`);
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  const wanted = 'write it like https://api.example.com';
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    // What stands before an @ may be a password.
    const shown = JSON.stringify(text.replace(/^.*@/s, '…@'));
    throw new UsageError(`base URL ${shown} is not a web address; ${wanted}`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(`the base URL may hold no user, password, query or fragment; ${wanted}`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UsageError(
      `base URL ${url.origin} is plain http, which would show the credential to the network; use https`,
    );
  }
  const proxy = proxyOf(url, env);
  if (!proxy.ok) throw new UsageError(proxy.error);
  return url;
}

/** The parts of an account that were named, of those that the report has. */
export function scopesNamed(options: object, { scopes }: Pick<TransactionReport, 'scopes'>): Scope[] {
  return scopes.flatMap(({ kind, option }) => {
    const id = valueOf(options, option);
    return typeof id === 'string' ? [{ kind, id }] : [];
  });
}

/** What is wrong with the parts of an account that were named. */
export function scopeProblems(options: object, { title, scopes }: TransactionReport): string[] {
  const own = scopes.map(({ option }) => option);
  const foreign = SCOPE_OPTIONS.filter(
    (option) => !own.includes(option) && valueOf(options, option) !== undefined,
  );
  return foreign.map((option) => {
    const has =
      own.length > 0
        ? `has ${own.map((name) => `--${name}`).join(', ')}`
        : 'is read by account, so that none is named';
    return `--${option} is no part of what ${title} reports on, which ${has}`;
  });
}

/** Options of whatever report that name a part of an account. */
const SCOPE_OPTIONS = [...new Set(REPORTS.flatMap(({ scopes }) => scopes.map(({ option }) => option)))];

function valueOf(options: object, option: string): unknown {
  return (options as Readonly<Record<string, unknown>>)[option];
}

/** Vendors' reports, by the vendor's id. */
export function reportOf(id: string): TransactionReport {
  const report = REPORTS.find(({ vendor }) => vendor === id);
  if (report !== undefined) return report;
  const known = REPORTS.map(({ vendor }) => vendor).join(', ');
  throw new UsageError(`${JSON.stringify(id)} has no report that revsync reads; use one of ${known}`);
}

/** `--network ID, --advertiser ID and --affiliate ID`. */
export function optionsText(scopes: TransactionReport['scopes'], value = ''): string {
  const named = scopes.map(({ option }) => `--${option}${value}`);
  return [named.slice(0, -1).join(', '), ...named.slice(-1)].filter((text) => text !== '').join(' and ');
}

/** What is wrong with `--from` and `--to`. */
export function dayProblems({ from, to }: { readonly from?: string; readonly to?: string }): string[] {
  if ((from === undefined) !== (to === undefined)) return ['--from and --to go together'];
  return from !== undefined && to !== undefined && from > to ? [`--from ${from} is after --to ${to}`] : [];
}

/** By the pattern of their keys, the vendors whose amounts are costs. */
const COSTS = VENDORS.flatMap(({ id, semantics: { amount } }) =>
  amount === undefined ? [] : [{ id, keys: new RegExp(amount.keys) }],
);

/** Whether the money of a row is a cost, as its vendor says, or as its key looks where that is not known or said wrong. */
export function isCost(vendor: string | undefined, key: string): boolean {
  return COSTS.some(({ id, keys }) => id === vendor || keys.test(key));
}
