import { InvalidArgumentError } from 'commander';
import { parseTotal } from '../core/amount.js';
import { currencySpellings } from '../core/currency.js';
import { unreachable } from '../core/result.js';
import { zoneOf } from '../core/zones.js';
import { encodingNamed, wantedEncoding } from '../io/encodings.js';
import {
  DELIMITERS,
  rateOf,
  rowLimitOf,
  WANTED_RATE,
  type Kind,
  type KindValues,
  type ValueOf,
} from '../io/setting.js';
import { ageOf, durationOf, WANTED_DURATION } from '../io/spans.js';
import { DIMENSIONS, type Dimension } from '../report/dimensions.js';
import { parseRate, type Rate } from '../report/commission.js';
import { dateOrderOf, type DateOrder } from '../sales/time.js';

/** What the value of an option is, where it is no text. */
interface OptionValues extends Omit<KindValues, 'flag'> {
  readonly flag: true;
  readonly date_order: DateOrder;
  readonly amount: bigint;
  readonly currency: readonly string[];
  readonly names: readonly string[];
  readonly profiles: readonly string[];
  readonly values: readonly string[];
  readonly dimensions: readonly Dimension[];
  readonly commission_rate: Rate;
}

/** The type of an option's value of this kind. */
export type OptionOf<K extends Kind> = ValueOf<K, OptionValues>;

/** A validator for commander; throws `InvalidArgumentError`. `previous` is what the same option said before. */
type Validator = (text: string, previous?: unknown) => unknown;

/** What reads an option of this kind; undefined where it is taken as it is, or commander checks its choices. */
export function validatorOf(kind: Kind): Validator | undefined {
  switch (kind.is) {
    case 'number':
      return (text) => numberIn(text, kind);
    case 'rows':
      return (text) => rowLimitOf(text, kind.from) ?? refuse(ROWS);
    case 'zone':
      return zone;
    case 'amount':
      return amount;
    case 'age':
      return (text) => ageOf(text) ?? refuse('hours or days, such as 36h or 2d');
    case 'duration':
      return (text) => durationOf(text) ?? refuse(WANTED_DURATION);
    case 'rate':
      return (text) => rateOf(text) ?? refuse(WANTED_RATE);
    case 'fields':
      return (text, previous) => withField(text, previous, kind.write);
    case 'cells':
      return cellsOf;
    case 'replacements':
      return withReplacement;
    case 'headers':
    case 'profiles':
      return (text, previous = []) => [...(previous as readonly string[]), text.trim()];
    case 'date_order':
      return dateOrder;
    case 'day':
      return day;
    case 'currency':
      return currency;
    case 'delimiter':
      return delimiter;
    case 'encoding':
      return (text) => encodingNamed(text) ?? refuse(wantedEncoding(text));
    case 'id':
      return (text) => (/^[^\s/]+$/.test(text) ? text : refuse('an id, such as 1234'));
    case 'names':
      return (text) => listOf(text, 'names with commas between, such as city,state');
    case 'values':
      return (text) => listOf(text.toLowerCase(), 'values with commas between, such as refunded,chargeback');
    case 'dimensions':
      return dimensions;
    case 'commission_rate':
      return commissionRate;
    case 'flag':
    case 'text':
    case 'globs':
    case 'notify':
    case 'web_address':
    case 'path':
    case 'vendor':
    case 'known':
    case 'choice':
      return undefined;
    default:
      return unreachable(kind);
  }
}

const ROWS = 'a number of rows such as 50, or a share such as 10%';

function refuse(wanted: string): never {
  throw new InvalidArgumentError(`write ${wanted}.`);
}

function numberIn(text: string, { from, to, whole, write }: Extract<Kind, { is: 'number' }>): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  const fits = number >= from && number <= to && (!whole || Number.isInteger(number));
  return fits ? number : refuse(write);
}

function amount(text: string): bigint {
  return parseTotal(text, {}) ?? refuse('an amount such as 1234.50, without currency and separators');
}

function withField(text: string, previous: unknown, wanted: string): ReadonlyMap<string, string> {
  const before = (previous ?? new Map()) as ReadonlyMap<string, string>;
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) refuse(wanted);
  return new Map([...before, [text.slice(0, at).trim(), text.slice(at + 1)]]);
}

/** `Status=sold,refunded`. */
function cellsOf(text: string): { column: string; values: readonly string[] } {
  const wanted = 'HEADER=TEXTS, such as Status=sold,refunded';
  const at = text.indexOf('=');
  const column = text.slice(0, Math.max(at, 0)).trim();
  return column === ''
    ? refuse(wanted)
    : { column, values: listOf(text.slice(at + 1).toLowerCase(), wanted) };
}

/** `outcome_name:won=Sale`; what is in the file is compared without case. */
function withReplacement(text: string, previous: unknown): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const before = (previous ?? new Map()) as ReadonlyMap<string, ReadonlyMap<string, string>>;
  const [, field = '', found = '', sent = ''] = /^([^:]+):(.*)=([^=]+)$/s.exec(text) ?? [];
  if (field === '') refuse('FIELD:TEXT=SENT, such as outcome_name:won=Sale');
  const texts = new Map([...(before.get(field.trim()) ?? []), [found.trim().toLowerCase(), sent.trim()]]);
  return new Map([...before, [field.trim(), texts]]);
}

function listOf(text: string, wanted: string): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.includes('') ? refuse(wanted) : parts;
}

function day(text: string): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return text;
  return refuse('a day such as 2026-11-20');
}

function dateOrder(text: string): DateOrder {
  const order = dateOrderOf(text);
  if (order.ok) return order.value;
  throw new InvalidArgumentError(`${order.error}.`);
}

function zone(text: string): string {
  const found = zoneOf(text);
  return found.ok ? found.value : refuse(found.error);
}

function currency(text: string): readonly string[] {
  return currencySpellings(text) ?? refuse('a currency such as USD or EUR, or its sign');
}

function delimiter(text: string): string {
  const mark = DELIMITERS.get(text.toLowerCase()) ?? (text === '\\t' ? '\t' : text);
  if ([...DELIMITERS.values()].includes(mark)) return mark;
  return refuse(`one of ${[...DELIMITERS.keys()].join(', ')}`);
}

function dimensions(text: string): readonly Dimension[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  const known = names.filter((name): name is Dimension => (DIMENSIONS as readonly string[]).includes(name));
  if (known.length === names.length && new Set(names).size === names.length) return known;
  return refuse(`each at most once, with commas between: ${DIMENSIONS.join(', ')}`);
}

function commissionRate(text: string): Rate {
  const rate = parseRate(text);
  if (rate.ok) return rate.value;
  throw new InvalidArgumentError(`${rate.error}.`);
}
