import { describe, expect, it } from 'vitest';
import type { Transaction, TransactionReport } from '../../src/core/transactions.js';
import { foldCall } from '../../src/reconcile/fold-call.js';
import { invocaTransactions } from '../../src/vendors/invoca-transactions.js';
import { NETWORK } from '../support/pulled.js';
import { CALL, correction, event, said, type Json } from '../support/rolled-up.js';

/** What a page of documented rows comes to: `name (order id) amount` of each outcome, `-` taken back and `?` not told. */
interface Example {
  readonly report: TransactionReport;
  readonly shows: string;
  readonly rows: readonly Json[];
  readonly comesTo: readonly string[];
}

const SOLD = { custom_data: [said('Sale', true)] };

const EXAMPLES: readonly Example[] = [
  {
    report: invocaTransactions,
    shows: 'a call row with merged names',
    rows: [CALL, event('E-1', 'SO-1', '100.0', SOLD)],
    comesTo: ['Sale,Quote (SO-1) 1000000'],
  },
  {
    report: invocaTransactions,
    shows: 'an event that was reversed, without signal_value',
    rows: [
      CALL,
      event('E-1', 'SO-1', '100.0', SOLD),
      event('E-2', 'SO-1', null, { custom_data: [said('Sale', false)], ...correction('E-1') }),
    ],
    comesTo: ['-Sale,Quote (SO-1)'],
  },
  {
    report: invocaTransactions,
    shows: 'null, which says nothing',
    rows: [event('E-1', 'SO-1', '100.0', { custom_data: undefined, Sale: null, Quote: null })],
    comesTo: ['?Sale,Quote (SO-1) 1000000'],
  },
  {
    report: invocaTransactions,
    shows: 'columns that have the names of the signals',
    rows: [event('E-1', 'SO-1', '100.0', { custom_data: undefined, Sale: 1, Quote: null })],
    comesTo: ['Sale,Quote (SO-1) 1000000'],
  },
  {
    report: invocaTransactions,
    shows: 'the money of the event, and not of the whole call',
    rows: [event('E-1', 'SO-1', '100.0', { ...SOLD, sale_amount: '180.0' })],
    comesTo: ['Sale,Quote (SO-1) 1000000'],
  },
];

interface PlantedFault {
  readonly report: TransactionReport;
  readonly fault: string;
  readonly plant: (row: Transaction) => Partial<Transaction>;
}

const FAULTS: readonly PlantedFault[] = [
  {
    report: invocaTransactions,
    fault: 'takes a row of type Call for a sale by its merged names',
    plant: ({ type }) => (type === 'Call' ? { type: 'Post Call Event', outcome: 'Sale', value: true } : {}),
  },
  {
    report: invocaTransactions,
    fault: 'takes an event without signal_value for a sale',
    plant: ({ type, value }) => (type === 'Call' ? {} : { signals: undefined, value: value ?? true }),
  },
  {
    report: invocaTransactions,
    fault: 'takes null for false',
    plant: ({ signals }) =>
      signals === undefined
        ? {}
        : { signals: Object.fromEntries(Object.entries(signals).map(([name, is]) => [name, is ?? false])) },
  },
  {
    report: invocaTransactions,
    fault: 'does not read columns that have the names of signals',
    plant: ({ columns }) => (columns['custom_data'] === undefined ? { signals: undefined } : {}),
  },
  {
    report: invocaTransactions,
    fault: 'takes the money of the call for that of the event',
    plant: ({ columns }) =>
      columns['sale_amount'] === '180.0' ? { amount: 1_800_000 as Transaction['amount'] } : {},
  },
  {
    report: invocaTransactions,
    fault: 'does not link a correction to what it corrects',
    plant: () => ({ corrects: undefined }),
  },
];

function comesTo({ report, rows }: Example, plant: PlantedFault['plant']): string[] {
  const query = { scope: NETWORK, period: { from: '', to: '' }, zone: 'UTC', limit: 100, columns: [] };
  const page = report.readPage(
    { status: 200, headers: {}, text: JSON.stringify(rows), receivedAt: 0 },
    query,
  );
  if (page.kind !== 'rows') throw new Error(page.message);
  const { outcomes } = foldCall(page.rows.map((row) => ({ ...row, ...plant(row) })));
  return outcomes.map(({ name, orderId, value, amount }) => {
    const is = value === undefined ? '?' : value ? '' : '-';
    return `${is}${name} (${orderId ?? ''}) ${amount ?? ''}`.trim();
  });
}

describe('documented rows of a report', () => {
  it.each(EXAMPLES.map((example) => [example.report.title, example.shows, example] as const))(
    '%s: %s',
    (_title, _shows, example) => {
      expect(comesTo(example, () => ({}))).toEqual(example.comesTo);
    },
  );

  it.each(FAULTS.map((planted) => [planted.report.title, planted.fault, planted] as const))(
    'notice that %s %s',
    (_title, _fault, { report, plant }) => {
      const noticed = EXAMPLES.filter((example) => example.report === report).filter(
        (example) => JSON.stringify(comesTo(example, plant)) !== JSON.stringify(example.comesTo),
      );
      expect(noticed).not.toEqual([]);
    },
  );
});
