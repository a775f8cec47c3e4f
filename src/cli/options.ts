import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { withEnvFile, type Environment, type EnvironmentIn } from '../io/secrets.js';
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
  if (named !== undefined && named !== '') {
    // What it says after that may be a password.
    const [, scheme] = /^([a-z][a-z\d+.-]+):\/\//i.exec(named) ?? /^(postgres(?:ql)?):/i.exec(named) ?? [];
    if (scheme === undefined) return resolve(cwd, named);
    throw new UsageError(
      `the ledger is a file, and ${option === undefined ? 'REVSYNC_LEDGER' : '--ledger'} says ${scheme}:…, an address; name a file`,
    );
  }
  const state = env['XDG_STATE_HOME'];
  const base = state !== undefined && state !== '' ? state : join(home(env), '.local', 'state');
  return resolve(cwd, base, 'revsync', 'ledger.db');
}

/** The same for a command that makes the ledger. One that is named in a folder that is not there was typed wrong. */
export function ledgerToMake(option: string | undefined, place: EnvironmentIn): string {
  const path = ledgerPath(option, place);
  const missing = missingLedgerFolder(path, option, place);
  if (missing !== undefined) throw new UsageError(missing);
  return path;
}

/** What is wrong with the place of a ledger that is named; undefined where it can be made. */
export function missingLedgerFolder(
  path: string,
  option: string | undefined,
  { env }: EnvironmentIn,
): string | undefined {
  const named = option ?? env['REVSYNC_LEDGER'] ?? '';
  if (named === '' || existsSync(dirname(path))) return undefined;
  return `there is no folder ${dirname(path)} for the ledger ${path}; make it, or name the file right with --ledger`;
}

/** The environment with `--env-file` below it. */
export function environment(host: Host, { envFile }: { readonly envFile?: string | undefined }): Environment {
  const env = withEnvFile(host, envFile);
  if (!env.ok) throw new UsageError(env.error);
  return env.value;
}

function home(env: Environment): string {
  const name = platform() === 'win32' ? 'USERPROFILE' : 'HOME';
  const folder = env[name] ?? '';
  if (folder !== '') return folder;
  throw new UsageError(
    `${name} is not set, so there is no place for the ledger; set ${name}, XDG_STATE_HOME or REVSYNC_LEDGER, or name a file with --ledger`,
  );
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
