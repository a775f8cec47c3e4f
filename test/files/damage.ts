import type { Case, Row } from './case.js';

function invalid(line: number, code: string, error: string, key = ''): Row {
  return [line, key, 'invalid', '', code, error];
}

const AS_TEXT = 'format the column as text and export again';

/** A file of Invoca outcomes by caller. */
function callers(...phones: readonly string[]): string {
  const rows = phones.map((phone) => `2026-11-20T14:05:00Z,${phone},Sale,5.00\n`);
  return `start_time,phone,outcome,amount\n${rows.join('')}`;
}

function accepted(line: number, phone: string): Row {
  return [line, `start_time_t=1795183500&calling_phone_number=${phone}|sale|`, 'accepted', '5.00'];
}

/** It could be read by itself, so it has a key and an amount. */
function lostPrefix(line: number, phone: string, error: string): Row {
  return [line, accepted(line, phone)[1], 'invalid', '5.00', 'lost_prefix', error];
}

export const DAMAGE: readonly Case[] = [
  {
    name: 'ids that became numbers',
    file: 'call_log_id,revenue\n1.00125E+11,5\n100125.0,5\n"1,00E+11",5\n100125,5\n1E5-a,5\n',
    exit: 1,
    rows: [
      invalid(
        2,
        'damaged_id',
        `call_id: "1.00125E+11" is an id that a spreadsheet shortened, and its digits are lost; ${AS_TEXT}`,
      ),
      invalid(3, 'damaged_id', `call_id: "100125.0" is an id that was made a decimal number; ${AS_TEXT}`),
      invalid(
        4,
        'damaged_id',
        `call_id: "1,00E+11" is an id that a spreadsheet shortened, and its digits are lost; ${AS_TEXT}`,
      ),
      [5, '100125', 'accepted', '5.00'],
      [6, '1E5-a', 'accepted', '5.00'],
    ],
  },
  {
    name: 'a column of long ids of which one shows that none was rounded',
    file: 'call_log_id,revenue\n123456789012345000,5\n123456789012345001,5\n',
    exit: 0,
    rows: [
      [2, '123456789012345000', 'accepted', '5.00'],
      [3, '123456789012345001', 'accepted', '5.00'],
    ],
  },
  {
    name: 'a phone number that lost the 0 of its column',
    vendor: 'invoca',
    file: callers('02071838750', '2071838751', '(020) 71838752'),
    exit: 1,
    rows: [
      invalid(
        2,
        'not_a_phone',
        'calling_phone_number: "02071838750" is not a phone number like +15125550123 or (512) 555-0123',
      ),
      lostPrefix(
        3,
        '+12071838751',
        `calling_phone_number: "2071838751" lacks the 0 with which 2 others of the column begin; ${AS_TEXT}`,
      ),
      invalid(
        4,
        'not_a_phone',
        'calling_phone_number: "(020) 71838752" is not a phone number like +15125550123 or (512) 555-0123',
      ),
    ],
  },
  {
    name: 'a phone number that lost its + in a row that has another fault, and in one that is left out',
    vendor: 'invoca',
    file: 'start_time,phone,outcome,amount,own\n2026-11-20T14:05:00Z,+442071838750,Sale,5.00,yes\n2026-11-20T14:05:00Z,+442071838751,Sale,5.00,yes\n2026-11-20T14:05:00Z,+442071838752,Sale,5.00,yes\n2026-11-20T14:05:00Z,442071838753,Sale,five,yes\n2026-11-20T14:05:00Z,442071838754,Sale,5.00,no\n',
    args: ['--profile', 'p'],
    config: 'profiles:\n  p: { vendor: invoca, only: { column: own, values: ["yes"] } }\n',
    exit: 1,
    rows: [
      accepted(2, '+442071838750'),
      accepted(3, '+442071838751'),
      accepted(4, '+442071838752'),
      invalid(
        5,
        'lost_prefix',
        `calling_phone_number: "442071838753" lacks the + with which 3 others of the column begin; ${AS_TEXT}; calling_phone_number: "442071838753" is not a phone number like +15125550123 or (512) 555-0123; amount: "five" is not an amount like 1250.50; use digits and at most one point`,
      ),
      [6, '', 'skipped', '', 'only', 'own is "no", and only yes is sent'],
    ],
  },
  {
    name: 'North American phone numbers with and without +1',
    vendor: 'invoca',
    file: callers('+15125550101', '+15125550102', '5125550103', '(512) 555-0104'),
    exit: 0,
    rows: [
      accepted(2, '+15125550101'),
      accepted(3, '+15125550102'),
      accepted(4, '+15125550103'),
      accepted(5, '+15125550104'),
    ],
  },
  {
    name: 'errors of a spreadsheet in ids and amounts, and a formula that stands for text',
    file: 'call_log_id,revenue\n#N/A,5\n7001,#REF!\n7002,#DIV/0!\n"=""00123""",5\n',
    exit: 1,
    rows: [
      invalid(
        2,
        'spreadsheet_error',
        'call_id: "#N/A" is a spreadsheet\'s error and not a value; mend the cell there',
      ),
      invalid(
        3,
        'spreadsheet_error',
        'amount: "#REF!" is a spreadsheet\'s error and not a value; mend the cell there',
        '7001',
      ),
      invalid(
        4,
        'spreadsheet_error',
        'amount: "#DIV/0!" is a spreadsheet\'s error and not a value; mend the cell there',
        '7002',
      ),
      invalid(
        5,
        'spreadsheet_formula',
        'call_id: "=\\"00123\\"" is a formula that stands for text; export the value "00123"',
      ),
    ],
  },
  {
    name: 'characters that nobody sees, and typographic quotes',
    file: 'call_log_id,revenue\n7001\u00A0,5\n70\u200B02,5\n“7003”,5\n’7004,5\n7005,5\u200B\n  7006  ,5.00\u00A0\n',
    exit: 1,
    rows: [
      invalid(
        2,
        'hidden_character',
        'call_id: "7001\u00A0" holds a non-breaking space (U+00A0); type the cell anew',
      ),
      invalid(
        3,
        'hidden_character',
        'call_id: "70\u200B02" holds a zero-width space (U+200B); type the cell anew',
      ),
      invalid(4, 'hidden_character', 'call_id: "“7003”" holds a typographic quote; take it out'),
      invalid(5, 'hidden_character', 'call_id: "’7004" holds a typographic quote; take it out'),
      invalid(
        6,
        'hidden_character',
        'amount: "5\u200B" holds a zero-width space (U+200B); type the cell anew',
        '7005',
      ),
      [7, '7006', 'accepted', '5.00'],
    ],
  },
];
