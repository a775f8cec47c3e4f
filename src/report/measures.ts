import { formatTotal, grouped } from '../core/amount.js';
import type { ReportedRow } from '../core/reported.js';
import { STATUSES, type RowStatus } from '../core/status.js';
import type { Dimension } from './dimensions.js';
import type { Rate } from './commission.js';

/** What a row can be instead of counted: a status that puts no money at the vendor, or a word that is out of date. */
export type LeftOut = Exclude<RowStatus, 'accepted' | 'unchanged'> | 'superseded';

/** Whether the money of such rows counts, of `planned` ones in a dry run. */
export function mayCount(status: RowStatus): boolean {
  return status === 'accepted' || status === 'unchanged' || status === 'planned';
}

/** In the order of the columns. */
export const LEFT_OUT: readonly LeftOut[] = [
  ...STATUSES.map(({ status }) => status).filter((status) => status !== 'accepted' && status !== 'unchanged'),
  'superseded',
];

/** Statuses of rows that need a person, the most pressing first. */
export const OPEN: readonly LeftOut[] = ['unknown', 'failed', 'rejected', 'invalid', 'not_sent'];

export interface RowsAndMoney {
  readonly rows: number;
  /** In 1/10000. */
  readonly amount: bigint;
}

export function addTo(sums: Map<LeftOut, RowsAndMoney>, kind: LeftOut, { rows, amount }: RowsAndMoney): void {
  const before = sums.get(kind) ?? { rows: 0, amount: 0n };
  sums.set(kind, { rows: before.rows + rows, amount: before.amount + amount });
}

/** Sums over rows whose money counts. All money is in 1/10000; nothing is rounded here. */
export class Tally {
  calls = 0;
  sales = 0;
  revenue = 0n;
  corrected = 0;
  corrections = 0n;
  reversed = 0;
  reversals = 0n;
  /** In 1/10 000 000 000: money times a rate in millionths. */
  commission = 0n;
  /** Rows with money and without a rate. */
  unrated = 0;

  add(row: ReportedRow, rate: Rate | undefined): void {
    const amount = BigInt(row.amount ?? 0);
    const previous = BigInt(row.previousAmount ?? 0);
    this.calls += 1;
    if (amount > 0n) this.sales += 1;
    this.revenue += amount;
    if (rate !== undefined) this.commission += amount * rate;
    else if (amount !== 0n) this.unrated += 1;
    if (row.action === 'correct') {
      this.corrected += 1;
      this.corrections += amount - previous;
    } else if (row.action === 'reverse' || row.action === 'clear') {
      this.reversed += 1;
      this.reversals -= previous;
    }
  }

  plus(other: Tally): Tally {
    const sum = new Tally();
    for (const each of [this, other]) {
      sum.calls += each.calls;
      sum.sales += each.sales;
      sum.revenue += each.revenue;
      sum.corrected += each.corrected;
      sum.corrections += each.corrections;
      sum.reversed += each.reversed;
      sum.reversals += each.reversals;
      sum.commission += each.commission;
      sum.unrated += each.unrated;
    }
    return sum;
  }
}

/**
 * Which rows count: those whose money the vendor `held`, or those it would hold after a dry run, `planned` ones
 * with them.
 */
export type Basis = 'held' | 'planned';

/** Rows that share their labels. */
export class Group {
  readonly labels: readonly (string | undefined)[];
  #held = new Tally();
  #planned = new Tally();
  #leftOut = new Map<LeftOut, RowsAndMoney>();

  constructor(labels: readonly (string | undefined)[]) {
    this.labels = labels;
  }

  add(row: ReportedRow, rate: Rate | undefined): void {
    if (row.superseded === true) this.#leaveOut('superseded', row);
    else if (row.status === 'accepted' || row.status === 'unchanged') this.#held.add(row, rate);
    else if (row.status === 'planned') this.#planned.add(row, rate);
    else this.#leaveOut(row.status, row);
  }

