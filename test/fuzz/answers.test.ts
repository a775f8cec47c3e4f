import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClaimedRow } from '../../src/core/row.js';
import { matchColumns } from '../../src/sales/columns.js';
import { Limiter } from '../../src/push/limiter.js';
import type { Prepared } from '../../src/core/vendor.js';
import { preparedFor } from '../../src/sales/prepare.js';
import { readRow } from '../../src/sales/read-row.js';
import { sendRow } from '../../src/push/send.js';
import { headerLine, resultsText } from '../../src/io/results.js';
import { allOf } from '../support/all-of.js';
import { SENDS_BEHIND_RESET } from '../support/own-node.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { VirtualClock } from '../support/clock.js';
import { Desk, MAP, NO_CHOICE, wire } from '../support/push.js';
import type { Harness } from '../vendors/battery.js';
import { HARNESSES } from '../vendors/harnesses.js';
import { anyAnswer, type AnyAnswer } from './any-answer.js';
import { rawServer, type RawAnswer, type RawRequest } from '../support/wire.js';
import { fuzz, KNOWN_STATUSES, readResults, TEST_LIMIT_MS } from './support.js';

const RETRIES = 3;

/** The harness's good row, claimed, and its request. */
function claimed({ vendor, header, good }: Harness): { row: ClaimedRow; prepared: Prepared } {
  const mapping = matchColumns(header.split(','), vendor.columns, NO_CHOICE);
  if (!mapping.ok) throw new Error(mapping.error.join('; '));
  const cells = good.replace('{amount}', '50.00').split(',');
  const { key = '', sale, digest = '' } = readRow({ line: 2, cells }, mapping.value, vendor, MAP);
  if (sale === undefined) throw new Error('the good row is refused');
  const place = { position: 1, input: 'sales.csv', line: 2 };
  const row = { ...place, key, sale, action: 'create', digest, amount: sale.amount } as const;
  return { row, prepared: preparedFor(row, vendor, false) };
}

/** Each request meets the next answer; behind the last one the vendor turns all away for good. */
function inTurn(answers: readonly AnyAnswer[]): (request: RawRequest, index: number) => RawAnswer {
  const last: RawAnswer = {
    bytes: Buffer.from('HTTP/1.1 429 Wait\r\ncontent-length: 0\r\n\r\n'),
    then: 'end',
  };
  return (_request, index) => answers[index] ?? last;
}

/** Every request that the vendor got counts as a try, and no other but one that went into a connection that was reset. */
function expectTries(tries: number, got: number, answers: readonly AnyAnswer[]): void {
  const resets = answers.filter(({ then }) => then === 'reset').length;
  expect(tries).toBeGreaterThanOrEqual(got);
  expect(tries).toBeLessThanOrEqual(got + (SENDS_BEHIND_RESET ? resets : 0));
}

describe.each(HARNESSES.map((harness) => [harness.vendor.id, harness] as const))(
  'any answer of %s',
  (_, harness) => {
    const { vendor } = harness;
    const appends = vendor.semantics.repeat.kind === 'appends';
    const answer = anyAnswer(harness);

    it(
      'settles the row that was sent',
      async () => {
        const { row, prepared } = claimed(harness);
        await fc.assert(
          fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: RETRIES + 1 }), async (answers) => {
            const server = await rawServer(inTurn(answers));
            const transport = wire(vendor, `http://127.0.0.1:${server.port}`, harness.secrets);
            const clock = new VirtualClock();
            const never = new AbortController().signal;
            try {
              const { settlement, stop } = await sendRow(
                row,
                prepared,
                {},
                {
                  vendor,
                  secrets: harness.secrets,
                  transport,
                  clock,
                  ledger: { holds: () => true, rememberPause: () => undefined },
                  limiter: new Limiter(clock, { concurrency: 1, rate: [] }),
                  budget: { retries: RETRIES, deadlineMs: 3_600_000 },
                  confirm: false,
                  emit: () => undefined,
                  stopping: never,
                  abandoned: never,
                },
              );
              const { status, attempts } = settlement;
              expect(['accepted', 'rejected', 'failed', 'unknown']).toContain(status);
              expectTries(attempts.length, server.requests.length, answers);
              expect(attempts.length).toBeLessThanOrEqual(RETRIES + 1);
              expect(status === 'unknown').toBe(appends && settlement.doubt === 'blocked');
              if (stop?.kind === 'account_refused')
                expect(appends ? ['failed', 'unknown'] : ['failed']).toContain(status);
              // Of an appending vendor, only a request that was turned away for certain is sent again.
              if (appends)
                for (const one of answers.slice(0, attempts.length - 1)) expect(one.turnedAway).toBe(true);
              for (const { message = '' } of attempts)
                for (const secret of Object.values(harness.secrets).filter((text) =>
                  text.startsWith('NEEDLE'),
                ))
                  expect(message).not.toContain(secret);
            } finally {
              await transport.close();
              await server.close();
            }
          }),
          fuzz(60),
        );
      },
      TEST_LIMIT_MS,
    );

    it(
      'leaves one results row per source row, with its cells, and the requests that it counts',
      async () => {
        const rows = [harness.good, harness.another].map((row) =>
          row.replace('{amount}', '50.00').split(','),
        );
        const csv = [harness.header.split(','), ...rows].map((cells) => `${cells.join(',')}\n`).join('');
        await fc.assert(
          fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 5 }), async (answers) => {
            const server = await rawServer(inTurn(answers));
            const desk = new Desk();
            try {
              const pushed = await desk.push(vendor, csv, `http://127.0.0.1:${server.port}`, {
                secrets: harness.secrets,
                retries: 1,
              });
              expect(pushed.refused).toEqual([]);
              const ledger = SqliteLedger.open(desk.ledger, {
                vendor: vendor.id,
                account: 'test',
                origin: new URL(`http://127.0.0.1:${server.port}`).origin,
              });
              const text = [
                headerLine(harness.header.split(',')),
                ...(await allOf(resultsText(ledger, 1, 1))),
              ].join('');
              await ledger.close();
              const results = readResults(text);
              expect(results.rows.map(({ cells }) => cells)).toEqual(rows);
              for (const { own } of results.rows) expect(KNOWN_STATUSES).toContain(own['revsync_status']);
              const attempts = results.rows.map(({ own }) => Number(own['revsync_attempts']));
              const tries = attempts.reduce((sum, count) => sum + count, 0);
              expectTries(tries, server.requests.length, answers);
              for (const secret of Object.values(harness.secrets).filter((one) => one.startsWith('NEEDLE')))
                expect(text).not.toContain(secret);
            } finally {
              desk.close();
              await server.close();
            }
          }),
          fuzz(12),
        );
      },
      TEST_LIMIT_MS,
    );
  },
);
