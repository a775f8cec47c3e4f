import { describe, expect, it } from 'vitest';
import { convoso } from '../../src/vendors/convoso.js';
import { invoca } from '../../src/vendors/invoca.js';
import { trackdrive } from '../../src/vendors/trackdrive.js';
import { inShort, vendorDesk } from '../support/vendor-desk.js';

const REVERSE = { map: { negativeAmounts: 'reverse' } } as const;
const STATUS = { reversalColumn: 'Status' } as const;
const HEADER = 'call_id,revenue\n';

describe('a refund that says how much', () => {
  it.each([
    ['a negative amount', `${HEADER}7001,-30\n`, REVERSE],
    ['a mapped refund row', 'call_id,revenue,Status\n7001,30.00,refunded\n', STATUS],
    ['a mapped refund row below zero', 'call_id,revenue,Status\n7001,-30.00,refunded\n', STATUS],
    ['a reversing flag', 'call_id,revenue,buyer_converted\n7001,30,no\n', {}],
  ] as const)('is invalid where it is not what is held: %s', async (_name, csv, options) => {
    const desk = await vendorDesk(trackdrive);
    await desk.push(`${HEADER}7001,100\n`);
    const pushed = await desk.push(csv, options);
    expect(pushed.rows.map(({ status, code, message }) => [status, code, message])).toEqual([
      [
        'invalid',
        'partial_refund',
        '30.00 is taken back, and 100.00 is held; a reversal would take back all of it; --negative-amounts net sends what remains',
      ],
    ]);
    expect(desk.requests()).toBe(1);
    expect(desk.books()).toMatchObject({ calls: { '7001': { buyer_converted: true, revenue: '100.00' } } });
  });

  it.each([
    ['the amount held', '7001,100.00,refunded'],
    ['the amount held, below zero', '7001,-100,refunded'],
    ['zero', '7001,0.00,refunded'],
    ['blank', '7001,,refunded'],
  ])('takes the sale back where it is %s, once', async (_name, line) => {
    const desk = await vendorDesk(trackdrive);
    await desk.push(`${HEADER}7001,100\n`);
    const csv = `call_id,revenue,Status\n${line}\n`;
    expect(inShort(await desk.push(csv, STATUS))).toEqual([['accepted', 'reverse', undefined]]);
    expect(desk.books()).toMatchObject({ calls: { '7001': { buyer_converted: false } } });
    expect(inShort(await desk.push(csv, STATUS))).toEqual([['unchanged', undefined, undefined]]);
    expect(desk.requests()).toBe(2);
  });

  it('is more than was sold: both amounts, and no way to send it', async () => {
    const desk = await vendorDesk(trackdrive);
    await desk.push(`${HEADER}7001,100\n`);
    const pushed = await desk.push(`${HEADER}7001,-130\n`, REVERSE);
    expect(pushed.rows[0]?.message).toBe('130.00 is taken back, and 100.00 is held; find out which is right');
  });

  it('is a reversal still where the ledger knows nothing of the sale', async () => {
    const desk = await vendorDesk(trackdrive);
    expect(inShort(await desk.push(`${HEADER}7001,-30\n`, REVERSE))).toEqual([
      ['accepted', 'reverse', undefined],
    ]);
  });

  it('is invalid where its amount cannot be read', async () => {
    const desk = await vendorDesk(trackdrive);
    const pushed = await desk.push('call_id,revenue,Status\n7001,3x,refunded\n', STATUS);
    expect(pushed.rows[0]).toMatchObject({ status: 'invalid', code: 'not_an_amount' });
  });
});

describe('a refund that is refused', () => {
  it('holds the sale of its key in the same file, and names the way', async () => {
    const desk = await vendorDesk(convoso);
    const pushed = await desk.push('call_log_id,revenue\n7001,100\n7001,-30\n7002,-5\n7003,1\n');
    expect(inShort(pushed)).toEqual([
      ['invalid', 'conflict', 1_000_000],
      ['invalid', 'conflict', undefined],
      ['invalid', 'negative_amount', undefined],
      ['accepted', 'create', 10_000],
    ]);
    expect(pushed.rows[0]?.message).toBe(
      'same key "7001" as line 3, which differs in revenue ("-30", here "100"); one of them takes the sale back; keep the one that holds, or send what remains with --negative-amounts net',
    );
    expect(pushed.rows[2]).toMatchObject({ key: '7002' });
    expect(desk.books()).toMatchObject({ revenue: { '7003': '1.00' } });
  });

  it('holds it too where the vendor cannot take a sale back', async () => {
    const desk = await vendorDesk(convoso);
    const pushed = await desk.push('call_log_id,revenue,Status\n7001,100,sold\n7001,100,refunded\n', STATUS);
    expect(inShort(pushed)).toEqual([
      ['invalid', 'conflict', 1_000_000],
      ['invalid', 'conflict', undefined],
    ]);
    expect(desk.requests()).toBe(0);
  });
});

