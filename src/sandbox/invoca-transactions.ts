/** The call that a search found; the same search finds the same call. */
export interface InvocaCall {
  /** Its `transaction_id`. */
  readonly id: string;
  /** Its `complete_call_id`, the Call Record ID, which is never a transaction id. */
  readonly record: string;
  /** Epoch milliseconds; undefined where the search did not name it. */
  readonly start: number | undefined;
  readonly calling_phone_number: string | null;
  readonly duration: number | null;
}

/** Something true or false of a signal, or a field of custom data. */
export interface CustomDatum {
  readonly name: string;
  readonly data_type: 'Signal' | 'Text';
  readonly value: boolean | string | null;
}

/** A row of the Transactions API. */
export interface InvocaTransaction {
  readonly transaction_id: string;
  /** The row that this one replaces: always the latest before it, so corrections make a chain. */
  readonly corrects_transaction_id: string | null;
  readonly corrected_at: string | null;
  /** Alike in all rows of a call, and never the id of one. */
  readonly complete_call_id: string;
  readonly transaction_type: 'Call' | 'Post Call Event' | 'Reported Conversion' | 'Signal' | 'Sale';
  readonly start_time_local: string;
  /** Epoch milliseconds. */
  readonly start_time_utc: number;
  readonly calling_phone_number: string | null;
  readonly destination_phone_number: string | null;
  readonly duration: number | null;
  readonly revenue: string | null;
  readonly sale_amount: string | null;
  /** Null in a row that is about the call only, and in a `Sale`; several with commas where signals are rolled up. */
  readonly signal_name: string | null;
  readonly signal_partner_unique_id: string | null;
  /** Null where signals are rolled up. */
  readonly signal_value: boolean | null;
  readonly custom_data: readonly CustomDatum[];
}

/** What is reported in a row about a call that began at `start`; its amount is as it was sent. */
export interface Reported {
  readonly transaction_id: string;
  readonly transaction_type: InvocaTransaction['transaction_type'];
  readonly call: InvocaCall;
  readonly start: number;
  readonly name: string | null;
  readonly partner_unique_id: string | null;
  readonly value: boolean | null;
  readonly revenue?: string | null;
  readonly sale_amount?: string | null;
  readonly custom_data: readonly CustomDatum[];
  /** The row which this one corrects, and when it does. */
  readonly corrects: string | null;
  readonly at: number;
}

export function reportRow({ call, start, corrects, at, ...report }: Reported): InvocaTransaction {
  return {
    transaction_id: report.transaction_id,
    corrects_transaction_id: corrects,
    corrected_at: corrects === null ? null : localTime(at),
    complete_call_id: call.record,
    transaction_type: report.transaction_type,
    start_time_local: localTime(start),
    start_time_utc: start,
    calling_phone_number: reportedPhone(call.calling_phone_number),
    destination_phone_number: null,
    duration: call.duration,
    revenue: moneyBack(report.revenue),
    sale_amount: moneyBack(report.sale_amount),
    signal_name: report.name,
    signal_partner_unique_id: report.partner_unique_id,
    signal_value: report.value,
    custom_data: report.custom_data,
  };
}

/** A sale like no other. */
export function blankRow(rolledUp: boolean): InvocaTransaction {
  return reportRow({
    transaction_id: '',
    transaction_type: rolledUp ? 'Post Call Event' : 'Reported Conversion',
    call: { id: 'CALL-1', record: 'CALL-1', start: 0, calling_phone_number: null, duration: null },
    start: 0,
    name: 'Sale',
    partner_unique_id: '',
    value: rolledUp ? null : true,
    custom_data: rolledUp ? [{ name: 'Sale', data_type: 'Signal', value: true }] : [],
    corrects: null,
    at: 0,
  });
}

export const COLUMNS = Object.keys(blankRow(false)) as readonly (keyof InvocaTransaction)[];

const NO_SIGNAL = { signal_name: null, signal_partner_unique_id: null, signal_value: null } as const;
export const NO_CORRECTION = { corrects_transaction_id: null, corrected_at: null } as const;

/**
 * What was reported, as the account shows it: each call's own row before the first report about it; in an older
 * account, a `Sale` and a `Signal` for each outcome.
 */
export function shownRows(
  reports: readonly InvocaTransaction[],
  callIdOf: (record: string) => string,
  old: boolean,
): InvocaTransaction[] {
  const rows: InvocaTransaction[] = [];
  const own = reports.filter(
    (row) => row.transaction_type === 'Call' && row.corrects_transaction_id === null,
  );
  const calls = new Set(own.map((row) => row.complete_call_id));
  const sold = new Set<string>();
  for (const report of reports) {
    const { complete_call_id: call } = report;
    if (!calls.has(call)) rows.push(callRow(report, callIdOf(call)));
    calls.add(call);
    if (old && report.transaction_type === 'Reported Conversion') rows.push(...saleAndSignal(report, sold));
    else rows.push(report);
  }
  return rows;
}

/** `sold` are the ids of the sales so far. */
function saleAndSignal(report: InvocaTransaction, sold: Set<string>): InvocaTransaction[] {
  const { transaction_id: id, corrects_transaction_id: corrects, sale_amount } = report;
  const signal: InvocaTransaction = {
    ...report,
    transaction_id: `${id}-SIGNAL`,
    corrects_transaction_id: corrects === null ? null : `${corrects}-SIGNAL`,
    transaction_type: 'Signal',
    sale_amount: null,
  };
  const resold = corrects !== null && sold.has(corrects);
  if (sale_amount === null && !resold) return [signal];
  sold.add(id);
  const correction = resold ? {} : NO_CORRECTION;
  return [{ ...report, ...NO_SIGNAL, transaction_type: 'Sale', custom_data: [], ...correction }, signal];
}

function callRow(report: InvocaTransaction, id: string): InvocaTransaction {
  return {
    ...report,
    ...NO_SIGNAL,
    ...NO_CORRECTION,
    transaction_id: id,
    transaction_type: 'Call',
    revenue: null,
    sale_amount: null,
    custom_data: [],
  };
}

/** `2026-11-20 10:00:00 +00:00`: a time in the user's zone, with its offset. */
export function localTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +00:00`;
}

/** A caller as reports show one: `404-555-0100` in North America, as it was sent elsewhere. */
function reportedPhone(phone: string | null): string | null {
  return phone?.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3') ?? null;
}

/** Money as it comes back: `100` and `100.00` are `100.0`. */
export function moneyBack(text: string | null = null): string | null {
  if (text === null) return null;
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole.replace(/^0+(?=\d)/, '')}.${fraction.replace(/0+$/, '') || '0'}`;
}
