import { COMMANDS, type CommandSpec } from '../../src/cli/commands.js';
import { EXAMPLES } from '../../src/cli/examples.js';
import { EXIT_MEANINGS } from '../../src/cli/exit-codes.js';
import { PROBLEMS } from '../../src/cli/problems.js';
import { SETTINGS, settingsOn, type OptionSetting } from '../../src/cli/settings.js';
import { semanticsTable } from '../../src/cli/vendors.js';
import { BREAKS } from '../../src/core/breaks.js';
import { CODES } from '../../src/core/codes.js';
import { STATUSES } from '../../src/core/status.js';
import type { Vendor } from '../../src/core/vendor.js';
import { aboutKey } from '../../src/io/schema.js';
import { GROUPS, type Settings } from '../../src/io/setting.js';
import { FAULT_KINDS } from '../../src/sandbox/faults.js';
import { VENDORS } from '../../src/vendors/index.js';
import { wrapped } from './page.js';

/** What the program says of itself, for the documents. */
export interface Tables {
  readonly commands: readonly CommandSpec[];
  readonly settings: Settings;
  readonly vendors: readonly Vendor[];
}

const OURS: Tables = { commands: COMMANDS, settings: SETTINGS, vendors: VENDORS };

/** The parts of documents that are not written by hand, by their names. */
const PARTS: Readonly<Record<string, (tables: Tables) => string>> = {
  commands: ({ commands, settings }) => commands.map((one) => commandPart(one, settings)).join('\n'),
  'command-list': ({ commands }) =>
    table(
      ['command', 'what it does'],
      commands.map(({ name, about }) => [`[${name}](#${name})`, about]),
    ),
  profile: ({ settings }) => profileTable(settings),
  statuses: () =>
    table(
      ['status', 'meaning', 'sent again by the next push?'],
      STATUSES.map(({ status, means, again }) => [code(status), means, again]),
    ),
  'exit-codes': () =>
    table(
      ['code', 'when'],
      EXIT_MEANINGS.map(({ code, means }) => [String(code), means]),
    ),
  'error-codes': () =>
    table(
      ['code', 'meaning', 'what to do'],
      Object.entries(CODES).map(([word, { means, remedy }]) => [code(word), means, remedy]),
    ),
  problems: () =>
    table(
      ['code', 'what to do'],
      Object.entries(PROBLEMS).map(([word, remedy]) => [code(word), remedy]),
    ),
  breaks: () =>
    table(
      ['`revsync_break`', 'meaning', 'sent when the breaks CSV is pushed?'],
      BREAKS.map(({ word, means, disputes }) => [code(word), means, disputes === undefined ? 'no' : 'yes']),
    ),
  faults: () =>
    table(
      ['kind', 'what it does'],
      FAULT_KINDS.map(({ kind, does }) => [code(kind), does]),
    ),
  vendors: ({ vendors }) => semanticsTable(vendors).replaceAll('<', '\\<'),
  'vendor-pages': ({ vendors }) =>
    vendors
      .map(({ id, title }) => `## ${title}\n\n\`\`\`console\n$ revsync vendors ${id}\n\`\`\`\n`)
      .join('\n'),
};

/** A document with its parts as the program says them now; what a vendor's page prints is left to who types it. */
export function withParts(text: string, tables: Partial<Tables> = {}): string {
  return text.replace(/^<!-- ([\w-]+) -->\n[^]*?^<!-- \/\1 -->$/gm, (_all, name: string) => {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`the program has no part ${name}`);
    return `<!-- ${name} -->\n${part({ ...OURS, ...tables })}<!-- /${name} -->`;
  });
}

export const PART_NAMES = Object.keys(PARTS);

function commandPart({ name, about, argument, closing }: CommandSpec, settings: Settings): string {
  const options = settingsOn(name, settings);
  const groups = GROUPS.flatMap((group) => {
    const rows = options.filter((option) => option.group === group).map(optionRow);
    return rows.length === 0 ? [] : [table([group.toLowerCase(), 'what it does'], rows)];
  });
  const examples = EXAMPLES[name].map(({ command, does }) => `${command}\n    ${does}\n`);
  const usage = ['revsync', name, ...(argument === undefined ? [] : [argument.flag]), '[options]'].join(' ');
  const said =
    argument === undefined || argument.about === ''
      ? []
      : [`${wrapped(`${code(argument.flag)}: ${argument.about}.`, '', '').join('\n')}\n`];
  return [
    `## ${name}\n`,
    `${about[0]?.toUpperCase()}${about.slice(1)}.\n`,
    `\`\`\`text\n${usage}\n\`\`\`\n`,
    ...said,
    `\`\`\`text\n${examples.join('')}\`\`\`\n`,
    ...(closing === undefined ? [] : [`\`\`\`text\n${closing.trim()}\n\`\`\`\n`]),
    ...groups,
  ].join('\n');
}

function optionRow({ flag, about, kind, env, ...setting }: OptionSetting): string[] {
  const words = kind.is === 'choice' ? kind.of.join(', ') : '';
  const chosen = about.includes(' (default: ')
    ? about.replace(' (default: ', ` (${words === '' ? '' : `${words}; `}default: `)
    : `${about}${words === '' ? '' : ` (${words})`}`;
  const preset =
    setting.default === undefined || setting.default === '' ? '' : `; ${setting.default} if not given`;
  return [code(flag), `${chosen}${preset}${env === undefined ? '' : ` (env: ${env})`}`];
}

function profileTable(settings: Settings): string {
  const rows = Object.values(settings).flatMap((setting) => {
    const { key, flag } = setting;
    if (key === undefined) return [];
    return [[code(key), flag === undefined ? '' : code(flag.split(' ')[0] ?? flag), aboutKey(setting)]];
  });
  return table(['key', 'option', 'what it says'], rows);
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((cells) => cells.map(escaped))];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
