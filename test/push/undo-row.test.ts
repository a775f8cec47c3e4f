import { describe, expect, it } from 'vitest';
import type { Amount } from '../../src/core/amount.js';
import type { Sale } from '../../src/core/sale.js';
import type { Action } from '../../src/core/status.js';
import type { Told } from '../../src/core/undo.js';
import type { Vendor } from '../../src/core/vendor.js';
import { putBack } from '../../src/push/undo-row.js';
import { actionOf, digestOf } from '../../src/sales/prepare.js';
import { convoso } from '../../src/vendors/convoso.js';
import { tldcrm } from '../../src/vendors/tldcrm.js';
import { trackdrive } from '../../src/vendors/trackdrive.js';

/** What a run told of a sale, as it was sent. */
function told(vendor: Vendor, run: number, sale: Sale, more: Partial<Told> = {}): Told {
  const action: Action = actionOf(sale.intent);
  const prepared = vendor.prepare(action, sale);
  if (!prepared.ok) throw new Error('no such sale');
  const { intent, amount, fields } = sale;
  return {
    ...{
      run,
      action,
      intent,
      amount,
      undoes: undefined,
      code: undefined,
      ref: undefined,
      status: 'accepted',
    },
    digest: digestOf(prepared.value, action),
    row: { amount, fields, net: undefined, found: undefined },
    ...more,
  };
}

const money = (dollars: number): Amount => (dollars * 10_000) as Amount;
const sold = (dollars: number, fields: Sale['fields'] = {}): Sale => ({
  ...{ intent: 'set', amount: money(dollars) },
  fields: { call_id: '7', ...fields },
});
const back = (fields: Sale['fields'] = {}): Sale => ({
  intent: 'reverse',
  fields: { call_id: '7', ...fields },
});
const found = (one: Told, what: 'missing' | 'differs'): Told => ({
  ...one,
  row: { amount: one.row?.amount, fields: one.row?.fields ?? {}, net: undefined, found: what },
});

describe('what puts a row back', () => {
  it('is a reversal where a sale that had been taken back was told anew', () => {
    const earlier = [told(trackdrive, 1, sold(10)), told(trackdrive, 2, back())];
    expect(putBack(trackdrive, 3, told(trackdrive, 3, sold(12)), earlier)).toMatchObject({
      sale: { intent: 'reverse', fields: { call_id: '7', refund_sides: 'buyer' } },
    });
  });

  it('is a clear where an amount that had been emptied was set', () => {
    const clear: Sale = { intent: 'clear', fields: { call_id: '7' } };
    const earlier = [told(convoso, 1, sold(10)), told(convoso, 2, clear)];
    expect(putBack(convoso, 3, told(convoso, 3, sold(12)), earlier)).toMatchObject({
      sale: { intent: 'clear' },
      warning: undefined,
    });
  });

  it('is as if nothing had been there, where a reconciliation did not find it', () => {
    const sent = found(told(trackdrive, 2, sold(10)), 'missing');
    expect(putBack(trackdrive, 2, sent, [told(trackdrive, 1, sold(10))])).toMatchObject({
      sale: { intent: 'reverse' },
    });
  });

  it('keeps what an amount remains of, and the digest by which the file is known', () => {
    const net = '{"gross":1}';
    const before = told(convoso, 1, sold(10), { digest: 'of a netted row' });
    const earlier = [
      { ...before, row: { amount: money(10), fields: { call_id: '7' }, net, found: undefined } },
    ];
    expect(putBack(convoso, 2, told(convoso, 2, sold(12)), earlier)).toEqual({
      ...{ sale: sold(10), digest: 'of a netted row', net, warning: undefined },
    });
  });

  it('is known by its digest where its row was forgotten, and is nothing where it is not', () => {
    const plain = { ...told(trackdrive, 1, sold(10)), row: undefined };
    expect(putBack(trackdrive, 2, told(trackdrive, 2, sold(12)), [plain])).toMatchObject({ sale: sold(10) });
    const withPayout = { ...told(trackdrive, 1, sold(10, { payout: '1.00' })), row: undefined };
    expect(putBack(trackdrive, 2, told(trackdrive, 2, sold(12)), [withPayout])).toEqual({
      status: 'invalid',
      code: 'cannot_undo',
      message:
        'what was held before is of run-1, whose source rows were forgotten (runs --prune); it was 10.00: put that back at TrackDrive by hand',
    });
  });

  it.each([
    [
      'it was found to be other at the vendor',
      putBack(trackdrive, 2, found(told(trackdrive, 2, sold(12)), 'differs'), [
        told(trackdrive, 1, sold(10)),
      ]),
      'TrackDrive held something else than revsync had sent, so that what was there before run-2 is not known; put it back there by hand',
    ],
    [
      'it took back what nobody had sent',
      putBack(trackdrive, 1, told(trackdrive, 1, back()), []),
      'run-1 took back what revsync had not sent, so that what was held before is not known; put it back at TrackDrive by hand',
    ],
    [
      'it took back another side after the first',
      putBack(trackdrive, 3, told(trackdrive, 3, back({ refund_sides: 'offer' })), [
        told(trackdrive, 1, sold(10, { offer_converted: 'true' })),
        told(trackdrive, 2, back()),
      ]),
      'another part of it had been taken back before; put back at TrackDrive by hand what run-3 took',
    ],
    [
      'a first 0.00 converted nothing',
      putBack(trackdrive, 1, told(trackdrive, 1, sold(0)), []),
      'what run-1 set cannot be taken away again at TrackDrive, where nothing was before; see to it there by hand',
    ],
    [
      'the vendor has no way, with what it is called there',
      putBack(
        tldcrm,
        1,
        told(
          tldcrm,
          1,
          {
            ...sold(1),
            fields: { did: '+18005550100', cid: '+15125550101', call_date: '2026-11-19 09:01:00' },
          },
          { ref: '991' },
        ),
        [],
      ),
      'TLDCRM documents no way to take a cost back; do it there by hand; its reference there is 991',
    ],
  ])('is nothing where %s', (_, end, message) => {
    expect(end).toEqual({ status: 'invalid', code: 'cannot_undo', message });
  });
});
