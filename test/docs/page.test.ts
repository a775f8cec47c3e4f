import { describe, expect, it } from 'vitest';
import { asRun } from '../support/page.js';

const FILE = '```csv sales.csv\nCall Log ID,Sale Amount\n1000001,120.00\n4044040017,80.50\n```\n';

/** A page with that fence behind its file. */
function page(language: string, ...lines: readonly string[]): string {
  return `${FILE}\n\`\`\`${language}\n${lines.join('\n')}\n\`\`\`\n`;
}

const CODE = ['$ revsync explain 6033', '6033  the code of convoso', '…', '$ echo $?', '0'];

describe('a page', () => {
  it('that shows what is printed stays as it is, whatever the time and wherever its lines are broken', async () => {
    const text = page(
      'console',
      '$ revsync push sales.csv --vendor convoso --sandbox',
      '…',
      'run-1: sales.csv to Convoso (account default, sandbox)',
      '    in 99.9 s',
      '…',
      '$ echo $?',
      '1',
      ...CODE,
    );
    expect(await asRun(text)).toBe(text);
  });

  it('that shows another word is written as it is printed', async () => {
    const wrong = page('console', ...CODE.map((line) => line.replace('convoso', 'ringba')));
    expect(await asRun(wrong)).toContain('\n6033  the code of convoso\n  means    No such Call Log\n');
  });

  it('that does not say how a command ends is told', async () => {
    const text = page('console', '$ revsync explain nothing', '…');
    expect(await asRun(text)).toBe(page('console', '$ revsync explain nothing', '…', '$ echo $?', '2'));
  });

  it.each([
    ['revsync push sales.csv --vendor convoso --sandbox', 'ends with 1'],
    ['revsync push sales.csv --vendor convoso --sandbox  # exit 3', 'ends with 1'],
    ['revsync psuh sales.csv', 'ends with 2'],
    ['psql -c "select 1"', 'calls psql, which no test runs'],
  ])('with the line %s fails', async (line, why) => {
    await expect(asRun(page('sh', line))).rejects.toThrow(why);
  });

  it('whose line ends as it says is as it was', async () => {
    const text = page('sh', 'revsync push sales.csv --vendor convoso --sandbox   # exit 1', 'cat sales.results.csv');
    expect(await asRun(text)).toBe(text);
  });
});
