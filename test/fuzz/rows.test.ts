import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, Vendor } from '../../src/core/vendor.js';
import type { ResultRow } from '../../src/core/ledger.js';
import type { Fake, FakeRequest } from '../../src/sandbox/fake.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { Desk, type Pushed } from '../support/push.js';
import { HARNESSES } from '../vendors/harnesses.js';
import { BOOKS, tenThousandths } from './books.js';
import { writePlainCell } from './plain-csv.js';
import { fuzz, KNOWN_STATUSES, TEST_LIMIT_MS } from './support.js';

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(
      '\0',
      '\t',
      '\n',
      '\r',
      '\u0085',
      '\u200b',
      '\u202e',
      'a',
      '|',
      '%',
      '/',
      '.',
      '=',
      '&',
      '"',
    ),
    maxLength: 6,
  }),
  fc.constantFrom(
    '🦉🦉',
    'x'.repeat(300),
    '9'.repeat(400),
    'é'.repeat(70_000),
    '../..',
    '__proto__',
    '{amount}',
  ),
);
const id = fc.oneof(
  fc.constantFrom(
    '100125',
    ' 100125 ',
    '0100125',
    '00000002-000A',
    'A-17',
    'a-17',
    '404404-1',
    '403404-1',
    'A%7C|17',
    'A\0B',
    'A\0C',
  ),
  fc.stringMatching(/^[\w-]{1,10}$/),
);
const money = fc.oneof(
  fc.constantFrom(
    '0',
    '0.00',
    '-5',
    '.5',
    '5.',
    '007.10',
    '1,200.00',
    '$5',
    '1e3',
    '٣',
    ' 12.50 ',
    '999999999.99',
  ),
  fc.tuple(fc.nat(2_000_000_000), fc.stringMatching(/^\d{0,5}$/)).map(([whole, part]) => `${whole}.${part}`),
  fc.nat(99_999).map((cents) => (cents / 100).toFixed(2)),
);
const time = fc.oneof(
  fc.constantFrom(
    '2026-11-20 14:05:00',
    '2026-11-20T14:05:00Z',
    '1763562940',
    '1763562940123',
    '2026-02-30 01:00',
  ),
  fc.constantFrom('2026-11-20T14:05:00.250-05:00', '0000-01-01T00:00Z', '9999-12-31 23:59:59+14:00'),
  fc.nat(4_000_000).map((minutes) => new Date(minutes * 60_000).toISOString().slice(0, 19)),
);
const phone = fc.oneof(
  fc.constantFrom(
    '(800) 555-0100',
    '15125550123',
    '+44 20 7946 0958',
    '512555',
    '512-555-0123 x4',
    '4044045555',
  ),
  fc.nat(999_999_999).map((digits) => `2${String(digits).padStart(9, '0')}`),
);
const flag = fc.constantFrom('', 'true', 'yes', 'no', 'FALSE', '0', 'maybe');

function plausible({ field, kind }: Column): fc.Arbitrary<string> {
  switch (kind.is) {
    case 'amount':
    case 'money':
      return money;
    case 'flag':
      return flag;
    case 'phone':
      return phone;
    case 'instant':
    case 'local_time':
      return time;
    case 'secret':
      return fc.constantFrom('', 'row-token', 'tøken/ü', 'a.b', '%2e');
    case 'text':
    case 'id':
    case 'named_texts':
      return field === 'duration_in_seconds' ? fc.nat(9999).map(String) : id;
  }
}

/** A header with every column of the vendor and one of the user's own, and rows for it, most cells plausible. */
function tableOf(vendor: Vendor): fc.Arbitrary<{ header: string[]; rows: string[][] }> {
  const columns = vendor.columns;
  const cells = columns.map((column) => {
    const blankWeight = column.required ? 1 : 25;
    return fc.oneof(
      { arbitrary: plausible(column), weight: 50 },
      { arbitrary: fc.constant(''), weight: blankWeight },
      {
        // A token that the fake refuses, or that is no path segment, ends the run: that is for other tests. One that
        // is longer than a server takes in a path is refused before the fake sees it.
        arbitrary: junk.filter(
          (text) => column.kind.is !== 'secret' || !/^\s*(bad|\.{1,2}\s*$)|.{1000}/su.test(text),
        ),
        weight: 2,
      },
    );
  });
  const header = [
    ...columns.map(({ field, kind }) => (kind.is === 'named_texts' ? `${field}.x` : field)),
    'mine',
  ];
  return fc
    .array(fc.tuple(...cells, junk), { minLength: 1, maxLength: 6 })
    .map((rows) => ({ header, rows: rows.map((row) => [...row]) }));
}

