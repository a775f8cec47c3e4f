import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Settlement } from '../../src/core/ledger.js';
import type { ClaimedRow, StagedRow } from '../../src/core/row.js';
import type { Sale } from '../../src/core/sale.js';
import type { Action } from '../../src/core/status.js';
import {
  isSecret,
  repeatOf,
  type Basis,
  type Reply,
  type Vendor,
  type VendorRequest,
} from '../../src/core/vendor.js';
import { readAnswer } from '../../src/push/believed.js';
import { Limiter } from '../../src/push/limiter.js';
import { sendRow } from '../../src/push/send.js';
import { preparedFor } from '../../src/sales/prepare.js';
import { matchColumns, normalized } from '../../src/sales/columns.js';
import { readRow } from '../../src/sales/read-row.js';
import { encodeBody, pathOf } from '../../src/io/http/request-text.js';
import type { Fake, FakeAnswer } from '../../src/sandbox/fake.js';
import { parseFaults } from '../../src/sandbox/faults.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { FIXTURES } from '../support/cli.js';
import { VirtualClock } from '../support/clock.js';
import { Desk, MAP, NO_CHOICE, sendOnce, type Pushed } from '../support/push.js';

/** What the battery cannot know about a vendor, written by hand. */
export interface Harness {
  readonly vendor: Vendor;
  readonly fake: () => Fake;
  /** What the vendor may do as well, where its documents leave it open, by name: every check is run against each. */
  readonly otherFakes?: Readonly<Record<string, () => Fake>>;
  /** Header and cells of a good row worth 50.00; `{amount}` stands for the amount. */
  readonly header: string;
  readonly good: string;
  readonly goodKey: string;
  /** The same thing spelled otherwise, and another thing. */
  readonly spelledOtherwise: string;
  readonly another: string;
  /** A row about something the vendor does not know, and what becomes of it. */
  readonly unknown: {
    readonly row: string;
    readonly status: string;
    readonly code?: string;
    readonly warning?: string;
  };
  /** Easily searched secrets, and ones that the fake refuses. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly badSecrets: Readonly<Record<string, string>>;
  /** The money that the books hold for the good row, one entry per billable record. */
  readonly held: (books: unknown) => readonly string[];
  /** Whether the books say that the good row's sale has been taken back. */
  readonly takenBack?: (books: unknown) => boolean;
  /** The amount in a request, as it would be sent; undefined where there is none. */
  readonly amountIn: (request: VendorRequest) => string | undefined;
  /** Decimals that the vendor documents. */
  readonly decimals: number;
  /** What is sent for 0.00; undefined where the amount is left out then. */
  readonly zero: string | undefined;
  readonly lostReply: 'accepted' | 'unknown';
  /** What becomes of a reversal whose answer is lost. */
  readonly lostReversal?: 'accepted' | 'unknown';
  /** What `200 {}` is read as. */
  readonly emptyObject: 'applied' | 'in_doubt';
  /** A refusal of a row, in the vendor's words. */
  readonly rejection: FakeAnswer;
  readonly missingColumns: readonly string[];
  /** Every reply that the vendor documents, with its outcome. */
  readonly replies: readonly QuotedReply[];
}

/** The harness against each way in which the vendor may work. */
export function modesOf(harness: Harness): readonly (readonly [string, Harness])[] {
  const { vendor, otherFakes = {} } = harness;
  const others = Object.entries(otherFakes).map(
    ([name, fake]) => [`${vendor.id}, ${name}`, { ...harness, fake }] as const,
  );
  return [[vendor.id, harness], ...others];
}

export interface Check {
  readonly name: string;
  readonly run: (harness: Harness) => Promise<void>;
}

