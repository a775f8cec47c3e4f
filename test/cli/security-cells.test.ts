import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { afterNews, Workspace } from '../support/cli.js';
import { rawAnswer, rawServer, type RawRequest } from '../support/wire.js';

const FAST = ['--rate', '100000', '--retries', '0', '--concurrency', '1'];
const LONG = 'x'.repeat(70_000);

/** Cells that would lead a request elsewhere, or put more into it, if they were pasted into it. */
const HOSTILE = [
  '../../x?y=1&revenue=9',
  '%2e%2e%2f',
  'a/b',
  'a#b',
  'a?b',
  '1&revenue=999',
  '"},"sale_amount":"999","x":{"y":"',
  '..',
  '.',
  '',
  'ünï',
  'a\u0000b',
  'a\r\nx-evil: 1\r\n\r\nPUT /evil HTTP/1.1',
  '-rf',
  LONG,
] as const;

/** The same, long enough for a credential. */
const TOKENS = HOSTILE.map((cell) => (/^\.*$/.test(cell) ? cell : cell.padEnd(4, cell.at(-1))));

/** What revsync says of an id that is one of them: control characters are looked for before anything else. */
function refusal(cell: string, otherwise: string): string {
  if (cell === '') return 'missing_value';
  return /[\u0000-\u001f]/.test(cell) ? 'hidden_character' : otherwise;
}

function csv(header: string, rows: readonly (readonly string[])[]): string {
  const quoted = rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
  return `${[header, ...quoted].join('\n')}\n`;
}

/** Pushes the rows to a raw server that takes everything, and shows what it got and what the rows say. */
async function pushed(
  vendor: string,
  header: string,
  rows: readonly (readonly string[])[],
  change: (env: Record<string, string>) => void = () => undefined,
): Promise<{ requests: readonly RawRequest[]; codes: (string | undefined)[]; stderr: string }> {
  const space = new Workspace();
  change(space.env);
  const server = await rawServer(() =>
    rawAnswer(
      200,
      '{"success":true,"cost_id":1,"updated":1,"lead":{"lead_id":1},"transaction_id":"T","signals":[{"transaction_id":"T"}]}',
    ),
  );
  space.write('sales.csv', csv(header, rows));
  const url = `http://127.0.0.1:${server.port}`;
  const { stderr } = await space.run('push', 'sales.csv', '--vendor', vendor, '--base-url', url, ...FAST);
  const codes = existsSync(space.path('sales.results.csv'))
    ? space.rows('sales.results.csv').map((row) => row['revsync_error_code'] || row['revsync_status'])
    : [];
  return { requests: server.requests, codes, stderr };
}

const USUAL = ['accept', 'connection', 'content-length', 'content-type', 'host', 'user-agent'];

/** Names of headers that not every request has. */
function moreHeaders(requests: readonly RawRequest[]): string[] {
  const names = requests.flatMap(({ headers }) => Object.keys(headers));
  return [...new Set(names)].filter((name) => !USUAL.includes(name)).sort();
}

