import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { arch, platform, version } from 'node:process';
import type { Unsettled } from '../core/records.js';
import { isSecret, type SecretName, type Vendor } from '../core/vendor.js';
import { systemClock } from '../io/clock.js';
import { proxyAddress } from '../io/http/proxy.js';
import { ledgerHealth, RESTORE } from '../io/open-ledger.js';
import { isShared } from '../io/ledger-address.js';
import { readSecrets, type Environment, type EnvironmentIn } from '../io/secrets.js';
import { VENDORS } from '../vendors/index.js';
import { DEFAULT_CONFIG } from '../io/profile-settings.js';
import { Console, UsageError } from './console.js';
import { clockFinding, unsettledFindings, type ResolveLines } from './doctor-standing.js';
import { fine, problem, warning, type Finding } from './finding.js';
import { unusedProfile, withProfile, type ProfileUser } from './profile.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { doubtText, isLost, sizeText } from './ledger-doubt.js';
import { ledgerWords, resolveCommands } from './next-command.js';
import { ledgerPath, missingLedgerFolder } from './ledger-path.js';
import { baseUrlOf, environment, hasAddress, vendorOf } from './options.js';
import type { OptionsOf } from './settings.js';

/** `revsync doctor`: what can be checked without sending. Exit 2 where something would keep a push from working. */
export async function doctor(
  host: Host,
  typed: OptionsOf<'doctor'>,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, typed.color);
  const options = await withProfile(host, typed, given);
  const env = environment(host, options);
  const vendors = options.vendor === undefined ? vendorsInUse(env) : [vendorOf(options.vendor)];
  const place = { env, cwd: host.cwd };
  const ledger = ledgerPath(options.ledger, place);
  const ledgerOption = ledgerWords(options.ledger, env, host);
  const resolveLines = (one: Unsettled): readonly string[] =>
    resolveCommands(host, one.key, { ...one, baseUrl: undefined, ledger: ledgerOption });
  const missing = missingLedgerFolder(ledger, options.ledger, place);
  const findings = [
    ...profileFindings(host, options),
    ...(missing === undefined ? [] : [problem('ledger', missing)]),
    fine('node', `${version} on ${platform} ${arch}`),
    ...(await booksFindings(ledger, resolveLines)),
    ...examine(vendors, options, place),
  ];
  if (options.online === true) {
    const { onlineFindings } = await import('./doctor-online.js');
    findings.push(...(await onlineFindings(host, console, vendors, { ...options, env })));
  }
  if (options.json === true) await console.printJson(findings);
  else {
    const paint = { ok: console.paint.green, warning: console.paint.yellow, problem: console.paint.red };
    for (const { about, state, says } of findings)
      await console.print(`${paint[state](state.padEnd(8))} ${about}: ${says}\n`);
    if (vendors.length === 0)
      console.say('no credential of any vendor is set; --vendor looks for those of one');
  }
  return findings.some(({ state }) => state === 'problem') ? EXIT.usage : EXIT.done;
}

/** Free room below which a ledger is likely to meet a full disk: a staged row takes about a kilobyte. */
const ROOM_BYTES = 200_000_000;
/** Of a ledger, and the disk that a push needs for it. */
async function booksFindings(ledger: string, resolveLines: ResolveLines): Promise<Finding[]> {
  const now = systemClock.now();
  if (!isShared(ledger)) return [...ledgerFindings(ledger, now, resolveLines), roomFinding(ledger)];
  const { databaseFindings } = await import('./doctor-database.js');
  const scratch = roomFinding(join(tmpdir(), 'scratch'));
  return [...(await databaseFindings(ledger, now, resolveLines)), scratch];
}

/** Everything else that can be looked at without sending. No value of a credential is in any of it. */
function examine(
  vendors: readonly Vendor[],
  { envFile, baseUrl }: { readonly envFile?: string; readonly baseUrl?: string },
  place: EnvironmentIn,
): readonly Finding[] {
  return [
    ...openFile('env file', 'the file of --env-file', envFile, place),
    ...vendors.flatMap((vendor) => vendorFindings(vendor, place, baseUrl)),
    ...networkFindings(place),
  ];
}

/** A profile that is there and says nothing wrong, or else the command has ended. */
function profileFindings(host: Host, options: ProfileUser): Finding[] {
  const { profile, config = DEFAULT_CONFIG } = options;
  const unused = unusedProfile(host, options);
  return [
    ...(profile === undefined ? [] : [fine('profile', `${profile} of ${config} says nothing wrong`)]),
    ...(unused === undefined ? [] : [warning('profile', unused)]),
  ];
}

/** The vendors that the environment has something for; one that lacks all is not in use. */
function vendorsInUse(env: Environment): readonly Vendor[] {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '' || (env[`${name}_FILE`] ?? '') !== '';
  return VENDORS.filter(({ secrets, baseUrl }) =>
    [...secrets.map(({ name }) => name), baseUrl.env].some(isSet),
  );
}

