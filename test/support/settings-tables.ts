import type { CommandSpec } from '../../src/cli/commands.js';
import { settingsOn, type OptionSetting } from '../../src/cli/settings.js';
import { aboutKey } from '../../src/io/schema.js';
import type { Settings } from '../../src/io/setting.js';

/** The README's text with its tables of options and of keys of a profile as the settings say them. */
export function withTables(readme: string, commands: readonly CommandSpec[], settings: Settings): string {
  return [
    ['options', optionTables(commands, settings)],
    ['profile', profileTable(settings)],
  ].reduce((text, [block = '', table = '']) => {
    const [before, rest] = text.split(`<!-- ${block} -->\n`);
    const [, after] = (rest ?? '').split(`<!-- /${block} -->`);
    if (before === undefined || after === undefined) throw new Error(`the README has no block ${block}`);
    return `${before}<!-- ${block} -->\n${table}<!-- /${block} -->${after}`;
  }, readme);
}

/** Commands with more options of their own have a table; the others share one. */
const MOST_SHARED = 10;

function optionTables(commands: readonly CommandSpec[], settings: Settings): string {
  const push = new Set(settingsOn('push', settings).map(row));
  const parts = [`Options of \`push\`:\n\n${table(['option', 'what it does'], [...push])}`];
  const shared: string[] = [];
  for (const { name } of commands.filter(({ name }) => name !== 'push')) {
    const options = settingsOn(name, settings);
    const own = options.filter((option) => !push.has(row(option)));
    if (own.length > MOST_SHARED) {
      const as = options.filter((option) => !own.includes(option)).map(({ flag }) => `\`${long(flag)}\``);
      const besides = as.length === 0 ? '' : `, besides ${as.join(', ')}, which are as above`;
      parts.push(`Options of \`${name}\`${besides}:\n\n${table(['option', 'what it does'], own.map(row))}`);
    } else {
      const rows = options.map((option) =>
        own.includes(option) ? row(option) : `\`${escaped(option.flag)}\` | as above`,
      );
      shared.push(...rows.map((one) => `\`${name}\` | ${one}`));
    }
  }
  parts.push(`Options of the others:\n\n${table(['command', 'option', 'what it does'], shared)}`);
  return parts.join('\n');
}

function profileTable(settings: Settings): string {
  const rows = Object.values(settings).flatMap((setting) => {
    const { key, flag } = setting;
    if (key === undefined) return [];
    return [`\`${key}\` | ${flag === undefined ? '' : `\`${long(flag)}\``} | ${aboutKey(setting)}`];
  });
  return table(['key', 'option', 'what it says'], rows);
}

function row({ flag, about, kind, env, ...setting }: OptionSetting): string {
  const words = kind.is === 'choice' ? kind.of.join(', ') : '';
  const chosen = about.includes(' (default: ')
    ? about.replace(' (default: ', ` (${words === '' ? '' : `${words}; `}default: `)
    : `${about}${words === '' ? '' : ` (${words})`}`;
  const preset =
    setting.default === undefined || setting.default === '' ? '' : `; ${setting.default} if not given`;
  return `\`${escaped(flag)}\` | ${chosen}${preset}${env === undefined ? '' : ` (env: ${env})`}`;
}

function long(flag: string): string {
  return flag.split(' ')[0] ?? flag;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

function table(head: readonly string[], rows: readonly string[]): string {
  const lines = [head.join(' | '), ...rows].map((line) => `| ${line} |\n`);
  return [lines[0], `|${'---|'.repeat(head.length)}\n`, ...lines.slice(1)].join('');
}
