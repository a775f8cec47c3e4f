import { describe, expect, it } from 'vitest';
import { Workspace } from '../support/cli.js';
import { AMOUNTS } from './amounts.js';
import { check, QUEUED_MS, type Case } from './case.js';
import { DAMAGE } from './damage.js';
import { ENCODINGS } from './encodings.js';
import { GUARDS } from './guards.js';
import { PROFILES } from './profiles.js';
import { DELIMITERS, HEADERS, LINES } from './shapes.js';
import { TIMES } from './times.js';
import { TOTALS } from './totals.js';

const TABLE: readonly (readonly [string, readonly Case[]])[] = [
  ['an encoding', ENCODINGS],
  ['what stands between cells', DELIMITERS],
  ['lines and rows', LINES],
  ['a header', HEADERS],
  ['a total row', TOTALS],
  ['damage by a spreadsheet', DAMAGE],
  ['amounts', AMOUNTS],
  ['times', TIMES],
  ['a profile', PROFILES],
  ['guards', GUARDS],
];

describe.concurrent.each(TABLE)('%s', (_, cases) => {
  it.for(cases)('$name', { timeout: QUEUED_MS }, async (given, { onTestFinished }) => {
    await check(given, new Workspace(onTestFinished));
  });
});

describe('--once', () => {
  it('refuses the bytes of a file that was pushed whole under another name, and takes the same name again', async () => {
    const space = new Workspace();
    const push = ['--vendor', 'convoso', '--sandbox', '--once'];
    space.write('monday.csv', 'call_log_id,revenue\n7001,5\n');
    expect((await space.run('push', 'monday.csv', ...push)).code).toBe(0);
    expect((await space.run('push', 'monday.csv', ...push)).code).toBe(0);

    space.write('tuesday.csv', 'call_log_id,revenue\n7001,5\n');
    const ended = await space.run('push', 'tuesday.csv', ...push);
    expect(ended.code).toBe(3);
    const [refusal, end] = ended.stderr.split('\n');
    expect(refusal?.replace(/\d{4}-[\d-]+T[\d:.]+Z/, 'TIME')).toBe(
      `tuesday.csv: --once: the same file was pushed whole as ${space.path('monday.csv')} by run-2, which ended TIME; leave --once out if it shall be pushed again`,
    );
    expect(end).toBe('nothing was sent');

    space.write('tuesday.csv', 'call_log_id,revenue\n7001,5\n7002,6\n');
    expect((await space.run('push', 'tuesday.csv', ...push)).code).toBe(0);
  });
});
