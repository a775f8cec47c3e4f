import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Workspace } from '../support/cli.js';
import { rawAnswer, rawServer } from '../support/wire.js';

const FAST = ['--rate', '100000', '--retries', '0', '--concurrency', '1', '--max-errors', '100%'];

interface Pushed {
  readonly code: number | null;
  readonly rows: readonly Record<string, string>[];
  /** Of both streams and of each file that the push left, the ledger and the page among them. */
  readonly seen: string;
  readonly stdout: string;
}

/** Pushes with answers of these bytes, one a row, and everything that a person could see of it. */
async function pushed(
  vendor: string,
  csv: string,
  env: Record<string, string>,
  answers: readonly (readonly [number, string])[],
): Promise<Pushed> {
  const space = new Workspace();
  Object.assign(space.env, env);
  const server = await rawServer((_request, index) => rawAnswer(...(answers[index] ?? [500, ''])));
  space.write('sales.csv', csv);
  const url = `http://127.0.0.1:${server.port}`;
  const more = ['--verbose', '--json', '--report', 'page.html'];
  const ended = await space.run('push', 'sales.csv', '--vendor', vendor, '--base-url', url, ...FAST, ...more);
  const rows = space.rows('sales.results.csv');
  const files = readdirSync(space.folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(space.folder, name))
    .filter((path) => statSync(path).isFile());
  expect(files.length).toBeGreaterThan(3);
  const texts = files.map((path) => readFileSync(path, 'latin1'));
  const { code, stdout, stderr } = ended;
  return { code, rows, stdout, seen: [stdout, stderr, ...texts].join('\n') };
}

const COSTS = (count: number): string =>
  `did,cid,call_date,cost\n${Array.from({ length: count }, (_, row) => `8005550100,512555012${row},2026-11-19 09:00:00,1\n`).join('')}`;

describe('an answer that spells a credential', () => {
  const token = 'ab-cd_ef/GH+9';
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it.each([
    ['as JSON escapes it', '{"success":false,"code":6033,"text":"ab\\u002dcd\\u005fef\\/GH\\u002b9"}'],
    ['in upper case', '{"success":false,"code":6033,"text":"AB-CD_EF/GH+9"}'],
    ['as HTML', '{"success":false,"code":6033,"text":"ab&#45;cd&lowbar;ef&#x2F;GH&plus;9"}'],
    ['percent twice', '{"success":false,"code":6033,"text":"ab%252Dcd%255Fef%252FGH%252B9"}'],
    ['in hexadecimal', `{"success":false,"code":6033,"text":"${Buffer.from(token).toString('hex')}"}`],
    ['inside base64', `{"success":false,"code":6033,"text":"${base64(`x:${token}`)}"}`],
    ['as the code', `{"success":false,"code":${JSON.stringify(token)},"text":"no"}`],
    ['in a page', `<html>no\n${' '.repeat(140)}ab&#45;cd_ef/GH+9</html>`],
    ['where a page is cut', `<html>${'x'.repeat(148)}ab-cd_ef/GH+9</html>`],
  ])('%s shows it nowhere', async (_, body) => {
    const env = { CONVOSO_AUTH_TOKEN: token };
    const { rows, seen } = await pushed('convoso', 'call_log_id,revenue\n1,5\n', env, [[200, body]]);
    const { revsync_error: error = '', revsync_error_code: code = '' } = rows[0] ?? {};
    expect(`${code} ${error}`).toMatch(/\[CONVO/);
    expect(seen).not.toMatch(/ab.{0,12}cd.{0,12}ef.{0,12}GH|61622d63645f65|OmFiLWNkX2Vm/i);
    expect(seen).not.toMatch(/xab|ab&#/);
  });

  it('of TrackDrive by its halves, also where it came encoded, shows neither', async () => {
    for (const key of ['public-77:private-99', base64('public-77:private-99')]) {
      const { rows, seen } = await pushed(
        'trackdrive',
        'call_id,revenue\nc-1,5\nc-2,5\n',
        { TRACKDRIVE_API_KEY: key },
        [
          [422, '{"errors":["no key public-77"]}'],
          [422, `{"errors":{"private-99":["is wrong, said ${base64('public-77:private-99')}"]}}`],
        ],
      );
      expect(rows.map((row) => row['revsync_error'])).toEqual([
        'no key [TRACKDRIVE_API_KEY]',
        '[TRACKDRIVE_API_KEY]: is wrong, said [TRACKDRIVE_API_KEY]',
      ]);
      expect(seen).not.toMatch(/public-77|private-99/);
    }
  });

  it('of a row shows it neither, and one that is too short is not sent', async () => {
    const { rows, seen } = await pushed(
      'trackdrive',
      'call_id,revenue,secure_token\nc-1,5,row-token-1\nc-2,5,abc\n',
      { TRACKDRIVE_API_KEY: '' },
      [[422, '{"errors":["no row\\u002dtoken\\u002d1"]}']],
    );
    expect(rows.map((row) => [row['revsync_status'], row['revsync_error'], row['secure_token']])).toEqual([
      ['rejected', 'no [TRACKDRIVE_SECURE_TOKEN]', '[TRACKDRIVE_SECURE_TOKEN]'],
      [
        'invalid',
        expect.stringMatching(/^secure_token: is shorter than 4 characters, /) as string,
        '[TRACKDRIVE_SECURE_TOKEN]',
      ],
    ]);
    // The source is the user's own.
    expect(seen.split(/row.{0,8}token/)).toHaveLength(2);
  });
});

describe('an answer in which a credential stands by chance', () => {
  const cost = (more: object): string => JSON.stringify({ updated: 1, lead: { lead_id: 9 }, ...more });

  it('is read as it is: references and what is compared keep their digits', async () => {
    const env = { TLDCRM_API_ID: '1234', TLDCRM_API_KEY: 'cost_id' };
    const { code, rows, stdout } = await pushed('tldcrm', COSTS(5), env, [
      [200, cost({ cost_id: 5123499 })],
      [200, cost({ cost_id: '5123499' })],
      [200, cost({ cost_id: '1234' })],
      [200, cost({ cost_id: 1234, inserted: { cost: '1', call_date: '2026-11-19 09:00:00' } })],
      [200, '{"error":"Invalid DID"}'],
    ]);
    expect(code).toBe(1);
    expect(
      rows.map((row) => [row['revsync_status'], row['revsync_vendor_ref'], row['revsync_warning']]),
    ).toEqual([
      ['accepted', '5123499', ''],
      ['accepted', '5123499', ''],
      ['accepted', '1234', ''],
      ['accepted', '1234', ''],
      ['rejected', '', ''],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ exit_code: 1 });
  });

  it('decides as without it, whatever word the credential is', async () => {
    for (const word of ['true', 'Sale', 'false', 'T-11', 'applied']) {
      const answer = { transaction_id: 'T-11', sale_amount: '5.0', value: 'true', x: word };
      const { code, rows } = await pushed(
        'invoca',
        'transaction_id,outcome_name,sale_amount\nT-11,Sale,5\n',
        { INVOCA_OAUTH_TOKEN: word },
        [[200, JSON.stringify({ call_outcome: answer })]],
      );
      expect([word, code, rows.map((row) => row['revsync_status'])]).toEqual([word, 0, ['accepted']]);
    }
  });
});