describe('--negative-amounts net', () => {
  const NET = { map: { negativeAmounts: 'net' } } as const;
  const revenueOf = (desk: { books(): unknown }, call = '7001'): unknown =>
    (desk.books() as { calls: Record<string, { revenue: unknown; buyer_converted: unknown }> }).calls[call]
      ?.revenue;

  it('sends what remains within a file, and nothing the second time', async () => {
    const desk = await vendorDesk(trackdrive);
    const csv = `${HEADER}7001,100\n7001,-30\n7002,50\n`;
    const pushed = await desk.push(csv, NET);
    expect(inShort(pushed)).toEqual([
      ['accepted', 'create', 700_000],
      ['duplicate', undefined, undefined],
      ['accepted', 'create', 500_000],
    ]);
    expect(pushed.rows.map(({ warning }) => warning)).toEqual([
      '70.00 remains of 100.00; taken back: 30.00 on line 3',
      'taken together with line 2',
      undefined,
    ]);
    expect(pushed.merged).toEqual({ lines: 2, rows: 1 });
    expect(revenueOf(desk)).toBe('70.00');
    const again = await desk.push(csv, NET);
    expect(again.rows.map(({ status }) => status)).toEqual(['unchanged', 'duplicate', 'unchanged']);
    expect(desk.requests()).toBe(2);
  });

  it('corrects what is held, and a file pushed twice is taken off once', async () => {
    const desk = await vendorDesk(trackdrive);
    await desk.push(`${HEADER}7001,100\n`, NET);
    const refund = `${HEADER}7001,-30\n`;
    const netted = await desk.push(refund, NET);
    expect(netted.rows).toMatchObject([
      { status: 'accepted', action: 'correct', amount: 700_000, previousAmount: 1_000_000 },
    ]);
    expect(inShort(await desk.push(refund, NET))).toEqual([['unchanged', undefined, undefined]]);
    expect(revenueOf(desk)).toBe('70.00');
    // The sale that was sent before says nothing new either.
    expect((await desk.push(`${HEADER}7001,100\n`, NET)).rows).toMatchObject([{ status: 'unchanged' }]);
    expect((await desk.push(`${HEADER}7001,100\n7001,-30\n`, NET)).rows[0]?.amount).toBe(700_000);
    expect(revenueOf(desk)).toBe('70.00');
    // A further one is.
    expect((await desk.push(`${HEADER}7001,-20\n`, NET)).rows).toMatchObject([{ amount: 500_000 }]);
    expect((await desk.push(`${HEADER}7001,-20\n`, NET)).rows).toMatchObject([{ status: 'unchanged' }]);
    expect(revenueOf(desk)).toBe('50.00');
  });

  it('reverses a sale of which nothing is left, once', async () => {
    const desk = await vendorDesk(trackdrive);
    await desk.push(`${HEADER}7001,100\n7002,40\n`, NET);
    const csv = `${HEADER}7001,-60\n7001,-40\n7002,40\n7002,-40\n`;
    expect(inShort(await desk.push(csv, NET))).toEqual([
      ['duplicate', undefined, undefined],
      ['accepted', 'reverse', undefined],
      ['accepted', 'reverse', undefined],
      ['duplicate', undefined, undefined],
    ]);
    expect(desk.books()).toMatchObject({
      calls: { '7001': { buyer_converted: false }, '7002': { buyer_converted: false } },
    });
    const again = await desk.push(csv, NET);
    expect(again.rows.map(({ status }) => status)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'duplicate',
    ]);
    expect(desk.requests()).toBe(4);
  });

  it('sends 0.00 where the vendor knows no reversal', async () => {
    const desk = await vendorDesk(convoso);
    const pushed = await desk.push('call_log_id,revenue\n7001,100\n7001,-100\n', NET);
    expect(inShort(pushed)).toEqual([
      ['accepted', 'create', 0],
      ['duplicate', undefined, undefined],
    ]);
    expect(desk.books()).toMatchObject({ revenue: { '7001': '0.00' } });
  });

  it('refuses what would leave less than nothing, and a refund of nothing', async () => {
    const desk = await vendorDesk(trackdrive);
    const pushed = await desk.push(`${HEADER}7001,100\n7001,-130\n7002,-5\n`, NET);
    expect(pushed.rows.map(({ code, message }) => [code, message])).toEqual([
      ['over_refund', '130.00 is taken back in all, and 100.00 was sold; find out which is right'],
      ['over_refund', '130.00 is taken back in all, and 100.00 was sold; find out which is right'],
      [
        'over_refund',
        '5.00 is taken back, and no amount is held for it; push the sale first, or beside it in one file',
      ],
    ]);
    expect(desk.requests()).toBe(0);
  });

  it('holds a refund that looks like one that was taken off, until it is said to be another', async () => {
    const desk = await vendorDesk(trackdrive);
    const line = (note: string): string => `call_id,revenue,Note\n7001,-30,${note}\n`;
    await desk.push(`${HEADER}7001,100\n`, NET);
    await desk.push(line('first'), NET);
    const held = await desk.push(line('second'), NET);
    expect(inShort(held)).toEqual([['not_sent', 'looks_sent', undefined]]);
    expect(revenueOf(desk)).toBe('70.00');
    const sent = await desk.push(line('second'), { ...NET, sendAgain: true });
    expect(inShort(sent)).toEqual([['accepted', 'correct', 400_000]]);
    expect((await desk.push(line('first'), NET)).rows).toMatchObject([{ status: 'unchanged' }]);
    expect((await desk.push(line('second'), NET)).rows).toMatchObject([{ status: 'unchanged' }]);
  });

  it('takes a file that was mended at its word', async () => {
    const desk = await vendorDesk(trackdrive);
    await desk.push(`${HEADER}7001,100\n7001,-30\n`, NET);
    expect((await desk.push(`${HEADER}7001,100\n7001,-20\n`, NET)).rows[0]).toMatchObject({
      amount: 800_000,
      previousAmount: 700_000,
    });
    await desk.push(`${HEADER}7001,120\n`, NET);
    expect(revenueOf(desk)).toBe('120.00');
  });

  it('takes off sums and the last of several sales', async () => {
    const desk = await vendorDesk(trackdrive);
    const csv = 'call_id,revenue,Policy\n7001,50,P-1\n7001,50,P-2\n7001,20,P-3\n7001,-30,P-1\n';
    expect(inShort(await desk.push(csv, NET)).map((row) => (row as unknown[])[1])).toEqual(
      new Array(4).fill('conflict'),
    );
    await desk.push(csv, { ...NET, onConflict: 'sum' });
    expect(revenueOf(desk)).toBe('90.00');
    await desk.push(csv.replaceAll('7001', '7002').replace('-30', '-5'), { ...NET, onConflict: 'last' });
    expect(revenueOf(desk, '7002')).toBe('15.00');
  });

  it('sends the correction again whose answer was lost, and it is taken off once', async () => {
    const desk = await vendorDesk(trackdrive, 'reset-after@2');
    await desk.push(`${HEADER}7001,100\n`, NET);
    const refund = `${HEADER}7001,-30\n`;
    expect((await desk.push(refund, { ...NET, retries: 0 })).rows[0]?.status).toBe('failed');
    expect(inShort(await desk.push(refund, NET))).toEqual([['accepted', 'correct', 700_000]]);
    expect(inShort(await desk.push(refund, NET))).toEqual([['unchanged', undefined, undefined]]);
    expect(revenueOf(desk)).toBe('70.00');
  });

  it('says of an Invoca outcome that it is true still', async () => {
    const desk = await vendorDesk(invoca);
    const csv = (lines: string): string => `transaction_id,outcome_name,sale_amount,value\n${lines}\n`;
    await desk.push(csv('T-1,Sale,100,true'), NET);
    const pushed = await desk.push(csv('T-1,Sale,30,false'), NET);
    expect(inShort(pushed)).toEqual([['accepted', 'correct', 700_000]]);
    expect(desk.books()).toMatchObject({ outcomes: { 'T-1|sale|': { sale_amount: '70.00', value: true } } });
  });
});
