import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readField } from '../../src/sales/fields.js';
import { TimeEvidence } from '../../src/sales/time-evidence.js';
import type { DateOrder } from '../../src/sales/time.js';

function evidenceOf(texts: readonly string[], given?: DateOrder): TimeEvidence {
  const evidence = new TimeEvidence([], given);
  texts.forEach((text, index) => evidence.add({ field: 'call_date', line: index + 2, text }));
  return evidence;
}

/** What a push makes of a column: Unix seconds of every row, or undefined where the file or a row is refused. */
function pushed(
  texts: readonly string[],
  zone: string,
  given?: DateOrder,
): (string | undefined)[] | undefined {
  const { problems, dateOrder } = evidenceOf(texts, given).finish();
  if (problems.length > 0) return undefined;
  const style = { timezone: zone, dateOrder: given ?? dateOrder?.order, amounts: {} };
  return texts.map((text) => {
    const read = readField({ is: 'instant' }, text, 2, style);
    return read.ok ? read.value : undefined;
  });
}

const ORDERS = ['mdy', 'dmy', 'ymd'] as const;
const ZONES = ['America/New_York', 'Europe/Berlin', 'UTC', 'Pacific/Honolulu'];

/** An instant as the clocks of a zone show it, in the order and with the years of one writer. */
function written(at: number, { zone, order, mark, short, half }: Writer): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  } as const).formatToParts(at);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  const year = short ? of('year').slice(2) : of('year');
  const byLetter = { y: year, m: of('month'), d: of('day') };
  const date = (order.split('') as ('y' | 'm' | 'd')[]).map((letter) => byLetter[letter]).join(mark);
  const hour = Number(of('hour'));
  const rest = `${of('minute')}:${of('second')}`;
  return half
    ? `${date} ${hour % 12 === 0 ? 12 : hour % 12}:${rest} ${hour < 12 ? 'AM' : 'PM'}`
    : `${date} ${of('hour')}:${rest}`;
}

interface Writer {
  readonly zone: string;
  readonly order: DateOrder;
  readonly mark: string;
  readonly short: boolean;
  readonly half: boolean;
}

const writer: fc.Arbitrary<Writer> = fc.record({
  zone: fc.constantFrom(...ZONES),
  order: fc.constantFrom(...ORDERS),
  mark: fc.constantFrom('/', '.', '-'),
  short: fc.boolean(),
  half: fc.boolean(),
});
const instants = fc.array(fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }), {
  minLength: 1,
  maxLength: 12,
});

describe('a column of dates in one order and one zone', () => {
  it('is sent as it was meant, or refused', () => {
    fc.assert(
      fc.property(writer, instants, (by, seconds) => {
        const texts = seconds.map((at) => written(at * 1000, by));
        for (const order of [undefined, by.order]) {
          const read = pushed(texts, by.zone, order);
          // A row in the hour that comes twice is refused by itself.
          read?.forEach((value, index) => expect([undefined, String(seconds[index])]).toContain(value));
          if (order === by.order) expect(read).toBeDefined();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is sent as it was meant or refused by any order that is given', () => {
    fc.assert(
      fc.property(writer, instants, fc.constantFrom(...ORDERS), (by, seconds, order) => {
        const texts = seconds.map((at) => written(at * 1000, by));
        const meant = pushed(texts, by.zone, by.order);
        const read = pushed(texts, by.zone, order);
        const proved = evidenceOf(texts).decide();
        if (order !== by.order && proved.kind === 'proved' && proved.proof !== undefined)
          expect(read).toBeUndefined();
        if (order === by.order) expect(read).toEqual(meant);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps what it means when a row is added that proves its order', () => {
    fc.assert(
      fc.property(writer, instants, fc.nat(), (by, seconds, place) => {
        const texts = seconds.map((at) => written(at * 1000, { ...by, short: false }));
        const read = pushed(texts, by.zone);
        const at = place % (texts.length + 1);
        const proof = written(Date.UTC(2026, 10, 25, 12), { ...by, short: false });
        const more = pushed(texts.toSpliced(at, 0, proof), by.zone);
        expect(more).toBeDefined();
        if (read !== undefined) expect(more?.toSpliced(at, 1)).toEqual(read);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the order of the dates of a file', () => {
  it.each([
    [['2026-11-19 14:05', '1795201500', '2026/11/19 14:05', '19-Nov-2026 2:05 PM'], 'certain'],
    [['11/12/2026 14:05'], 'open'],
    [['11/11/2026 14:05'], 'proved'],
    [['11/12/2026 14:05', '31/31/2026 14:05', '13/12/2026 14:05'], 'proved'],
    [['11/12/2026 14:05', '13/12/2026 and more'], 'open'],
    [['13/12/2026 14:05', '12/13/2026 14:05'], 'contradicted'],
    [['01/13/26 14:05', '13/01/26 14:05'], 'contradicted'],
    [['40/12/11 14:05', '12/11/40 14:05'], 'contradicted'],
    [['11/13/26 14:05'], 'needs'],
    [['19-Nov-26 14:05'], 'needs'],
  ])('%j is %s', (texts, kind) => {
    expect(evidenceOf(texts).decide().kind).toBe(kind);
  });
});
