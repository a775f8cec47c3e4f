import { ExampleFolder, type Surroundings } from './example-folder.js';
import { withoutComment } from './shell-words.js';

/** A part of a page between fences, or a comment that prepares what a fence needs. */
export interface Fence {
  /** The line of the page on which its first line stands, from 1. */
  readonly line: number;
  readonly indent: string;
  readonly language: string;
  /** What stands behind the language: the name of a file. */
  readonly name: string;
  readonly lines: readonly string[];
}

/** Stands for whatever a page leaves out of what is printed. */
const MORE = '…';

/** Whose turn it is, where a name says so, and that a line is typed. */
const PROMPT = /^\w*\$ /;

/** What a push that takes long says now and then. */
const PROGRESS = /^\d+ of \d+ rows \(\d+%\).*\n/gm;

/** What a command that does not end with 0 is followed by. */
const ASKS_CODE = 'echo $?';

/** The longest line of a page. */
export const WIDTH = 120;

export function fencesOf(text: string): Fence[] {
  const fences: Fence[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, indent = '', language, name = ''] = /^( *)```(\w*) ?(.*)$/.exec(line) ?? [];
    const [, prepared] = /^<!-- (file \S+|prepare)$/.exec(line) ?? [];
    if (language === undefined && prepared === undefined) continue;
    const end = lines.indexOf(language === undefined ? '-->' : `${indent}\`\`\``, at + 1);
    if (end < 0) throw new Error(`line ${at + 1}: what begins there has no end`);
    const [kind = '', file = ''] = prepared?.split(' ') ?? [language ?? '', name];
    const inside = lines.slice(at + 1, end).map((one) => one.slice(indent.length));
    fences.push({ line: at + 2, indent, language: kind, name: file, lines: inside });
    at = end;
  }
  return fences;
}

/**
 * A page with what its commands print as they print it now, typed one after the other in one folder; what differs in
 * times alone, or in where lines are broken, stays as it stands. Commands of a `sh` fence show nothing, and end as the
 * comment behind them says.
 */
export async function asRun(text: string, surroundings: Surroundings = {}): Promise<string> {
  const lines = text.split('\n');
  const folder = await ExampleFolder.open(surroundings);
  // What is put in moves what comes after it, so it is put in at last, from the end of the page to its beginning.
  const put: { from: number; lines: number; as: readonly string[] }[] = [];
  const mistakes: string[] = [];
  try {
    for (const { line, indent, language, name, lines: inside } of fencesOf(text)) {
      const first = line - 1;
      if (name !== '') folder.write(name, `${inside.join('\n')}\n`);
      else if (language === 'prepare') for (const { command } of joined(inside)) await folder.type(command);
      else if (language === 'sh' || language === 'cron')
        for (const { at, command } of joined(inside)) {
          if (withoutComment(command).trim() === '') continue;
          const { code, text: said } = await folder.type(
            language === 'cron' ? withoutTimes(command) : command,
          );
          if (code === Number(/# exit (\d+)\b/.exec(command)?.[1] ?? 0)) continue;
          mistakes.push(`line ${line + at}: ${command} ends with ${code}:\n${said}`);
        }
      else if (language === 'console')
        for (const [at, { command, from, shown }] of commandsOf(inside).entries()) {
          const { code, text: said } = await folder.type(command);
          const isSaid = code === 0 || commandsOf(inside)[at + 1]?.command === ASKS_CODE;
          const asked = isSaid ? [] : [`$ ${ASKS_CODE}`, String(code)].map((one) => `${indent}${one}`);
          const isTrue = isShown(shown.join('\n'), said);
          if (isTrue && isSaid) continue;
          const as = isTrue ? shown.map((one) => `${indent}${one}`) : wrapped(said, indent);
          put.push({ from: first + from, lines: shown.length, as: [...as, ...asked] });
        }
    }
  } finally {
    await folder.close();
  }
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  for (const { from, lines: many, as } of put.reverse()) lines.splice(from, many, ...as);
  return lines.join('\n');
}

/** A line of a crontab without when it is run. */
function withoutTimes(line: string): string {
  return line.replace(/^(?:\S+ +){5}/, '');
}

export function commandsOf(lines: readonly string[]) {
  const starts = lines.flatMap((line, at) => (PROMPT.test(line) ? [at] : []));
  return starts.map((at, index) => {
    const [{ command, lines: many } = { command: '', lines: 1 }] = joined(lines.slice(at));
    const from = at + many;
    return {
      command: command.replace(PROMPT, ''),
      from,
      shown: lines.slice(from, starts[index + 1] ?? lines.length),
    };
  });
}

/** Lines of a shell, those that go on after a backslash as one. */
export function joined(lines: readonly string[]) {
  const commands: { at: number; lines: number; command: string }[] = [];
  for (let at = 0; at < lines.length;) {
    let many = 1;
    while (lines[at + many - 1]?.endsWith(' \\') === true && at + many < lines.length) many += 1;
    const command = lines
      .slice(at, at + many)
      .map((line) => line.replace(/ \\$/, '').trimStart())
      .join(' ');
    commands.push({ at, lines: many, command });
    at += many;
  }
  return commands;
}

/** Whether a page shows what was printed, but for times, where lines are broken, and what it leaves out. */
function isShown(shown: string, printed: string): boolean {
  const words = (text: string): string => timeless(text.replace(PROGRESS, '').replace(/\s+/g, ' ').trim());
  const parts = words(shown)
    .split(MORE)
    .map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*?')}$`).test(words(printed));
}

/** As a page has it: no line is longer than its lines may be, where it has a blank to break it at. */
export function wrapped(text: string, indent: string, more = '    '): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => {
      const lines: string[] = [];
      const deeper = `${/^ */.exec(line)?.[0] ?? ''}${more}`;
      for (let rest = line; ;) {
        const at = rest.length + indent.length > WIDTH ? rest.lastIndexOf(' ', WIDTH - indent.length) : -1;
        if (at <= deeper.length)
          return text === '' ? [] : [...lines, rest].map((one) => `${indent}${one}`.trimEnd());
        lines.push(rest.slice(0, at));
        rest = `${deeper}${rest.slice(at + 1)}`;
      }
    });
}

/** Without what differs from one time or machine to the next: versions of what is there, moments, durations, sizes of files, checksums over moments. */
function timeless(text: string): string {
  return text
    .replace(/\bv\d+\.\d+\.\d+ on \w+ \w+/g, 'A VERSION')
    .replace(/\bfor the ledger in \S+/g, 'for the ledger in A FOLDER')
    .replace(/\bPostgreSQL \d+(?:\.\d+)?/g, 'PostgreSQL A VERSION')
    .replace(/\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|\+00:00)?/g, 'THEN')
    .replace(/\b20\d{6}T?-?\d{6}Z?\b/g, 'THEN')
    .replace(/\b\d+(?:\.\d+)? (?:ms|s|min|h)\b(?: \d+ (?:s|min)\b)?/g, 'A WHILE')
    .replace(/\b[0-9a-f]{32}\b/g, 'A CHECKSUM')
    .replace(/\b[\d.,]+ (?:bytes|[kKM]B)\b/g, 'A SIZE');
}
