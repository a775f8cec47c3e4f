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

/** Texts that stand for a sale that was taken back, in the languages of the headers. */
const REVERSALS =
  /^(?:refund(?:ed|s)?|charged?[ _-]?backs?|cancel(?:l?ed|lation)|void(?:ed)?|revers(?:ed|al)|returned|rescinded|storno|storniert|erstattet|rückerstattet|rembours(?:é|ée)|annul(?:é|ée|ado|ada)|reembolsad[oa]|devuelt[oa])$/iu;

/** Columns with more different texts are not a status. */
const MOST_STATUSES = 12;

/** What columns that hold a few texts say about the rows; `used` are the headers that a field has. */
export function statusHints(
  vendor: Vendor,
  columns: readonly SampleColumn[],
  used: ReadonlySet<string>,
): Hint[] {
  return columns.flatMap(({ name, cells }) => {
    const texts = distinctTexts(cells);
    if (texts.length > MOST_STATUSES) return [];
    return [...reversals(vendor, name, texts), ...(used.has(name) ? [] : choiceOfRows(name, texts))];
  });
}

/** A text of a column and how many of its cells say it. */
interface TextCount {
  readonly text: string;
  readonly rows: number;
}

/** Without case, in the spelling that comes first, the most frequent ones first. */
function distinctTexts(cells: readonly Cell[]): TextCount[] {
  const counts = new Map<string, TextCount>();
  for (const { text } of cells) {
    const known = counts.get(text.toLowerCase()) ?? { text, rows: 0 };
    counts.set(text.toLowerCase(), { ...known, rows: known.rows + 1 });
    if (counts.size > MOST_STATUSES) break;
  }
  return [...counts.values()].sort((left, right) => right.rows - left.rows);
}

function reversals(vendor: Vendor, name: string, texts: readonly TextCount[]): Hint[] {
  const found = texts.filter(({ text }) => REVERSALS.test(text));
  if (found.length === 0) return [];
  const { reverse, clear } = vendor.semantics;
  const canReverse = reverse.kind === 'supported';
  const canClear = !canReverse && clear.kind === 'supported';
  const instead = canClear
    ? `; ${vendor.title} documents no reversal, but an amount can be emptied`
    : `; ${vendor.title} documents no way to take a sale back, so such rows are refused`;
  const about = `${JSON.stringify(name)} says ${countsText(found)}: if those sales are to be taken back, add these lines${canReverse ? '' : instead}`;
  return [{ about, lines: [`reversal: ${matching(name, found)}`, ...(canClear ? ['refund: clear'] : [])] }];
}

function choiceOfRows(name: string, texts: readonly TextCount[]): Hint[] {
  if (!namesStatus(name) || texts.length < 2) return [];
  const about = `${JSON.stringify(name)} says ${countsText(texts)}: if not all rows are to be sent, add this line with the texts that are`;
  return [{ about, lines: [`only: ${matching(name, texts)}`] }];
}

function countsText(texts: readonly TextCount[]): string {
  return texts.map(({ text, rows }) => `${JSON.stringify(text)} (${rows})`).join(', ');
}

function matching(name: string, texts: readonly TextCount[]): string {
  return `{column: ${JSON.stringify(name)}, values: [${texts.map(({ text }) => JSON.stringify(text)).join(', ')}]}`;
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
    ...(reverse.kind === 'supported' ? ['negative_amounts: reverse takes those sales back'] : []),
    ...(reverse.kind !== 'supported' && clear.kind === 'supported'
      ? ['negative_amounts: reverse with refund: clear empties those amounts']
      : []),
    ...(keepsOneAmount(vendor) ? ['negative_amounts: net takes them off their sales'] : []),
    'negative_amounts: send sends them as they are',
  ];
  const about = `${negative.length} of ${cells.length} amounts are negative, the first on line ${first.line}, and are refused until the profile says what they mean: ${ways.join(', ')}`;
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
