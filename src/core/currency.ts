/** Signs of which one currency is meant wherever nobody says another, and as `--currency` takes it. */
const SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ $: 'USD', US$: 'USD', CA$: 'CAD', A$: 'AUD', MX$: 'MXN', '€': 'EUR', '£': 'GBP', '¥': 'JPY' },
    ...{ '₹': 'INR', '₪': 'ILS', '₩': 'KRW', '₺': 'TRY', '₱': 'PHP', R$: 'BRL', zł: 'PLN', kr: 'SEK' },
  }),
);

const spellings = new Map<string, readonly string[]>();

/** Everything that may stand for a currency beside an amount, the longest first; undefined where the text names none. */
export function currencySpellings(text: string): readonly string[] | undefined {
  const code = text.trim().toUpperCase();
  if (/^\p{Sc}$/u.test(code)) return [code];
  if (!isCode(code)) return undefined;
  const known = spellings.get(code) ?? spellingsOf(code);
  spellings.set(code, known);
  return known;
}

function spellingsOf(code: string): readonly string[] {
  const signs = (['symbol', 'narrowSymbol'] as const).map((currencyDisplay) => {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay });
    return format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? code;
  });
  const ownSign = code === 'USD' ? ['US$'] : [];
  return [...new Set([code, ...ownSign, ...signs])].sort((left, right) => right.length - left.length);
}

/** What stands beside the digits of an amount, such as `US$`; blank where nothing does. */
export function currencyMark(text: string): string {
  return text.replace(/[\d\s.,'’()\-–\u00a0\u202f]/gu, '');
}

/** The currency that stands beside an amount, by its code where it has one: `USD` of `$ 5.00`; undefined where none does. */
export function currencyIn(text: string): string | undefined {
  const mark = currencyMark(text);
  return SIGNS.get(mark) ?? (/^\p{Sc}$/u.test(mark) || isCode(mark) ? mark : undefined);
}

let codes: ReadonlySet<string> | undefined;

function isCode(text: string): boolean {
  if (!/^[A-Z]{3}$/.test(text)) return false;
  codes ??= new Set(Intl.supportedValuesOf('currency'));
  return codes.has(text);
}

/** `$` is USD, unless a column beside it says which dollar it is. */
export function meantBy<S extends string | undefined>(sign: S, oneCurrency: string | undefined): S | string {
  if (sign === undefined || oneCurrency === undefined) return sign;
  return currencySpellings(oneCurrency)?.some((one) => currencyIn(one) === sign) === true
    ? oneCurrency
    : sign;
}
