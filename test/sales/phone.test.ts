import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { describe, expect, it } from 'vitest';
import { readPhone } from '../../src/sales/phone.js';

/** Digits, some of which are more likely where they stand for something, and what people write between them. */
const writing = fc
  .tuple(
    fc.constantFrom('', '', '1', '+1', '+', '011', '0', '+44', '+52'),
    fc.constantFrom('', ' ', '-', '.', '('),
    fc.stringMatching(/^[0-9]{2,3}$/),
    fc.constantFrom('', ' ', '-', '.', ')', ') ', ')-'),
    fc.stringMatching(/^[0-9]{3}$/),
    fc.constantFrom('', ' ', '-', '.', '--'),
    fc.stringMatching(/^[0-9]{3,5}$/),
  )
  .map((parts) => parts.join(''));

describe('a phone number', () => {
  it.each(['5125550123', '(512) 555-0123', '512.555.0123', '1-512-555-0123', '+1 512 555 0123'])(
    'is read from %s',
    (text) => {
      expect(readPhone(text)).toEqual({ ok: true, value: '+15125550123' });
    },
  );

  it('is what libphonenumber makes of it, however it is written', () => {
    fc.assert(
      fc.property(writing, (text) => {
        const phone = parsePhoneNumberFromString(text, 'US');
        const isTaken = phone?.isPossible() === true && !/^\+1[01]/.test(phone.number);
        // An international prefix written with zeros is another matter.
        fc.pre(!/^\D*00/.test(text));
        const read = readPhone(text);
        expect(read.ok ? read.value : undefined).toBe(isTaken ? phone.number : undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});
