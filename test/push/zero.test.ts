import { describe, expect, it } from 'vitest';
import { convoso } from '../../src/vendors/convoso.js';
import { invoca } from '../../src/vendors/invoca.js';
import { invocaSignals } from '../../src/vendors/invoca-signals.js';
import { trackdrive } from '../../src/vendors/trackdrive.js';
import type { Pushed } from '../support/push.js';
import { inShort, vendorDesk, type VendorDesk } from '../support/vendor-desk.js';

/** The harness of pushes takes 0.00 for an amount; these ask for the vendor's default by name. */
const NO_SALE = { map: { zero: 'no_sale' } } as const;

describe('0.00 where it is no sale', () => {
  it('makes no conversion where nothing is held, and takes none back where something is', async () => {
    const desk = await vendorDesk(trackdrive);
    const csv = 'call_id,revenue\n7001,0.00\n7002,50\n';
    expect(inShort(await desk.push(csv, NO_SALE))).toEqual([
      ['skipped', 'no_sale', 0],
      ['accepted', 'create', 500_000],
    ]);
    expect(desk.requests()).toBe(1);
    const later = await desk.push('call_id,revenue\n7001,0\n7002,0.00\n', NO_SALE);
    expect(later.rows.map(({ status, code, previousAmount }) => [status, code, previousAmount])).toEqual([
      ['skipped', 'no_sale', undefined],
      ['invalid', 'zero_takes_back', 500_000],
    ]);
    expect(later.rows[1]?.message).toBe(
      '0.00 is no sale, and something is held for it; a reversal takes the sale back, --zero amount sends 0.00',
    );
    expect(desk.requests()).toBe(1);
    expect(desk.books()).toMatchObject({ calls: { '7002': { buyer_converted: true, revenue: '50.00' } } });
  });

  it('is no sale still once the sale was taken back', async () => {
    const desk = await vendorDesk(trackdrive);
    await desk.push('call_id,revenue,buyer_converted\n7001,50,yes\n');
    await desk.push('call_id,revenue,buyer_converted\n7001,50,no\n');
    const later = await desk.push('call_id,revenue\n7001,0.00\n', NO_SALE);
    expect(inShort(later)).toEqual([['skipped', 'no_sale', 0]]);
  });

  it('is a sale of nothing where the row has a flag of its own', async () => {
    const desk = await vendorDesk(trackdrive);
    const pushed = await desk.push('call_id,revenue,buyer_converted\n7001,0.00,yes\n7002,0.00,\n', NO_SALE);
    expect(inShort(pushed)).toEqual([
      ['accepted', 'create', 0],
      ['skipped', 'no_sale', 0],
    ]);
    expect(desk.books()).toMatchObject({ calls: { '7001': { buyer_converted: true, revenue: '0.00' } } });
  });

  it('is told no conversion by a constant flag', async () => {
    const desk = await vendorDesk(trackdrive);
    const constants = new Map([['buyer_converted', 'yes']]);
    const pushed = await desk.push('call_id,revenue\n7001,0.00\n', { map: { ...NO_SALE.map, constants } });
    expect(inShort(pushed)).toEqual([['skipped', 'no_sale', 0]]);
  });

  it('may be held by a vendor whose answer was lost', async () => {
    const desk = await vendorDesk(trackdrive, 'reset-after');
    await desk.push('call_id,revenue\n7001,50\n', { retries: 0 });
    const later = await desk.push('call_id,revenue\n7001,0\n', NO_SALE);
    expect(inShort(later)).toEqual([['invalid', 'zero_takes_back', 0]]);
  });
});

describe('0.00 where it is an amount', () => {
  it('sets the revenue and tells of no conversion', async () => {
    const desk = await vendorDesk(trackdrive);
    await desk.push('call_id,revenue\n7001,0.00\n7002,50\n');
    await desk.push('call_id,revenue\n7002,0.00\n');
    expect(desk.books()).toMatchObject({
      calls: {
        '7001': { buyer_converted: null, revenue: '0.00' },
        '7002': { buyer_converted: true, revenue: '0.00' },
      },
    });
  });

  it('is sent to a vendor of which that is the default', async () => {
    const desk = await vendorDesk(convoso);
    const zero = convoso.semantics.zero.kind;
    await desk.push('call_log_id,revenue\n7001,0.00\n', { map: { zero } });
    expect(desk.books()).toMatchObject({ revenue: { '7001': '0.00' } });
  });
});