/** The fake, with the requests it was asked to answer. */
function watched(fake: Fake): { fake: Fake; requests: FakeRequest[] } {
  const requests: FakeRequest[] = [];
  const answer: Fake['answer'] = (request) => {
    requests.push(request);
    return fake.answer(request);
  };
  return { fake: { ...fake, answer }, requests };
}

function wasSent({ attempts }: ResultRow): boolean {
  return attempts > 0;
}

/** The amount that a row has to send, in 1/10000; null for none. */
function owed({
  header,
  row,
  action,
  zero,
}: {
  header: string[];
  row: string[];
  action: string | undefined;
  zero: boolean;
}): bigint | null {
  const cell = row[header.indexOf('amount')] ?? '';
  const amount = tenThousandths(cell);
  if (action === 'reverse' || cell.trim() === '') return null;
  if (amount === undefined) throw new Error(`${JSON.stringify(cell)} was sent and is no amount`);
  return amount === 0n && !zero ? null : amount;
}

function sorted(amounts: readonly (bigint | null)[]): string[] {
  return amounts.map(String).sort();
}

describe.each(HARNESSES.map((harness) => [harness.vendor.id, harness] as const))(
  'any rows for %s',
  (name, harness) => {
    const { vendor } = harness;
    const reader = BOOKS[name];
    if (reader === undefined) throw new Error(`nobody reads the books of ${name}`);
    const secretColumn = vendor.columns.findIndex(({ kind }) => kind.is === 'secret');

    it(
      'end each in one results row, which the books bear out to the last digit',
      async () => {
        let taken = 0;
        await fc.assert(
          fc.asyncProperty(tableOf(vendor), async ({ header, rows }) => {
            const { fake, requests } = watched(harness.fake());
            const server = await startSandbox({
              fakes: [fake],
              port: 0,
              faults: () => undefined,
              latencyMs: 0,
            });
            const desk = new Desk();
            const lines = [header, ...rows].map((row) =>
              row.map((cell) => writePlainCell(cell, false)).join(','),
            );
            const push = (): Promise<Pushed> =>
              desk.push(vendor, `${lines.join('\n')}\n`, server.url, { secrets: harness.secrets });
            try {
              const first = await push();
              if (first.refused.length > 0) {
                // What cannot be read as a whole is sent in no part.
                expect([requests, first.rows]).toEqual([[], []]);
                return;
              }
              taken += 1;
              expect(first.stop).toBeUndefined();
              expect(
                first.rows.map(({ cells }) => cells.toSpliced(secretColumn, secretColumn < 0 ? 0 : 1)),
              ).toEqual(rows.map((row) => row.toSpliced(secretColumn, secretColumn < 0 ? 0 : 1)));
              for (const row of first.rows) {
                expect(KNOWN_STATUSES).toContain(row.status);
                expect(['accepted', 'rejected'].includes(row.status)).toBe(wasSent(row));
                expect(row.attempts).toBeLessThanOrEqual(1);
              }

              const zero = harness.zero !== undefined;
              const owing = first.rows.map((row, index) => {
                if (!wasSent(row)) return null;
                return owed({ header, row: rows[index] ?? [], action: row.action, zero });
              });
              const wanted = owing.filter((_, index) =>
                first.rows.some((row, at) => at === index && wasSent(row)),
              );
              const amounts = requests.map((request) => tenThousandths(reader.sent(request) ?? '') ?? null);
              expect(sorted(amounts)).toEqual(sorted(wanted));

              const books = fake.books();
              const accepted = first.rows.filter(({ status }) => status === 'accepted');
              expect(reader.applied(books)).toBe(accepted.length);
              for (const [index, row] of first.rows.entries()) {
                if (row.status !== 'accepted') continue;
                const held = reader.held(books, row.key ?? '', row.ref ?? '');
                expect(held).toBeDefined();
                expect(held?.stands).toBe(row.action !== 'reverse');
                const owes = owing[index] ?? null;
                expect(held?.amount == null ? null : tenThousandths(held.amount)).toBe(owes);
                if (owes !== null) expect(BigInt(row.amount ?? -1)).toBe(owes);
              }

              const second = await push();
              const then = { accepted: 'unchanged' } as Record<string, string>;
              expect(second.rows.map(({ status }) => status)).toEqual(
                first.rows.map(({ status }) => then[status] ?? status),
              );
              const rejected = first.rows.filter(({ status }) => status === 'rejected');
              expect(requests).toHaveLength(accepted.length + 2 * rejected.length);
              expect(reader.applied(fake.books())).toBe(accepted.length);
            } finally {
              desk.close();
              await server.close();
            }
          }),
          fuzz(15),
        );
        expect(taken).toBeGreaterThan(0);
      },
      TEST_LIMIT_MS,
    );
  },
);
