/**
 * revsync's own error codes: the words of `revsync_error_code` where the vendor gave none. Never renamed.
 * docs/codes.md has them.
 */
export const CODES = {
  column_count: { means: 'the row has more or fewer cells than the header', remedy: 'mend the row' },
  blank_row: { means: 'no cell of the row holds anything', remedy: 'nothing; or take the row out' },
  only: { means: "the profile's `only` leaves the row out", remedy: 'nothing, if that is meant' },
  not_a_break: {
    means: 'a reconciliation wrote the file, and found nothing in the row that a push could mend',
    remedy: 'nothing; or look at revsync_break',
  },
  not_a_row: {
    means: 'the line is the header again, units or a note, and no row of the table',
    remedy: 'nothing; or take the line out',
  },
  total_row: {
    means: 'the row is a total and not a sale',
    remedy: 'nothing where it is skipped; else fix what it says, or take it out',
  },
  spreadsheet_error: {
    means: 'a spreadsheet left an error such as #N/A in the cell',
    remedy: 'mend the cell in the spreadsheet',
  },
  spreadsheet_formula: {
    means: 'the cell is a formula that stands for text, such as ="00123"',
    remedy: 'export the value',
  },
  hidden_character: {
    means: 'the cell holds a character that nobody sees, or a typographic quote',
    remedy: 'type the cell anew',
  },
  damaged_id: {
    means: 'a spreadsheet made a number of the id or phone number, or put a mark in front of it',
    remedy: 'format the column as text and export again',
  },
  serial_date: {
    means: "the time is a spreadsheet's serial number",
    remedy: 'format the column as yyyy-mm-dd hh:mm:ss and export again',
  },
  lost_prefix: {
    means: 'the phone number lacks the + or 0 that the rest of the column has',
    remedy: 'format the column as text and export again',
  },
  missing_value: { means: 'a required cell is blank', remedy: 'fill it in' },
  bad_value: { means: 'a cell cannot be what its column needs', remedy: 'mend the cell' },
  not_a_time: {
    means: 'the time cannot be read with certainty',
    remedy: 'write it like 2026-11-20 14:05:00',
  },
  time_needs_zone: {
    means: 'the time is not told in the time zone that the vendor needs',
    remedy: 'name the zone with --timezone',
  },
  implausible_time: {
    means: 'the time is more than a day in the future or more than ten years ago',
    remedy: 'fix the date; or set the clock of this machine',
  },
  not_a_phone: { means: 'the cell is not a phone number', remedy: 'mend the cell' },
  not_a_flag: { means: 'the cell is neither true nor false', remedy: 'write true or false' },
  blank_amount: {
    means: 'the amount is blank, which is neither 0.00 nor a clear',
    remedy: 'write 0.00, or use --blank-amount clear if the vendor should forget the amount',
  },
  not_an_amount: { means: 'the amount is not digits with at most one point', remedy: 'mend the cell' },
  other_currency: {
    means: 'the amount is in another currency than the one of --currency',
    remedy: 'push its rows by themselves, with their own --currency',
  },
  too_many_decimals: {
    means: 'the amount is finer than the vendor keeps',
    remedy: 'mend it, or use --round',
  },
  amount_too_large: { means: 'the amount is a thousand million or more', remedy: 'mend the cell' },
  negative_amount: {
    means: 'the vendor documents no negative amounts',
    remedy: 'send the amount that remains, or 0.00',
  },
  unlisted_refund: {
    means: 'the row says that the sale was taken back, in a word that is not among the reversal values',
    remedy: 'add the word to --reversal-values, or take the row out',
  },
  conflict: {
    means: 'another line has the same key and other content, or names the same call otherwise',
    remedy: 'keep one of the lines, or use --on-conflict last or sum; or --send-again, if they are two calls',
  },
  no_sale: {
    means: 'the amount is 0.00, which is no sale, and nothing is held for the key',
    remedy: 'nothing; or --zero amount, which sends it',
  },
  zero_takes_back: {
    means: 'the amount is 0.00, which is no sale, and something is held for the key',
    remedy: 'take the sale back, or use --zero amount, which sends 0.00',
  },
  sale_without_amount: {
    means: 'a warning: a first 0.00 makes a conversion without an amount',
    remedy: 'nothing if that is meant; --zero no_sale says that there was no sale',
  },
  zero_amount: {
    means: 'the amount is 0.00, and --zero refuse takes none',
    remedy: 'take the row out, or use --zero amount or no_sale',
  },
  partial_refund: {
    means: 'a refund takes back another amount than what is held',
    remedy: 'find out which is right, or use --negative-amounts net, which sends what remains',
  },
  over_refund: {
    means: 'more is taken back than was sold, as far as file and ledger know',
    remedy: 'find out which is right; the sale and all its refunds in one file say what remains',
  },
  correction_held: {
    means: '--no-correct held a changed amount, a reversal or a clear back',
    remedy: 'push without --no-correct',
  },
  cannot_correct: {
    means: 'the vendor documents no way to change what it holds',
    remedy: 'correct it there by hand',
  },
  cannot_reverse: {
    means: 'the vendor documents no way to take a sale back',
    remedy: 'take it back there by hand',
  },
  cannot_clear: { means: 'the vendor documents no way to empty an amount', remedy: 'clear it there by hand' },
  looks_sent: {
    means: 'a row that was sent before is the same but for its time, or for what its call is found by',
    remedy: 'nothing if it is the same sale; --send-again if it is another one',
  },
  key_changed: {
    means: 'a results file is fed back, and the key of the row is not the one that stands beside it',
    remedy:
      'read the file with the options of then; or empty the revsync_key of a row that was changed on purpose',
  },
  was_accepted: {
    means:
      'a breaks CSV says that the vendor lacks the row, and an earlier run had it accepted; every request adds a record',
    remedy:
      'see that the export is whole and of this account; write yes into revsync_send_again if the vendor lacks it',
  },
  cannot_undo: {
    means:
      'what a run did to the row cannot be undone: the vendor has no way, or what was before is not known',
    remedy: 'do what the message says; by hand at the vendor',
  },
  undone_in_part: {
    means: 'a warning: the row puts back what was held before a run, but for what the warning names',
    remedy: 'put the rest back at the vendor by hand, if it matters',
  },
  touched_later: {
    means:
      'a later run sent something for the key, so that what the undone run did is no longer what is held',
    remedy: 'undo the later run first, or leave the row as it is',
  },
  earlier_value: {
    means: 'a warning: the row goes back to an amount that was held before a later run changed it',
    remedy: 'look at `revsync history KEY`; push the newest file if this one is old',
  },
  key_unsettled: {
    means: 'an earlier run may have applied a row with this key',
    remedy: 'look it up at the vendor, then `revsync resolve`',
  },
  limit: { means: 'the row lies behind --limit', remedy: 'push again' },
  interrupted: { means: 'the run was interrupted before the row was settled', remedy: 'push again' },
  crashed: {
    means: 'the run died while the row was in flight',
    remedy: 'push again, or `revsync resolve` if unknown',
  },
  account_refused: {
    means: 'the vendor refused the account, so the run stopped',
    remedy: 'mend the credential, push again',
  },
  storm: {
    means: 'too many of the last rows failed, so the run stopped',
    remedy: 'find out what is wrong, push again',
  },
  vendor_busy: {
    means: 'the vendor asked to wait longer than --deadline allows',
    remedy: 'push again later',
  },
  redirected: {
    means: 'the vendor redirected a request where each may count, so the run stopped',
    remedy: 'correct the base URL, `revsync resolve` the row that was redirected, push again',
  },
  budget_spent: {
    means: "the day's budget of --rate is spent, so the run stopped",
    remedy: 'push again when the next request may go',
  },
  ledger_failed: {
    means: 'the ledger could not be written, so the run stopped',
    remedy: 'make room, push again',
  },
  connect_failed: {
    means: 'no connection to the vendor; nothing left this machine',
    remedy: 'check network and proxy, push again',
  },
  lost_reply: {
    means: 'the connection broke after the request had been sent',
    remedy: 'push again, or `revsync resolve` if unknown',
  },
  timeout: { means: 'no answer within --timeout', remedy: 'push again, or `revsync resolve` if unknown' },
  unclear_answer: {
    means: 'the answer does not say whether the row was applied',
    remedy: 'push again, or `revsync resolve` if unknown',
  },
  echo_mismatch: {
    means:
      'the vendor accepted the row and says that it holds something else; with --confirm also where it says nothing',
    remedy: 'look the call up at the vendor; push again where that overwrites',
  },
  no_lead_updated: {
    means: 'a warning: the vendor took the row and found no lead to update',
    remedy: 'look the call up at the vendor',
  },
  cost_differs: {
    means: 'the vendor took the row and says another cost than was sent; nothing is sent again',
    remedy: 'look the cost up at the vendor, where alone it can be changed, then `revsync resolve`',
  },
  call_date_not_taken: {
    means: 'a warning: the vendor took the row and filed it under another time than was sent',
    remedy: 'look which call has the cost; check the zone with --timezone',
  },
  sent_late: {
    means: 'a machine that had stood still sent the row after another one had taken its account over',
    remedy: 'push the newest file again, or `revsync resolve` if unknown',
  },
  resolution_undone: {
    means: 'a person took back how the row was settled',
    remedy: 'look it up at the vendor, then `revsync resolve`',
  },
  resolved_not_applied: { means: 'a person settled the row as not applied', remedy: 'push again' },
} as const satisfies Record<string, { means: string; remedy: string }>;

export type Code = keyof typeof CODES;