/** What being a vendor means. Every check looks at the fake's books or at whole rows. */
export const BATTERY: readonly Check[] = [
  {
    name: 'every claim has a source',
    run: async ({ vendor }) => {
      const semantics: readonly Basis[] = Object.values(vendor.semantics as unknown as Record<string, Basis>);
      for (const basis of semantics) {
        const source = 'documented' in basis ? basis.documented : basis.assumed;
        expect(source.length).toBeGreaterThan(10);
      }
      return Promise.resolve();
    },
  },
  {
    name: 'no header name belongs to two fields',
    run: async ({ vendor }) => {
      const names = vendor.columns.flatMap(({ field, names }) => [
        ...new Set([field, ...names].map(normalized)),
      ]);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
      return Promise.resolve();
    },
  },
  {
    name: 'all missing columns are named at once',
    run: async ({ vendor, missingColumns }) => {
      const matched = matchColumns(['something else'], vendor.columns, NO_CHOICE);
      const found = matched.ok ? [] : matched.error.map((message) => message.split(':')[0]);
      expect(found).toEqual(missingColumns);
      return Promise.resolve();
    },
  },
  {
    name: 'a blank amount never becomes a request by itself',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        const { rows } = await push(harness, desk, server, [harness.good.replace('{amount}', '')]);
        expect(rows.map(({ status, code }) => [status, code])).toEqual([['invalid', 'blank_amount']]);
        expect(server.requests()).toBe(0);
        expect(harness.held(fake.books())).toEqual([]);
      });
    },
  },
  {
    name: 'any amount arrives exactly or is refused',
    run: async (harness) => {
      const { decimals } = harness;
      fc.assert(
        fc.property(
          fc.nat({ max: 99_999_999 }),
          fc.nat({ max: 99_999 }),
          fc.integer({ min: 0, max: 5 }),
          (whole, part, digits) => {
            const fraction = digits === 0 ? '' : `.${String(part).padStart(digits, '0').slice(-digits)}`;
            const staged = stageText(harness, harness.good.replace('{amount}', `${whole}${fraction}`));
            const wanted = `${whole}.${fraction.slice(1).replace(/0+$/, '').padEnd(2, '0')}`;
            if ((wanted.split('.')[1] ?? '').length > decimals) {
              expect(staged.row.code).toBe('too_many_decimals');
              return;
            }
            const prepared = harness.vendor.prepare('create', staged.sale);
            expect(prepared.ok).toBe(true);
            const zero = /^0+\.0+$/.test(wanted);
            const sent = prepared.ok ? harness.amountIn(prepared.value.request) : 'refused';
            expect(sent).toBe(zero ? harness.zero : wanted);
          },
        ),
        { numRuns: 200 },
      );
      const negative = stageText(harness, harness.good.replace('{amount}', '-5'));
      expect(negative.row.code).toBe('negative_amount');
      return Promise.resolve();
    },
  },
  {
    name: 'no secret is in a request before authorize, and none in the key ever',
    run: async ({ vendor, secrets, ...harness }) => {
      const staged = stageText({ vendor, header: harness.header }, harness.good.replace('{amount}', '50.00'));
      const prepared = vendor.prepare('create', staged.sale);
      if (!prepared.ok) throw new Error('the good row is refused');
      const values = Object.entries(secrets)
        .filter(([name]) => vendor.secrets.some((one) => one.name === name && isSecret(one)))
        .map(([, value]) => value);
      for (const value of values) expect(JSON.stringify(prepared.value)).not.toContain(value);
      const authorized = vendor.authorize(prepared.value.request, secrets);
      const sent = JSON.stringify([pathOf(authorized), authorized.headers, encodeBody(authorized.body).text]);
      const carried = values.filter(
        (value) => sent.includes(value) || sent.includes(Buffer.from(value).toString('base64')),
      );
      expect(carried.length).toBeGreaterThan(0);
      expect(authorized.query ?? {}).toEqual({});
      for (const value of values) expect(pathOf(authorized)).not.toContain(value);
      return Promise.resolve();
    },
  },
  {
    name: 'one row lands once, on the right thing, and a second push sends nothing',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        const csv = [harness.good.replace('{amount}', '50.00')];
        const first = await push(harness, desk, server, csv);
        expect(
          first.rows.map(({ status, key, action, amount, attempts }) => ({
            status,
            key,
            action,
            amount,
            attempts,
          })),
        ).toEqual([
          { status: 'accepted', key: harness.goodKey, action: 'create', amount: 500_000, attempts: 1 },
        ]);
        expect(harness.held(fake.books())).toEqual(['50.00']);
        const second = await push(harness, desk, server, csv);
        expect(second.rows.map(({ status }) => status)).toEqual(['unchanged']);
        expect(server.requests()).toBe(1);
      });
    },
  },
  {
    name: 'a second identical request does what `repeat` claims',
    run: async (harness) => {
      await atDesk(harness, '', async ({ server, fake }) => {
        const staged = stageText(harness, harness.good.replace('{amount}', '50.00'));
        const prepared = harness.vendor.prepare('create', staged.sale);
        if (!prepared.ok) throw new Error('the good row is refused');
        const request = harness.vendor.authorize(prepared.value.request, harness.secrets);
        for (let time = 0; time < 2; time += 1) await sendOnce(harness.vendor, server.url, request);
        const records = harness.vendor.semantics.repeat.kind === 'appends' ? 2 : 1;
        expect(harness.held(fake.books())).toEqual(Array.from({ length: records }, () => '50.00'));
      });
    },
  },
  {
    name: 'a line repeated to the letter is a duplicate, the same thing spelled otherwise one key, another thing another',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        const rows = [harness.good, harness.good, harness.another].map((row) =>
          row.replace('{amount}', '50.00'),
        );
        const pushed = await push(harness, desk, server, rows);
        expect(pushed.rows.map(({ status }) => status)).toEqual(['accepted', 'duplicate', 'accepted']);
        expect(harness.held(fake.books())).toEqual(['50.00']);
        expect(server.requests()).toBe(2);
        const spelled = await push(harness, desk, server, [
          harness.spelledOtherwise.replace('{amount}', '50.00'),
        ]);
        expect(spelled.rows.map(({ status, key }) => [status, key])).toEqual([
          ['unchanged', harness.goodKey],
        ]);
        const conflict = await push(harness, desk, server, [
          harness.good.replace('{amount}', '50.00'),
          harness.spelledOtherwise.replace('{amount}', '60.00'),
        ]);
        expect(conflict.rows.map(({ status, code }) => [status, code])).toEqual([
          ['invalid', 'conflict'],
          ['invalid', 'conflict'],
        ]);
        expect(server.requests()).toBe(2);
      });
    },
  },
  {
    name: 'a row about something unknown says so and leaves the rest alone',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        const rows = [harness.unknown.row, harness.good].map((row) => row.replace('{amount}', '50.00'));
        const pushed = await push(harness, desk, server, rows);
        expect(pushed.rows[0]).toMatchObject({
          status: harness.unknown.status,
          code: harness.unknown.code,
          warning: harness.unknown.warning,
        });
        expect(pushed.rows[1]).toMatchObject({ status: 'accepted' });
        expect(harness.held(fake.books())).toEqual(['50.00']);
      });
    },
  },
  {
    name: 'a changed amount is corrected as claimed or refused',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        await push(harness, desk, server, [harness.good.replace('{amount}', '50.00')]);
        const changed = await push(harness, desk, server, [harness.good.replace('{amount}', '60.00')]);
        if (harness.vendor.semantics.correct.kind === 'unsupported') {
          expect(changed.rows).toMatchObject([
            { status: 'invalid', code: 'cannot_correct', previousAmount: 500_000 },
          ]);
          expect(harness.held(fake.books())).toEqual(['50.00']);
          expect(server.requests()).toBe(1);
        } else {
          expect(changed.rows).toMatchObject([
            { status: 'accepted', action: 'correct', amount: 600_000, previousAmount: 500_000 },
          ]);
          expect(harness.held(fake.books())).toEqual(['60.00']);
        }
      });
    },
  },
  {
    name: 'a correction to 0.00 leaves no money behind, or is refused',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        await push(harness, desk, server, [harness.good.replace('{amount}', '50.00')]);
        const zeroed = await push(harness, desk, server, [harness.good.replace('{amount}', '0.00')]);
        if (harness.vendor.semantics.correct.kind === 'unsupported') {
          expect(zeroed.rows).toMatchObject([{ status: 'invalid', code: 'cannot_correct' }]);
          return;
        }
        expect(zeroed.rows).toMatchObject([{ status: 'accepted', amount: 0, previousAmount: 500_000 }]);
        expect(moneyIn(harness.held(fake.books()))).toBe(0);
      });
    },
  },
  {
    name: 'a 0.00 after an answer was lost leaves nothing of the amount that may have arrived',
    run: async (harness) => {
      await atDesk(harness, 'reset-after@1', async ({ desk, server, fake }) => {
        const push = async (amount: string): Promise<Pushed> => {
          const csv = `${harness.header}\n${harness.good.replace('{amount}', amount)}\n`;
          return desk.push(harness.vendor, csv, server.url, { secrets: harness.secrets, retries: 0 });
        };
        await push('50.00');
        expect(harness.held(fake.books())).toEqual(['50.00']);
        const zeroed = await push('0.00');
        if (harness.lostReply === 'unknown') {
          expect(zeroed.rows).toMatchObject([{ status: 'unknown', code: 'key_unsettled' }]);
          return;
        }
        expect(zeroed.rows).toMatchObject([{ status: 'accepted', amount: 0 }]);
        expect(moneyIn(harness.held(fake.books()))).toBe(0);
      });
    },
  },
  {
    name: 'a reversal is sent once as claimed, or refused',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        const row = harness.good.replace('{amount}', '50.00');
        const csv = (mark: string): string => `${harness.header},Status\n${row},${mark}\n`;
        const options = { secrets: harness.secrets, reversalColumn: 'Status' };
        await desk.push(harness.vendor, csv('sold'), server.url, options);
        const reversed = await desk.push(harness.vendor, csv('Refunded'), server.url, options);
        if (harness.vendor.semantics.reverse.kind === 'unsupported') {
          expect(reversed.rows).toMatchObject([{ status: 'invalid', code: 'cannot_reverse' }]);
          expect(harness.held(fake.books())).toEqual(['50.00']);
          expect(server.requests()).toBe(1);
          return;
        }
        expect(reversed.rows).toMatchObject([
          { status: 'accepted', action: 'reverse', previousAmount: 500_000 },
        ]);
        expect(harness.takenBack?.(fake.books())).toBe(true);
        expect(server.requests()).toBe(2);
        const again = await desk.push(harness.vendor, csv('refunded'), server.url, options);
        expect(again.rows).toMatchObject([{ status: 'unchanged' }]);
        expect(server.requests()).toBe(2);
        const older = { ...options, older: true };
        const sold = await desk.push(harness.vendor, csv('sold'), server.url, older);
        expect(sold.rows).toMatchObject([{ status: 'accepted' }]);
        expect(harness.takenBack?.(fake.books())).toBe(false);
      });
    },
  },
  {
    name: 'a reversal is known by what it takes back, whatever else its row says',
    run: async ({ vendor, header, good }) => {
      if (repeatOf(vendor, 'reverse') !== 'appends') return Promise.resolve();
      const { sale } = stageText({ vendor, header }, good.replace('{amount}', '50.00'));
      const { columns } = vendor;
      const more = columns.filter(
        ({ kind, inKey, field }) =>
          inKey !== true && kind.is !== 'amount' && !(field in sale.fields) && field !== 'refund_sides',
      );
      const taken = [undefined, ...more].map((column) => {
        const other =
          column === undefined ? {} : { [column.field]: column.kind.is === 'money' ? '7.00' : 'true' };
        const prepared = vendor.prepare('reverse', {
          intent: 'reverse',
          fields: { ...sale.fields, ...other },
        });
        if (!prepared.ok) throw new Error('it cannot be taken back');
        return prepared.value.takesBack;
      });
      expect(new Set(taken).size).toBe(1);
      return Promise.resolve();
    },
  },
  ...(['reset-before', 'reset-after', 'fail-after'] as const).map((fault): Check => ({
    name: `a reversal whose answer is lost ends as claimed, and none is sent beside it: ${fault}`,
    run: async (harness) => {
      if (harness.vendor.semantics.reverse.kind === 'unsupported') return;
      await atDesk(harness, `${fault}@2`, async ({ desk, server }) => {
        const row = harness.good.replace('{amount}', '50.00');
        const csv = (mark: string): string => `${harness.header},Status\n${row},${mark}\n`;
        const options = { secrets: harness.secrets, reversalColumn: 'Status' };
        const push = (mark: string): Promise<Pushed> =>
          desk.push(harness.vendor, csv(mark), server.url, options);
        await push('sold');
        const [reversed] = (await push('refunded')).rows;
        expect(reversed?.status).toBe(harness.lostReversal ?? 'accepted');
        const isOnce = harness.lostReversal === 'unknown';
        expect(server.requests()).toBe(isOnce ? 2 : 3);
        const [again] = (await push('refunded')).rows;
        expect(again?.status).toBe(isOnce ? 'unknown' : 'unchanged');
        expect(server.requests()).toBe(isOnce ? 2 : 3);
      });
    },
  })),
  {
    name: 'a clear happens only when asked, as claimed, or is refused',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        await push(harness, desk, server, [harness.good.replace('{amount}', '50.00')]);
        const map = { blankAmount: 'clear' } as const;
        const csv = `${harness.header}\n${harness.good.replace('{amount}', '')}\n`;
        const cleared = await desk.push(harness.vendor, csv, server.url, { secrets: harness.secrets, map });
        if (harness.vendor.semantics.clear.kind === 'unsupported') {
          expect(cleared.rows).toMatchObject([{ status: 'invalid', code: 'cannot_clear' }]);
          expect(harness.held(fake.books())).toEqual(['50.00']);
        } else {
          expect(cleared.rows).toMatchObject([
            { status: 'accepted', action: 'clear', previousAmount: 500_000 },
          ]);
          expect(harness.held(fake.books())).toEqual([]);
        }
      });
    },
  },
  ...(['reset-before', 'reset-after', 'cut', 'fail-after', 'garbage'] as const).map((fault): Check => ({
    name: `a row whose answer is lost ends as claimed and counts once: ${fault}`,
    run: async (harness) => {
      await atDesk(harness, `${fault}@2`, async ({ desk, server, fake }) => {
        const rows = [harness.another, harness.good].map((row) => row.replace('{amount}', '50.00'));
        const pushed = await push(harness, desk, server, rows);
        expect(pushed.rows.map(({ status }) => status)).toEqual(['accepted', harness.lostReply]);
        const applied = harness.lostReply === 'accepted' || fault !== 'reset-before';
        expect(harness.held(fake.books())).toEqual(applied ? ['50.00'] : []);
        expect(server.requests()).toBe(harness.lostReply === 'accepted' ? 3 : 2);
        const again = await push(harness, desk, server, rows);
        expect(again.rows.map(({ status }) => status)).toEqual([
          'unchanged',
          harness.lostReply === 'accepted' ? 'unchanged' : 'unknown',
        ]);
        expect(harness.held(fake.books())).toEqual(applied ? ['50.00'] : []);
      });
    },
  })),
  {
    name: 'a rejection after a lost reply does not hide that the row may have been applied',
    run: async (harness) => {
      const fake = harness.fake();
      let requests = 0;
      const rejecting: Fake = {
        ...fake,
        answer: (request) => {
          requests += 1;
          return requests === 1 ? fake.answer(request) : harness.rejection;
        },
      };
      await atDesk({ ...harness, fake: () => rejecting }, 'reset-after@1', async ({ desk, server }) => {
        const row = harness.good.replace('{amount}', '50.00');
        const pushed = await push(harness, desk, server, [row]);
        expect(pushed.rows[0]?.status).toBe(harness.lostReply === 'unknown' ? 'unknown' : 'rejected');
        expect(server.requests()).toBe(harness.lostReply === 'unknown' ? 1 : 2);
      });
    },
  },
  {
    name: 'the whole wait of a 429 is kept, and the row lands once',
    run: async (harness) => {
      await atDesk(harness, '429=30@1', async ({ desk, server, fake, times }) => {
        const rows = [harness.good, harness.another].map((row) => row.replace('{amount}', '50.00'));
        const pushed = await push(harness, desk, server, rows);
        expect(pushed.rows.map(({ status, attempts }) => [status, attempts])).toEqual([
          ['accepted', 2],
          ['accepted', 1],
        ]);
        // Thirty seconds of a clock that runs a hundred times as fast.
        expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(295);
        expect(harness.held(fake.books())).toEqual(['50.00']);
      });
    },
  },
  {
    name: 'readReply gives an outcome for any status and any text, and calls nothing applied but an answer of the vendor',
    run: async ({ vendor, emptyObject }) => {
      const kinds = ['applied', 'rejected', 'busy', 'refused', 'in_doubt'];
      const headers = fc.oneof(fc.constant({}), fc.record({ 'retry-after': fc.string() }));
      fc.assert(
        fc.property(
          fc.integer({ min: 100, max: 599 }),
          fc.oneof(fc.string(), fc.json()),
          headers,
          (status, text, headers) => {
            const outcome = readAnswer(vendor, 'create', { status, text, headers, receivedAt: 0 });
            expect(kinds).toContain(outcome.kind);
          },
        ),
        { numRuns: 500 },
      );
      const read = (status: number, text: string): string =>
        readAnswer(vendor, 'create', { status, text, headers: {}, receivedAt: 0 }).kind;
      expect(read(200, '{}')).toBe(emptyObject);
      expect(read(200, '<html>It works!</html>')).toBe('in_doubt');
      expect([500, 502, 504, 301, 302, 307, 408].map((status) => read(status, ''))).toEqual(
        Array.from({ length: 7 }, () => 'in_doubt'),
      );
      expect(read(429, '')).toBe('busy');
      expect(read(401, '')).toBe('refused');
      return Promise.resolve();
    },
  },
  {
    name: 'every reply that the vendor documents has its outcome',
    run: async ({ vendor, replies }) => {
      expect(replies.length).toBeGreaterThan(3);
      for (const { name, outcome, action = 'create', ...quoted } of replies)
        expect({ name, ...readAnswer(vendor, action, replyOf(quoted)) }).toMatchObject({ name, ...outcome });
      return Promise.resolve();
    },
  },
  {
    name: 'every reply that the vendor documents ends its row as it should',
    run: async (harness) => {
      for (const { row, action = 'create', confirm = false, ...quoted } of harness.replies) {
        if (row === undefined) continue;
        const settlement = await settledBy(harness, replyOf(quoted), action, confirm);
        expect({ name: quoted.name, warning: undefined, ...settlement }).toMatchObject({
          name: quoted.name,
          warning: undefined,
          ...row,
        });
      }
    },
  },
  {
    name: 'bad credentials stop the run after one request',
    run: async (harness) => {
      await atDesk(harness, '', async ({ desk, server, fake }) => {
        const rows = [harness.good, harness.another].map((row) => row.replace('{amount}', '50.00'));
        const csv = `${harness.header}\n${rows.join('\n')}\n`;
        const pushed = await desk.push(harness.vendor, csv, server.url, { secrets: harness.badSecrets });
        expect(pushed.stop?.kind).toBe('account_refused');
        expect(pushed.rows.map(({ status }) => status)).toEqual(['failed', 'not_sent']);
        expect(server.requests()).toBe(1);
        expect(harness.held(fake.books())).toEqual([]);
      });
    },
  },
];

