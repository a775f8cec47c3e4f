import type { Code } from '../core/codes.js';

/** What is said of a row that has a code, as a file of fixtures/bad has it. */
export const CODE_EXAMPLES: { readonly [C in Code]?: string } = {
  column_count:
    'column-count.csv:2: the row has 1 cell and the header 3; mend it, a cell with a comma needs quotes',
  blank_row: 'blank-row.csv:3: every cell is blank',
  only: 'only.csv:3: Status is "lost", and only sold is sent',
  not_a_break:
    'not-a-break.csv:3: revsync_break is "matched": both have it and say the same; or the file takes the sale back and the vendor holds nothing',
  not_a_row: 'header-again.csv:3: is the header again',
  total_row: 'total-row.csv:3: the rows above come to this total',
  spreadsheet_error: `spreadsheet-error.csv:2: call_id: "#N/A" is a spreadsheet's error and not a value; mend the cell there`,
  spreadsheet_formula:
    'spreadsheet-formula.csv:2: call_id: "=\\"00123\\"" is a formula that stands for text; export the value "00123"',
  hidden_character: 'hidden-character.csv:5: call_id: "70\\t04" holds a tab (U+0009); type the cell anew',
  damaged_id:
    'id-shortened.csv:2: call_id: "1.00125E+11" is an id that a spreadsheet shortened, and its digits are lost; format the column as text and export again',
  serial_date: `serial-date.csv:2: call_date: "46346.5868" is a spreadsheet's serial number, perhaps of 2026-11-20; format the column as yyyy-mm-dd hh:mm:ss and export again`,
  lost_prefix:
    'plus-lost.csv:3: calling_phone_number: "442071838751" lacks the + with which 2 others of the column begin; format the column as text and export again; calling_phone_number: "442071838751" is not a phone number like +15125550123 or (512) 555-0123',
  missing_value:
    'missing-value.csv:2: transaction_id: is blank, and so is the start time: the call cannot be found; fill in one of them',
  bad_value:
    'bad-value.csv:2: call_id: "70 01" is not a call log id like 100125; it has no spaces and at most 100 characters',
  not_a_time:
    'not-a-time.csv:2: call_date: "2026-11-20" has no time of day; write it like 2026-11-20 14:05:00, or name the column that has it too: --column FIELD="DATE + TIME"',
  time_needs_zone:
    'time-with-an-offset.csv:2: call_date: "2026-11-20T14:05:00Z" has an offset from UTC; name the zone of the times with --timezone, such as America/New_York',
  implausible_time:
    'implausible-time.csv:2: call_date: "2062-11-20 14:05" is more than a day in the future; fix the date, or the clock of this machine',
  not_a_phone: 'not-a-phone.csv:2: cid: "555-0101" is not a phone number like +15125550123 or (512) 555-0123',
  not_a_flag: 'not-a-flag.csv:2: buyer_converted: "maybe" is neither true nor false; write true or false',
  blank_amount:
    'blank-amount.csv:2: amount: is blank, which is not 0.00; write 0.00, --blank-amount clear empties it',
  not_an_amount:
    'total-unchecked.csv:3: amount: "six" is not an amount like 1250.50; use digits and at most one point',
  too_many_decimals:
    'too-many-decimals.csv:2: amount: "5.005" has more than the 2 decimals this vendor keeps; correct it, or let --round half-up or --round half-even decide',
  amount_too_large:
    'amount-too-large.csv:2: amount: "1000000000" is too large; amounts have at most 9 digits before the point',
  negative_amount:
    'negative-amount.csv:2: amount: -50.00 is negative, which Convoso does not document; send the amount that remains, or 0.00, or let --negative-amounts net send it',
  unlisted_refund:
    'unlisted-refund.csv:4: Status: "Charged Back" is no sale, and the reversal values do not list it; add it to --reversal-values, or take the row out',
  conflict:
    'conflict.csv:2: same key "7001" as line 3, which differs in revenue ("6", here "5"); keep one of them, or use --on-conflict last or sum',
  no_sale: 'zero-is-no-sale.csv:2: 0.00 is no sale, and nothing is held for it; --zero amount sends it',
  zero_amount:
    'zero-is-refused.csv:2: amount: is 0.00, which --zero refuse does not send; --zero amount does, --zero no_sale leaves the row out',
  over_refund: 'over-refund.csv:2: 130.00 is taken back in all, and 100.00 was sold; find out which is right',
  cannot_reverse:
    'cannot-reverse.csv:2: amount: Convoso documents no reversal; send the amount that remains, 0.00, or clear it',
  cannot_clear:
    'cannot-clear.csv:2: amount: TrackDrive documents no way to empty an amount; send 0.00, or reverse the sale',
  key_changed:
    'key-changed.csv:3: its key is "100127", and revsync_key beside it is "100126": an id or a time was changed, or is read otherwise now; read it with the options of then (--timezone, --date-format, --column), or, if the change is meant, empty its revsync_key',
};
