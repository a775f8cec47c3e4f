import type { FileProblem } from '../core/ports.js';
import type { Position } from '../core/row.js';
import { quoted } from '../core/text.js';
import { isUtc } from '../core/zones.js';
import {
  refusedBy,
  type Evidence,
  type Example,
  type FieldColumn,
  type Findings,
  type SeenRow,
} from './evidence.js';
import { CENTURIES, dayOf, orderNeeded, type DateNumbers, type DateOrder } from './time.js';

/** Times of which the same is known; the first two stand for all. */
interface Witness {
  /** In which its date is a day that exists; none that says nothing of the order. */
  readonly orders: readonly DateOrder[];
  /** Whether its year has two digits. */
  readonly isShort: boolean;
  readonly numbers: DateNumbers | undefined;
  readonly examples: Example[];
}

/** In which order the dates of a file have to be read. */
export type OrderDecision =
  /** By what was given, or no date needs one. */
  | { readonly kind: 'certain' }
  /** Every date is read in this order, and some in no other: `proof`. None proves it where the others come to the same. */
  | { readonly kind: 'proved'; readonly order: DateOrder; readonly proof: Example | undefined }
  /** Every date allows several, and they are different days. */
  | { readonly kind: 'open'; readonly orders: readonly DateOrder[]; readonly witness: Witness }
  /** The year has two digits, which are read only by an order that was given. */
  | { readonly kind: 'needs'; readonly orders: readonly DateOrder[]; readonly first: Example }
  /** It allows none of what the other one does, or not the order that was given. */
  | { readonly kind: 'contradicted'; readonly witness: Witness; readonly other: Witness | undefined };

const ORDERS: readonly DateOrder[] = ['mdy', 'dmy', 'ymd'];

/** Begins with a year or is Unix time: it needs no order. */
const PLAIN = /^\d{4}/;

/**
 * What the times of a file show together: in which order its dates of numbers are. One that could be two days,
 * `11/12/2026`, is read as neither until another cell or an option says which.
 */
export class TimeEvidence implements Evidence {
  readonly #columns: readonly FieldColumn[];
  readonly #given: DateOrder | undefined;
  readonly #witnesses = new Map<string, Witness>();

  /** `given` is the order that was said. */
  constructor(columns: readonly FieldColumn[], given: DateOrder | undefined) {
    this.#columns = columns;
    this.#given = given;
  }

  see(cells: readonly string[], line: number, _position: Position, { status }: SeenRow): void {
    if (status === 'skipped') return;
    for (const { field, textOf } of this.#columns) {
      const text = textOf(cells);
      if (text !== '' && !PLAIN.test(text)) this.add({ field, line, text });
    }
  }

  add(example: Example): void {
    const needed = PLAIN.test(example.text) ? undefined : orderNeeded(example.text);
    // A day alone is no time, in whichever order.
    if (needed?.hasClock !== true) return;
    const { numbers } = needed;
    const days = ORDERS.map((order) => numbers && dayOf(numbers, order));
    const orders = ORDERS.filter((_, index) => days[index] !== undefined);
    // A date that is none in any order is a fault of its row.
    if (numbers !== undefined && orders.length === 0) return;
    const isSame = new Set(days.filter((day) => day !== undefined)).size === 1 && orders.length > 1;
    const isShort = numbers === undefined || numbers[2].length === 2;
    const key = [isShort, isSame, ...orders].join();
    const known = this.#witnesses.get(key);
    if (known === undefined)
      this.#witnesses.set(key, { orders: isSame ? [] : orders, isShort, numbers, examples: [example] });
    else if (known.examples.length < 2) known.examples.push(example);
  }

  /** Whether a date cannot be read before the whole file has been seen. */
  get isOpen(): boolean {
    return this.#given === undefined && this.#witnesses.size > 0;
  }

