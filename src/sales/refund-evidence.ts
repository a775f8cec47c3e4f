import { parseTotal, type AmountStyle } from '../core/amount.js';
import { currencyIn, currencySpellings } from '../core/currency.js';
import type { FileProblem } from '../core/ports.js';
import type { Position } from '../core/row.js';
import type { Semantics } from '../core/vendor.js';
import { plural, shellText } from '../core/text.js';
import type { Evidence, FieldColumn, Findings, SeenRow } from './evidence.js';
import {
  asksForRefund,
  isNetAmount,
  isRefundDate,
  isRefundedAmount,
  isStatusHeader,
  saidOf,
  YES,
  type Said,
} from './refund-words.js';

/** A column of the file that nothing names. */
export interface OtherColumn {
  readonly index: number;
  readonly header: string;
}

/** What is sent as the amount. */
interface AmountColumn extends FieldColumn {
  /** Undefined where every row has the same. */
  readonly header: string | undefined;
}

/** What was said of refunds, and what the vendor can do for one. */
export interface RefundChoices {
  readonly hasReversal: boolean;
  readonly hasOnly: boolean;
  readonly refund: 'reverse' | 'clear';
  readonly semantics: Pick<Semantics, 'reverse' | 'clear'>;
}

/** A column with few different texts, some of which say that a sale was taken back. */
export interface RefundTexts {
  readonly header: string;
  readonly line: number;
  readonly rows: number;
  readonly takenBack: readonly TextCount[];
  readonly inPart: readonly TextCount[];
  /** The other texts; undefined where some rows have none. */
  readonly others: readonly string[] | undefined;
}

/** Columns that say how much of the amount, or when, was given back. */
export interface RefundedMoney {
  readonly headers: readonly string[];
  readonly line: number;
  /** What the first of them says, and the amount beside it. */
  readonly text: string;
  readonly amount: string;
  readonly rows: number;
  /** The column of what remains, where it can be read in every row. */
  readonly net: string | undefined;
}

export interface RefundDecision {
  readonly texts: readonly RefundTexts[];
  readonly money: RefundedMoney | undefined;
}

/** A column of more different texts is no status; one that is called so may have more, as lists of dispositions do. */
const MOST_TEXTS = 12;
const MOST_STATUSES = 100;

/** A text and how many rows say it. */
export interface TextCount {
  readonly text: string;
  readonly rows: number;
}

interface Seen {
  readonly cells: readonly string[];
  readonly line: number;
  readonly row: SeenRow;
}

type Kind = 'texts' | 'refunded' | 'dated' | 'net';

interface Watched extends OtherColumn {
  readonly kind: Kind;
  readonly said: Map<string, Said>;
  /** By the text without case, as it is written first. */
  readonly counts: Map<string, TextCount & { readonly said: Said }>;
  readonly isStatus: boolean;
  readonly asks: boolean;
  first: { line: number; text: string; amount: string } | undefined;
  rows: number;
  hasBlank: boolean;
  isRead: boolean;
}

/**
 * Whether columns that nothing names say that sales were taken back which are about to be sent: a status, a refunded or net
 * amount, a day of a refund. Rows that are taken back anyway, and those of 0.00 or less, say nothing.
 */
export class RefundEvidence implements Evidence {
  #columns: readonly Watched[];
  readonly #amount: AmountColumn | undefined;
  readonly #style: AmountStyle;
  readonly #choices: RefundChoices;
  /** Whether what remains is what is sent. */
  readonly #isNet: boolean;
  #seen = 0;

