import { parseAmount, type Amount, type AmountStyle } from '../core/amount.js';
import { quoted } from '../core/text.js';
import type { Column, Vendor } from '../core/vendor.js';
import type { ColumnMap } from '../sales/columns.js';
import type { ProvedOrder } from '../sales/evidence.js';
import { readAmount } from '../sales/read-amount.js';
import { styleOf, type MapOptions } from '../sales/read-row.js';
import { orderNeeded, writtenTime } from '../sales/time.js';

/** Where a setting that is not its default comes from, as a person says it again: `--timezone UTC`, or the profile's words for it. */
export type Said = (setting: string, value: string, field?: string) => string;

/** By what a file was read. */
export interface ReadBy {
  readonly vendor: Vendor;
  readonly map: ColumnMap;
  /** With the order of its dates that the file proves. */
  readonly options: MapOptions;
  readonly proved: ProvedOrder | undefined;
  readonly said: Said;
}

/** By which rules and options the text of a column is read, in the order in which they apply. */
export function readNotes({ field, kind }: Column, text: string, by: ReadBy): string[] {
  switch (kind.is) {
    case 'amount':
      return amountNotes(field, text, by);
    case 'money':
      return text === '' ? [] : styleNotes(text, by);
    case 'instant':
    case 'local_time':
      return text === '' ? [] : timeNotes(field, text, kind.is === 'instant', by);
    case 'phone':
      return text === '' || text.startsWith('+') ? [] : ['without a + it is a North American number'];
    case 'flag':
    case 'id':
    case 'text':
    case 'named_texts':
    case 'secret':
      return [];
  }
}

function amountNotes(field: string, text: string, by: ReadBy): string[] {
  const { vendor, options, said } = by;
  const read = readAmount(text, field, vendor, options);
  const { negativeAmounts, blankAmount, zero, round } = options;
  switch (read.kind) {
    case 'clear':
    case 'none':
      return [`blank: ${said('blankAmount', blankAmount)}`];
    case 'problem':
      return text === '' ? [] : styleNotes(text, by);
    case 'negative':
      return [
        ...styleNotes(text, by),
        negativeAmounts === 'refuse'
          ? 'below zero, which without --negative-amounts is no refund'
          : `below zero it is taken back: ${said('negativeAmounts', negativeAmounts)}`,
      ];
    case 'amount':
      return [
        ...styleNotes(text, by),
        ...(read.rounded
          ? [`rounded to ${vendor.limits.decimals} decimals: ${said('round', round ?? '')}`]
          : []),
        ...(read.amount < 0
          ? [`below zero it is sent as it is: ${said('negativeAmounts', negativeAmounts)}`]
          : []),
        ...(read.amount === 0 ? [zeroNote(zero, by)] : []),
      ];
  }
}

const ZERO = { amount: 'an amount like others', no_sale: 'no sale', refuse: 'refused' } as const;

function zeroNote(zero: MapOptions['zero'], { vendor, said }: ReadBy): string {
  const isDefault = zero === vendor.semantics.zero.kind;
  return `0.00 is ${ZERO[zero]}: ${isDefault ? `the default for ${vendor.title}` : said('zero', zero)}`;
}

/** Digits with at most one point need nothing to be said; each part of a style is told where the text is not read without it. */
function styleNotes(text: string, { options, said }: ReadBy): string[] {
  const { amounts } = options.style;
  const read = (style: AmountStyle): Amount | undefined => {
    const parsed = parseAmount(text, { decimals: 4, round: 'half-up', ...style });
    return parsed.ok ? parsed.value.amount : undefined;
  };
  const found = read(amounts);
  if (found === undefined) return [];
  const { decimal, currency, accounting } = amounts;
  const matters = (without: keyof AmountStyle): boolean =>
    amounts[without] !== undefined && read({ ...amounts, [without]: undefined }) !== found;
  const mark = decimal === ',' ? 'a comma' : 'a point';
  return [
    ...(decimal !== undefined && matters('decimal')
      ? [
          `${mark} stands before the decimals: ${said('decimal', decimal)}; no amount of the file says otherwise`,
        ]
      : []),
    ...(currency !== undefined && matters('currency')
      ? [`the currency is taken off: ${said('currency', currency[0] ?? '')}`]
      : []),
    ...(accounting === true && matters('accounting')
      ? [
          `parentheses, or a minus behind it, make it negative: ${said('negativeAmounts', options.negativeAmounts)}`,
        ]
      : []),
  ];
}

const ORDERS = { mdy: 'month, day, year', dmy: 'day, month, year', ymd: 'year, month, day' } as const;

function timeNotes(field: string, text: string, isInstant: boolean, by: ReadBy): string[] {
  const { map, options, proved, said } = by;
  const style = styleOf(field, map, options);
  const { dateOrder, timezone } = style;
  const notes: string[] = [];
  if (orderNeeded(text) !== undefined && dateOrder !== undefined) {
    const proof = proved?.proof;
    const shown =
      proof === undefined
        ? 'whichever it is, it comes to the same'
        : `line ${proof.line} proves it, ${quoted(proof.text)}`;
    notes.push(
      `its date is ${ORDERS[dateOrder]}: ${proved === undefined ? said('dateFormat', dateOrder) : shown}`,
    );
  }
  const written = writtenTime(text, dateOrder);
  if (written === undefined) return notes;
  const own = 'unix' in written ? 'it is Unix time' : ownZone(written);
  if (own !== undefined) notes.push(own);
  const utc = map.utc?.get(field);
  const zone =
    utc === undefined ? timezone && said('timezone', timezone) : `the header ${quoted(utc)} says UTC`;
  if (zone !== undefined && (own === undefined || !isInstant))
    notes.push(own === undefined ? `its zone: ${zone}` : `told in the zone of the file: ${zone}`);
  if (zone === undefined && own === undefined && !isInstant)
    notes.push('the time of a clock on the wall, taken as it is');
  return notes;
}

function ownZone({
  offset,
  zone,
  abbreviation,
}: {
  offset?: string;
  zone?: string;
  abbreviation?: string;
}): string | undefined {
  if (offset !== undefined) return `it has its own offset, ${offset}`;
  if (zone !== undefined) return `it names its zone, ${zone}`;
  return abbreviation === undefined ? undefined : `it says ${abbreviation}`;
}
