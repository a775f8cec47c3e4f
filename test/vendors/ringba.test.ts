import { describe, expect, it } from 'vitest';
import type { Amount } from '../../src/core/amount.js';
import { compareEcho, type Compared } from '../../src/core/echo.js';
import type { Sale } from '../../src/core/sale.js';
import type { Action } from '../../src/core/status.js';
import type { Prepared } from '../../src/core/vendor.js';
import { encodeBody, pathOf } from '../../src/io/http/request-text.js';
import { digestOf } from '../../src/sales/prepare.js';
import type { RingbaBooks } from '../../src/sandbox/ringba.js';
import { ringba } from '../../src/vendors/ringba.js';
import { Workspace } from '../support/cli.js';
import { vendorServer } from '../support/vendor-server.js';

function prepared(action: Action, fields: Sale['fields'], units?: number): Prepared {
  const sale = { fields: { call_id: 'RGB1', ...fields }, amount: units as Amount | undefined };
  const result = ringba.prepare(action, { ...sale, intent: action === 'reverse' ? 'reverse' : 'set' });
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('; '));
  return result.value;
}

function bodyOf(action: Action, fields: Sale['fields'], units?: number): string {
  return encodeBody(prepared(action, fields, units).request.body).text;
}

describe('what Ringba is sent', () => {
  it('is an override by exact decimals, with the account id in the path and the token in a header', () => {
    const { request } = prepared('create', { reason: 'Policy "A"', target_id: 'TA1' }, 1_505_000);
    const sent = ringba.authorize(request, { RINGBA_API_TOKEN: 'tok', RINGBA_ACCOUNT_ID: 'RA/1?' });
    expect([sent.method, pathOf(sent), sent.headers]).toEqual([
      'POST',
      '/v2/RA%2F1%3F/calls/payments/override',
      { authorization: 'Token tok' },
    ]);
    expect(encodeBody(sent.body).text).toBe(
      '{"inboundCallId":"RGB1","reason":"Policy \\"A\\"","adjustConversion":true,"newConversionAmount":150.50,"adjustPayout":false,"targetId":"TA1"}',
    );
  });

  it('has a payout only where the row has one', () => {
    expect(bodyOf('correct', { payout: '0.30' }, 1_000)).toBe(
      '{"inboundCallId":"RGB1","reason":"Sales reconciliation","adjustConversion":true,"newConversionAmount":0.10,"adjustPayout":true,"newPayoutAmount":0.30}',
    );
  });

  it('is 0 in a reversal, of the payout too where the row has one', () => {
    expect(bodyOf('reverse', {})).toContain('"newConversionAmount":0.00,"adjustPayout":false}');
    expect(bodyOf('reverse', { payout: '20.00' })).toContain(
      '"newConversionAmount":0.00,"adjustPayout":true,"newPayoutAmount":0.00}',
    );
  });

  it('is the same for another reason, and other for another payout or target', () => {
    const digest = digestOf(prepared('create', { reason: 'one' }, 10_000), 'create');
    expect(digestOf(prepared('create', { reason: 'two' }, 10_000), 'create')).toBe(digest);
    const changed: Sale['fields'][] = [{ payout: '1.00' }, { target_id: 'TA1' }];
    const others = changed.map((fields) => digestOf(prepared('create', fields, 10_000), 'create'));
    expect(new Set([digest, ...others]).size).toBe(3);
  });
});

describe('what Ringba answers', () => {
  const row = prepared('create', { payout: '20.00' }, 1_505_000);

  it.each([
    ['as_sent', { conversionAmount: 150.5, payoutAmount: 20 }],
    ['as_sent', { conversionAmount: '150.500', payoutAmount: '20.0' }],
    ['echo_mismatch', { conversionAmount: 301, payoutAmount: 20 }],
    ['echo_mismatch', { conversionAmount: 150.5, payoutAmount: 0 }],
    ['echo_mismatch', { conversionAmount: null, payoutAmount: 20 }],
    ['unclear', { inboundCallId: 'RGB2', conversionAmount: 150.5 }],
  ] as const)('is %s: %j', (kind, result) => {
    const text = JSON.stringify({ result });
    const read = ringba.readReply({ status: 200, headers: {}, text, receivedAt: 0 });
    const compared: Compared | undefined =
      read.kind === 'applied' ? compareEcho(row.echoes, read.echo) : undefined;
    expect(compared?.kind).toBe(kind);
  });

  it('is not about the payout of a row that has none', () => {
    const echo = { conversionAmount: '5', payoutAmount: '20' };
    expect(compareEcho(prepared('create', {}, 50_000).echoes, echo).kind).toBe('as_sent');
  });
});