export interface QuotedReply {
  readonly name: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
  readonly outcome: object;
  /** What becomes of the good row of 50.00 that is so answered, and not sent again. */
  readonly row?: object;
  /** What the row asks for; `create` where absent. */
  readonly action?: 'clear' | 'reverse' | 'correct';
  /** Whether it was sent with `--confirm`. */
  readonly confirm?: boolean;
}

function replyOf({ status, headers = {}, body }: Pick<QuotedReply, 'status' | 'headers' | 'body'>): Reply {
  return { status, headers, text: typeof body === 'string' ? body : JSON.stringify(body), receivedAt: 0 };
}

/** The good row, sent once and so answered. */
async function settledBy(
  harness: Harness,
  reply: Reply,
  action: Action,
  confirm: boolean,
): Promise<Settlement> {
  const { vendor, secrets } = harness;
  const { row: staged, sale: sold } = stageText(harness, harness.good.replace('{amount}', '50.00'));
  const { amount: _, ...blank } = sold;
  const sale: Sale = action === 'clear' || action === 'reverse' ? { ...blank, intent: action } : sold;
  const { key = '', digest = '' } = staged;
  const place = { position: 1, input: 'sales.csv', line: 2 };
  const row: ClaimedRow = { ...place, key, digest, action, sale, amount: sale.amount };
  const clock = new VirtualClock();
  const never = new AbortController().signal;
  const { settlement } = await sendRow(
    row,
    preparedFor(row, vendor, confirm),
    {},
    {
      ...{ vendor, secrets, clock, confirm, emit: () => undefined, stopping: never, abandoned: never },
      transport: { send: (_, read) => Promise.resolve({ outcome: read(reply), httpStatus: reply.status }) },
      ledger: { holds: () => true, rememberPause: () => undefined },
      limiter: new Limiter(clock, { concurrency: 1, rate: [] }),
      budget: { retries: 0, deadlineMs: 60_000 },
    },
  );
  return settlement;
}

