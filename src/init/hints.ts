import { keepsOneAmount, type Column, type Vendor } from '../core/vendor.js';
import { AMOUNT_DECIMALS, parseAmount } from '../core/amount.js';
import { readField } from '../sales/fields.js';
import { namesStatus } from './header-words.js';
import type { Hint } from './proposal.js';
import type { Cell, ReadingStyle, SampleColumn } from './sample.js';

/** A field with the cells of its column that are not blank. */
export interface HeldField extends Column {
  readonly cells: readonly Cell[];
}

/** Columns with more different texts are not a status. */
const MOST_STATUSES = 12;

/** What a column of a few texts says of the rows. Where it says that sales were taken back, a push asks what that means. */
export function choiceOfRows({ name, cells }: SampleColumn): Hint[] {
  const counts = new Map<string, number>();
  for (const { text } of cells) counts.set(text, (counts.get(text) ?? 0) + 1);
  if (!namesStatus(name) || counts.size < 2 || counts.size > MOST_STATUSES) return [];
  const texts = [...counts].sort(([, left], [, right]) => right - left);
  const shown = texts.map(([text, rows]) => `${JSON.stringify(text)} (${rows})`).join(', ');
  const values = texts.map(([text]) => JSON.stringify(text)).join(', ');
  const about = `${JSON.stringify(name)} says ${shown}: if not all rows are to be sent, add this line with the texts that are`;
  return [{ about, lines: [`only: {column: ${JSON.stringify(name)}, values: [${values}]}`] }];
}

/** Also `(50.00)` and `50.00-`. */
function isNegative(text: string, { amounts = {} }: ReadingStyle): boolean {
  const parsed = parseAmount(text, {
    decimals: AMOUNT_DECIMALS,
    round: 'half-up',
    ...amounts,
    accounting: true,
  });
  return parsed.ok && parsed.value.amount < 0;
}

/** Amounts below zero, which mean nothing yet. */
export function negativeAmounts(vendor: Vendor, held: readonly HeldField[], style: ReadingStyle): Hint[] {
  const cells = held.filter(({ kind }) => kind.is === 'amount').flatMap(({ cells }) => cells);
  const negative = cells.filter(({ text }) => isNegative(text, style));
  const [first] = negative;
  if (first === undefined) return [];
  const { reverse, clear } = vendor.semantics;
  const ways = [
    ...(reverse.kind === 'supported' ? ['--negative-amounts reverse takes those sales back'] : []),
    ...(reverse.kind !== 'supported' && clear.kind === 'supported'
      ? ['--negative-amounts reverse --refund clear empties those amounts']
      : []),
    ...(keepsOneAmount(vendor) ? ['--negative-amounts net takes them off their sales'] : []),
    '--negative-amounts send sends them as they are',
  ];
  const about = `${negative.length} of ${cells.length} amounts are negative, the first on line ${first.line}, and are refused until it is said what they mean, here or in the profile: ${ways.join(', ')}`;
  return [{ about }];
}

/** Times that need a zone where none was named. */
export function zoneHints(held: readonly HeldField[], { timezone, dateOrder }: ReadingStyle): Hint[] {
  if (timezone !== undefined) return [];
  return held.flatMap(({ field, kind, cells }): Hint[] => {
    const needing = cells.filter(({ text }) => {
      const read = readField(kind, text, AMOUNT_DECIMALS, { timezone, dateOrder, amounts: {} });
      return !read.ok && read.error.code === 'time_needs_zone';
    });
    if (needing.length === 0) return [];
    const what = kind.is === 'instant' ? 'no offset from UTC' : 'an offset from UTC';
    const about = `${field}: ${needing.length} of ${cells.length} times have ${what} and are refused until the zone is named, which the file does not say: --timezone ZONE here, or in the profile`;
    return [{ about, lines: ['timezone: America/New_York'] }];
  });
}
