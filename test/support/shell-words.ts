/** One command of a line as a shell reads it. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly stdout?: { readonly path: string; readonly appends: boolean };
  readonly stderr?: { readonly path: string; readonly appends: boolean };
  /** What follows it: `|`, `&&`, `;`, `&`, or nothing. */
  readonly then: string;
}

const TOKEN =
  /\s*(?:(\|\||&&|\||;|&(?!>))|(\d?>>?|<)\s*|((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s|&;<>'"\\])+))/gy;

/** A line of a shell as examples need it: quotes, variables before a command, redirection, pipes, `&&`. */
export function shellCommands(line: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  const text = withoutComment(line).trimEnd();
  let now = empty();
  let file: string | undefined;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const [, operator, redirection, word] = TOKEN.exec(text) ?? [];
    if (operator !== undefined) {
      commands.push({ ...now, then: operator });
      now = empty();
    } else if (redirection !== undefined) file = redirection;
    else if (word === undefined) throw new Error(`an example no shell reads: ${line} (at ${from})`);
    else if (file !== undefined) {
      const to = { path: unquoted(word), appends: file.endsWith('>>') };
      if (file === '<') now.stdin = to.path;
      else if (file.startsWith('2')) now.stderr = to;
      else now.stdout = to;
      file = undefined;
    } else {
      const [, name, value] = now.words.length === 0 ? (/^([A-Z_]+)=(.*)$/.exec(word) ?? []) : [];
      if (name === undefined) now.words.push(unquoted(word));
      else now.env[name] = unquoted(value ?? '');
    }
  }
  return now.words.length > 0 || Object.keys(now.env).length > 0 ? [...commands, now] : commands;
}

interface Draft {
  words: string[];
  env: Record<string, string>;
  stdin?: string;
  stdout?: { path: string; appends: boolean };
  stderr?: { path: string; appends: boolean };
  then: string;
}

function empty(): Draft {
  return { words: [], env: {}, then: '' };
}

/** Without a comment at its end, which a quote does not begin. */
export function withoutComment(line: string): string {
  return line.replace(/^((?:'[^']*'|"(?:\\.|[^"\\])*"|[^'"])*?)(?:^|\s)#\s.*$/, '$1');
}

function unquoted(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
    (_all, single?: string, double?: string, one?: string) =>
      single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? one ?? '',
  );
}