/** The replies of `fixtures/<vendor>/replies.json`. */
export function quotedReplies(id: string): QuotedReply[] {
  return JSON.parse(readFileSync(`${FIXTURES}${id}/replies.json`, 'utf8')) as QuotedReply[];
}

interface Scene {
  readonly desk: Desk;
  readonly server: Sandbox;
  readonly fake: Fake;
  /** Real milliseconds at which the requests came. */
  readonly times: readonly number[];
}

async function atDesk(harness: Harness, faults: string, act: (scene: Scene) => Promise<void>): Promise<void> {
  const plan = parseFaults(faults);
  if (!plan.ok) throw new Error(plan.error);
  const fake = harness.fake();
  const times: number[] = [];
  const timed = (request: number): ReturnType<typeof plan.value> => {
    times.push(performance.now());
    return plan.value(request);
  };
  const server = await startSandbox({ fakes: [fake], port: 0, faults: timed, latencyMs: 0 });
  const desk = new Desk();
  try {
    await act({ desk, server, fake, times });
  } finally {
    desk.close();
    await server.close();
  }
}

async function push(
  harness: Harness,
  desk: Desk,
  server: Sandbox,
  rows: readonly string[],
): ReturnType<Desk['push']> {
  return desk.push(harness.vendor, `${harness.header}\n${rows.join('\n')}\n`, server.url, {
    secrets: harness.secrets,
  });
}

/** A row judged as a push would judge it, with the fields that the vendor is shown. */
function stageText(
  { vendor, header }: Pick<Harness, 'vendor' | 'header'>,
  text: string,
): { row: StagedRow; sale: Sale } {
  const matched = matchColumns(header.split(','), vendor.columns, NO_CHOICE);
  if (!matched.ok) throw new Error(matched.error.join('; '));
  const row = readRow({ line: 2, cells: text.split(',') }, matched.value, vendor, MAP);
  if (row.sale === undefined) throw new Error('the row could not be read');
  return { row, sale: row.sale };
}

/** What counts of texts such as `50.00`. */
function moneyIn(held: readonly string[]): number {
  return held.reduce((sum, text) => sum + Number(text), 0);
}