describe('a push to Ringba', () => {
  const HEADER = 'Inbound Call ID,Conversion Amount,Payout Amount,Status';

  it('overrides, corrects and takes back by absolute amounts, and shows the account id and not the token', async () => {
    const space = new Workspace();
    const server = await vendorServer<RingbaBooks>('ringba');
    const fixed = ['push', 'sales.csv', '--vendor', 'ringba', '--base-url', server.url, '--rate', '0'];
    const marks = ['--reversal-column', 'Status', '--reversal-values', 'refunded', '--may-be-empty'];
    const push = async (rows: string, ...args: string[]): Promise<string> => {
      space.write('sales.csv', `${HEADER}\n${rows}\n`);
      const ended = await space.run(...fixed, ...marks, ...args);
      expect(ended.stderr).not.toContain('an-api-token');
      return ended.stderr;
    };
    expect(await push('RGB1,150.50,20,sold', '--dry-run')).toContain(
      '/v2/RA1F2E/calls/payments/override\n    authorization: Token [RINGBA_API_TOKEN]\n',
    );
    await push('RGB1,150.50,20,sold\nRGB2,9.99,,sold', '--constant', 'reason=Night run');
    await push('RGB1,100.05,20,sold\nRGB2,9.99,,sold', '--confirm');
    await push('RGB1,100.05,20,sold\nRGB2,9.99,,refunded');
    await push('RGB1,100.05,20,sold\nRGB2,9.99,,refunded');
    const { adjustments, calls } = server.books();
    expect(
      adjustments.map((one) => [
        one.account,
        one.route,
        one.inboundCallId,
        one.conversion,
        one.payout,
        one.reason,
      ]),
    ).toEqual([
      ['RA1F2E', 'override', 'RGB1', '150.50', '20.00', 'Night run'],
      ['RA1F2E', 'override', 'RGB2', '9.99', null, 'Night run'],
      ['RA1F2E', 'override', 'RGB1', '100.05', '20.00', 'Sales reconciliation'],
      ['RA1F2E', 'override', 'RGB2', '0.00', null, 'Sales reconciliation'],
    ]);
    expect(Object.values(calls).map((call) => call.conversionAmount)).toEqual(['100.05', '0.00']);
  });

  it.each([
    ['', 'RINGBA_ACCOUNT_ID is not set; it holds the account id, such as RA1F2E3D…: set it, or '],
    ['RA1/../RA2', 'RINGBA_ACCOUNT_ID is no id of letters, digits, - and _; it should hold the account id'],
  ])('ends 2 with the account id %j, and doctor says so', async (id, says) => {
    const space = new Workspace();
    space.env['RINGBA_ACCOUNT_ID'] = id;
    space.write('sales.csv', `${HEADER}\nRGB1,5,,sold\n`);
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'ringba',
      '--base-url',
      'http://127.0.0.1:9',
    );
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(`revsync: ${says}`)]);
    const looked = await space.run('doctor', '--vendor', 'ringba');
    expect(looked.code).toBe(2);
    expect(looked.stdout).toContain(`problem  ringba: ${says}`);
  });

  it('is found ready by doctor, which names the account', async () => {
    const space = new Workspace();
    const looked = await space.run('doctor', '--vendor', 'ringba');
    expect(looked.stdout).toContain('ok       ringba: RINGBA_API_TOKEN, RINGBA_ACCOUNT_ID (RA1F2E) set\n');
    expect(looked.stdout).toContain('ok       ringba: requests go to https://api.ringba.com/\n');
  });

  it('cannot clear, and says what to send', async () => {
    const space = new Workspace();
    space.write('sales.csv', `${HEADER}\nRGB1,,,sold\n`);
    const args = ['--sandbox', '--blank-amount', 'clear'];
    expect((await space.run('push', 'sales.csv', '--vendor', 'ringba', ...args)).code).toBe(1);
    expect(space.rows('sales.results.csv')).toMatchObject([
      {
        revsync_error_code: 'cannot_clear',
        revsync_error: 'amount: Ringba documents no way to empty an amount; send 0.00, or reverse the sale',
      },
    ]);
  });
});
