import { DAY_MS } from '../core/instant.js';
import type { Code } from '../core/codes.js';
import type { ColumnKind } from '../core/vendor.js';

export interface FieldProblem {
  readonly code: Code;
  readonly message: string;
}

/**
 * What spreadsheets do to cells, where one cell is enough to know it. `text` is not blank. Free text is only
 * looked at for what replaced it as a whole.
 */
export function damageOf(kind: ColumnKind, text: string): FieldProblem | undefined {
  if (ERROR_VALUE.test(text)) {
    return {
      code: 'spreadsheet_error',
      message: `${JSON.stringify(text)} is a spreadsheet's error and not a value; mend the cell there`,
    };
  }
  const [, inside] = /^="(.*)"$/s.exec(text) ?? [];
  if (inside !== undefined) {
    const message = `${JSON.stringify(text)} is a formula that stands for text; export the value ${JSON.stringify(inside)}`;
    return { code: 'spreadsheet_formula', message };
  }
  switch (kind.is) {
    case 'text':
    case 'named_texts':
      return hiddenCharacter(text, NUL);
    case 'secret':
      return undefined;
    case 'amount':
    case 'money':
      return hiddenCharacter(text, ZERO_WIDTH);
    case 'id':
      return idDamage(text, kind.own === true) ?? hiddenCharacter(text, INVISIBLE) ?? curlyQuotes(text);
    case 'instant':
    case 'local_time':
      return hiddenCharacter(text, INVISIBLE_IN_TIMES) ?? curlyQuotes(text) ?? serialDate(text);
    case 'phone':
      return numberFor('a phone number', text) ?? hiddenCharacter(text, INVISIBLE) ?? curlyQuotes(text);
    case 'flag':
      return hiddenCharacter(text, INVISIBLE) ?? curlyQuotes(text);
  }
}

/** `#REF!`, `#N/A` and their kin in every language of the common spreadsheets. */
const ERROR_VALUE = /^#(?:\p{Lu}[\p{Lu}\d/_]*[!?]|N\/A|NV|N\/D|NB)$/u;

/** The ledger cannot tell keys apart behind one. */
const NUL = /\u0000/u;
const ZERO_WIDTH = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const INVISIBLE = /[\u0000-\u001f\u007f-\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff]/u;
/** No-break spaces stand before `PM`. */
const INVISIBLE_IN_TIMES =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u2000-\u200f\u2028-\u202e\u205f-\u2069\u3000\ufeff]/u;

const NAMES: ReadonlyMap<string, string> = new Map([
  ['\u00a0', 'a non-breaking space'],
  ['\u202f', 'a narrow non-breaking space'],
  ['\u200b', 'a zero-width space'],
  ['\ufeff', 'a byte order mark'],
  ['\u0000', 'a zero byte'],
  ['\t', 'a tab'],
  ['\n', 'a line end'],
  ['\r', 'a line end'],
]);

function hiddenCharacter(text: string, pattern: RegExp): FieldProblem | undefined {
  const [found] = pattern.exec(text) ?? [];
  if (found === undefined) return undefined;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const name = NAMES.get(found) ?? 'a character that nobody sees';
  const message = `${JSON.stringify(text)} holds ${name} (U+${code}); type the cell anew`;
  return { code: 'hidden_character', message };
}

function curlyQuotes(text: string): FieldProblem | undefined {
  if (!/[“”„‟«»]|^[‘’‚‛]|[‘’‚‛]$/u.test(text)) return undefined;
  const message = `${JSON.stringify(text)} holds a typographic quote; take it out`;
  return { code: 'hidden_character', message };
}

/** What nothing but digits, letters and what stands between them is of. */
const PLAIN_ID = /^[\w-]+$/;

/** What was made of an id, or was put in front of it. Of the user's `own` ids only what no one writes so. */
function idDamage(text: string, own: boolean): FieldProblem | undefined {
  if (PLAIN_ID.test(text)) return undefined;
  const damaged = (what: string): FieldProblem => ({
    code: 'damaged_id',
    message: `${JSON.stringify(text)} ${what}`,
  });
  if (/^['`´][^'`´]*$/.test(text))
    return damaged('begins with an apostrophe, with which a spreadsheet keeps text; take it out');
  if (!own && text.startsWith('#')) return damaged('begins with #, which is no part of the id; take it out');
  if (
    (own ? /^\d{1,3}(?:,\d{3})+$/ : /^\d{1,3}(?:([.,'’ \u00a0\u2009\u202f])\d{3})(?:\1\d{3})*$/u).test(text)
  ) {
    const plain = text.replace(/\D/g, '');
    return damaged(`is an id whose digits were grouped like those of an amount; write ${plain}, ${AS_TEXT}`);
  }
  return numberFor('an id', text);
}

const AS_TEXT = 'format the column as text and export again';

function numberFor(what: 'an id' | 'a phone number', text: string): FieldProblem | undefined {
  const damaged = (how: string): FieldProblem => ({
    code: 'damaged_id',
    message: `${JSON.stringify(text)} is ${what} that ${how}; ${AS_TEXT}`,
  });
  if (/^\d(?:[.,]\d+E\+?|E\+)\d+$/i.test(text))
    return damaged('a spreadsheet shortened, and its digits are lost');
  if (/^\+?\d+[.,]0+$/.test(text)) return damaged('was made a decimal number');
  return undefined;
}

/** Day 0 of the spreadsheets' calendar. */
const SERIAL_EPOCH = Date.UTC(1899, 11, 30);

function serialDate(text: string): FieldProblem | undefined {
  const [, days] = /^([2-7]\d{4})(?:[.,]\d+)?$/.exec(text) ?? [];
  if (days === undefined) return undefined;
  const day = new Date(SERIAL_EPOCH + Number(days) * DAY_MS).toISOString().slice(0, 10);
  const message = `${JSON.stringify(text)} is a spreadsheet's serial number, perhaps of ${day}; format the column as yyyy-mm-dd hh:mm:ss and export again`;
  return { code: 'serial_date', message };
}
