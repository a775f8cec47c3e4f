import { homedir, platform } from 'node:os';
import { join, resolve } from 'node:path';
import { withEnvFile, type Environment, type EnvironmentIn } from '../io/secrets.js';
import { isLoopback, proxyOf } from '../io/http/proxy.js';
import type { Scope } from '../core/transactions.js';
import type { Vendor } from '../core/vendor.js';
import { VENDORS } from '../vendors/index.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';

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

/** `--ledger`, else `REVSYNC_LEDGER`, else the state folder of the user. */
export function ledgerPath(option: string | undefined, { env, cwd }: EnvironmentIn): string {
  const named = option ?? env['REVSYNC_LEDGER'];
  if (named !== undefined && named !== '') return resolve(cwd, named);
  const state = env['XDG_STATE_HOME'];
  const base = state !== undefined && state !== '' ? state : join(home(env), '.local', 'state');
  return resolve(cwd, base, 'revsync', 'ledger.db');
}

/** The environment with `--env-file` below it. */
export function environment(host: Host, { envFile }: { readonly envFile?: string | undefined }): Environment {
  const env = withEnvFile(host, envFile);
  if (!env.ok) throw new UsageError(env.error);
  return env.value;
}

/** As Node tells it, of that environment. */
function home(env: Environment): string {
  return env[platform() === 'win32' ? 'USERPROFILE' : 'HOME'] ?? homedir();
}

export function vendorOf(id: string): Vendor {
  const vendor = VENDORS.find((vendor) => vendor.id === id);
  if (vendor !== undefined) return vendor;
  throw new UsageError(
    `there is no vendor ${JSON.stringify(id)}; use one of ${VENDORS.map(({ id }) => id).join(', ')}`,
  );
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

/** Those of `--network`, `--advertiser` and `--affiliate` that were given, in Invoca's words. */
export function scopesNamed({ network, advertiser, affiliate }: ScopeOptions): Scope[] {
  const named = { networks: network, advertisers: advertiser, affiliates: affiliate };
  return Object.entries(named).flatMap(([kind, id]) => (id === undefined ? [] : [{ kind, id }]));
}

interface ScopeOptions {
  readonly network?: string;
  readonly advertiser?: string;
  readonly affiliate?: string;
}

/** What is wrong with `--from` and `--to`. */
export function dayProblems({ from, to }: { readonly from?: string; readonly to?: string }): string[] {
  if ((from === undefined) !== (to === undefined)) return ['--from and --to go together'];
  return from !== undefined && to !== undefined && from > to ? [`--from ${from} is after --to ${to}`] : [];
}
