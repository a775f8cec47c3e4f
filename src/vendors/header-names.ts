import type { Column } from '../core/vendor.js';

/** Columns with the headers under which people keep their fields. */
export function named(
  headers: Readonly<Record<string, readonly string[]>>,
  columns: readonly Omit<Column, 'names'>[],
): readonly Column[] {
  return columns.map((column) => ({ ...column, names: headers[column.field] ?? [] }));
}

/*
 * The headers under which people keep each field, apart from the field's own name. They are compared without
 * case, spaces and punctuation, so `Call Log ID` also stands for `call_log_id` and `CallLogID`. A name is here
 * only where it means this field and no other of its vendor.
 */

const SALE_AMOUNT = [
  ...['revenue', 'amount', 'sale amount', 'sales amount', 'sale revenue', 'sales revenue', 'sale value'],
  ...['sale total', 'sale price', 'call revenue', 'revenue amount', 'total revenue', 'total amount'],
  ...['order total', 'order amount', 'order value', 'conversion value', 'amount usd', 'revenue usd'],
] as const;

const CALLER = [
  ...['caller id', 'callerid', 'caller', 'caller number', 'caller phone', 'caller phone number'],
  ...['calling number', 'calling phone', 'customer phone', 'customer number', 'phone', 'phone number', 'ani'],
  ...['from number', 'source number'],
] as const;

const CALL_STARTED = [
  ...['call start time', 'call start', 'call started', 'call time', 'call date', 'call datetime'],
  ...['call date time', 'call timestamp', 'start time', 'started at'],
] as const;

const ORDER_ID = [
  ...['order id', 'order number', 'order no', 'partner id', 'partner order id', 'sale id'],
  ...['sale number', 'policy number', 'invoice number', 'deal id', 'opportunity id'],
] as const;

export const CONVOSO_HEADERS = {
  call_id: [
    ...['call_log_id', 'call id', 'call log', 'log id', 'call log number', 'convoso call log id'],
    ...['convoso call id', 'convoso log id', 'convoso id'],
  ],
  amount: SALE_AMOUNT,
} as const;

export const TRACKDRIVE_HEADERS = {
  call_id: [
    ...['call id', 'call uuid', 'uuid', 'trackdrive call id', 'trackdrive call uuid', 'trackdrive id'],
    ...['trackdrive uuid', 'td call id'],
  ],
  amount: SALE_AMOUNT,
  buyer_converted: ['buyer conversion', 'buyer converted?', 'is buyer converted'],
  offer_converted: ['offer conversion', 'ts converted', 'offer converted?', 'traffic source converted'],
  buyer_id: ['trackdrive_buyer_id', 'trackdrive buyer'],
  payout: ['payout amount', 'call payout', 'publisher payout'],
  secure_token: ['trackdrive secure token', 'call secure token'],
} as const;

export const TLDCRM_HEADERS = {
  did: [
    ...['dialed number', 'called number', 'tracking number', 'did number', 'destination number'],
    ...['inbound did', 'inbound number', 'toll free number', 'tfn', 'dnis', 'to number'],
  ],
  cid: CALLER,
  call_date: CALL_STARTED,
  amount: ['cost', 'call cost', 'billable amount', 'billed amount', 'price', ...SALE_AMOUNT],
  date_billed: ['billed date', 'billing date', 'billed at', 'billed on', 'bill date'],
  notes: ['note', 'comment', 'comments', 'remark', 'remarks'],
} as const;

export const RINGBA_HEADERS = {
  call_id: ['inbound call id', 'call id', 'ringba call id', 'ringba inbound call id', 'ringba id'],
  amount: ['conversion amount', 'new conversion amount', 'call conversion amount', ...SALE_AMOUNT],
  payout: ['payout amount', 'new payout amount', 'call payout', 'publisher payout'],
  reason: ['override reason', 'adjustment reason'],
  // `Target` is the name of one in the vendor's own exports.
  target_id: ['ringba target id', 'call target id'],
} as const;

const INVOCA_CALL_HEADERS = {
  transaction_id: [
    ...['invoca transaction id', 'invoca id', 'invoca call id', 'call transaction id', 'transaction'],
  ],
  call_record_id: ['complete call id', 'invoca call record id', 'call record'],
  start_time: ['start_time_t', 'call_start_time', 'start time utc', ...CALL_STARTED],
  calling_phone_number: CALLER,
  duration_in_seconds: ['duration', 'call duration', 'duration seconds', 'call length', 'talk time'],
  advertiser_id_from_network: ['advertiser id'],
  advertiser_campaign_id_from_network: ['advertiser campaign id'],
  network_id: ['network'],
  partner_unique_id: ORDER_ID,
  amount: ['sale_amount', ...SALE_AMOUNT],
} as const;

export const INVOCA_HEADERS = {
  ...INVOCA_CALL_HEADERS,
  outcome_name: ['outcome', 'disposition', 'call outcome', 'call disposition', 'result', 'call result'],
  value: ['outcome value'],
  occurred_at: ['occurred_at_time_t', 'sale time', 'sale date', 'outcome time', 'outcome date', 'sold at'],
  description: ['outcome description'],
  // The vendor's own page once spelled it without the second "e".
  custom_parameter_1: ['custom_paramter_1'],
  custom_parameter_2: ['custom_paramter_2'],
  custom_parameter_3: ['custom_paramter_3'],
} as const;

export const INVOCA_SIGNALS_HEADERS = {
  ...INVOCA_CALL_HEADERS,
  external_call_unique_id: ['external call id', 'external unique id', 'external call unique id'],
  signal_name: ['signal', 'outcome_name', 'outcome', 'disposition', 'call outcome', 'call disposition'],
  value: ['signal value'],
  occurred_at: ['occurred_at_time', 'sale time', 'sale date', 'signal time', 'signal date', 'sold at'],
  custom_data: ['custom'],
} as const;
