import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Parser,
  type CST,
  type Document,
  type Node,
  type Scalar,
  type YAMLError,
} from 'yaml';
import { err, ok, type Result } from '../core/result.js';

/** Keys and indexes from the top of the file. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** Absent for what is in no file yet. */
  readonly line?: number | undefined;
  readonly path: Path;
  readonly message: string;
}

export interface YamlFile {
  /** As plain values; null for an empty file. */
  readonly value: unknown;
  /** Keys that cannot be read as they are written. */
  readonly problems: readonly Problem[];
  /** The line of the key or list item, or of the nearest one above it where there is none. */
  lineOf(path: Path): number;
  /** A number, truth value or blank as it is written: `007`. */
  sourceOf(path: Path): string | undefined;
}

/** Far more than a profile has. Past the stack's end, V8 may abort where it compiles a regular expression. */
const DEEPEST = 100;
const MOST_ALIASES = 100;

const INSIDE_A_VALUE =
  'a key stands inside a value; put a text with a colon in it in quotes, or start a new line';
const NO_COLON = 'the text that begins here has no colon after it; write KEY: VALUE on one line';
const ANCHORS = 'this use of & or * cannot be read; put a text with such a sign in quotes';

/** The library's own messages quote the file, which may hold what nobody should see. */
const MEANINGS: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'a tab stands where the line is indented; use spaces',
  MULTIPLE_DOCS: 'a second document begins here; keep one, and no line of --- or ... after it',
  BAD_SCALAR_START: 'a text may not begin with this sign; put it in quotes',
  BAD_DQ_ESCAPE: 'this is no escape after a backslash; double the backslash, or use single quotes',
  MISSING_CHAR: 'a quote, bracket, colon or comma is missing here or above',
  BLOCK_AS_IMPLICIT_KEY: INSIDE_A_VALUE,
  BLOCK_IN_FLOW: INSIDE_A_VALUE,
  MULTILINE_IMPLICIT_KEY: NO_COLON,
  KEY_OVER_1024_CHARS: NO_COLON,
  BAD_INDENT: 'the indentation does not fit what is above, or a bracket is never closed; align the line',
  TAG_RESOLVE_FAILED: 'tags such as !name mean nothing here; take it out, or put a text with ! in quotes',
  BAD_DIRECTIVE: 'lines that begin with % mean nothing here; take it out',
  BAD_ALIAS: ANCHORS,
  ALIAS_PROPS: ANCHORS,
  MULTIPLE_ANCHORS: ANCHORS,
  UNEXPECTED_TOKEN:
    'something stands here that does not belong to what is before it; put texts with special signs in quotes',
};
const ANYTHING_ELSE = 'this cannot be read as YAML; put texts with special signs in quotes';

/** Reads one YAML 1.2 document with text keys. No message repeats what stands in the file but its keys. */
export function parseYaml(text: string): Result<YamlFile, readonly Problem[]> {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const deep = tokens.map(tooDeep).find((offset) => offset !== undefined);
  if (deep !== undefined) {
    const message = `is nested more than ${DEEPEST} levels deep; a profile needs four`;
    return err([{ line: lineAt(deep), path: [], message }]);
  }
  const document: Document = parseDocument(text, {
    schema: 'core',
    resolveKnownTags: false,
    merge: false,
    prettyErrors: false,
    // Found below, where the path of the key is known.
    uniqueKeys: false,
  });
  const faults = [...document.errors, ...document.warnings].sort((left, right) => left.pos[0] - right.pos[0]);
  if (faults.length > 0) {
    const problems = faults.map(({ code, pos }) => ({
      line: lineAt(pos[0]),
      path: [],
      message: MEANINGS[code] ?? ANYTHING_ELSE,
    }));
    // What follows on the same line mostly follows from the first.
    return err(problems.filter(({ line }, index) => problems[index - 1]?.line !== line));
  }
  const problems = checkKeys(document, lineAt);
  try {
    return ok({
      value: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown,
      problems,
      lineOf: (path) => lineAt(find(document, path).offset),
      sourceOf: (path) => {
        const { node } = find(document, path);
        return isScalar(node) && typeof node.value !== 'string' ? node.source : undefined;
      },
    });
  } catch {
    // What cannot be resolved is a problem already; the rest is a file that grows when it is read.
    const message = 'uses aliases such as *name too often; write the entries out';
    return err(problems.length > 0 ? problems : [{ line: 1, path: [], message }]);
  }
}

/** Where the first node lies that is too deep. Without recursion, unlike what follows. */
function tooDeep(token: CST.Token): number | undefined {
  const stack: { token: CST.Token; depth: number }[] = [{ token, depth: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) return 'offset' in token ? token.offset : 0;
    if (token.type === 'document' && token.value) stack.push({ token: token.value, depth: depth + 1 });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      for (const inner of [key, value]) if (inner) stack.push({ token: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

/** Takes keys that cannot be kept out of the document, so that nothing else is said about them. */
function checkKeys(document: Document, lineAt: (offset: number) => number): Problem[] {
  const problems: Problem[] = [];
  const say = (at: unknown, path: Path, message: string): void => {
    problems.push({ line: lineAt((at as Node).range?.[0] ?? 0), path, message });
  };
  const check = (node: unknown, path: Path): void => {
    if (isAlias(node) && node.resolve(document) === undefined) {
      const { source } = node;
      say(node, path, `*${source} stands for nothing; give the part it means the name &${source} first`);
    }
    if (isSeq(node)) node.items.forEach((item, index) => check(item, [...path, index]));
    if (!isMap(node)) return;
    const lines = new Map<string, number>();
    node.items = node.items.filter((pair) => {
      const { key } = pair;
      if (!isScalar(key)) {
        const kind = isAlias(key) ? 'an alias' : isCollection(key) ? 'a map or list' : 'nothing';
        say(key ?? node, path, `${kind} stands where the name of a key is wanted; write it as text`);
        return false;
      }
      const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
      const inner = [...path, name];
      if (name === '<<' || name === '__proto__') {
        say(key, inner, `no such key${name === '<<' ? '; maps are not merged, write the entries out' : ''}`);
        return false;
      }
      if (typeof key.value !== 'string') {
        say(key, inner, name === '' ? 'a key is blank; name it' : `put the key in quotes: "${name}"`);
        key.value = name;
      }
      const before = lines.get(name);
      if (before !== undefined) say(key, inner, `stands on line ${before} already; keep one of them`);
      if (before !== undefined) return false;
      lines.set(name, lineAt(key.range?.[0] ?? 0));
      check(pair.value, inner);
      return true;
    });
  };
  check(document.contents, []);
  return problems;
}

function find(document: Document, path: Path): { node: unknown; offset: number } {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const step of path) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(holder) && typeof step === 'number') {
      node = holder.items[step];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
      continue;
    }
    const pair = isMap(holder)
      ? holder.items.find(({ key }) => isScalar(key) && key.value === step)
      : undefined;
    if (pair === undefined) return { node: undefined, offset };
    node = pair.value;
    offset = (pair.key as Scalar).range?.[0] ?? offset;
  }
  return { node, offset };
}
