import { currencyIn, currencySpellings } from '../core/currency.js';
import type { RowProblem } from '../core/sale.js';

/** Headers of a column that says which currency the amount beside it is in, without case and punctuation. */
const HEADERS = new Set([
  ...['currency', 'currencycode', 'currencyiso', 'currencyisocode', 'isocurrency', 'isocurrencycode'],
  ...[
    'isocode',
    'currencysymbol',
    'currencyname',
    'currencytype',
    'ccy',
    'ccycode',
    'curr',
    'cur',
    'currcode',
  ],
  ...['amountcurrency', 'amountccy', 'currencyofamount', 'salecurrency', 'salescurrency', 'revenuecurrency'],
  ...['ordercurrency', 'transactioncurrency', 'transactioncurrencycode', 'paymentcurrency', 'chargecurrency'],
  ...[
    'pricecurrency',
    'dealcurrency',
    'opportunitycurrency',
    'invoicecurrency',
    'billingcurrency',
    'costcurrency',
  ],
  ...['presentmentcurrency', 'localcurrency', 'storecurrency', 'shopcurrency', 'accountcurrency'],
  ...[
    'währung',
    'waehrung',
    'währungscode',
    'devise',
    'monnaie',
    'moneda',
    'divisa',
    'moeda',
    'valuta',
    'waluta',
  ],
]);

/** Where that column stands among headers without case and punctuation, one named after the amount's before others. */
export function currencyColumn(names: readonly string[], amount: string | undefined): number | undefined {
  const ofAmount = [`${amount ?? ''}currency`, `${amount ?? ''}currencycode`, `currencyof${amount ?? ''}`];
  const own = amount === undefined ? -1 : names.findIndex((name) => ofAmount.includes(name));
  const found = own >= 0 ? own : names.findIndex((name) => HEADERS.has(name));
  return found < 0 ? undefined : found;
}

const remembered = new Map<string, string>();
const MOST_REMEMBERED = 1_000;

/** The currency that a cell of such a column names, by its code where it has one; blank where it names none. */
export function currencyNamed(cell: string): string {
  const known = remembered.get(cell);
  if (known !== undefined) return known;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const named = readCurrency(cell.trim());
  remembered.set(cell, named);
  return named;
}

/** `USD`, `usd`, `$`, `USD - U.S. Dollar` and `US dollars` are one. */
function readCurrency(text: string): string {
  const upper = text.toUpperCase();
  const words = text.match(/[A-Z]{3}(?![A-Za-z])/g) ?? [];
  const code = [text, upper, ...words].map(currencyIn).find((found) => found !== undefined);
  return code ?? codesByName().get(plain(text)) ?? upper;
}

let byName: ReadonlyMap<string, string> | undefined;

function codesByName(): ReadonlyMap<string, string> {
  if (byName !== undefined) return byName;
  const names = new Intl.DisplayNames('en', { type: 'currency' });
  const codes = Intl.supportedValuesOf('currency');
  byName = new Map(codes.map((code) => [plain(names.of(code) ?? code), code]));
  return byName;
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '')
    .replace(/s$/, '');
}

/** Whether a currency is that of `--currency`, given with everything that may stand for it. */
function isOf(named: string, cell: string, spellings: readonly string[]): boolean {
  if (spellings.includes(named) || spellings.includes(cell.trim())) return true;
  return spellings.length === 1 && currencyIn(spellings[0] ?? '') === named;
}

/** What every vendor calls the money of a row. */
const AMOUNT = 'amount';

/** The amount of a row in another currency than that of `--currency`, where the column beside it says so. */
export function otherCurrency(
  cell: string,
  header: string,
  spellings: readonly string[],
): RowProblem | undefined {
  const named = currencyNamed(cell);
  if (named === '' || isOf(named, cell, spellings)) return undefined;
  const own = spellings.find((spelling) => /^[A-Z]{3}$/.test(spelling)) ?? spellings[0] ?? '';
  const isKnown = currencySpellings(named) !== undefined;
  const way = isKnown
    ? `push it by itself, with --currency ${named}`
    : 'write its code, or push it by itself';
  const message = `is in ${isKnown ? named : JSON.stringify(cell.trim())} by ${JSON.stringify(header)} and not in ${own}; ${way}`;
  return { field: AMOUNT, code: 'other_currency', message };
}
