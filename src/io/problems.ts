import type { z } from 'zod';
import { err, ok, type Result } from '../core/result.js';
import { quoted } from '../core/text.js';
import { nearest } from './nearest.js';
import { CONFIG, folded, PROFILE, type ProfileValues } from './schema.js';
import type { Path, Problem, YamlFile } from './config-yaml.js';

type Issue = z.core.$ZodIssue;

/** The profiles of a file by name, or all that is wrong with it, in the order of the file. */
export function checkConfig(file: YamlFile): Result<ReadonlyMap<string, ProfileValues>, readonly Problem[]> {
  const result = CONFIG.safeParse(file.value);
  const issues = result.success ? [] : result.error.issues.flatMap((issue) => withContent(issue, file.value));
  const said = [
    ...issues.flatMap((issue) => explain(issue, file)),
    ...entriesOf(at(file.value, ['profiles'])).flatMap(([name, profile]) => contradictions(name, profile)),
  ].map(({ path, message }) => ({ path, message, line: file.lineOf(path) }));
  const problems = [...file.problems, ...said].sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
  if (!result.success || problems.length > 0) return err(problems);
  return ok(new Map(Object.entries(result.data.profiles as Record<string, ProfileValues>)));
}

/** `revsync.yaml:7: profiles.nightly.colums: no such key; did you mean columns?` */
export function problemText(name: string, { line, path, message }: Problem): string {
  const place = path.length === 0 ? '' : `${pathText(path)}: `;
  return `${name}:${line === undefined ? '' : `${line}:`} ${place}${message}`;
}

type Said = Omit<Problem, 'line'>;

/** A profile under a name that is refused is not looked at by the schema. */
function withContent(issue: Issue, value: unknown): Issue[] {
  if (issue.code !== 'invalid_key' || issue.path.length !== 2) return [issue];
  const inner = PROFILE.safeParse(at(value, issue.path as Path));
  const issues = inner.success ? [] : inner.error.issues;
  return [issue, ...issues.map((one) => ({ ...one, path: [...issue.path, ...one.path] }))];
}

function explain(issue: Issue, file: YamlFile): Said[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: noSuchKey(key, path) }));
  const found = at(file.value, path);
  if (found !== undefined) return [{ path, message: explainValue(issue, path, found, file) }];
  const message = `has no ${keyText(path.at(-1) ?? '')}; add it as ${issue.message}`;
  return [{ path: path.slice(0, -1), message }];
}

function explainValue(issue: Issue, path: Path, found: unknown, file: YamlFile): string {
  const wanted = issue.message;
  if (issue.code === 'invalid_key') return `the key is not ${issue.issues[0]?.message ?? wanted}; rename it`;
  if (path.length === 0 && found === null) return 'the file is empty; write profiles: and a profile under it';
  const instead = isNeeded(path) ? '' : ', or take it out';
  const source = file.sourceOf(path);
  if (found === null) {
    const what = (source ?? '') === '' ? 'nothing stands here' : `${source} means nothing`;
    return `${what}; write ${wanted}${instead}`;
  }
  if (typeof found === 'string' && found.trim() === '') return `is blank; write ${wanted}${instead}`;
  const secret = path.length === 0 || path.some((key) => isCredential(String(key)) || isAddress(key));
  return `${shown(found, source, secret)} is not ${wanted}${remedy(issue, found, source, secret)}`;
}

/** Whoever knows the address of a receiver may write to it: it is shown no more than a credential. */
function isAddress(key: string | number): boolean {
  return key === 'url' || key === 'ping';
}

/** Whether a key cannot be left out. */
function isNeeded(path: Path): boolean {
  const [, , key, inner] = path;
  if (path.length === 4) return (key === 'reversal' || key === 'only') && inner !== undefined;
  return path.length === 1 || (path.length === 3 && key === 'vendor');
}

function shown(found: unknown, source: string | undefined, secret: boolean): string {
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : 'a list';
  if (typeof found === 'object' && found !== null) {
    return Object.keys(found).length === 0 ? 'an empty map' : 'a map';
  }
  if (secret) return typeof found === 'string' ? 'a text' : `a ${typeof found}`;
  return typeof found === 'string' ? quoted(found) : (source ?? String(found));
}

