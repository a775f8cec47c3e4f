import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../files/case.js';
import { Workspace } from '../support/cli.js';

const CALLS = ['0b8f7a2e-3c4d-4e5f-8a9b-0c1d2e3f4a5b', '1c8f7a2e-3c4d-4e5f-8a9b-0c1d2e3f4a5c'] as const;
/** The schema before keys were spelled in one case, without what later ones added. */
const BEFORE = `
  alter table transactions drop column signals;
  alter table told drop column had;
  alter table ranges drop column zone;
  alter table ranges drop column control;
  alter table rows drop column disputed_run;
  drop table holders;
  drop table generation;
  drop index inputs_by_results;
  alter table inputs drop column results;
  drop table ends;
  drop index entries_in_doubt;
  drop index rows_taking_back;
  drop index runs_by_state;
  drop index ranges_by_reading;
  alter table ranges drop column rows;
  alter table namespaces drop column borne;
  alter table namespaces drop column borne_at;
  alter table runs drop column undoes;
  drop table plans;
  drop table plan_rows;
  drop index runs_by_plan;
  alter table runs drop column plan;
  alter table runs drop column who;
  pragma user_version = 10;`;

/** A ledger of two calls whose UUIDs were taken as they were written, in capitals. */
async function desk(): Promise<{ space: Workspace; push(text: string): Promise<string[]> }> {
  const space = new Workspace();
  const push = async (text: string): Promise<string[]> => {
    space.write('sales.csv', `call_id,revenue\n${text}`);
    await space.run('push', 'sales.csv', '--vendor', 'trackdrive', '--sandbox');
    return space
      .rows('sales.results.csv')
      .map(({ revsync_action: action = '', revsync_status: status = '' }) => `${action} ${status}`.trim());
  };
  await push(CALLS.map((call) => `${call.toUpperCase()},5.00\n`).join(''));
  const db = new Libsql(space.ledger);
  for (const table of ['entries', 'attempts', 'rows']) db.exec(`update ${table} set key = upper(key)`);
  db.exec(BEFORE);
  db.close();
  return { space, push };
}

describe('a ledger that holds UUIDs in capitals', () => {
  it('knows them in small letters: nothing is sent twice, and a changed amount is a correction', async () => {
    const { space, push } = await desk();
    expect(await push(`${CALLS[0]},5.00\n${CALLS[1]},7.00\n`)).toEqual(['unchanged', 'correct accepted']);
    expect(entriesOf(space, 'trackdrive')).toHaveLength(3);
    expect(await push(`${CALLS[0]},5.00\n${CALLS[1].toUpperCase()},7.00\n`)).toEqual([
      'unchanged',
      'unchanged',
    ]);
  });

  it('tells the history of a call in either case', async () => {
    const { space, push } = await desk();
    await push(`${CALLS[1]},7.00\n`);
    for (const key of [CALLS[1], CALLS[1].toUpperCase()]) {
      const { stdout } = await space.run('history', key, '--json');
      expect(JSON.parse(stdout)).toMatchObject([{ action: 'create' }, { action: 'correct' }]);
    }
  });
});
