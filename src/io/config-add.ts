import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  visit,
  YAMLMap,
  type Pair,
  type Scalar,
} from 'yaml';
import { err, ok, type Result } from '../core/result.js';
import { checkConfig, problemText } from './problems.js';
import type { ProfileInput } from './schema.js';
import { parseYaml, type YamlFile } from './config-yaml.js';
import { parseConfig, readText, type ConfigFile } from './config.js';
import { AtomicFile } from './atomic-file.js';

/** A comment beside a text, number or truth value of a profile, or above a map or list. */
export interface EntryComment {
  /** Such as `['columns', 'call_id']`. */
  readonly entry: readonly string[];
  readonly text: string;
}

/**
 * Adds a profile at the end of a file, or makes the file. What is there stays as it is, its comments, order
 * and mode included, and there is never half a file. An error where `textWith` has one.
 */
export function addProfile(
  config: ConfigFile,
  name: string,
  profile: ProfileInput,
  comments: readonly EntryComment[] = [],
): Result<void, string> {
  const text = textWith(config, name, profile, comments);
  return text.ok ? write(config, text.value) : text;
}

/** The file with the profile; an error where the name is taken, the file has problems or the profile would be refused. */
export function textWith(
  config: ConfigFile,
  name: string,
  profile: ProfileInput,
  comments: readonly EntryComment[] = [],
): Result<string, string> {
  const { path } = config;
  const text = readText(config);
  if (!text.ok) return text;
  const before = text.value ?? '';
  const file = parseConfig(path, before);
  if (!file.ok) return err(file.error.join('\n'));
  const there = profilesIn(file.value);
  if (there === undefined || Object.keys(there).length > 0 || file.value.problems.length > 0) {
    const problems = checkConfig(file.value).problems.map((problem) => problemText(path, problem));
    if (problems.length > 0) return err(problems.join('\n'));
  }
  if (there !== undefined && Object.hasOwn(there, name)) {
    const line = file.value.lineOf(['profiles', name]);
    return err(
      `${path}:${line}: there is a profile ${JSON.stringify(name)} already; choose another name with --profile`,
    );
  }
  const added = rendered(name, profile, comments);
  const alone = parseYaml(`profiles:\n${indented(added, 2)}`);
  if (!alone.ok) throw new Error(`a profile was written that cannot be read: ${added}`);
  const problems = checkConfig(alone.value).problems.map(({ path: at, message }) => ({ path: at, message }));
  if (problems.length > 0) return err(problems.map((problem) => problemText(path, problem)).join('\n'));

  // As a file has it: a key that is undefined is not there.
  const wanted = { ...there, [name]: JSON.parse(JSON.stringify(profile)) as unknown };
  const after = [inserted(before, file.value, added), rewritten(file.value, added)].find((candidate) => {
    const again = parseYaml(candidate ?? '');
    return again.ok && isDeepStrictEqual(again.value.value, { profiles: wanted });
  });
  if (after === undefined) throw new Error(`${path}: no way was found to add ${added}`);
  return ok(before.includes('\r\n') ? after.replace(/\r?\n/g, '\r\n') : after);
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

/** The profile as lines of YAML, each scalar on one line. */
function rendered(name: string, profile: ProfileInput, comments: readonly EntryComment[]): string {
  const document = new Document({ [name]: profile });
  visit(document, {
    Seq: (_, list) => {
      list.flow = true;
    },
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && /[\p{C}\p{Zl}\p{Zp}]/u.test(scalar.value))
        scalar.type = 'QUOTE_DOUBLE';
    },
  });
  for (const { entry, text } of comments) {
    const pair = pairAt(document, [name, ...entry]);
    if (pair === undefined)
      throw new Error(`a comment on ${entry.join('.')}, which the profile does not have`);
    const comment = ` ${text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim()}`;
    if (isMap(pair.value) || isSeq(pair.value)) (pair.key as Scalar).commentBefore = comment;
    else (pair.value as Scalar).comment = comment;
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function pairAt(document: Document, path: readonly string[]): Pair | undefined {
  const holder = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(holder)) return undefined;
  return holder.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
}

/** Lines as YAML has them: for `^` a line also begins after U+2028, which may stand inside a text. */
function indented(text: string, by: number): string {
  return text.replace(/(?<![^\n])(?=[^\n])/g, ' '.repeat(by));
}

/** The text with the profile below the last one and the indented comments that follow it. */
function inserted(text: string, { document }: YamlFile, added: string): string | undefined {
  if (document.contents === null)
    return `${text}${/[^\n]$/.test(text) ? '\n' : ''}profiles:\n${indented(added, 2)}`;
  const profiles: unknown = isMap(document.contents) ? document.contents.get('profiles', true) : undefined;
  if (!isMap(profiles) || profiles.flow === true) return undefined;
  const start = (profiles.items[0]?.key as Scalar | undefined)?.range?.[0] ?? 0;
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  const end = endOf(profiles);
  // A block text ends with its line, anything else before the end of its line.
  const lineEnd = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  const head = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const rest = lineEnd < 0 ? '' : text.slice(lineEnd);
  const comments = /^(?:(?:\r?\n[ \t]*)*\r?\n[ ]+#[^\n]*)*/.exec(rest)?.[0] ?? '';
  return `${head}${comments}\n\n${indented(added, indent).trimEnd()}${rest.slice(comments.length) || '\n'}`;
}

/** Where the last thing of a node ends, without the comments after it. */
function endOf(node: unknown): number {
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1);
    const pair = last as Pair | undefined;
    const inner = isMap(node) ? (pair?.value ?? pair?.key) : last;
    if (inner !== undefined) return endOf(inner);
  }
  return isScalar(node) || isAlias(node) || isCollection(node) ? (node.range?.[1] ?? 0) : 0;
}

/** The document written anew, which may move comments and spaces. */
function rewritten({ document }: YamlFile, added: string): string {
  const contents = isMap(document.contents) ? document.contents : new YAMLMap();
  const found: unknown = contents.get('profiles', true);
  const profiles = isMap(found) ? found : new YAMLMap();
  if (profiles.items.length === 0) profiles.flow = false;
  if (profiles !== found) {
    if (isScalar(found)) profiles.commentBefore = found.comment;
    contents.set('profiles', profiles);
  }
  const source = parseYaml(added);
  if (source.ok && isMap(source.value.document.contents))
    profiles.items.push(...source.value.document.contents.items);
  document.contents = contents;
  return document.toString({ lineWidth: 0 });
}

function write({ path, cwd }: ConfigFile, text: string): Result<void, string> {
  const named = resolve(cwd, path);
  // A link stays a link.
  const target = existsSync(named) ? realpathSync(named) : named;
  const file = AtomicFile.open({ path: target, what: 'profile', beginning: text, option: '--config' });
  return file.ok ? file.value.finish() : file;
}
