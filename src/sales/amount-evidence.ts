import { AMOUNT_DECIMALS, formatAmount, parseAmount, type Amount, type AmountStyle } from '../core/amount.js';
import { currencyIn, currencySpellings, meantBy } from '../core/currency.js';
import type { FileProblem } from '../core/ports.js';
import type { Position } from '../core/row.js';
import { plural, quoted } from '../core/text.js';
import {
  refusedBy,
  type Evidence,
  type Example,
  type FieldColumn,
  type Findings,
  type SeenRow,
} from './evidence.js';

type Mark = '.' | ',';

/** What a text comes to, by what its decimals stand behind; undefined where that cannot be. */
interface Readings {
  /** As options say, with parentheses for a minus; without any a point may stand before its decimals, and nothing between groups. */
  readonly given: Amount | undefined;
  /** The same in the currency that it names. */
  readonly plain: Amount | undefined;
  readonly point: Amount | undefined;
  readonly comma: Amount | undefined;
  /** The currency that it names and that was not given. */
  readonly currency: string | undefined;
  /** Whether it is read only where parentheses and a minus at the end are known to mean something. */
  readonly accounting: boolean;
}

/** Texts of which the same is known; the first two stand for all. */
interface Witness extends Readings {
  readonly examples: Example[];
  rows: number;
}

/** How the amounts of a file have to be read. */
export type AmountDecision =
  /** By what was given: nothing has to be said. */
  | { readonly kind: 'certain' }
  /** Nobody can say whether the mark stands before decimals or between groups. */
  | { readonly kind: 'open'; readonly examples: readonly Example[] }
  /** These prove different things, or another than what was given. */
  | { readonly kind: 'contradicted'; readonly point: Example; readonly comma: Example }
  | { readonly kind: 'currencies'; readonly currencies: ReadonlyMap<string, Example> }
  /** Read with these, every one of which is needed; tried on every amount. */
  | {
      readonly kind: 'needs';
      readonly decimal?: Mark;
      readonly currency?: string;
      readonly accounting: boolean;
      readonly first: Example;
      readonly rows: number;
    };

/** So many spellings are remembered; the rest are looked at again. */
const MOST_SHAPES = 1_000;

/** `1250`, which says nothing of marks, and `1250.5`, `.5`, `0.125` or `1250.125`, whose point stands before decimals. */
const WHOLE = /^\d+$/;
const DECIMAL = /^(?:\d*\.(?:\d{1,2}|\d{4,})|(?:|0\d*|\d{4,})\.\d{3})$/;

/**
 * What the amounts of a file show together: behind which mark their decimals stand, and in which currency they are.
 * One mark with three digits behind it, `1.250` or `1,250`, is read in neither way until another cell or an option says which.
 */
export class AmountEvidence implements Evidence {
  readonly #columns: readonly FieldColumn[];
  readonly #given: AmountStyle;
  readonly #oneCurrency: () => string | undefined;
  readonly #witnesses = new Map<string, Witness>();
  readonly #shapes = new Map<string, Witness>();
  #rows = 0;
  #plain: Witness | undefined;

  /** `given` is what options say of the amounts; `oneCurrency`, once all are seen, what a column beside them says. */
  constructor(
    columns: readonly FieldColumn[],
    given: AmountStyle,
    oneCurrency: () => string | undefined = () => undefined,
  ) {
    this.#columns = columns;
    this.#given = given;
    this.#oneCurrency = oneCurrency;
  }

  see(cells: readonly string[], line: number, _position: Position, { status }: SeenRow): void {
    if (status === 'skipped') return;
    for (const { field, textOf } of this.#columns) {
      const text = textOf(cells);
      if (text !== '') this.add({ field, line, text });
    }
  }

