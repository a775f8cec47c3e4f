import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { buildProgram } from '../../src/cli/program.js';
import { SETTINGS } from '../../src/cli/settings.js';
import { RESULT_COLUMNS } from '../../src/core/row.js';
import { BREAK_COLUMNS } from '../../src/reconcile/breaks-csv.js';
import { allMeasures, LEFT_OUT } from '../../src/report/measures.js';
import { PART_NAMES } from '../support/doc-parts.js';
import { DOCUMENTS, textOf } from '../support/documents.js';
import { testHost } from '../support/host.js';

const ROOT = new URL('../../', import.meta.url);

/** What these name beside revsync's own are options of npm, of tests and of a container's engine. */
const OTHER_PROGRAMS = ['CONTRIBUTING.md', 'docs/install.md', 'docs/performance.md', 'docs/proof.md'];

function section(document: string, title: string): string {
  const [, rest = ''] = textOf(document).split(new RegExp(`^#+ ${title}$`, 'm'));
  return rest.split(/^#+ /m)[0] ?? '';
}

describe('the documents', () => {
  it('have every part that the program has for them, once', () => {
    const all = DOCUMENTS.map(textOf).join('\n');
    const named = [...all.matchAll(/^<!-- ([\w-]+) -->\n[^]*?^<!-- \/\1 -->$/gm)].map(([, name]) => name);
    expect(named.filter((name = '') => PART_NAMES.includes(name)).sort()).toEqual([...PART_NAMES].sort());
  });

  it('name no option that there is not', () => {
    const program = buildProgram(testHost(), () => undefined);
    const options = [program, ...program.commands].flatMap(({ options }) =>
      options.flatMap(({ long }) => long ?? []),
    );
    expect(options.length).toBeGreaterThan(100);
    for (const document of DOCUMENTS.filter((one) => !OTHER_PROGRAMS.includes(one))) {
      const named = [...textOf(document).matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);
      const unknown = named.filter((option) => option !== '--help' && !options.includes(option));
      expect([document, unknown]).toEqual([document, []]);
    }
  });

  it('name no command that there is not', () => {
    const commands = COMMANDS.map(({ name }) => name as string);
    for (const document of DOCUMENTS) {
      const named = [...textOf(document).matchAll(/`revsync ([a-z]+)\b/g)].map(([, name = '']) => name);
      const unknown = named.filter((name) => !commands.includes(name));
      expect([document, unknown]).toEqual([document, []]);
    }
  });

  it('list the columns of the results in their order', () => {
    const names = [...section('docs/codes.md', 'Results columns').matchAll(/^\| `(\w+)` \|/gm)];
    expect(names.map(([, name]) => name)).toEqual([...RESULT_COLUMNS]);
  });

  it('list the columns of a breaks CSV in their order', () => {
    const [, columns = ''] = section('docs/reconcile.md', 'The breaks').split('**Columns**');
    expect([...columns.matchAll(/`(revsync_\w+)`/g)].map(([, name]) => name)).toEqual([...BREAK_COLUMNS]);
  });

  it('list the columns of a report in their order', () => {
    const rows = [...section('docs/report.md', 'Columns').matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)];
    const named = rows.flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    const names = allMeasures({ commission: true, cost: true, spent: true }).map(({ name }) => name);
    expect(named).toEqual(names.filter((name) => !LEFT_OUT.some((kind) => name.startsWith(`${kind}_`))));
  });

  it('say in a line what each option of a profile and of a command is for', () => {
    for (const { flag, key } of Object.values(SETTINGS) as { flag?: string; key?: string }[]) {
      if (flag !== undefined) expect(textOf('docs/commands.md')).toContain(`| \`${flag.replaceAll('|', '\\|')}\` |`);
      if (key !== undefined) expect(textOf('docs/files.md')).toContain(`| \`${key}\` |`);
    }
  });

  it('say of every dependency what it saves', () => {
    const named = [...section('CONTRIBUTING.md', 'Dependencies').matchAll(/`([^`]+)`/g)];
    const wanted = ['package.json', 'test/package.json'].flatMap((name) => {
      const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL(name, ROOT), 'utf8')) as {
        dependencies: Record<string, string>;
        devDependencies?: Record<string, string>;
      };
      return Object.keys({ ...dependencies, ...devDependencies });
    });
    expect(named.map(([, name]) => name).sort()).toEqual(wanted.sort());
  });
});
