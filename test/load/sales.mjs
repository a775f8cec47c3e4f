// Sales files whose every row is a function of its number, so that a checker can make them once more.

/** Money as revsync and the vendors write it: two decimals, and as many more as it needs. */
function decimal(tenThousandths) {
  const digits = String(tenThousandths).padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4).replace(/0{1,2}$/, '')}`;
}

/** The same amount as people write it. */
function spelled(amount, number) {
  switch (number % 4) {
    case 0:
      return amount.replace(/\.?0+$/, '');
    case 1:
      return ` ${amount} `;
    case 2:
      return `0${amount}`;
    default:
      return amount;
  }
}

/** Scattered over the range, each number once. */
function scattered(number) {
  return Math.imul(number, 2_654_435_761) >>> 0;
}

function note(number) {
  if (number % 50 === 0) return `Said "yes", call ${number}\r\nsecond line`;
  return number % 7 === 0 ? `Díaz, row ${number}` : '';
}

/** Of a thousand rows one is unknown to the vendor, one is no amount and one repeats an earlier row. */
function kindOf(number) {
  const place = number % 1000;
  if (place === 1) return 'unknown_id';
  if (place === 2) return 'bad_amount';
  return place === 3 && number > 1000 ? 'repeated' : 'plain';
}

/** The same to the letter, as one more line. */
function repeated(row) {
  return { ...row, statuses: ['duplicate'], held: false };
}

const convoso = {
  header: ['Call Date', 'Call Log ID', 'Agent', 'Sale Amount', 'Note'],
  row(number) {
    const kind = kindOf(number);
    if (kind === 'repeated') return repeated(convoso.row(number - 700));
    const id = `${kind === 'unknown_id' ? '404404' : ''}${5_000_000_000 + scattered(number)}`;
    const amount = decimal((scattered(number + 7) % 1_000_000) * 100);
    const written = kind === 'bad_amount' ? `$${amount}` : spelled(amount, number);
    const cells = ['2026-11-19 09:00:00', id, `Agent ${number % 300}`, written, note(number)];
    const status = {
      unknown_id: 'rejected',
      bad_amount: 'invalid',
      plain: 'accepted',
    };
    return { cells, key: id, amount, statuses: [status[kind]], held: kind === 'plain' };
  },
  /** Key and amount of one line of the vendor's journal. */
  entry: ({ call_log_id: id, revenue }) => [id, revenue],
};

const tldcrm = {
  header: ['Call Date', 'DID', 'Caller ID', 'Cost', 'Notes'],
  row(number) {
    const kind = kindOf(number);
    if (kind === 'repeated') return repeated(tldcrm.row(number - 700));
    const did = String(8_005_550_100 + (number % 7));
    const digits = String(2_000_000_000 + ((number * 7919) % 900_000_007));
    const cid = kind === 'unknown_id' ? `404404${digits.slice(-4)}` : digits;
    const at = new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();
    const date = at.slice(0, 19).replace('T', ' ');
    const amount = decimal(scattered(number + 7) % 1_000_000);
    const written = kind === 'bad_amount' ? `$${amount}` : spelled(amount, number);
    const phone = number % 3 === 0 ? `(${cid.slice(0, 3)}) ${cid.slice(3, 6)}-${cid.slice(6)}` : `1${cid}`;
    const cells = [date, did, phone, written, note(number)];
    const base = { cells, key: `${did}|${cid}|${date}`, amount };
    if (kind === 'bad_amount') return { ...base, statuses: ['invalid'], held: false };
    // A lead that is not known is a warning there. A lost answer may not be asked for again.
    return { ...base, statuses: ['accepted', 'unknown'], held: true };
  },
  entry: ({ did, cid, call_date: date, cost }) => [`${did}|${cid}|${date}`, cost],
};

export const VENDORS = { convoso, tldcrm };

function quoted(cell) {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** One line of the file, with its line end. */
export function lineOf(cells) {
  return `${cells.map(quoted).join(',')}\r\n`;
}

/** Lines of the file that a record takes. */
export function linesIn(cells) {
  return cells.join('').split('\r\n').length;
}
