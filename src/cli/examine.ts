import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { arch, platform, version } from 'node:process';
import { plural } from '../core/text.js';
import type { Vendor } from '../core/vendor.js';
import { ledgerHealth } from '../io/open-ledger.js';
import type { LedgerHealth } from '../core/ledger.js';
import { proxyAddress } from '../io/http/proxy.js';
import { readSecrets, secretOnly, type Environment, type EnvironmentIn } from '../io/secrets.js';
import { runName } from '../io/results.js';
import { baseUrlOf } from './options.js';
import { UsageError } from './console.js';

/** One thing that was looked at. A problem would keep a push from working; a warning would not. */
export interface Finding {
  readonly about: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly says: string;
}

/** Free room below which a ledger is likely to meet a full disk: a staged row takes about a kilobyte. */
const ROOM_BYTES = 200_000_000;
/** Clocks of machines that keep time differ by less. */
const CLOCK_SKEW_MS = 60_000;

/** Everything that can be looked at without sending. No value of a credential is in any of it. */
export function examine(
  vendors: readonly Vendor[],
  ledger: string,
  place: EnvironmentIn,
  now: number,
): readonly Finding[] {
  return [
    { about: 'node', state: 'ok', says: `${version} on ${platform} ${arch}` },
    ...ledgerFindings(ledger, now),
    ...roomFindings(ledger),
    ...vendors.flatMap((vendor) => vendorFindings(vendor, place)),
    ...networkFindings(place),
  ];
}

/** The vendors that the environment has something for; one that lacks all is not in use. */
export function vendorsInUse(vendors: readonly Vendor[], env: Environment): readonly Vendor[] {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '' || (env[`${name}_FILE`] ?? '') !== '';
  return vendors.filter(({ secrets, baseUrl }) =>
    [...secrets.map(({ name }) => name), baseUrl.env].some(isSet),
  );
}

function ledgerFindings(path: string, now: number): Finding[] {
  const about = 'ledger';
  if (!existsSync(path)) return [{ about, state: 'ok', says: `${path}: none yet; the first push makes it` }];
  const looked = ledgerHealth(path);
  if (!looked.ok) return [{ about, state: 'problem', says: `${path}: ${looked.error}` }];
  const health = looked.value;
  if (health.damage.length > 0) {
    const says = `${path}: is damaged (${health.damage.join('; ')}); restore it from a backup, since it knows what has been sent`;
    return [{ about, state: 'problem', says }];
  }
  const size = `${(health.bytes / 1_000_000).toFixed(1)} MB, ${plural(health.runs, 'run')}, ${plural(health.keys, 'key')}`;
  return [
    { about, state: 'ok', says: `${path}: ${size}` },
    ...permissionFindings(path, health),
    ...unsettledFindings(health),
    clockFinding(health, now),
  ];
}

function permissionFindings(path: string, { mode }: LedgerHealth): Finding[] {
  const about = 'ledger';
  if ((mode & 0o077) !== 0) {
    const says = `${path}: others may read it (mode ${mode.toString(8)}); the next push makes it 600`;
    return [{ about, state: 'warning', says }];
  }
  if (mayWrite(path) && mayWrite(dirname(path))) return [];
  const says = `${path}: it may not be written; check its permissions and its folder's`;
  return [{ about, state: 'problem', says }];
}

function unsettledFindings({ blocked, open }: LedgerHealth): Finding[] {
  const findings: Finding[] = open.map(({ run, vendor, account, alive }) => ({
    about: 'runs',
    state: alive ? 'ok' : 'warning',
    says: alive
      ? `${runName(run)} to ${vendor}, account ${account}, is at work`
      : `${runName(run)} to ${vendor}, account ${account}, died; the next push there looks after what was in flight`,
  }));
  if (blocked === 0) return findings;
  const keys = blocked === 1 ? '1 key waits' : `${blocked} keys wait`;
  const says = `${keys} for somebody to look at the vendor; \`revsync resolve\` settles them`;
  return [...findings, { about: 'unknown rows', state: 'warning', says }];
}

