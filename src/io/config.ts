import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { err, ok, type Result } from '../core/result.js';
import { isShared, passwordIn } from './ledger-address.js';
import { checkConfig, problemText } from './problems.js';
import { profileOf, type Profile } from './schema.js';
import { parseYaml, type YamlFile } from './config-yaml.js';
import { notUtf8 } from './csv/decode.js';

export type { Profile, ProfileInput } from './schema.js';

/** A file of profiles as somebody named it, which is how messages name it too, and the folder it is relative to. */
export interface ConfigFile {
  readonly path: string;
  readonly cwd: string;
}

/** Longer than any profile, and short enough that a sales file named by mistake is not taken apart. */
const LONGEST_BYTES = 1024 * 1024;

/**
 * The profiles of a file by name, in its order; or all that is wrong with it, each with its line. No message
 * shows what stands under a key that looks like a credential.
 */
export function readConfig({
  path,
  cwd,
}: ConfigFile): Result<ReadonlyMap<string, Profile>, readonly string[]> {
  const text = readText({ path, cwd });
  if (!text.ok) return err([text.error]);
  if (text.value === undefined) return err([`${path}: there is no such file; check the path`]);
  const file = parseConfig(path, text.value);
  if (!file.ok) return file;
  const profiles = checkConfig(file.value);
  if (!profiles.ok) return err(profiles.error.map((problem) => problemText(path, problem)));
  const folder = dirname(resolve(cwd, path));
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined || isShared(path) ? path : resolve(folder, path);
  const open = [...profiles.value].flatMap(([name, values]) =>
    (passwordIn(profileOf(name, values).ledger ?? '') ?? '') === ''
      ? []
      : [`${path}: ledger of ${name}: ${WITH_PASSWORD}`],
  );
  if (open.length > 0) return err(open);
  return ok(
    new Map(
      [...profiles.value].map(([name, values]) => {
        const profile = profileOf(name, values);
        const { ledger, envFile } = profile;
        return [name, { ...profile, ledger: absolute(ledger), envFile: absolute(envFile) }];
      }),
    ),
  );
}

const WITH_PASSWORD =
  'the address holds a password, which a file of profiles is not for; put it into PGPASSWORD, a file named by PGPASSFILE, or the address in REVSYNC_LEDGER';

/** The file as YAML, not checked yet. */
export function parseConfig(path: string, text: string): Result<YamlFile, readonly string[]> {
  const file = parseYaml(text);
  return file.ok ? file : err(file.error.map((problem) => problemText(path, problem)));
}

/** The text of a file; undefined where there is none. */
export function readText({ path, cwd }: ConfigFile): Result<string | undefined, string> {
  const at = resolve(cwd, path);
  try {
    if (statSync(at).size > LONGEST_BYTES) {
      return err(`${path}: is larger than 1 MiB, so it is no file of profiles; check the path`);
    }
    const bytes = readFileSync(at);
    const line = notUtf8(bytes);
    if (line !== undefined) return err(`${path}:${line}: the file is not UTF-8; save it as UTF-8`);
    return ok(bytes.toString('utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return ok(undefined);
    if (code === 'EISDIR') return err(`${path}: is a folder; name a file`);
    return err(`${path}: cannot be read (${code ?? String(error)}); check the path and its permissions`);
  }
}
