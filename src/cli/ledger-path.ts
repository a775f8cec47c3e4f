import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { variableOf, type Environment, type EnvironmentIn } from '../io/secrets.js';
import { isShared, passwordIn, rememberPassword, withoutPassword } from '../io/ledger-address.js';
import { UsageError } from './console.js';

/** The folder beside a ledger in which `push --sandbox` keeps the books of its fake vendors. */
export function sandboxFolder(ledgerPath: string): string {
  return `${ledgerPath}.sandbox`;
}

export function sandboxBooks(ledgerPath: string, vendor: string, account: string): string {
  return `${sandboxFolder(ledgerPath)}/${vendor}.${encodeURIComponent(account)}.jsonl`;
}

/** `--ledger`, else `REVSYNC_LEDGER`, else the state folder of the user. */
export function ledgerPath(option: string | undefined, place: EnvironmentIn): string {
  const named = namedLedger(option, place);
  if (named !== undefined && named !== '') {
    if (isShared(named)) {
      const address = sharedAddress(named, option !== undefined);
      rememberPassword(address, variable('PGPASSWORD', 'the password of the database', place));
      return address;
    }
    // What it says after that may be a password.
    const [, scheme] = /^([a-z][a-z\d+.-]+):\/\//i.exec(named) ?? /^(postgres(?:ql)?):/i.exec(named) ?? [];
    if (scheme === undefined) return resolve(place.cwd, named);
    throw new UsageError(
      `the ledger is a file, and ${option === undefined ? 'REVSYNC_LEDGER' : '--ledger'} says ${scheme}:…, an address; name a file`,
    );
  }
  return defaultLedger(place);
}

/** As it was said: by the option, by `REVSYNC_LEDGER` or in the file that `REVSYNC_LEDGER_FILE` names. */
export function namedLedger(option: string | undefined, place: EnvironmentIn): string | undefined {
  return option ?? variable(VARIABLE, 'the address of the ledger', place);
}

const VARIABLE = 'REVSYNC_LEDGER';

/** What is said beside it where no ledger is named. */
export const NO_LEDGER: Environment = { [VARIABLE]: '', [`${VARIABLE}_FILE`]: '' };

/** As `variableOf` has it; throws where the file cannot be read. */
export function variable(name: string, about: string, place: EnvironmentIn): string | undefined {
  const said = variableOf(name, about, place);
  if (!said.ok) throw new UsageError(said.error);
  return said.value;
}

/** What is tried out is nobody else's: with `--sandbox` a file of this machine in the place of a ledger that machines share. */
export function booksIn(ledger: string, sandbox: boolean | undefined, place: EnvironmentIn): string {
  return sandbox === true && isShared(ledger) ? defaultLedger(place) : ledger;
}

/** In the state folder of the user. */
function defaultLedger({ env, cwd }: EnvironmentIn): string {
  const state = env['XDG_STATE_HOME'];
  const base = state !== undefined && state !== '' ? state : join(home(env), '.local', 'state');
  return resolve(cwd, base, 'revsync', 'ledger.db');
}

/** Whether there is a ledger, as far as that is known without a look into it. */
export function mayBeThere(path: string): boolean {
  return isShared(path) || existsSync(path);
}

/** Without its password, which nothing that is shown, kept or handed on has. */
function sharedAddress(named: string, isTyped: boolean): string {
  const from = isTyped ? '--ledger' : 'REVSYNC_LEDGER';
  const password = passwordIn(named);
  if (password === undefined)
    throw new UsageError(`${from} is no address of a database; write postgres://USER@HOST/DATABASE`);
  if (isTyped && password !== '')
    throw new UsageError(
      'the address of --ledger holds a password, which everybody on this machine could read; put it into PGPASSWORD, a file named by PGPASSFILE, or the address in REVSYNC_LEDGER',
    );
  return withoutPassword(named);
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
  place: EnvironmentIn,
): string | undefined {
  const named = namedLedger(option, place) ?? '';
  if (named === '' || isShared(path) || existsSync(dirname(path))) return undefined;
  return `there is no folder ${dirname(path)} for the ledger ${path}; make it, or name the file right with --ledger`;
}

function home(env: Environment): string {
  const name = platform() === 'win32' ? 'USERPROFILE' : 'HOME';
  const folder = env[name] ?? '';
  if (folder !== '') return folder;
  throw new UsageError(
    `${name} is not set, so there is no place for the ledger; set ${name}, XDG_STATE_HOME or REVSYNC_LEDGER, or name a file with --ledger`,
  );
}