  constructor(
    columns: readonly OtherColumn[],
    amount: AmountColumn | undefined,
    style: AmountStyle,
    choices: RefundChoices,
  ) {
    this.#amount = amount;
    this.#style = style;
    this.#choices = choices;
    this.#isNet = amount?.header !== undefined && isNetAmount(amount.header);
    this.#columns = columns.flatMap(({ index, header }) => {
      const kind = kindOf(header);
      const isLooked = kind === 'texts' || (!this.#isNet && (kind !== 'net' || amount !== undefined));
      return isLooked ? [watched(index, header, kind)] : [];
    });
  }

  see(cells: readonly string[], line: number, _position: Position, row: SeenRow): void {
    if (row.status === 'skipped') return;
    this.#seen += 1;
    for (const column of this.#columns) {
      const text = cells[column.index] ?? '';
      const said = column.said.get(text) ?? this.#look(column, text);
      if (said !== 'nothing' && said !== undefined)
        this.#note(column, text.trim(), said, { cells, line, row });
    }
  }

  /** What a text says that was not met before; undefined where it is remembered no more. */
  #look(column: Watched, written: string): Said | 'money' | undefined {
    const text = written.trim();
    const isYes = column.asks && YES.has(text.toLowerCase());
    if (column.kind === 'net') return 'money';
    if (column.kind !== 'texts' && !isYes) return /[1-9]/.test(text) ? 'money' : 'nothing';
    if (column.said.size >= (column.isStatus ? MOST_STATUSES : MOST_TEXTS)) {
      this.#columns = this.#columns.filter((other) => other !== column);
      return undefined;
    }
    if (text === '') column.hasBlank = true;
    const said = isYes ? 'taken_back' : saidOf(text, column.isStatus);
    column.said.set(written, said);
    return said;
  }

  #note(column: Watched, text: string, said: Said | 'money', { cells, line, row }: Seen): void {
    const amount = this.#amount?.textOf(cells) ?? '';
    if (column.kind === 'net' && !this.#differs(column, text, amount)) return;
    if ((said === 'in_part' && this.#isNet) || !this.#isSold(amount, row)) return;
    column.first ??= { line, text, amount };
    column.rows += 1;
    if (said === 'money') return;
    const key = text.toLowerCase();
    const known = column.counts.get(key) ?? { text, said, rows: 0 };
    column.counts.set(key, { ...known, rows: known.rows + 1 });
  }

  /** Whether the row would be sent as a sale of more than nothing. */
  #isSold(written: string, { sale }: SeenRow): boolean {
    if (sale !== undefined && sale.intent !== 'set') return false;
    const amount = sale?.amount ?? this.#read(written);
    return amount === undefined || amount > 0;
  }

  #differs(column: Watched, text: string, amount: string): boolean {
    if (text === amount) return false;
    const [net, gross] = [this.#read(text), this.#read(amount)];
    if (net === undefined || net < 0) column.isRead = false;
    return net !== undefined && gross !== undefined && net !== gross;
  }

  #read(text: string): bigint | undefined {
    const named = this.#style.currency ?? currencySpellings(currencyIn(text) ?? '');
    return parseTotal(text, { ...this.#style, currency: named, accounting: true });
  }

  decide(): RefundDecision {
    const told = this.#columns.filter(({ first }) => first !== undefined);
    const isMoney = ({ kind, counts }: Watched): boolean => kind !== 'texts' && counts.size === 0;
    return {
      texts: told.filter((column) => !isMoney(column)).map(textsOf),
      money: moneyOf(
        told.filter(isMoney),
        this.#columns.find(({ kind, isRead }) => kind === 'net' && isRead),
      ),
    };
  }

  finish(): Findings {
    const { texts, money } = this.decide();
    const problems = texts.map((found) => textsProblem(found, this.#seen, this.#choices));
    if (money === undefined || this.#amount === undefined) return { problems };
    return { problems: [...problems, moneyProblem(money, this.#seen, this.#amount.field)] };
  }
}

function kindOf(header: string): Kind {
  if (isNetAmount(header)) return 'net';
  if (isRefundedAmount(header)) return 'refunded';
  return isRefundDate(header) ? 'dated' : 'texts';
}

function watched(index: number, header: string, kind: Kind): Watched {
  const [isStatus, asks] = [isStatusHeader(header), asksForRefund(header)];
  const empty = { first: undefined, rows: 0, hasBlank: false, isRead: true };
  return { index, header, kind, isStatus, asks, said: new Map(), counts: new Map(), ...empty };
}

function textsOf({ header, first, rows, said, counts, hasBlank }: Watched): RefundTexts {
  const saying = (wanted: Said): TextCount[] => [...counts.values()].filter(({ said }) => said === wanted);
  const others = [...said].flatMap(([text, what]) => (what === 'nothing' ? [text.trim()] : []));
  return {
    ...{ header, rows, line: first?.line ?? 0 },
    ...{ takenBack: saying('taken_back'), inPart: saying('in_part') },
    others: hasBlank ? undefined : folded(others),
  };
}

function moneyOf(found: readonly Watched[], net: Watched | undefined): RefundedMoney | undefined {
  const [column] = found.toSorted((left, right) => (left.first?.line ?? 0) - (right.first?.line ?? 0));
  if (column?.first === undefined) return undefined;
  const headers = [column, ...found.filter((other) => other !== column)].map(({ header }) => header);
  return { headers, ...column.first, rows: column.rows, net: net?.header };
}

/** Without case, in the spelling that comes first. */
function folded(texts: readonly string[]): string[] {
  const keys = texts.map((text) => text.toLowerCase());
  return texts.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function textsProblem(found: RefundTexts, seen: number, choices: RefundChoices): FileProblem {
  const { header, line, rows, takenBack, inPart } = found;
  const said = [...takenBack, ...inPart].map(({ text, rows }) => `${JSON.stringify(text)} (${rows})`);
  const which = `${rows} of ${plural(seen, 'row')} ${rows === 1 ? 'says' : 'say'} of a sale that it was taken back or never made`;
  const message = `${header}: ${which}, ${said.join(', ')}, and no option says what that means; ${waysOf(found, choices)}`;
  return { line, message };
}

function waysOf({ header, takenBack, others }: RefundTexts, choices: RefundChoices): string {
  const { hasReversal, hasOnly, refund, semantics } = choices;
  const listable = (texts: readonly string[]): boolean =>
    texts.length > 0 && texts.length <= MOST_TEXTS && texts.every((text) => !text.includes(','));
  const column = shellText(header);
  const values = takenBack.map(({ text }) => text);
  const canReverse = semantics.reverse.kind === 'supported';
  const clears = !canReverse && refund !== 'clear' ? ' --refund clear' : '';
  const ways: string[] = [];
  if (!hasReversal && listable(values) && (canReverse || semantics.clear.kind === 'supported'))
    ways.push(
      `take such sales back with --reversal-column ${column} --reversal-values ${shellText(values.join(','))}${clears}`,
    );
  if (!hasOnly && others !== undefined && listable(others) && !header.includes('='))
    ways.push(`send only the others with --only ${shellText(`${header}=${others.join(',')}`)}`);
  if (ways.length === 0) ways.push('take the rows out');
  return [...ways, `or send every row as a sale with --ignore-column ${column}`].join(', ');
}

function moneyProblem(found: RefundedMoney, seen: number, field: string): FileProblem {
  const { headers, line, text, amount, rows, net } = found;
  const [header = ''] = headers;
  const says = `${header} is ${JSON.stringify(text)} where the amount is ${JSON.stringify(amount)}`;
  const more = rows === 1 ? '' : `, and ${rows} of ${plural(seen, 'row')} say such a thing`;
  const ignoring = headers.map((name) => `--ignore-column ${shellText(name)}`).join(' ');
  const remains =
    net === undefined
      ? 'write what remains into the amount'
      : `send what remains with --column ${field}=${shellText(net)}`;
  return { line, message: `${says}${more}; ${remains}, or send the amount as it is with ${ignoring}` };
}
