import type { Transaction } from '../../src/core/transactions.js';
import { invocaTransactions } from '../../src/vendors/invoca-transactions.js';
import { NETWORK } from './pulled.js';

/*
 * Pages as an account with rolled-up signals has them, by the vendor's page: one row of type Call with all the names that
 * were true when it ended, one Post Call Event for each partner_unique_id, no signal_value, and what is true in
 * custom_data or in columns that have the names of the signals.
 */

export type Json = Readonly<Record<string, unknown>>;

export const CALL: Json = {
  transaction_id: '0000-CALL',
  corrects_transaction_id: null,
  complete_call_id: 'CALL-1',
  transaction_type: 'Call',
  start_time_utc: Date.parse('2026-11-20T15:00:00Z'),
  calling_phone_number: '512-555-0123',
  duration: 75,
  signal_name: 'Sale,Quote',
  signal_partner_unique_id: null,
  // Of the whole call.
  sale_amount: '180.0',
  revenue: '180.0',
  custom_data: [said('Sale', true), said('Quote', true)],
};

export function said(name: string, value: boolean | null): Json {
  return { name, data_type: 'Signal', source: 'Api', value };
}

export function event(id: string, orderId: string | null, revenue: string | null, more: Json): Json {
  return {
    ...CALL,
    transaction_id: id,
    transaction_type: 'Post Call Event',
    signal_partner_unique_id: orderId,
    sale_amount: null,
    revenue,
    custom_data: [],
    ...more,
  };
}

export function correction(of: string): Json {
  return { corrects_transaction_id: of, corrected_at: '2026-11-21 09:00:00 -05:00' };
}

export function rowsOf(page: readonly Json[]): readonly Transaction[] {
  const query = { scope: NETWORK, period: { from: '', to: '' }, zone: 'UTC', limit: 100, columns: [] };
  const text = JSON.stringify(page);
  const read = invocaTransactions.readPage({ status: 200, headers: {}, text, receivedAt: 0 }, query);
  if (read.kind !== 'rows') throw new Error(read.message);
  return read.rows;
}
