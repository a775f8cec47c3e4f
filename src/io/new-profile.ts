import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Document, isScalar, visit } from 'yaml';
import { err, ok, type Result } from '../core/result.js';
import { AtomicFile } from './atomic-file.js';
import { parseConfig, readText, type ConfigFile } from './config.js';
import { parseYaml, type YamlFile } from './config-yaml.js';
import { checkConfig, problemText } from './problems.js';
import type { ProfileInput } from './schema.js';

const SCHEMA = createRequire(import.meta.url).resolve('../../revsync.schema.json');

/** Why a text, number or truth value of a profile is there. */
export interface EntryComment {
  /** Such as `['columns', 'call_id']`. */
  readonly entry: readonly string[];
  readonly text: string;
}

/** A profile as lines below `profiles:`, and the file with it at its end. */
interface NewProfile {
  readonly lines: string;
  /** Undefined where only a person can tell where the lines go. */
  readonly file: string | undefined;
}

/** An error where the name is taken, the file has problems or the profile would be refused. Writes nothing. */
export function newProfile(
  config: ConfigFile,
  name: string,
  profile: ProfileInput,
  comments: readonly EntryComment[] = [],
): Result<NewProfile, string> {
  const { path } = config;
  const text = readText(config);
  if (!text.ok) return text;
  const before = text.value ?? '';
  const file = parseConfig(path, before);
  if (!file.ok) return err(file.error.join('\n'));
  const old = profilesIn(file.value);
  if (old === undefined || Object.keys(old).length > 0 || file.value.problems.length > 0) {
    const checked = checkConfig(file.value);
    if (!checked.ok) return err(checked.error.map((one) => problemText(path, one)).join('\n'));
  }
  if (old !== undefined && Object.hasOwn(old, name)) {
    const line = file.value.lineOf(['profiles', name]);
    return err(
      `${path}:${line}: there is a profile ${JSON.stringify(name)} already; choose another name with --profile`,
    );
  }
  const alone = parseYaml(fileOf(name, profile, comments, 2));
  if (!alone.ok) throw new Error(`profile ${name} was written so that it cannot be read`);
  const checked = checkConfig(alone.value);
  if (!checked.ok)
    return err(checked.error.map((one) => problemText(path, { ...one, line: undefined })).join('\n'));

  const { profiles } = alone.value.value as { profiles: object };
  const added = fileOf(name, profile, comments, indentIn(before));
  const lines = added.slice(added.indexOf('\n') + 1);
  const start = before === '' ? schemaLine(config) : /[^\n]$/.test(before) ? `${before}\n` : before;
  const hasProfiles = old !== undefined && Object.keys(old).length > 0;
  const after = start + (file.value.value === null ? added : `${hasProfiles ? '\n' : ''}${lines}`);
  const written = before.includes('\r\n') ? after.replace(/\r?\n/g, '\r\n') : after;
  const again = parseYaml(written);
  const isRight = again.ok && isDeepStrictEqual(again.value.value, { profiles: { ...old, ...profiles } });
  return ok({ lines, file: isRight ? written : undefined });
}

/** With what an editor knows what may stand in a file: by the package beside it, else by that of the program. */
function schemaLine({ path, cwd }: ConfigFile): string {
  const beside = './node_modules/revsync/revsync.schema.json';
  const isBeside = existsSync(resolve(cwd, dirname(path), beside));
  return `# yaml-language-server: $schema=${isBeside ? beside : SCHEMA}\n`;
}

/** Writes a file of profiles. It keeps its mode, a link stays a link, and there is never half a file. */
export async function writeProfiles({ path, cwd }: ConfigFile, text: string): Promise<Result<void, string>> {
  const named = resolve(cwd, path);
  const file = AtomicFile.open({ path: named, what: 'profile', beginning: text, option: '--config' });
  const written = file.ok ? await file.value.finish() : file;
  // A message names the file as the user did.
  return written.ok ? written : err(written.error.replace(named, () => path));
}

/** By name; none for a file or a key with nothing in it, undefined where something else stands there. */
function profilesIn({ value }: YamlFile): Readonly<Record<string, unknown>> | undefined {
  if (value === null) return {};
  if (typeof value !== 'object' || Object.keys(value).join() !== 'profiles') return undefined;
  const { profiles } = value as { profiles: unknown };
  if (profiles === null) return {};
  if (typeof profiles !== 'object' || Array.isArray(profiles)) return undefined;
  return profiles as Readonly<Record<string, unknown>>;
}

/** A file with one profile, each text and list on one line. */
function fileOf(
  name: string,
  profile: ProfileInput,
  comments: readonly EntryComment[],
  indent: number,
): string {
  const document = new Document({ profiles: { [name]: profile } });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && /[\p{C}\p{Zl}\p{Zp}]/u.test(scalar.value))
        scalar.type = 'QUOTE_DOUBLE';
    },
    Seq: (_, list) => {
      list.flow = true;
    },
  });
  for (const { entry, text } of comments) {
    const value: unknown = document.getIn(['profiles', name, ...entry], true);
    if (!isScalar(value))
      throw new Error(`a comment on ${entry.join('.')}, which is no value of the profile`);
    value.comment = ` ${text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim()}`;
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, indent });
}

/** How far the first profile stands from the margin. */
function indentIn(text: string): number {
  return /^profiles:.*\n(?:[ \t]*(?:#.*)?\n)*( +)[^ #]/m.exec(text)?.[1]?.length ?? 2;
}
