import type { AmountStyle } from '../core/amount.js';
import { currencyIn, currencySpellings } from '../core/currency.js';
import { plural } from '../core/text.js';
import type { ColumnKind } from '../core/vendor.js';
import { AmountEvidence, type AmountDecision } from '../sales/amount-evidence.js';
import { TimeEvidence } from '../sales/time-evidence.js';
import type { DateOrder } from '../sales/time.js';
import type { Setting } from './proposal.js';
import { fitOf, misfit, UNDECIDED, type Cell } from './sample.js';

/** How the amounts of a file are read, and the lines that say so; without `style` where one file cannot be read by one rule. */
interface AmountSettings {
  readonly settings: readonly Setting[];
  readonly style: AmountStyle | undefined;
}

/** A column beside the amounts, and the one currency that it names. */
export interface CurrencyBeside {
  readonly header: string;
  readonly currency: string;
}

export function amountSettings(
  cells: readonly Cell[],
  given: AmountStyle,
  beside?: CurrencyBeside,
): AmountSettings {
  const { settings, style } = shownBy(cells, given, beside?.currency);
  const spellings = currencySpellings(beside?.currency ?? '');
  if (beside === undefined || style === undefined || style.currency !== undefined || spellings === undefined)
    return { settings, style };
  // A later file in another currency is then refused.
  const reason = `${JSON.stringify(beside.header)} says no other`;
  return {
    settings: [...settings, { key: 'currency', value: beside.currency, reason }],
    style: { ...style, currency: spellings },
  };
}

function shownBy(
  cells: readonly Cell[],
  given: AmountStyle,
  oneCurrency: string | undefined,
): AmountSettings {
  const decision = decisionOf(cells, given, oneCurrency);
  if (decision.kind === 'certain') return withGroups(cells, given);
  // What is open or contradicted, the push that is tried says better.
  if (decision.kind !== 'needs') return { settings: [], style: undefined };
  const { decimal, currency, first, rows } = decision;
  const shown = `${JSON.stringify(first.text)} on line ${first.line}`;
  const which = rows === 1 ? shown : `${rows} of ${plural(cells.length, 'amount')}, the first ${shown},`;
  const reason = `${which} can be read only so`;
  const said = Object.entries({ decimal, currency }) as [Setting['key'], string | undefined][];
  return {
    settings: said.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value, reason }])),
    style: {
      ...given,
      decimal: decimal ?? given.decimal,
      currency: currency === undefined ? given.currency : currencySpellings(currency),
    },
  };
}

/** A few amounts that group their digits can be read in one way: they prove the point as well, and it may be said. */
function withGroups(cells: readonly Cell[], given: AmountStyle): AmountSettings {
  const style = { ...given, decimal: given.decimal ?? '.' } as const;
  const isRead = ({ text }: Cell, amounts: AmountStyle): boolean =>
    misfit({ is: 'amount' }, text, { ...UNDECIDED, amounts }) === undefined;
  const first = cells.find((cell) => !isRead(cell, given) && isRead(cell, style));
  if (first === undefined) return { settings: [], style: given };
  const reason = `${JSON.stringify(first.text)} on line ${first.line} can be read only so`;
  return { settings: [{ key: 'decimal', value: style.decimal, reason }], style };
}

/** A currency in a few rows may be a fault of those: it is left out where most are read without. */
function decisionOf(
  cells: readonly Cell[],
  given: AmountStyle,
  oneCurrency: string | undefined,
): AmountDecision {
  const decide = (cells: readonly Cell[], style: AmountStyle): AmountDecision => {
    const evidence = new AmountEvidence([], style, () => oneCurrency);
    for (const { line, text } of cells) evidence.add({ field: 'amount', line, text });
    return evidence.decide();
  };
  const decision = decide(cells, given);
  if (decision.kind !== 'needs' || decision.currency === undefined || decision.decimal === undefined)
    return decision;
  const without = decide(cells, { ...given, decimal: decision.decimal });
  if (without.kind !== 'certain') return decision;
  const unnamed = cells.filter(({ text }) => currencyIn(text) === undefined);
  return decide(unnamed, given);
}

/** The order of the dates of a file, where they prove it: a later file may have none that does. */
export function dateSettings(cells: readonly Cell[], given: DateOrder | undefined): readonly Setting[] {
  const evidence = new TimeEvidence([], given);
  for (const { line, text } of cells) evidence.add({ field: 'time', line, text });
  const decision = evidence.decide();
  const setting = (value: DateOrder, { text, line }: Cell, what: string): readonly Setting[] => [
    { key: 'date_format', value, reason: `${JSON.stringify(text)} on line ${line} ${what}` },
  ];
  if (decision.kind === 'proved' && decision.proof !== undefined)
    return setting(decision.order, decision.proof, 'can be read only so');
  if (decision.kind !== 'needs') return [];
  const [order, another] = decision.orders;
  if (order === undefined || another !== undefined) return [];
  return setting(order, decision.first, 'has a year of two digits, which is read only so');
}

/** Whether every cell is of the kind and hardly of another: what may be concluded without a name. */
export function looksLike(kind: ColumnKind, cells: readonly Cell[]): boolean {
  const all = (pattern: RegExp): boolean => cells.every(({ text }) => pattern.test(text));
  const some = (pattern: RegExp): boolean => cells.some(({ text }) => pattern.test(text));
  if (cells.length === 0 || fitOf(kind, cells).fits < cells.length) return false;
  switch (kind.is) {
    case 'phone':
    case 'flag':
      return true;
    case 'instant':
    case 'local_time':
      return some(/\D/);
    case 'amount':
    case 'money':
      return some(/[.,]\d{1,2}\D*$/);
    case 'id':
      return (
        new Set(cells.map(({ text }) => text)).size >= 0.9 * cells.length &&
        all(/\d/) &&
        all(/^[^\s\p{C}]{1,100}$/u) &&
        !all(/^\+|^\(\d/) &&
        !looksLike({ is: 'amount' }, cells) &&
        !looksLike({ is: 'instant' }, cells)
      );
    case 'text':
    case 'named_texts':
    case 'secret':
      return false;
  }
}