  decide(): OrderDecision {
    return decide([...this.#witnesses.values()], this.#given);
  }

  finish(): Findings {
    const decision = this.decide();
    const problem = problemOf(decision, this.#given);
    return {
      problems: problem === undefined ? [] : [problem],
      ...(decision.kind === 'proved' && { dateOrder: decision }),
    };
  }
}

/** Where a header says UTC and an option another zone. `utc` are the headers that do, by field. */
export function zoneProblems(
  utc: ReadonlyMap<string, string>,
  timezone: string | undefined,
): readonly FileProblem[] {
  if (timezone === undefined || isUtc(timezone)) return [];
  return [...utc].map(([field, header]) => ({
    message: `${field}: the header ${JSON.stringify(header)} says in which zone the times are, and --timezone ${timezone} says otherwise; push the file with --timezone UTC`,
  }));
}

function decide(witnesses: readonly Witness[], given: DateOrder | undefined): OrderDecision {
  const speaking = witnesses.filter(({ orders }) => orders.length > 0);
  if (given !== undefined) {
    const witness = speaking.find(({ orders }) => !orders.includes(given));
    return witness === undefined ? { kind: 'certain' } : { kind: 'contradicted', witness, other: undefined };
  }
  const [first] = witnesses;
  if (first === undefined) return { kind: 'certain' };
  for (const witness of speaking)
    for (const other of speaking)
      if (!witness.orders.some((order) => other.orders.includes(order)))
        return { kind: 'contradicted', witness, other };
  const orders = ORDERS.filter((order) => speaking.every((witness) => witness.orders.includes(order)));
  const [order = 'mdy', another] = orders;
  const [witness, other] = speaking;
  if (witness !== undefined && orders.length === 0) return { kind: 'contradicted', witness, other };
  if (speaking.length > 0 && another !== undefined) {
    const [witness = first] = speaking.toSorted((left, right) => left.orders.length - right.orders.length);
    return { kind: 'open', orders, witness };
  }
  const short = witnesses.find(({ isShort }) => isShort)?.examples[0];
  if (short !== undefined)
    return { kind: 'needs', orders: speaking.length > 0 ? orders : ['dmy'], first: short };
  const proof = speaking.find((witness) => witness.orders.length === 1)?.examples[0];
  return { kind: 'proved', order, proof };
}

const FIRST: Readonly<Record<DateOrder, string>> = {
  mdy: 'the month before the day',
  dmy: 'the day before the month',
  ymd: 'the year first',
};

function problemOf(decision: OrderDecision, given: DateOrder | undefined): FileProblem | undefined {
  const said = ({ text }: Example): string => quoted(text);
  switch (decision.kind) {
    case 'certain':
    case 'proved':
      return undefined;
    case 'open': {
      const { orders, witness } = decision;
      const { numbers, examples } = witness;
      const [first, second] = examples;
      if (first === undefined || numbers === undefined) return undefined;
      const options = orders.map((order) => `--date-format ${order}`);
      const ways = orders.map(
        (order, index) => `${dayOf(numbers, order) ?? ''} with ${options[index] ?? ''}`,
      );
      const too = second === undefined ? '' : `, and ${said(second)} on line ${second.line} is as open`;
      const message = `${said(first)} is ${ways.join(' and ')}${too}; no date proves which, so say ${options.join(' or ')}`;
      return refusedBy(first, message);
    }
    case 'needs': {
      const { orders, first } = decision;
      const options = orders.map((order) => `--date-format ${order}`).join(' or ');
      return refusedBy(
        first,
        `push the file with ${options}: the year of ${said(first)} has two digits, which are read only so (${CENTURIES})`,
      );
    }
    case 'contradicted': {
      const { witness, other } = decision;
      const [one, two] = [witness.examples[0], other?.examples[0]];
      if (one === undefined) return undefined;
      if (two === undefined || other === undefined) {
        const options = witness.orders.map((order) => `--date-format ${order}`).join(' or ');
        return refusedBy(
          one,
          `${said(one)} is read with ${options} and not with --date-format ${given ?? ''}, which was given; find out which order the file has`,
        );
      }
      const [first, second] = one.line <= two.line ? [witness, other] : [other, witness];
      const [a, b] = [one, two].toSorted((left, right) => left.line - right.line);
      if (a === undefined || b === undefined) return undefined;
      const proves = ({ orders }: Witness): string => orders.map((order) => FIRST[order]).join(' or ');
      return refusedBy(
        a,
        `${said(a)} proves ${proves(first)} and ${said(b)} on line ${b.line} ${proves(second)}; the dates of one file have one order, so fix the one or the other`,
      );
    }
  }
}
