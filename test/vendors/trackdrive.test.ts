import { describe, expect, it } from 'vitest';
import type { Amount } from '../../src/core/amount.js';
import { compareEcho, type Compared } from '../../src/core/echo.js';
import type { Sale } from '../../src/core/sale.js';
import type { Action } from '../../src/core/status.js';
import type { Prepared } from '../../src/core/vendor.js';
import { encodeBody, pathOf } from '../../src/io/http/request-text.js';
import { digestOf, digestOfText } from '../../src/sales/prepare.js';
import type { TrackDriveBooks } from '../../src/sandbox/trackdrive.js';
import { trackdrive } from '../../src/vendors/trackdrive.js';
import { Workspace } from '../support/cli.js';
import { vendorServer } from '../support/vendor-server.js';

const CALL = 'c-1';

function prepared(action: Action, fields: Sale['fields'], units?: number): Prepared {
  const sale = { fields: { call_id: CALL, ...fields }, amount: units as Amount | undefined };
  const result = trackdrive.prepare(action, { ...sale, intent: action === 'reverse' ? 'reverse' : 'set' });
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('; '));
  return result.value;
}

function bodyOf(action: Action, fields: Sale['fields'], units?: number): string {
  return encodeBody(prepared(action, fields, units).request.body).text;
}

describe('what TrackDrive is sent', () => {
  it('is JSON with truth values and exact numbers, and with a secure token the query', () => {
    const row = prepared('create', { offer_converted: 'false', buyer_id: 'B-1', payout: '30.00' }, 455_000);
    const { request } = row;
    expect(encodeBody(request.body)).toEqual({
      text: '{"buyer_converted":true,"offer_converted":false,"revenue":45.50,"trackdrive_buyer_id":"B-1","payout":30.00}',
      type: 'application/json',
    });
    const secure = trackdrive.authorize(request, { TRACKDRIVE_SECURE_TOKEN: 'tok/1' });
    expect(pathOf(secure)).toBe(
      '/api/v1/secure/tok%2F1/calls/c-1?buyer_converted=true&offer_converted=false&revenue=45.50&trackdrive_buyer_id=B-1&payout=30.00',
    );
    expect(encodeBody(secure.body)).toEqual({ text: '' });
  });

  it.each([
    [{}, '{"buyer_converted":false}'],
    [{ offer_converted: 'true' }, '{"buyer_converted":false}'],
    [{ offer_converted: 'false', payout: '3.00' }, '{"buyer_converted":false}'],
    [{ refund_sides: 'offer' }, '{"offer_converted":false}'],
    [{ refund_sides: 'offer', buyer_converted: 'true' }, '{"offer_converted":false}'],
    [{ refund_sides: 'both' }, '{"buyer_converted":false,"offer_converted":false}'],
  ])('in a reversal of %j has no flag of the other side, no revenue and no payout', (fields, body) => {
    expect(bodyOf('reverse', fields)).toBe(body);
  });

  it('has the digest by which ledgers know it as a form', () => {
    const known = (fields: object): string =>
      digestOfText(JSON.stringify({ path: '/api/v1/calls/c-1', body: { kind: 'form', fields } }));
    const all = { offer_converted: 'true', buyer_id: 'B-1', payout: '30.00' };
    expect(digestOf(prepared('create', all, 455_000), 'create')).toBe(
      known({
        buyer_converted: 'true',
        offer_converted: 'true',
        revenue: '45.50',
        trackdrive_buyer_id: 'B-1',
        payout: '30.00',
      }),
    );
    expect(digestOf(prepared('reverse', all), 'reverse')).toBe(
      'back:1:' + known({ buyer_converted: 'false', offer_converted: 'true', trackdrive_buyer_id: 'B-1' }),
    );
    // Sent as a sale then, and the same request.
    expect(
      digestOf(prepared('reverse', { offer_converted: 'false', refund_sides: 'offer' }), 'reverse'),
    ).toBe('back:2:' + known({ offer_converted: 'false' }));
  });
});

