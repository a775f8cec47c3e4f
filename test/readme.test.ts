import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { semanticsTable } from '../src/cli/vendors.js';
import { EXIT_MEANINGS } from '../src/cli/exit-codes.js';
import { COMMANDS } from '../src/cli/commands.js';
import { buildProgram } from '../src/cli/program.js';
import { SETTINGS } from '../src/cli/settings.js';
import { CODES } from '../src/core/codes.js';
import { BREAKS } from '../src/core/breaks.js';
import { STATUSES } from '../src/core/status.js';
import { RESULT_COLUMNS } from '../src/core/row.js';
import { BREAK_COLUMNS } from '../src/reconcile/breaks-csv.js';
import { allMeasures, LEFT_OUT } from '../src/report/measures.js';
import { FAULT_KINDS } from '../src/sandbox/faults.js';
import { VENDORS } from '../src/vendors/index.js';
import { testHost } from './support/host.js';
import { withTables } from './support/settings-tables.js';

const ROOT = new URL('../', import.meta.url);
const README = readFileSync(new URL('README.md', ROOT), 'utf8');

interface Package {
  dependencies: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Its own, and what the tests of the page have beside them. */
const PACKAGES = ['package.json', 'test/package.json'].map(
  (name) => JSON.parse(readFileSync(new URL(name, ROOT), 'utf8')) as Package,
);

/** The first cells of the tables in a section, and the whole rows. */
function section(title: string): string {
  const [, rest = ''] = README.split(new RegExp(`^#+ ${title}$`, 'm'));
  return rest.split(/^#+ /m)[0] ?? '';
}

function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| `?([^|`]+?)`? \|/gm)]
    .map((match) => match[1] ?? '')
    .filter((cell) => !/^-+$/.test(cell));
}

describe('the README', () => {
  it('has the two commands word for word', () => {
    expect(README).toContain(
      '\n    npm ci && npx revsync push fixtures/convoso/sales.csv --vendor convoso --sandbox\n',
    );
    expect(README).toContain('\n    npm test\n');
  });

  it('lists every status, exit code and error code as the program has them, and no other', () => {
    for (const { status, means, again } of STATUSES)
      expect(README).toContain(`| \`${status}\` | ${means} | ${again} |`);
    expect(firstCells(section('Statuses')).slice(1)).toEqual(STATUSES.map(({ status }) => status));
    for (const { code, means } of EXIT_MEANINGS) expect(README).toContain(`| ${code} | ${means} |`);
    expect(firstCells(section('Exit codes')).slice(1)).toEqual(EXIT_MEANINGS.map(({ code }) => String(code)));
    for (const [code, { means, remedy }] of Object.entries(CODES)) {
      expect(README).toContain(`| \`${code}\` | ${means} | ${remedy} |`);
    }
    expect(firstCells(section('Error codes')).slice(1)).toEqual(Object.keys(CODES));
  });

  it('lists the results columns in their order', () => {
    expect(firstCells(section('Results columns')).slice(1)).toEqual([...RESULT_COLUMNS]);
  });

  it('lists the breaks and the columns of a breaks CSV in their order', () => {
    const text = section('Reconcile');
    for (const { word, means, disputes } of BREAKS)
      expect(text).toContain(`| \`${word}\` | ${means} | ${disputes === undefined ? 'no' : 'yes'} |`);
    expect(firstCells(text).slice(1)).toEqual(BREAKS.map(({ word }) => word));
    const [, columns = ''] = text.split('**Columns**');
    expect([...columns.matchAll(/`(revsync_\w+)`/g)].map(([, name]) => name)).toEqual([...BREAK_COLUMNS]);
  });

  it('lists the columns of a report in their order', () => {
    const named = [...section('Report').matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    const names = allMeasures({ commission: true, cost: true, spent: true }).map(({ name }) => name);
    expect(named).toEqual(names.filter((name) => !LEFT_OUT.some((kind) => name.startsWith(`${kind}_`))));
  });

  it('lists every fault of the sandbox', () => {
    for (const { kind, does } of FAULT_KINDS) expect(README).toContain(`| \`${kind}\` | ${does} |`);
  });

  it('has the table that `revsync vendors` prints', () => {
    const [, table] = /<!-- vendors -->\n([\s\S]*?)<!-- \/vendors -->/.exec(README) ?? [];
    expect(table).toBe(semanticsTable(VENDORS));
  });

  it('has the tables of the settings; `npx vitest run test/readme.test.ts -u` writes them', async () => {
    await expect(withTables(README, COMMANDS, SETTINGS)).toMatchFileSnapshot('../README.md');
  });

  it('knows every command and option of the program, and no other option', () => {
    const program = buildProgram(testHost(), () => undefined);
    const commands = program.commands.map((command) => command.name());
    for (const { name, text } of program.commands.map((one) => ({
      name: one.name(),
      text: one.description(),
    }))) {
      expect(section('Commands')).toMatch(
        new RegExp(`^\\| \`${name}[^|]*(\\\\\\|[^|]*)?\\| ${text} \\|$`, 'm'),
      );
    }
    const options = [program, ...program.commands].flatMap(({ options }) =>
      options.flatMap(({ long }) => long ?? []),
    );
    for (const option of options) expect(README).toMatch(new RegExp(`${option}\\b`));
    const named = new Set([...README.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option));
    expect([...named].filter((option) => !options.includes(option) && option !== '--help')).toEqual([]);
    expect(commands).toEqual([
      'push',
      'plan',
      'apply',
      'undo',
      'pull',
      'reconcile',
      'report',
      'status',
      'runs',
      'results',
      'history',
      'resolve',
      'explain',
      'ledger',
      'vendors',
      'init',
      'doctor',
      'schema',
      'sandbox',
      'completion',
    ]);
  });

  it('says of every dependency what it saves', () => {
    const table = section('Dependencies');
    const named = [...table.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    const wanted = PACKAGES.flatMap(({ dependencies, devDependencies }) =>
      Object.keys({ ...dependencies, ...devDependencies }),
    );
    expect(named.sort()).toEqual(wanted.sort());
  });
});