describe.each([
  {
    vendor: invoca,
    header: 'transaction_id,outcome_name,partner_unique_id,sale_amount',
    money: 'sale_amount',
  },
  { vendor: invocaSignals, header: 'transaction_id,signal_name,partner_unique_id,revenue', money: 'revenue' },
])('0.00 told to $vendor.id', ({ vendor, header, money }) => {
  const csv = (...amounts: readonly string[]): string =>
    [header, ...amounts.map((amount, index) => `T-${index + 1},Sale,SO-${index + 1},${amount}`), ''].join(
      '\n',
    );
  /** The money and the truth of each outcome. */
  const held = (desk: VendorDesk): unknown[] => {
    const { outcomes, signals = outcomes } = desk.books() as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    return Object.values(signals ?? {}).map(({ [money]: amount, value }) => [amount, value]);
  };
  const warned = ({ rows }: Pushed): unknown[] =>
    rows.map(({ status, action, warning }) => [status, action, warning]);

  it('makes a conversion without an amount where it is the first, and says so', async () => {
    const desk = await vendorDesk(vendor);
    const first = await desk.push(csv('0.00', '50'));
    expect(warned(first)).toEqual([
      ['accepted', 'create', 'sale_without_amount'],
      ['accepted', 'create', undefined],
    ]);
    expect(held(desk)).toEqual([
      [null, true],
      ['50.00', true],
    ]);
    const later = await desk.push(csv('0', '0.00'));
    expect(warned(later)).toEqual([
      ['unchanged', undefined, undefined],
      ['accepted', 'correct', undefined],
    ]);
    expect(held(desk)[1]).toEqual(['0.00', true]);
  });

  it('is said in full, and warned of by nothing, where an answer was lost', async () => {
    const desk = await vendorDesk(vendor, 'reset-after@1');
    await desk.push(csv('50'), { retries: 0 });
    expect(held(desk)).toEqual([['50.00', true]]);
    expect(warned(await desk.push(csv('0.00')))).toEqual([['accepted', 'create', undefined]]);
    expect(held(desk)).toEqual([['0.00', true]]);
  });

  it('is told as an outcome that is not true where it is no sale, and takes none back in silence', async () => {
    const desk = await vendorDesk(vendor);
    expect(warned(await desk.push(csv('0.00', '50'), NO_SALE))).toEqual([
      ['accepted', 'create', undefined],
      ['accepted', 'create', undefined],
    ]);
    expect(held(desk)).toEqual([
      [null, false],
      ['50.00', true],
    ]);
    const later = await desk.push(csv('0.00', '0.00'), NO_SALE);
    expect(inShort(later)).toEqual([
      ['unchanged', undefined, 0],
      ['invalid', 'zero_takes_back', 0],
    ]);
    expect(inShort(await desk.push(csv('75', '50')))).toEqual([
      ['accepted', 'correct', 750_000],
      ['unchanged', undefined, 500_000],
    ]);
    expect(held(desk)[0]).toEqual(['75.00', true]);
  });

  it('that is no sale is told again where its answer was lost', async () => {
    const desk = await vendorDesk(vendor, 'reset-before@1');
    expect(inShort(await desk.push(csv('0.00'), { ...NO_SALE, retries: 0 }))).toEqual([
      ['failed', 'lost_reply', 0],
    ]);
    expect(inShort(await desk.push(csv('0.00'), NO_SALE))).toEqual([['accepted', 'create', 0]]);
    expect(held(desk)).toEqual([[null, false]]);
  });
});

describe('0.00 that is refused', () => {
  it('names both ways', async () => {
    const desk = await vendorDesk(convoso);
    const pushed = await desk.push('call_log_id,revenue\n7001,0.00\n', { map: { zero: 'refuse' } });
    expect(pushed.rows.map(({ code, message }) => [code, message])).toEqual([
      [
        'zero_amount',
        'amount: is 0.00, which --zero refuse does not send; --zero amount does, --zero no_sale leaves the row out',
      ],
    ]);
    expect(desk.requests()).toBe(0);
  });
});