function clockFinding({ newest }: LedgerHealth, now: number): Finding {
  const about = 'clock';
  const time = new Date(now).toISOString();
  if (newest === undefined || newest <= now + CLOCK_SKEW_MS) return { about, state: 'ok', says: time };
  const later = new Date(newest).toISOString();
  const says = `${time}, but the ledger's newest run is of ${later}; set the clock right, or times in results mislead`;
  return { about, state: 'warning', says };
}

function roomFindings(ledger: string): Finding[] {
  let folder = dirname(ledger);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const says = `${(free / 1_000_000).toFixed(0)} MB free for the ledger in ${folder}`;
  if (!mayWrite(folder)) {
    return [{ about: 'disk', state: 'problem', says: `${folder} may not be written; check its permissions` }];
  }
  if (free >= ROOM_BYTES) return [{ about: 'disk', state: 'ok', says }];
  return [{ about: 'disk', state: 'warning', says: `${says}; a row takes about a kilobyte` }];
}

function vendorFindings(vendor: Vendor, place: EnvironmentIn): Finding[] {
  const about = vendor.id;
  const secrets = readSecrets(vendor.secrets, place);
  const perRow = vendor.columns.find(({ kind }) => kind.is === 'secret');
  const findings: Finding[] = secrets.ok
    ? [
        {
          about,
          state: 'ok',
          says: `${Object.keys(secretOnly(vendor.secrets, secrets.value)).join(', ')} set`,
        },
      ]
    : secrets.error.map((says) =>
        perRow === undefined
          ? { about, state: 'problem', says }
          : { about, state: 'warning', says: `${says}; or the file brings a column ${perRow.field}` },
      );
  return [...findings, ...openFiles(vendor, place), addressFinding(vendor, place.env)];
}

/** Files with a credential that others on this machine may read. */
function openFiles(vendor: Vendor, { env, cwd }: EnvironmentIn): Finding[] {
  return vendor.secrets.flatMap(({ name }) => {
    const path = env[`${name}_FILE`] ?? '';
    const stat = path === '' ? undefined : statSync(resolve(cwd, path), { throwIfNoEntry: false });
    if (stat === undefined || (stat.mode & 0o077) === 0) return [];
    const says = `${name}_FILE: others may read ${path} (mode ${(stat.mode & 0o777).toString(8)}); chmod 600`;
    return [{ about: vendor.id, state: 'warning', says }] satisfies Finding[];
  });
}

function addressFinding(vendor: Vendor, env: Environment): Finding {
  const about = vendor.id;
  const { env: variable, default: preset } = vendor.baseUrl;
  if (preset === undefined && (env[variable] ?? '') === '') {
    const says = `${variable} is not set; a push needs it or --base-url, since there is one host per company`;
    return { about, state: 'warning', says };
  }
  try {
    return { about, state: 'ok', says: `requests go to ${baseUrlOf(vendor, undefined, env).href}` };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { about, state: 'problem', says: error.message };
  }
}

function networkFindings({ env, cwd }: EnvironmentIn): Finding[] {
  const findings: Finding[] = [];
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']) {
    const value = env[name] ?? '';
    if (value === '') continue;
    const address = proxyAddress(value);
    findings.push(
      address === undefined
        ? { about: 'proxy', state: 'problem', says: `${name} is not an address like http://proxy:3128` }
        : { about: 'proxy', state: 'ok', says: `${name}: ${new URL(address).host}` },
    );
  }
  const authorities = env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (authorities !== '') findings.push(authoritiesFinding(authorities, cwd));
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    const says =
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set and not obeyed; NODE_EXTRA_CA_CERTS trusts one authority more';
    findings.push({ about: 'tls', state: 'warning', says });
  }
  return findings;
}

function authoritiesFinding(path: string, cwd: string): Finding {
  const about = 'tls';
  try {
    const text = readFileSync(resolve(cwd, path), 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----'))
      return { about, state: 'ok', says: `also trusts ${path}` };
    return { about, state: 'problem', says: `NODE_EXTRA_CA_CERTS: ${path} holds no PEM certificate` };
  } catch {
    return { about, state: 'problem', says: `NODE_EXTRA_CA_CERTS: ${path} cannot be read` };
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