function ledgerFindings(path: string, now: number, resolveLines: ResolveLines): Finding[] {
  if (!existsSync(path))
    return [
      isLost(path)
        ? problem('ledger', `${path} ${doubtText('empty', path)}`)
        : fine('ledger', `${path}: none yet; the first push makes it`),
    ];
  const looked = ledgerHealth(path);
  if (!looked.ok) return [problem('ledger', `${path}: ${looked.error}`)];
  const { damage, doubt, mode } = looked.value;
  if (damage.length > 0) {
    const says = `${path}: is damaged (${damage.join('; ')}); ${RESTORE}`;
    return [problem('ledger', says)];
  }
  return [
    fine('ledger', `${path}: ${sizeText(looked.value)}`),
    ...(doubt === undefined ? [] : [problem('ledger', `${path} ${doubtText(doubt, path)}`)]),
    ...permissionFindings(path, mode),
    ...unsettledFindings(looked.value, resolveLines),
    clockFinding(looked.value, now),
  ];
}

function permissionFindings(path: string, mode: number): Finding[] {
  if ((mode & 0o077) !== 0) {
    const says = `${path}: others may read it (mode ${mode.toString(8)}); the next push makes it 600`;
    return [warning('ledger', says)];
  }
  if (mayWrite(path) && mayWrite(dirname(path))) return [];
  return [problem('ledger', `${path}: it may not be written; check its permissions and its folder's`)];
}

function roomFinding(ledger: string): Finding {
  let folder = dirname(ledger);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const says = `${(free / 1_000_000).toFixed(0)} MB free for the ledger in ${folder}`;
  if (!mayWrite(folder)) return problem('disk', `${folder} may not be written; check its permissions`);
  return free >= ROOM_BYTES ? fine('disk', says) : warning('disk', `${says}; a row takes about a kilobyte`);
}

function vendorFindings(vendor: Vendor, place: EnvironmentIn, baseUrl: string | undefined): Finding[] {
  const { id, secrets, columns } = vendor;
  const read = readSecrets(secrets, place);
  const perRow = columns.find(({ kind }) => kind.is === 'secret');
  const credentials = read.ok
    ? [fine(id, `${setNames(secrets, read.value).join(', ')} set`)]
    : read.error.map((says) =>
        perRow === undefined
          ? problem(id, says)
          : warning(id, `${says}; or the file brings a column ${perRow.field}`),
      );
  const setup = (vendor.setup ?? []).map((says) => fine(id, `not looked at: ${says}`));
  return [...credentials, ...openFiles(vendor, place), addressFinding(vendor, place.env, baseUrl), ...setup];
}

/** Those that have to be set, with an id among them as it is. */
function setNames(names: readonly SecretName[], values: Readonly<Record<string, string>>): string[] {
  const needed = names.filter(({ name, default: preset }) => preset === undefined && name in values);
  return needed.map((one) => (isSecret(one) ? one.name : `${one.name} (${values[one.name] ?? ''})`));
}

/** Files with a credential that others on this machine may read. */
function openFiles(vendor: Vendor, place: EnvironmentIn): Finding[] {
  return vendor.secrets
    .filter(isSecret)
    .flatMap(({ name }) => openFile(vendor.id, `${name}_FILE`, place.env[`${name}_FILE`], place));
}

function openFile(about: string, name: string, path: string | undefined, { cwd }: EnvironmentIn): Finding[] {
  const stat = path ? statSync(resolve(cwd, path), { throwIfNoEntry: false }) : undefined;
  if (path === undefined || stat === undefined || (stat.mode & 0o077) === 0) return [];
  const mode = (stat.mode & 0o777).toString(8);
  return [warning(about, `${name}: others may read ${path} (mode ${mode}); chmod 600`)];
}

function addressFinding(vendor: Vendor, env: Environment, baseUrl: string | undefined): Finding {
  if (!hasAddress(vendor, baseUrl, env)) {
    const says = `${vendor.baseUrl.env} is not set; a push needs it or --base-url, since there is one host per company`;
    return warning(vendor.id, says);
  }
  try {
    return fine(vendor.id, `requests go to ${baseUrlOf(vendor, baseUrl, env).href}`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return problem(vendor.id, error.message);
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
        ? problem('proxy', `${name} is not an address like http://proxy:3128`)
        : fine('proxy', `${name}: ${new URL(address).host}`),
    );
  }
  const authorities = env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (authorities !== '') findings.push(authoritiesFinding(authorities, cwd));
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    const says =
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set and not obeyed; NODE_EXTRA_CA_CERTS trusts one authority more';
    findings.push(warning('tls', says));
  }
  return findings;
}

function authoritiesFinding(path: string, cwd: string): Finding {
  try {
    const text = readFileSync(resolve(cwd, path), 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return fine('tls', `also trusts ${path}`);
    return problem('tls', `NODE_EXTRA_CA_CERTS: ${path} holds no PEM certificate`);
  } catch {
    return problem('tls', `NODE_EXTRA_CA_CERTS: ${path} cannot be read`);
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
