import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRules } from '../../src/push/plan.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { allOf } from '../support/all-of.js';
import { convoso } from '../../src/vendors/convoso.js';

/** As UTF-8 has it: half of a surrogate pair is U+FFFD. */
function inUtf8(text: string): string {
  return Buffer.from(text).toString();
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', 'a\udfffb', '\\ud800', '"\ud83d', '\u0000', '\ud83d\ude00', '\u2028', ''),
);

describe('the ledger', () => {
  it('gives back every text that a file or an answer holds', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'revsync-text-')), 'ledger.db');
    const ledger = SqliteLedger.open(path, { vendor: 'convoso', account: 'main', origin: 'test' });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (cell, failure, answer) => {
        const run = await ledger.beginRun(1, planRules(convoso, { holdCorrections: false, force: false }));
        await ledger.addInput(run, { name: 'sales.csv', path: '/sales.csv', header: ['id'] });
        const said = { status: 'invalid', code: 'bad_value', message: failure } as const;
        const sale = { intent: 'set', fields: { note: cell } } as const;
        await ledger.stage(run, [
          { line: 2, cells: [inUtf8(cell)], sale, key: `key-${run}`, digest: 'content' },
          { line: 3, cells: [inUtf8(cell)], ...said },
        ]);
        const [row] = await ledger.claim(run, 10);
        if (row === undefined) throw new Error('nothing was planned');
        expect(row.sale).toEqual({ intent: 'set', fields: { note: inUtf8(cell) } });
        const attempts = [{ at: 1, httpStatus: 422, code: 'no', message: answer }];
        await ledger.settle(run, [{ row, status: 'rejected', attempts, code: 'no', message: answer }], 2);
        await ledger.endRun(run, { at: 3, state: 'finished' });
        const rows = (await allOf(ledger.rows(run, 1))).flat();
        expect(rows.map(({ cells, message }) => [cells, message])).toEqual([
          [[inUtf8(cell)], inUtf8(answer)],
          [[inUtf8(cell)], inUtf8(failure)],
        ]);
      }),
      { numRuns: 300 },
    );
    await ledger.close();
  });
});
