import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { err, ok, type Result } from '../core/result.js';
import { isSecret, SHORTEST_SECRET, type SecretName } from '../core/vendor.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment, and the folder that paths in it are relative to. */
export interface EnvironmentIn {
  readonly env: Environment;
  readonly cwd: string;
}

/** The environment with the variables of an `--env-file` below it: what is set outside wins. */
export function withEnvFile(
  { env, cwd }: EnvironmentIn,
  path: string | undefined,
): Result<Environment, string> {
  if (path === undefined) return ok(env);
  const text = readText(resolve(cwd, path));
  if (!text.ok) return err(`--env-file ${path}: ${text.error}`);
  return ok({ ...parseEnv(text.value), ...env });
}

/**
 * The environment variable of that name, or what the file holds that `NAME_FILE` names; undefined where neither is set. `about`:
 * what is to stand in it.
 */
export function variableOf(
  name: string,
  about: string,
  { env, cwd }: EnvironmentIn,
): Result<string | undefined, string> {
  const direct = env[name]?.trim() ?? '';
  if (direct !== '') return ok(direct);
  const path = env[`${name}_FILE`] ?? '';
  if (path === '') return ok(undefined);
  const text = readText(resolve(cwd, path));
  if (!text.ok) return err(`${name}_FILE: ${path}: ${text.error}`);
  const said = text.value.trim();
  return said === '' ? err(`${name}_FILE: ${path} is empty; it should hold ${about}`) : ok(said);
}

/** The vendor's credentials, as `variableOf` has them. Every missing one is a message. */
export function readSecrets(
  names: readonly SecretName[],
  place: EnvironmentIn,
): Result<Readonly<Record<string, string>>, readonly string[]> {
  const secrets: Record<string, string> = {};
  const problems: string[] = [];
  for (const one of names) {
    const { name, about, anyOf, default: preset } = one;
    const said = variableOf(name, about, place);
    if (!said.ok) {
      problems.push(said.error);
    } else if (said.value !== undefined) {
      secrets[name] = said.value;
    } else if (preset !== undefined) {
      secrets[name] = preset;
    } else if (anyOf === undefined) {
      problems.push(
        `${name} is not set; it holds ${about}: set it, or ${name}_FILE to the path of a file, or use --env-file`,
      );
    }
    const fault = faultOf(secrets[name], one);
    if (fault !== undefined) problems.push(`${name} ${fault}; it should hold ${about}`);
  }
  for (const group of new Set(names.flatMap(({ anyOf }) => anyOf ?? []))) {
    const members = names.filter(({ anyOf }) => anyOf === group);
    if (members.some(({ name }) => name in secrets)) continue;
    const list = members.map(({ name, about }) => `${name} (${about})`).join(' or ');
    problems.push(`set ${list}, or its _FILE to the path of a file, or use --env-file`);
  }
  return problems.length > 0 ? err(problems) : ok(secrets);
}

/** What keeps a value from going into a header or a path as it is, or from being kept out of what is shown. */
function faultOf(secret: string | undefined, name: SecretName): string | undefined {
  if (secret === undefined) return undefined;
  if (/[\r\n]/.test(secret)) return 'has more than one line';
  if (!/^[ -~]*$/.test(secret)) return 'has a character that is not printable ASCII';
  if (/^\.\.?$/.test(secret)) return 'is only dots';
  if (name.inPath && !/^[\w-]{0,64}$/.test(secret)) return 'is no id of letters, digits, - and _';
  if (!isSecret(name)) return undefined;
  const tooShort = `shorter than ${SHORTEST_SECRET} characters, which cannot be blotted out of what is shown`;
  if (secret.length < SHORTEST_SECRET) return `is ${tooShort}`;
  const { length } = /(?<=:).*$/.exec(secret)?.[0] ?? '';
  return length > 0 && length < SHORTEST_SECRET ? `has a second half ${tooShort}` : undefined;
}

/** Stands for credentials where none is needed: one of every group. */
export function dummySecrets(names: readonly SecretName[]): Readonly<Record<string, string>> {
  const groups = names.map(({ anyOf }) => anyOf);
  const needed = names.filter(({ anyOf }, index) => anyOf === undefined || groups.indexOf(anyOf) === index);
  const dummy = ({ name, default: preset, inPath }: SecretName): string =>
    preset ?? (inPath ? 'sandbox' : dummyOf(name));
  return Object.fromEntries(needed.map((one) => [one.name, dummy(one)]));
}

function dummyOf(name: string): string {
  return `sandbox:${name}`;
}

/** Without the settings, ids and dummies among them, which are no secret. */
export function secretOnly(
  names: readonly SecretName[],
  secrets: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const shown = new Set(names.filter((one) => !isSecret(one)).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(secrets).filter(([name, value]) => !shown.has(name) && value !== dummyOf(name)),
  );
}

function readText(path: string): Result<string, string> {
  try {
    // A byte order mark would be part of the first name.
    return ok(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    return err(`cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}
