import { PLANS, type Merchant, type Seen, type SeenRow } from './cases.js';
import { amount, amountText, rowsOf } from './rows.js';
import type { FaultLine, Mode } from './table.js';

/**
 * The rows that meet the fault, by what becomes of such a row: it is `sent again`, `settled` by the one
 * attempt, or `stops` the run. Every third of nine rows: request 3 is for row 3 and, where that is sent again,
 * 4 is too, 5 for row 4, 6 and 7 for row 5, 9 and 10 for row 7, 12 and 13 for row 9.
 */
const MET: Readonly<Record<Mode, Readonly<Record<'sent again' | 'settled' | 'stops', readonly number[]>>>> = {
  once: { 'sent again': [2], settled: [2], stops: [2] },
  always: { 'sent again': [1, 2], settled: [1, 2], stops: [1] },
  'every third': { 'sent again': [3, 5, 7, 9], settled: [3, 6, 9], stops: [3] },
};

/** What a line of the table, with the rules above it, says of a vendor. */
export function foretold(line: FaultLine, { vendor }: Merchant, mode: Mode): Seen {
  const appends = vendor.semantics.repeat.kind === 'appends';
  const cell = line.but.get(vendor.id) ?? (appends ? line.appends : line.overwrites)[mode];
  const met = MET[mode][cell.stop !== undefined ? 'stops' : cell.attempts > 1 ? 'sent again' : 'settled'];
  const { key, created, updated } = rowsOf(vendor.id);
  // A row that is accepted after another attempt met the fault with all but the last one.
  const recovers = cell.status === 'accepted' && cell.attempts > 1;
  const faultsPerRow = recovers ? cell.attempts - 1 : cell.attempts;

  const rowOf = (number: number): SeenRow => {
    const row = { key: key(number), action: 'create', amount: amount(number) } as const;
    if (cell.stop !== undefined && number > (met[0] ?? 0))
      return { ...row, status: 'not_sent', attempts: 0, code: cell.stop, httpStatus: undefined };
    if (!met.includes(number))
      return { ...row, status: 'accepted', attempts: 1, code: undefined, httpStatus: created };
    const { status, attempts, code } = cell;
    const own = line.vendor === 'applied' && attempts > 1 ? updated : created;
    return { ...row, status, attempts, code, httpStatus: recovers || line.http === 'own' ? own : line.http };
  };
  const rows = Array.from({ length: PLANS[mode].rows }, (_, index) => rowOf(index + 1));
  const attempts = rows.reduce((sum, row) => sum + row.attempts, 0);
  const held = ({ status }: SeenRow, number: number): boolean =>
    status === 'accepted' || (line.vendor === 'applied' && met.includes(number));
  const books = (holds: (row: SeenRow, number: number) => boolean): string[][] =>
    rows.map((row, index) => (holds(row, index + 1) ? [amountText(index + 1)] : []));

  const next = rows.map(({ status }) =>
    status === 'accepted' ? 'unchanged' : status === 'unknown' ? 'unknown' : 'accepted',
  );
  return {
    rows,
    stop: cell.stop,
    requests: line.vendor === 'not reached' ? attempts - met.length * faultsPerRow : attempts,
    books: books(held),
    next: {
      statuses: next,
      requests: next.filter((status) => status === 'accepted').length,
      books: books((row, number) => row.status !== 'unknown' || held(row, number)),
    },
  };
}