describe('a cell cannot change where a request goes or what else it says', () => {
  it('of Convoso', async () => {
    const { requests, codes } = await pushed(
      'convoso',
      'call_log_id,revenue',
      HOSTILE.map((id) => [id, '5']),
    );
    const sent = HOSTILE.filter((id) => /^[\u0021-\u00ff]{1,100}$/.test(id));
    expect(sent).toHaveLength(11);
    expect(requests.map(({ line }) => line)).toEqual(sent.map(() => 'POST /v1/revenue/update HTTP/1.1'));
    expect(requests.map(({ body }) => [...new URLSearchParams(body)])).toEqual(
      sent.map((id) => [
        ['auth_token', 'tok3n/Geheim+42='],
        ['call_log_id', id],
        ['revenue', '5.00'],
      ]),
    );
    expect(moreHeaders(requests)).toEqual([]);
    expect(codes.filter((code) => code !== 'accepted')).toEqual([
      'missing_value',
      'hidden_character',
      'hidden_character',
      'bad_value',
    ]);
  });

  it('of TrackDrive, in the call id', async () => {
    const { requests, codes } = await pushed(
      'trackdrive',
      'call_id,revenue',
      HOSTILE.map((id) => [id, '5']),
    );
    expect(requests.map(({ line, body }) => [line, body])).toEqual([
      ['PUT /api/v1/calls/-rf HTTP/1.1', '{"buyer_converted":true,"revenue":5.00}'],
    ]);
    expect(codes).toEqual(HOSTILE.map((id) => (id === '-rf' ? 'accepted' : refusal(id, 'bad_value'))));
  });

  it('of TrackDrive, in the secure token', async () => {
    const { requests, codes } = await pushed(
      'trackdrive',
      'call_id,revenue,secure_token',
      TOKENS.map((token, index) => [`c-${index}`, '5', token]),
      (env) => delete env['TRACKDRIVE_API_KEY'],
    );
    const spelled = [
      '..%2F..%2Fx%3Fy%3D1%26revenue%3D9',
      '%252e%252e%252f',
      'a%2Fbb',
      'a%23bb',
      'a%3Fbb',
      '1%26revenue%3D999',
      '%22%7D%2C%22sale_amount%22%3A%22999%22%2C%22x%22%3A%7B%22y%22%3A%22',
      undefined,
      undefined,
      undefined,
      '%C3%BCn%C3%AF%C3%AF',
      'a%00bb',
      'a%0D%0Ax-evil%3A%201%0D%0A%0D%0APUT%20%2Fevil%20HTTP%2F1.1',
      '-rff',
      LONG,
    ];
    expect(requests.map(({ line, body }) => [line, body])).toEqual(
      spelled.flatMap((token, index) =>
        token === undefined
          ? []
          : [[`PUT /api/v1/secure/${token}/calls/c-${index}?buyer_converted=true&revenue=5.00 HTTP/1.1`, '']],
      ),
    );
    expect(moreHeaders(requests)).toEqual([]);
    expect(codes.slice(7, 10)).toEqual(['bad_value', 'bad_value', 'missing_value']);
  });

  it('of TLDCRM', async () => {
    const when = '2026-11-19 09:00:00';
    const notes = HOSTILE.filter((cell) => !cell.includes('\0')).join('|');
    const { requests, codes } = await pushed('tldcrm', 'did,cid,call_date,cost,notes', [
      ...HOSTILE.map((did) => [did, '5125550123', when, '5', '']),
      ...HOSTILE.map((cid) => ['8005550100', cid, when, '5', '']),
      ['8005550100', '5125550123', when, '5', notes],
    ]);
    const refused = HOSTILE.map((cell) => refusal(cell, 'not_a_phone'));
    expect(codes).toEqual([...refused, ...refused, 'accepted']);
    expect(requests.map(({ line }) => line)).toEqual([
      'POST /api/ingress/calls/inbound/billable/8005550100/5125550123 HTTP/1.1',
    ]);
    expect(JSON.parse(Buffer.from(requests[0]?.body ?? '', 'latin1').toString())).toEqual({
      cost: '5.00',
      call_date: when,
      notes,
    });
    expect(moreHeaders(requests)).toEqual(['tld-api-id', 'tld-api-key']);
  });

  it.each([
    ['invoca', 'transaction_id,outcome_name,sale_amount', 'POST /api/2015-08-17/call_outcomes.json HTTP/1.1'],
    [
      'invoca-signals',
      'transaction_id,signal,revenue,order_id',
      'POST /api/2018-02-01/transactions.json HTTP/1.1',
    ],
  ])('of %s', async (vendor, header, line) => {
    const ids = HOSTILE.filter((id) => refusal(id, 'accepted') === 'accepted');
    const rows = HOSTILE.map((id, index) => [
      id,
      'Sale',
      '5',
      ...(vendor === 'invoca' ? [] : [`A-${index}`]),
    ]);
    const { requests, codes } = await pushed(vendor, header, rows);
    expect(codes).toEqual(HOSTILE.map((id) => refusal(id, 'accepted')));
    expect(requests.map((request) => request.line)).toEqual(ids.map(() => line));
    const bodies = requests.map(
      ({ body }) =>
        JSON.parse(Buffer.from(body, 'latin1').toString()) as {
          search: unknown;
          call_outcome?: unknown;
          signals?: { revenue: unknown }[];
        },
    );
    expect(bodies.map(({ search }) => search)).toEqual(ids.map((id) => ({ transaction_id: id })));
    expect(bodies.map((body) => body.call_outcome ?? body.signals?.map(({ revenue }) => revenue))).toEqual(
      ids.map(() =>
        vendor === 'invoca' ? { outcome_name: 'Sale', sale_amount: '5.00', value: 'true' } : ['5.00'],
      ),
    );
    expect(moreHeaders(requests)).toEqual(vendor === 'invoca' ? [] : ['authorization']);
  });
});

describe('a credential cannot add a header', () => {
  const VENDORS: Readonly<Record<string, { secret: string; about: string; header: string; row: string[] }>> =
    {
      trackdrive: {
        secret: 'TRACKDRIVE_API_KEY',
        about: 'public:private of the API key, or both already encoded',
        header: 'call_id,revenue',
        row: ['c-1', '5'],
      },
      tldcrm: {
        secret: 'TLDCRM_API_KEY',
        about: 'the API key',
        header: 'did,cid,call_date,cost',
        row: ['8005550100', '5125550123', '2026-11-19 09:00:00', '5'],
      },
      'invoca-signals': {
        secret: 'INVOCA_OAUTH_TOKEN',
        about: 'the OAuth token',
        header: 'transaction_id,signal,order_id,revenue',
        row: ['T-1', 'Sale', 'A-1', '5'],
      },
      ringba: {
        secret: 'RINGBA_API_TOKEN',
        about: 'the API token',
        header: 'inbound call id,conversion amount',
        row: ['RGB1', '5'],
      },
    };

  it.each([
    ['trackdrive', 'authorization', `Basic ${btoa('pub:s3cretkey')}`],
    ['tldcrm', 'tld-api-key', 'pub:s3cretkey'],
    ['invoca-signals', 'authorization', 'pub:s3cretkey'],
    ['ringba', 'authorization', 'Token pub:s3cretkey'],
  ])('of %s: line ends around it are cut off, others end 2', async (vendor, name, value) => {
    const { secret, about, header, row } = VENDORS[vendor] ?? { secret: '', about: '', header: '', row: [] };
    const trimmed = await pushed(vendor, header, [row], (env) => (env[secret] = '\ufeff pub:s3cretkey\r\n'));
    expect(trimmed.requests.map(({ headers }) => headers[name])).toEqual([value]);
    for (const [text, fault] of [
      ['pub:s3cretkey\r\nx-evil: 1', 'has more than one line'],
      ['pub:s3cretkey\u20ac', 'has a character that is not printable ASCII'],
      ['pub:\u0007s3cretkey', 'has a character that is not printable ASCII'],
      ['..', 'is only dots'],
    ] as const) {
      const { requests, stderr } = await pushed(vendor, header, [row], (env) => (env[secret] = text));
      expect([requests, afterNews(stderr)]).toEqual([
        [],
        `revsync: ${secret} ${fault}; it should hold ${about}\n`,
      ]);
    }
  });
});
