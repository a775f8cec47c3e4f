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
      return hiddenCharacter(text, INVISIBLE) ?? curlyQuotes(text) ?? numberForId(text);
    case 'instant':
    case 'local_time':
      return hiddenCharacter(text, INVISIBLE) ?? curlyQuotes(text) ?? serialDate(text);
    case 'phone':
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

function numberForId(text: string): FieldProblem | undefined {
  const remedy = 'format the column as text and export again';
  if (/^\d(?:[.,]\d+)?E\+\d+$/i.test(text)) {
    const message = `${JSON.stringify(text)} is an id that a spreadsheet shortened, and its digits are lost; ${remedy}`;
    return { code: 'damaged_id', message };
  }
  if (/^\d+[.,]0+$/.test(text)) {
    const message = `${JSON.stringify(text)} is an id that was made a decimal number; ${remedy}`;
    return { code: 'damaged_id', message };
  }
  return undefined;
}

const DAY_MS = 86_400_000;
/** Day 0 of the spreadsheets' calendar. */
const SERIAL_EPOCH = Date.UTC(1899, 11, 30);

function serialDate(text: string): FieldProblem | undefined {
  const [, days] = /^([2-7]\d{4})(?:[.,]\d+)?$/.exec(text) ?? [];
  if (days === undefined) return undefined;
  const day = new Date(SERIAL_EPOCH + Number(days) * DAY_MS).toISOString().slice(0, 10);
  const message = `${JSON.stringify(text)} is a spreadsheet's serial number, perhaps of ${day}; format the column as yyyy-mm-dd hh:mm:ss and export again`;
  return { code: 'serial_date', message };
}
