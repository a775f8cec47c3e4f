import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

/** Calls of one minute, found by the caller. */
function callers(...phones: readonly string[]): string {
  return `start_time;phone;outcome;amount\n${phones.map((phone) => `2026-11-20T14:05:00Z;${phone};Sale;5.00\n`).join('')}`;
}

function sold(line: number, phone: string): Row {
  return [line, `start_time_t=1795183500&calling_phone_number=${phone}|sale|`, 'accepted', '5.00'];
}

function invalid(line: number, code: string, error: string): Row {
  return [line, '', 'invalid', '', code, error];
}

const AS_TEXT = 'format the column as text and export again';

/** However the number is written, it is one. */
function read(name: string, phone: string, number = '+13055550123'): FieldCase {
  return { name, vendor: 'invoca', file: callers(phone), exit: 0, rows: [sold(2, number)] };
}

export const PHONES: readonly FieldCase[] = [
  read('a link to a phone', 'tel:+13055550123'),
  read('a link with dashes', 'tel:+1-305-555-0123'),
  read('an extension of one digit', '305-555-0123 x4'),
  read('an extension in words', '(305) 555-0123 ext. 12'),
  read('an extension of a link', '"tel:+13055550123;ext=12"'),
  read('the international prefix of most of the world', '0013055550123'),
  read('the international prefix with spaces', '00 1 305 555 0123'),
  read('the international prefix of North America, to London', '011442079460123', '+442079460123'),
  read('the prefix of most of the world, to London', '00442079460123', '+442079460123'),
  {
    name: 'a number that was made a decimal number',
    vendor: 'invoca',
    file: callers('3055550123.0'),
    exit: 1,
    rows: [
      invalid(
        2,
        'damaged_id',
        `calling_phone_number: "3055550123.0" is a phone number that was made a decimal number; ${AS_TEXT}`,
      ),
    ],
    remedy: { takes: '', file: callers('3055550123'), rows: [sold(2, '+13055550123')] },
  },
  {
    name: 'a number that a spreadsheet shortened',
    vendor: 'tldcrm',
    file: 'did,cid,call_date,cost\n3055550123,3.05E+09,2026-11-20 14:05:00,5\n',
    exit: 1,
    rows: [
      invalid(
        2,
        'damaged_id',
        `cid: "3.05E+09" is a phone number that a spreadsheet shortened, and its digits are lost; ${AS_TEXT}`,
      ),
    ],
    remedy: {
      takes: '',
      file: 'did,cid,call_date,cost\n3055550123,3055550199,2026-11-20 14:05:00,5\n',
      rows: [[2, '3055550123|3055550199|2026-11-20 14:05:00', 'accepted', '5.00']],
    },
  },
  {
    name: 'prefixes of two kinds are no loss of one',
    vendor: 'invoca',
    file: callers('+442079460123', '00442079460124', '011442079460125', '+442079460126'),
    exit: 0,
    rows: [
      sold(2, '+442079460123'),
      sold(3, '+442079460124'),
      sold(4, '+442079460125'),
      sold(5, '+442079460126'),
    ],
  },
  {
    name: 'a name in place of a number is still none',
    vendor: 'invoca',
    file: callers('Anonymous x4'),
    exit: 1,
    rows: [
      invalid(
        2,
        'not_a_phone',
        'calling_phone_number: "Anonymous x4" is not a phone number like +15125550123 or (512) 555-0123',
      ),
    ],
  },
];