function remedy(issue: Issue, found: unknown, source: string | undefined, secret: boolean): string {
  const expected = issue.code === 'invalid_type' ? issue.expected : undefined;
  if (expected === 'string' && ['number', 'boolean'].includes(typeof found))
    return `; put it in quotes${secret ? '' : `: "${source ?? String(found)}"`}`;
  if (typeof found !== 'string') return '';
  const text = found.trim();
  if (issue.code === 'invalid_value' && !secret) {
    const near = nearest(text, issue.values.map(String));
    return near === undefined ? '' : `; did you mean ${near}?`;
  }
  const meant =
    (/^a (whole )?number/.test(issue.message) && /^\d+(\.\d+)?$/.test(text)) ||
    (expected === 'boolean' && /^(true|false)$/.test(text));
  return meant ? '; take the quotes away' : '';
}

const KEYS: readonly string[] = Object.keys(PROFILE.shape);

function noSuchKey(key: string, parent: Path): string {
  if (isCredential(key)) return NO_CREDENTIALS;
  const inner = parent[2] === 'notify' ? ['on', 'command', 'url'] : ['column', 'values'];
  const keys = parent.length === 0 ? ['profiles'] : parent.length === 2 ? KEYS : inner;
  const near = nearest(key, keys);
  if (near !== undefined) return `no such key; did you mean ${near}?`;
  if (parent.length === 0) return 'no such key; a profile stands under profiles:';
  return `no such key; here may stand ${keys.join(', ')}`;
}

const NO_CREDENTIALS =
  'credentials never belong in a profile; take it out, and set it in the environment, in a file that NAME_FILE names, or in an --env-file';

const CREDENTIAL_WORDS =
  /^(keys?|auth|authorization|credentials?|bearer|pwd|passphrase|.*(token|secret|passw(or)?d|apikey)s?)$/;

/** Whether a key looks like a credential, or like the environment variable of one: `authToken`, `ACME_API_ID`. */
function isCredential(key: string): boolean {
  if (/^(export\s+)?[A-Z][A-Z0-9]*(_[A-Z0-9]+)+(?![\w-])/.test(key)) return true;
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => CREDENTIAL_WORDS.test(word));
}

/** Fields have names of their own, so that only what can mean nothing else is taken for a credential. */
function isCredentialField(field: string): boolean {
  return isCredential(field) && /token|secret|passw|auth|api.?key|credential|bearer/i.test(field);
}

/** What the schema cannot say of a profile: entries that contradict each other, and credentials. */
function contradictions(name: string, profile: unknown): Said[] {
  const columns = new Set(entriesOf(at(profile, ['columns'])).map(([field]) => field));
  const constants = entriesOf(at(profile, ['constants'])).flatMap(([field]) => {
    const path = ['profiles', name, 'constants', field];
    if (isCredentialField(field)) return [{ path, message: NO_CREDENTIALS }];
    return columns.has(field) ? [{ path, message: 'has a column under columns: too; keep one of them' }] : [];
  });
  const values = entriesOf(at(profile, ['values'])).flatMap(([field, texts]) => {
    const path = ['profiles', name, 'values', field];
    const secret = isCredentialField(field) ? [{ path, message: NO_CREDENTIALS }] : [];
    const seen = new Map<string, string>();
    const again = entriesOf(texts).flatMap(([text]) => {
      const before = seen.get(folded(text));
      if (before === undefined) seen.set(folded(text), text);
      if (before === undefined) return [];
      const message = `is the same as ${quoted(before)} but for case and white space; keep one`;
      return [{ path: [...path, text], message }];
    });
    return [...secret, ...again];
  });
  return [...constants, ...values];
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (holder, key) =>
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
        ? (holder as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

function pathText(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${keyText(key)}`))
    .join('');
}

/** Of what looks like `NAME=VALUE`, the name only. */
function keyText(key: string | number): string {
  const text = String(key);
  if (/^[\w-]{1,40}$/.test(text)) return text;
  return isCredential(text) ? `"${/^[\w-]{0,40}/.exec(text)?.[0] ?? ''}…"` : quoted(text);
}
