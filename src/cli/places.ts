import type { Namespace, RunInput, RunReader } from '../core/ledger.js';
import type { RunId } from '../core/row.js';
import { clashes, identityOf, ledgerFiles, placedAt, type NamedFile } from '../io/place.js';
import { DEFAULT_CONFIG } from '../io/profile-settings.js';
import type { Environment } from '../io/secrets.js';
import { defaultResultsPath, ownResultsPath } from '../io/results.js';
import { problemsOf, throwProblems, UsageError } from './console.js';
import { pathOf, type Host } from './host.js';
import { ledgerPath } from './ledger-path.js';
import { SANDBOX_ORIGIN } from './options.js';

interface SetUp {
  readonly profile?: string | undefined;
  readonly config?: string | undefined;
  readonly envFile?: string | undefined;
}

/** Files that say how a command is called, and credentials that are in files. */
export function setUpFiles(host: Host, { profile, config, envFile }: SetUp, env: Environment): NamedFile[] {
  const named = (name: string, path: string | undefined): NamedFile[] =>
    path === undefined || path === '' ? [] : [{ name, path: pathOf(host, path) }];
  return [
    ...named('the file of profiles', config ?? (profile === undefined ? undefined : DEFAULT_CONFIG)),
    ...named('the file of --env-file', envFile),
    ...Object.entries(env).flatMap(([name, path]) =>
      /^[A-Z][A-Z0-9_]*_FILE$/.test(name) ? named(`the file of ${name}`, path) : [],
    ),
  ];
}

/** Whether two of them are one file, by whatever names. */
export function namesOneTwice(host: Host, files: readonly string[]): boolean {
  const known = files.map((file) => pathOf(host, file));
  return new Set(known.map((path) => (path === '-' ? path : (identityOf(path) ?? path)))).size < files.length;
}

interface PushFiles extends SetUp {
  readonly out?: string | undefined;
  readonly report?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly plan?: string | undefined;
}

/** Of a push, no file that is read or written may be another one of them. */
export function checkPushFiles(
  host: Host,
  files: readonly string[],
  options: PushFiles,
  { ledger, env }: { readonly ledger: string; readonly env: Environment },
): void {
  const { out, report, dryRun, plan } = options;
  const inputs = files.map((file): NamedFile => ({ name: 'the input', path: pathOf(host, file) }));
  const books = ledgerFiles(ledger);
  const reads = [...inputs, ...setUpFiles(host, options, env)];
  const results =
    out !== undefined
      ? [{ name: '--out', path: pathOf(host, out) }]
      : dryRun === true || plan !== undefined
        ? []
        : files.map((file) => resultsOf(host, file));
  const named = { '--report': report, '--plan': plan };
  const pages = Object.entries(named).flatMap(([name, path]) =>
    path === undefined ? [] : [{ name, path: pathOf(host, path) }],
  );
  throwProblems([
    ...problemsOf({ 'a file is named twice': namesOneTwice(host, files) }),
    ...clashes([...reads, ...books], [...results, ...pages]),
    ...clashes(
      reads,
      books.map((file) => ({ ...file, remedy: 'name another with --ledger' })),
    ),
  ]);
}

/** Where the results of an input go unless somebody says: beside it, by a name that no other file, vendor or account has. */
export async function resultsPlace(
  host: Host,
  ledger: RunReader,
  { run, vendor, account, origin }: Namespace & { readonly run: RunId },
  { number, path }: RunInput,
): Promise<string> {
  const plain = pathOf(host, defaultResultsPath(path));
  if (await ledger.takePlace(run, number, placedAt(plain), SANDBOX_ORIGIN)) return plain;
  return pathOf(host, ownResultsPath(path, { vendor, account }, origin === SANDBOX_ORIGIN));
}

/** Two sources may come to the same name here: the ledger keeps their results apart. */
function resultsOf(host: Host, file: string): NamedFile {
  const path = defaultResultsPath(file);
  return {
    name: `the results, ${path},`,
    path: pathOf(host, path),
    remedy: 'push that file by itself, and name another for its results with --out',
  };
}

/** Whatever `--out` of another command names, it is no file that is read, and not the ledger. */
export function checkOut(
  host: Host,
  out: NamedFile,
  options: SetUp & { readonly ledger?: string | true | undefined },
  inputs: readonly (string | undefined)[],
): void {
  throwProblems(outClashes(host, out, options, inputs));
}

/** What is wrong with it. */
export function outClashes(
  host: Host,
  out: NamedFile,
  options: SetUp & { readonly ledger?: string | true | undefined },
  inputs: readonly (string | undefined)[],
): string[] {
  const { ledger } = options;
  const read = inputs.map((path) => ({ name: 'an input', path: path && pathOf(host, path) }));
  const books = booksOf(host, ledger === true ? undefined : ledger);
  return clashes([...read, ...books, ...setUpFiles(host, options, host.env)], [out]);
}

/** Where there is no place for a ledger there is none. */
function booksOf(host: Host, option: string | undefined): NamedFile[] {
  try {
    return ledgerFiles(ledgerPath(option, host));
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}
