import { createRequire } from 'node:module';
import type * as PhoneNumbers from 'libphonenumber-js/min';
import { err, ok, type Result } from '../core/result.js';
import type { FieldProblem } from './spreadsheet-damage.js';

const require = createRequire(import.meta.url);

/** Loaded with the first number: it takes as long as half of a push. */
const phoneNumbers = (): typeof PhoneNumbers => require('libphonenumber-js/min') as typeof PhoneNumbers;

/** `x4`, `ext. 12`, `;ext=12`, `#4` behind a number: a call is found by the number alone. */
const EXTENSION = /(?<=\d\)?)\s*(?:;ext=|#|,?\s*(?:extension|extn|ext|x)[.:]?\s*)\d{1,7}$/i;

/** How most North American numbers are written, for which nothing has to be loaded or looked up. */
const NORTH_AMERICAN = /^(?:\+?1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-]?)\d{3}[ .-]?\d{4}$/;

/** The number itself, of which an international prefix is the `+` that it stands for. */
export function dialled(text: string): string {
  if (NORTH_AMERICAN.test(text)) return text;
  const [first = ''] = text;
  // Most numbers are digits from their first character to their last.
  if (first !== 't' && first !== 'T' && first !== '0' && /^[+\d]\d+$/.test(text)) return text;
  return text
    .replace(/^tel:\s*/i, '')
    .replace(EXTENSION, '')
    .replace(/^00(?=[\s.-]*[1-9])/, '+');
}

/** As E.164. Letters are refused: a number that is guessed at finds somebody else's call. */
export function readPhone(text: string): Result<string, FieldProblem> {
  const number = dialled(text);
  if (NORTH_AMERICAN.test(number)) return ok(`+1${number.replace(/\D/g, '').slice(-10)}`);
  const phone = /^\+?[\d\s().\-/]+$/.test(number)
    ? phoneNumbers().parsePhoneNumberFromString(number, 'US')
    : undefined;
  // No North American area code begins with 0 or 1: such a number is of another country, or cut.
  if (phone?.isPossible() === true && !/^\+1[01]/.test(phone.number)) return ok(phone.number);
  return err({
    code: 'not_a_phone',
    message: `${JSON.stringify(text)} is not a phone number like +15125550123 or (512) 555-0123`,
  });
}