  #leaveOut(what: LeftOut, { amount = 0 as ReportedRow['amount'] }: ReportedRow): void {
    addTo(this.#leftOut, what, { rows: 1, amount: BigInt(amount ?? 0) });
  }

  figures(basis: Basis): Figures {
    const tally = basis === 'planned' ? this.#held.plus(this.#planned) : this.#held;
    const leftOut = new Map(this.#leftOut);
    if (basis === 'held' && this.#planned.calls > 0)
      leftOut.set('planned', { rows: this.#planned.calls, amount: this.#planned.revenue });
    const { calls, sales, revenue, corrected, corrections, reversed, reversals, unrated } = tally;
    return {
      ...{ calls, sales, revenue, corrected, corrections, reversed, reversals, unrated },
      leftOut,
      exactCommission: tally.commission,
      commission: undefined,
      cost: undefined,
    };
  }
}

/** What a report says of a group of rows. Money is in 1/10000. */
export interface Figures {
  /** Rows that count. */
  readonly calls: number;
  /** Of these, those with revenue above zero. */
  readonly sales: number;
  readonly revenue: bigint;
  readonly corrected: number;
  readonly corrections: bigint;
  readonly reversed: number;
  readonly reversals: bigint;
  readonly unrated: number;
  readonly leftOut: ReadonlyMap<LeftOut, RowsAndMoney>;
  /** In 1/10 000 000 000, before it is rounded. */
  readonly exactCommission: bigint;
  /** Of whole cents; undefined where a rate is missing. */
  readonly commission: bigint | undefined;
  /** Undefined where none is known. */
  readonly cost: bigint | undefined;
}

/** Rows and money of a kind that is not counted. */
export function leftOutOf({ leftOut }: Figures, kinds: readonly LeftOut[]): RowsAndMoney {
  const found = kinds.map((kind) => leftOut.get(kind) ?? { rows: 0, amount: 0n });
  return {
    rows: found.reduce((sum, { rows }) => sum + rows, 0),
    amount: found.reduce((sum, { amount }) => sum + amount, 0n),
  };
}

/** A quotient rounded to a whole number, a half away from zero. The divisor is above zero. */
export function divided(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const rounded = (size * 2n + divisor) / (divisor * 2n);
  return dividend < 0n ? -rounded : rounded;
}

/** Money for each of a number of things, in 1/10000 and of whole cents; undefined where there are none. */
export function perPiece(money: bigint, pieces: number): bigint | undefined {
  return pieces === 0 ? undefined : divided(money, BigInt(pieces) * 100n) * 100n;
}

/** A part in tenths of a percent of the whole; undefined where the whole is not above zero. */
export function tenthsOfPercent(part: bigint, whole: bigint): bigint | undefined {
  return whole > 0n ? divided(part * 1000n, whole) : undefined;
}

/** Commission to the cent, in 1/10000. */
export function roundedCommission(exact: bigint): bigint {
  return divided(exact, 100_000_000n) * 100n;
}

/** `12.5` of 125 tenths. */
export function formatTenths(tenths: bigint): string {
  const size = tenths < 0n ? -tenths : tenths;
  return `${tenths < 0n ? '-' : ''}${size / 10n}.${size % 10n}`;
}

/** One figure of a group, as it is counted. */
export interface Measure {
  /** Its column in CSV and its key in JSON. */
  readonly name: string;
  /** What people read above it. */
  readonly title: string;
  /** Money is in 1/10000, percent in tenths. */
  readonly kind: 'money' | 'count' | 'percent';
  /** Undefined where there is nothing to say, which is not zero. */
  readonly of: (figures: Figures, total: Figures) => bigint | undefined;
}

const count = (name: string, title: string, of: (figures: Figures) => number): Measure => ({
  name,
  title,
  kind: 'count',
  of: (figures) => BigInt(of(figures)),
});

const MAIN: readonly Measure[] = [
  { name: 'revenue', title: 'revenue', kind: 'money', of: ({ revenue }) => revenue },
  {
    name: 'share_percent',
    title: 'share %',
    kind: 'percent',
    of: ({ revenue }, total) => tenthsOfPercent(revenue, total.revenue),
  },
  count('calls', 'calls', ({ calls }) => calls),
  count('sales', 'sales', ({ sales }) => sales),
  {
    name: 'average_per_sale',
    title: 'per sale',
    kind: 'money',
    of: ({ revenue, sales }) => perPiece(revenue, sales),
  },
  {
    name: 'average_per_call',
    title: 'per call',
    kind: 'money',
    of: ({ revenue, calls }) => perPiece(revenue, calls),
  },
];

const COMMISSION: readonly Measure[] = [
  { name: 'commission', title: 'commission', kind: 'money', of: ({ commission }) => commission },
];

const COST: readonly Measure[] = [
  { name: 'cost', title: 'cost', kind: 'money', of: ({ cost }) => cost },
  {
    name: 'return_on_cost_percent',
    title: 'return %',
    kind: 'percent',
    of: ({ revenue, cost }) => (cost === undefined ? undefined : tenthsOfPercent(revenue - cost, cost)),
  },
  {
    name: 'cost_per_sale',
    title: 'cost per sale',
    kind: 'money',
    of: ({ cost, sales }) => (cost === undefined ? undefined : perPiece(cost, sales)),
  },
];

const CHANGES: readonly Measure[] = [
  count('corrected', 'corrected', ({ corrected }) => corrected),
  { name: 'corrections', title: 'corrections', kind: 'money', of: ({ corrections }) => corrections },
  count('reversed', 'reversed', ({ reversed }) => reversed),
  { name: 'reversals', title: 'reversals', kind: 'money', of: ({ reversals }) => reversals },
];

const LEFT: readonly Measure[] = LEFT_OUT.flatMap((kind) => leftOutMeasures(kind, kind, [kind]));

function leftOutMeasures(name: string, title: string, kinds: readonly LeftOut[]): Measure[] {
  return [
    count(`${name}_rows`, `${title} rows`, (figures) => leftOutOf(figures, kinds).rows),
    {
      name: `${name}_amount`,
      title: `${title} amount`,
      kind: 'money',
      of: (figures) => leftOutOf(figures, kinds).amount,
    },
  ];
}

/** What is asked for beside revenue. */
export interface Asked {
  readonly commission: boolean;
  readonly cost: boolean;
}

/** Every figure, in the order of CSV and JSON. */
export function allMeasures({ commission, cost }: Asked): readonly Measure[] {
  return [...MAIN, ...(commission ? COMMISSION : []), ...(cost ? COST : []), ...CHANGES, ...LEFT];
}

/** The figures for people: those that say something of these totals. */
export function shownMeasures(
  { commission, cost }: Asked,
  total: Figures,
  by: readonly Dimension[],
): readonly Measure[] {
  const kinds = by.includes('status') ? LEFT_OUT : OPEN;
  return [
    ...MAIN,
    ...(commission ? COMMISSION : []),
    ...(cost ? COST : []),
    ...(total.corrected > 0 ? CHANGES.slice(0, 2) : []),
    ...(total.reversed > 0 ? CHANGES.slice(2) : []),
    ...(leftOutOf(total, kinds).rows > 0
      ? leftOutMeasures('open', kinds === OPEN ? 'open' : 'left out', kinds)
      : []),
  ];
}

/** A figure as text for programs; blank where there is none. */
export function figureText({ kind, of }: Measure, figures: Figures, total: Figures): string {
  const value = of(figures, total);
  if (value === undefined) return '';
  if (kind === 'money') return formatTotal(value);
  return kind === 'percent' ? formatTenths(value) : String(value);
}

/** A figure as people read it; undefined where there is none. */
export function shownFigure(measure: Measure, figures: Figures, total: Figures): string | undefined {
  const text = figureText(measure, figures, total);
  return text === '' ? undefined : grouped(text);
}