describe('what TrackDrive answers', () => {
  function compared(row: Prepared, body: object): Compared['kind'] {
    const read = trackdrive.readReply({
      status: 200,
      headers: {},
      text: JSON.stringify(body),
      receivedAt: 0,
    });
    if (read.kind !== 'applied') throw new Error(read.message);
    return compareEcho(row.echoes, read.echo).kind;
  }

  const sold = prepared('create', { payout: '30.00' }, 455_000);

  it.each([
    ['as_sent', { call: { revenue: '45.5', buyer_converted: 'Converted', payout: 30 } }],
    ['as_sent', { revenue: 45.5, buyer_converted: 1, offer_converted: false, updated_at: 'now' }],
    ['as_sent', { buyer_converted: 'Pending' }],
    ['echo_mismatch', { revenue: '0.0' }],
    ['echo_mismatch', { call: { revenue: null } }],
    ['echo_mismatch', { buyer_converted: 'Not Converted' }],
    ['echo_mismatch', { payout: '0.0' }],
    ['unclear', { uuid: 'c-2', revenue: '45.50' }],
    ['unclear', { call: { id: 'c-2' } }],
    ['as_sent', { id: 700, uuid: 'c-1' }],
    ['as_sent', { id: 700 }],
  ] as const)('is %s of a sale: %j', (kind, body) => {
    expect(compared(sold, body)).toBe(kind);
  });

  it('is of another call where its number or its UUID is another, whatever their case', () => {
    const uuid = '0f8b0000-0000-4000-8000-00000000000a';
    const byUuid = prepared('create', { call_id: uuid.toUpperCase() }, 455_000);
    expect(compared(byUuid, { id: 5, uuid })).toBe('as_sent');
    expect(compared(byUuid, { id: 5, uuid: uuid.replace('a', 'b') })).toBe('unclear');
    const byNumber = prepared('create', { call_id: '7001' }, 455_000);
    expect(compared(byNumber, { id: 7001, uuid })).toBe('as_sent');
    expect(compared(byNumber, { id: '7002', uuid })).toBe('unclear');
  });
});

describe('a push to TrackDrive', () => {
  const HEADER = 'call_id,revenue,buyer_converted,offer_converted,Status';

  async function desk(): Promise<{
    push: (rows: readonly string[], ...args: string[]) => Promise<string[][]>;
    sent: () => unknown[];
  }> {
    const space = new Workspace();
    const server = await vendorServer<TrackDriveBooks>('trackdrive');
    const fixed = [
      'push',
      'sales.csv',
      '--vendor',
      'trackdrive',
      '--base-url',
      server.url,
      '--concurrency',
      '1',
    ];
    const marks = ['--reversal-column', 'Status', '--reversal-values', 'refunded', '--may-be-empty'];
    return {
      push: async (rows, ...args) => {
        space.write('sales.csv', [HEADER, ...rows, ''].join('\n'));
        await space.run(...fixed, ...marks, '--rate', '0', ...args);
        return space
          .rows('sales.results.csv')
          .map((row) => [
            row['revsync_status'] ?? '',
            row['revsync_action'] ?? '',
            row['revsync_error_code'] ?? '',
          ]);
      },
      sent: () => server.books().updates.map(({ call, parameters }) => [call, parameters]),
    };
  }

  it('takes back the sides that refund_sides names, once, and offer_converted=false alone as the offer side', async () => {
    const { push, sent } = await desk();
    const rows = ['c-1,10,true,true,refunded', 'c-2,,,false,', 'c-3,,,Not Converted,', 'c-4,20,,off,'];
    const ends = [
      ['accepted', 'reverse', ''],
      ['accepted', 'reverse', ''],
      ['accepted', 'reverse', ''],
      ['accepted', 'create', ''],
    ];
    expect(await push(rows, '--refund-sides', 'both')).toEqual(ends);
    expect(sent()).toEqual([
      ['c-1', { buyer_converted: 'false', offer_converted: 'false' }],
      ['c-2', { offer_converted: 'false' }],
      ['c-3', { offer_converted: 'false' }],
      ['c-4', { buyer_converted: 'true', offer_converted: 'false', revenue: '20.00' }],
    ]);
    expect(await push(rows, '--refund-sides', 'both')).toEqual(ends.map(() => ['unchanged', '', '']));
    expect(sent()).toHaveLength(4);
  });

  it('reads the words of its own exports, and refuses a side that there is not', async () => {
    const { push, sent } = await desk();
    expect(
      await push(
        ['c-1,10,Converted,on,', 'c-2,,Not_Converted,ON,refunded', 'c-3,5,1,maybe,'],
        '--refund-sides',
        'offer',
      ),
    ).toEqual([
      ['accepted', 'create', ''],
      ['accepted', 'reverse', ''],
      ['invalid', '', 'not_a_flag'],
    ]);
    expect(sent()).toEqual([
      ['c-1', { buyer_converted: 'true', offer_converted: 'true', revenue: '10.00' }],
      ['c-2', { offer_converted: 'false' }],
    ]);
    expect(await push(['c-4,10,,,'], '--constant', 'refund_sides=seller')).toEqual([
      ['invalid', '', 'bad_value'],
    ]);
  });

  it('is refused where the vendor has no sides', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'call_log_id,revenue\n7001,5\n');
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--sandbox',
      '--refund-sides',
      'both',
    );
    expect([ended.code, ended.stderr]).toEqual([
      2,
      'revsync: --refund-sides: at Convoso a sale has no sides that could be taken back one by one\n',
    ]);
  });
});
