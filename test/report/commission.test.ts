import { describe, expect, it } from 'vitest';
import { parseRate, readCosts, readRates } from '../../src/report/commission.js';

const csv = (header: string[], ...rows: string[][]) => ({
  header,
  headerLine: 1,
  records: rows.map((cells, index) => ({ line: index + 2, cells })),
});

describe('a rate', () => {
  it.each([
    ['0.2', 200_000n],
    ['.125', 125_000n],
    ['20%', 200_000n],
    ['20 %', 200_000n],
    ['12.5%', 125_000n],
    ['100%', 1_000_000n],
    ['0', 0n],
    ['0.000001', 1n],
  ])('%s is %d millionths', (text, millionths) => {
    expect(parseRate(text)).toEqual({ ok: true, value: millionths });
  });

  it.each([
    ['20', '"20" could be a number or percent; write 20% if percent is meant, else 0.2 or 20%'],
    ['1', '"1" could be a number or percent; write 1% if percent is meant, else 0.2 or 20%'],
    ['101%', '"101%" is more than 100%; write 0.2 or 20%'],
    ['-5%', '"-5%" is not a rate; write 0.2 or 20%'],
    ['', '"" is not a rate; write 0.2 or 20%'],
    ['0,2', '"0,2" is not a rate; write 0.2 or 20%'],
    ['0.0000001', '"0.0000001" has too many decimals; a rate is told to a ten-thousandth of a percent'],
  ])('%j is none', (text, error) => {
    expect(parseRate(text)).toEqual({ ok: false, error });
  });
});

describe('a file of rates or costs', () => {
  it('is read by its column names, in any order', () => {
    const rates = readRates(csv(['Rate', ' Agent '], ['20%', ' Alma '], ['', ''], ['0.15', 'Ben']));
    expect(rates).toEqual({
      ok: true,
      value: new Map([
        ['Alma', 200_000n],
        ['Ben', 150_000n],
      ]),
    });
    const costs = readCosts(csv(['campaign', 'cost'], ['Medicare', '2000'], ['Auto', '0.00']));
    expect(costs).toEqual({
      ok: true,
      value: new Map([
        ['Medicare', 20_000_000n],
        ['Auto', 0n],
      ]),
    });
  });

  it('is refused with every fault and its line', () => {
    const rows = [
      ['Alma', '20'],
      ['', '5%'],
      ['Ben', ''],
      ['Ben', '5%'],
      ['Cy', '5%', 'x'],
      ['Di', '5%'],
    ];
    expect(readRates(csv(['agent', 'rate'], ...rows))).toEqual({
      ok: false,
      error: [
        {
          line: 2,
          message: 'rate: "20" could be a number or percent; write 20% if percent is meant, else 0.2 or 20%',
        },
        { line: 3, message: 'agent: is blank; write whose rate it is' },
        { line: 4, message: 'rate: is blank, which is not 0; write it, or take the row out' },
        { line: 5, message: 'agent: "Ben" stands in line 4 already; keep one of them' },
        { line: 6, message: 'the row has 3 cells and the header 2; a cell with a comma needs quotes' },
      ],
    });
    expect(readCosts(csv(['campaign', 'cost'], ['A', '-1'], ['B', '1,200']))).toEqual({
      ok: false,
      error: [
        { line: 2, message: 'cost: "-1" is negative; write what the campaign cost' },
        {
          line: 3,
          message:
            'cost: "1,200" is not an amount like 1250.50; use digits and one point, and at most 4 decimals',
        },
      ],
    });
    expect(readCosts(csv(['name', 'cost']))).toEqual({
      ok: false,
      error: [
        {
          line: 1,
          message:
            'there is no column campaign; the headers are "name", "cost"; wanted are campaign and cost',
        },
      ],
    });
  });
});
