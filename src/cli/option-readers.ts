import { InvalidArgumentError } from 'commander';
import { parseTotal } from '../core/amount.js';
import { dateOrderOf, type DateOrder } from '../sales/time.js';
import { DELIMITERS } from '../io/csv/dialect.js';
import { DIMENSIONS, type Dimension } from '../report/dimensions.js';
import { parseRate, type Rate } from '../report/commission.js';

/** Readers of option values, for commander. Each throws `InvalidArgumentError`. */
export const read = {
  wholeNumber: numberReader(0, 1_000_000_000, true, 'a whole number from 0'),
  count: numberReader(1, 1_000_000_000, true, 'a whole number from 1'),
  retries: numberReader(0, 1000, true, 'a whole number from 0 to 1000'),
  concurrency: numberReader(1, 1024, true, 'a whole number from 1 to 1024'),
  rate: numberReader(0.001, 1_000_000, false, 'requests a second, such as 5 or 0.5'),
  seconds: numberReader(0.001, 10_000_000, false, 'a number of seconds, such as 30'),
  port: numberReader(0, 65_535, true, 'a port from 0 to 65535'),
  milliseconds: numberReader(0, 3_600_000, true, 'milliseconds from 0'),
  days: numberReader(0, 100_000, true, 'a number of days from 0'),

  column(text: string, previous: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
    const at = text.indexOf('=');
    if (at < 1 || at === text.length - 1)
      throw new InvalidArgumentError('write FIELD=HEADER, such as amount="Sale Amount".');
    return new Map([...(previous ?? []), [text.slice(0, at).trim(), text.slice(at + 1)]]);
  },

  /** Values of a column, compared without case. */
  values(text: string): readonly string[] {
    const values = text.split(',').map((value) => value.trim().toLowerCase());
    if (!values.includes('')) return values;
    throw new InvalidArgumentError('write values with commas between, such as refunded,chargeback.');
  },

  timezone(text: string): string {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
    } catch {
      throw new InvalidArgumentError('write an IANA time zone, such as America/New_York or UTC.');
    }
  },

  day(text: string): string {
    const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
    if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return text;
    throw new InvalidArgumentError('write a day such as 2026-11-20.');
  },

  /** Names as they are, with commas between. */
  names(text: string): readonly string[] {
    const names = text.split(',').map((name) => name.trim());
    if (!names.includes('')) return names;
    throw new InvalidArgumentError('write names with commas between, such as city,state.');
  },

  id(text: string): string {
    if (/^[^\s/]+$/.test(text)) return text;
    throw new InvalidArgumentError('write an id, such as 1234.');
  },

  by(text: string): readonly Dimension[] {
    const names = text.split(',').map((name) => name.trim().toLowerCase());
    const known = names.filter((name): name is Dimension => (DIMENSIONS as readonly string[]).includes(name));
    if (known.length === names.length && new Set(names).size === names.length) return known;
    throw new InvalidArgumentError(`write each at most once, with commas between: ${DIMENSIONS.join(', ')}.`);
  },

  commissionRate(text: string): Rate {
    const rate = parseRate(text);
    if (rate.ok) return rate.value;
    throw new InvalidArgumentError(`${rate.error}.`);
  },

  maxErrors: shareReader(1),
  maxInvalid: shareReader(0),

  total(text: string): bigint {
    const total = parseTotal(text, {});
    if (total !== undefined) return total;
    throw new InvalidArgumentError('write an amount such as 1234.50, without currency and separators.');
  },

  dateFormat(text: string): DateOrder {
    const order = dateOrderOf(text);
    if (order.ok) return order.value;
    throw new InvalidArgumentError(`${order.error}.`);
  },

  /** Everything that may stand for a currency beside an amount, the longest first. */
  currency(text: string): readonly string[] {
    const code = text.trim().toUpperCase();
    if (/^\p{Sc}$/u.test(code)) return [code];
    if (!Intl.supportedValuesOf('currency').includes(code))
      throw new InvalidArgumentError('write a currency such as USD or EUR, or its sign.');
    const signs = (['symbol', 'narrowSymbol'] as const).map((currencyDisplay) => {
      const format = new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay });
      return format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? code;
    });
    const ownSign = code === 'USD' ? ['US$'] : [];
    return [...new Set([code, ...ownSign, ...signs])].sort((left, right) => right.length - left.length);
  },

  delimiter(text: string): string {
    const mark = DELIMITERS.get(text.toLowerCase()) ?? (text === '\\t' ? '\t' : text);
    if ([...DELIMITERS.values()].includes(mark)) return mark;
    throw new InvalidArgumentError(`write one of ${[...DELIMITERS.keys()].join(', ')}.`);
  },
};

/** A number of rows, or a share of them. */
function shareReader(
  least: number,
): (text: string) => { kind: 'rows'; rows: number } | { kind: 'percent'; percent: number } {
  return (text) => {
    const [, digits, percent] = /^(\d+)(%?)$/.exec(text) ?? [];
    const number = Number(digits ?? NaN);
    if (percent === '%' && number >= least && number <= 100) return { kind: 'percent', percent: number };
    if (percent === '' && number >= least) return { kind: 'rows', rows: number };
    throw new InvalidArgumentError('write a number of rows such as 50, or a share such as 10%.');
  };
}

function numberReader(least: number, most: number, whole: boolean, wanted: string): (text: string) => number {
  return (text) => {
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (number >= least && number <= most && (!whole || Number.isInteger(number))) return number;
    throw new InvalidArgumentError(`write ${wanted}.`);
  };
}