  add(example: Example): void {
    const { text } = example;
    this.#rows += 1;
    if (WHOLE.test(text)) return;
    if (DECIMAL.test(text)) {
      if (this.#plain === undefined) this.#plain = this.#witnessOf(example);
      else this.#plain.rows += 1;
      return;
    }
    const shape = text.replace(/[1-9]/g, '9').replace(/(?<=\d)0/g, '9');
    const witness = this.#shapes.get(shape) ?? this.#witnessOf(example, shape);
    if (witness.examples.length < 2 && witness.examples[0] !== example) witness.examples.push(example);
    witness.rows += 1;
  }

  #witnessOf(example: Example, shape?: string): Witness {
    const read = readingsOf(example.text, this.#given);
    const key = JSON.stringify([
      ...[read.given, read.plain, read.point, read.comma].map((amount) => amount === undefined),
      ...[read.point === read.comma, read.currency, read.accounting],
    ]);
    const known = this.#witnesses.get(key) ?? { ...read, examples: [example], rows: 0 };
    this.#witnesses.set(key, known);
    if (shape !== undefined && this.#shapes.size < MOST_SHAPES) this.#shapes.set(shape, known);
    return known;
  }

  decide(): AmountDecision {
    const decision = decide([...this.#witnesses.values()], this.#given, this.#rows);
    if (decision.kind !== 'needs' || decision.currency === undefined) return decision;
    return { ...decision, currency: meantBy(decision.currency, this.#oneCurrency()) };
  }

  finish(): Findings {
    const problem = problemOf(this.decide(), this.#given, this.#rows, this.#oneCurrency());
    return { problems: problem === undefined ? [] : [problem] };
  }
}

/** Whether a text can be an amount at all, with whatever mark and in whatever currency it names. */
export function canBeAmount(text: string): boolean {
  const { point, comma } = readingsOf(text, {});
  return point !== undefined || comma !== undefined;
}

/** A text by every style that could be meant. */
function readingsOf(text: string, given: AmountStyle): Readings {
  const named = given.currency === undefined ? currencyIn(text) : undefined;
  const currency = named === undefined ? given.currency : currencySpellings(named);
  const read = (style: AmountStyle): Amount | undefined => {
    const parsed = parseAmount(text, { decimals: AMOUNT_DECIMALS, round: 'half-up', ...style });
    return parsed.ok ? parsed.value.amount : undefined;
  };
  const by = (decimal: Mark, accounting: boolean | undefined): Amount | undefined =>
    read({ decimal, currency, accounting });
  const isRead = by('.', given.accounting) !== undefined || by(',', given.accounting) !== undefined;
  return {
    given: read({ ...given, accounting: true }),
    plain: read({ ...given, currency, accounting: true }),
    point: by('.', true),
    comma: by(',', true),
    currency: named,
    accounting: !isRead,
  };
}

function decide(witnesses: readonly Witness[], given: AmountStyle, amounts: number): AmountDecision {
  const readable = witnesses.filter(({ point, comma }) => point !== undefined || comma !== undefined);
  const first = (wanted: (witness: Witness) => boolean): Example | undefined =>
    readable.find(wanted)?.examples[0];
  const point = first(({ comma }) => comma === undefined);
  const comma = first(({ point }) => point === undefined);
  if (point !== undefined && comma !== undefined) return { kind: 'contradicted', point, comma };
  const disproof = given.decimal === ',' ? point : given.decimal === '.' ? comma : undefined;
  if (disproof !== undefined) return { kind: 'contradicted', point: disproof, comma: disproof };

  const currencies = new Map<string, Example>();
  for (const { currency, examples } of readable)
    if (currency !== undefined && examples[0] !== undefined && !currencies.has(currency))
      currencies.set(currency, examples[0]);
  if (currencies.size > 1) return { kind: 'currencies', currencies };

  const open = readable.filter(({ point, comma }) => point !== comma);
  if (given.decimal === undefined && point === undefined && comma === undefined && open.length > 0)
    return { kind: 'open', examples: open.flatMap(({ examples }) => examples).slice(0, 2) };
  const decimal = given.decimal ?? (comma === undefined ? '.' : ',');
  return needs(readable, given, decimal, [...currencies.keys()][0], amounts);
}

/** The fewest options with which all of them are read, where most are not without. `decimal` is what they prove, or a mark on which nothing hangs. */
function needs(
  readable: readonly Witness[],
  given: AmountStyle,
  decimal: Mark,
  currency: string | undefined,
  amounts: number,
): AmountDecision {
  const meant = decimal === ',' ? 'comma' : 'point';
  const unsaid = readable.filter((witness) => witness.given !== witness[meant]);
  const rows = unsaid.reduce((sum, witness) => sum + witness.rows, 0);
  // A proved comma is the file's own; a currency or groups in a few rows may be a fault of those.
  const isProved = meant === 'comma' && given.decimal === undefined;
  const matters = isProved || rows * 2 > amounts;
  const examples = unsaid.flatMap((witness) => witness.examples);
  const [first] = examples.sort((left, right) => left.line - right.line);
  if (first === undefined || !matters) return { kind: 'certain' };
  const isPlain = readable.every((witness) => witness.plain === witness[meant]);
  return {
    kind: 'needs',
    ...(given.decimal === undefined && !isPlain && { decimal }),
    ...(currency !== undefined && { currency }),
    accounting: given.accounting !== true && readable.some(({ accounting }) => accounting),
    first,
    rows,
  };
}

function problemOf(
  decision: AmountDecision,
  given: AmountStyle,
  amounts: number,
  oneCurrency: string | undefined,
): FileProblem | undefined {
  const said = ({ text }: Example): string => quoted(text);
  switch (decision.kind) {
    case 'certain':
      return undefined;
    case 'open': {
      const [first, second] = decision.examples;
      if (first === undefined) return undefined;
      const { point, comma, currency: sign } = readingsOf(first.text, given);
      const currency = meantBy(sign, oneCurrency);
      const ways = `${said(first)} is ${written(point)} with --decimal . and ${written(comma)} with --decimal ,`;
      const too = second === undefined ? '' : `, and ${said(second)} on line ${second.line} is as open`;
      return refusedBy(
        first,
        `${ways}${too}; no amount proves which, so say${currency === undefined ? '' : ` --currency ${currency} and`} --decimal . or --decimal ,`,
      );
    }
    case 'contradicted': {
      const { point, comma } = decision;
      if (point === comma) {
        const other = given.decimal === ',' ? '.' : ',';
        return refusedBy(
          point,
          `${said(point)} is read with --decimal ${other} and not with --decimal ${given.decimal ?? ''}, which was given; find out which mark the file has`,
        );
      }
      const [first, second] = [point, comma].sort((left, right) => left.line - right.line);
      if (first === undefined || second === undefined) return undefined;
      const mark = first === point ? ['a point', 'a comma'] : ['a comma', 'a point'];
      return refusedBy(
        first,
        `${said(first)} proves ${mark[0] ?? ''} before the decimals and ${said(second)} on line ${second.line} ${mark[1] ?? ''}; one file has one decimal mark, so fix the one or the other`,
      );
    }
    case 'currencies': {
      const [first, ...others] = [...decision.currencies];
      if (first === undefined) return undefined;
      const more = others.map(([code, { line }]) => `in ${code} on line ${line}`).join(' and ');
      return refusedBy(
        first[1],
        `${said(first[1])} is in ${first[0]}, and others are ${more}; push each currency by itself, the first with --currency ${first[0]}`,
      );
    }
    case 'needs':
      return refusedBy(decision.first, neededOptions(decision, amounts));
  }
}

function neededOptions(
  { decimal, currency, accounting, first, rows }: AmountDecision & { readonly kind: 'needs' },
  amounts: number,
): string {
  const options = [
    ...(currency === undefined ? [] : [`--currency ${currency}`]),
    ...(decimal === undefined ? [] : [`--decimal ${decimal}`]),
  ].join(' ');
  const negative = 'say with --negative-amounts what those in parentheses or with a minus behind them mean';
  const steps = [
    ...(options === '' ? [] : [`push the file with ${options}`]),
    ...(accounting ? [negative] : []),
  ];
  const which =
    rows === 1
      ? quoted(first.text)
      : `${rows} of ${plural(amounts, 'amount')}, the first ${quoted(first.text)},`;
  return `${steps.join(', and ')}: ${which} can be read only so`;
}

function written(amount: Amount | undefined): string {
  return amount === undefined ? 'no amount' : formatAmount(amount);
}
