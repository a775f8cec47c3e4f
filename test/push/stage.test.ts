import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Source, SourceItem } from '../../src/core/ports.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { stageFiles, type StageJob } from '../../src/push/stage.js';
import { tldcrm } from '../../src/vendors/tldcrm.js';
import { allOf } from '../support/all-of.js';
import { MAP, NO_CHOICE } from '../support/push.js';

const folder = mkdtempSync(join(tmpdir(), 'revsync-stage-'));
const namespace = { vendor: 'tldcrm', account: 'a', origin: 'https://example.com' };
const ledger = SqliteLedger.open(join(folder, 'ledger.db'), namespace);

afterAll(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

/** Billable calls in batches of one; each reading has the digest that is next. */
function source(name: string, times: readonly string[], digests: readonly string[] = ['same']): Source {
  let reading = 0;
  return {
    name,
    path: `/${name}`,
    // eslint-disable-next-line @typescript-eslint/require-await -- it has all of it already
    async *read(): AsyncGenerator<SourceItem> {
      const digest = digests[reading] ?? digests[0] ?? '';
      reading += 1;
      yield { kind: 'header', line: 1, cells: ['did', 'cid', 'call_date', 'cost'], opening: [] };
      for (const [index, time] of times.entries())
        yield {
          kind: 'records',
          records: [{ line: index + 2, cells: ['5125550123', `${5_125_550_101 + index}`, time, '5'] }],
        };
      yield { kind: 'end', digest };
    },
  };
}

async function stage(...sources: readonly Source[]) {
  const job: StageJob = { vendor: tldcrm, sources, columns: NO_CHOICE, skipTotalRow: false, map: MAP };
  const run = await ledger.beginRun(0);
  const { files, refused } = await stageFiles(
    ledger,
    run,
    job,
    () => undefined,
    new AbortController().signal,
  );
  const rows = await Promise.all(
    files.map(async (_, index) => {
      const all = (await allOf(ledger.rows(run, index + 1))).flat();
      return all.map(({ line, key }) => [line, key?.split('|')[2]]);
    }),
  );
  const inputs = await ledger.inputs(run);
  await ledger.dropRun(run);
  return { refused, rows, inputs: inputs.map(({ number, name }) => [number, name]) };
}

describe('a file that proves the order of its dates', () => {
  it('is read again from its start, and leaves nothing of the first reading, between other files', async () => {
    const staged = await stage(
      source('iso.csv', ['2026-11-01 10:00', '2026-11-02 10:00']),
      source('us.csv', ['2026-11-03 10:00', '11/04/2026 10:00', '11/13/2026 10:00']),
      source('eu.csv', ['05.11.2026 10:00', '13.11.2026 10:00']),
    );
    expect(staged).toEqual({
      refused: [],
      inputs: [
        [1, 'iso.csv'],
        [2, 'us.csv'],
        [3, 'eu.csv'],
      ],
      rows: [
        [
          [2, '2026-11-01 10:00:00'],
          [3, '2026-11-02 10:00:00'],
        ],
        [
          [2, '2026-11-03 10:00:00'],
          [3, '2026-11-04 10:00:00'],
          [4, '2026-11-13 10:00:00'],
        ],
        [
          [2, '2026-11-05 10:00:00'],
          [3, '2026-11-13 10:00:00'],
        ],
      ],
    });
  });

  it('is refused where it was changed between', async () => {
    const { refused } = await stage(source('us.csv', ['11/13/2026 10:00'], ['one', 'another']));
    expect(refused).toEqual([
      { input: 'us.csv', problems: [{ message: 'was changed while it was read; push it again' }] },
    ]);
  });
});
