import { formatTotal, grouped } from '../core/amount.js';
import type { AlikeRows, ReportedRow } from '../core/reported.js';
import { STATUSES, type RowStatus } from '../core/status.js';
import { formatTenths, perPiece, tenthsOfPercent } from './quotients.js';
import type { Dimension } from './dimensions.js';
import type { Rate } from './commission.js';

/** What became of a row: its status, or `superseded` where a later run tells the same anew. */
export type Kind = RowStatus | 'superseded';

/** Kinds of rows that put no money at the vendor. */
export type LeftOut = Exclude<Kind, 'accepted' | 'unchanged'>;

export function kindOf({ status, superseded }: ReportedRow): Kind {
  return superseded === true ? 'superseded' : status;
}

/**
 * Which rows count: those whose money the vendor `held`, or those it would hold after a dry run, `planned` ones
 * with them.
 */
export type Basis = 'held' | 'planned';

export function counts(kind: Kind, basis: Basis): boolean {
  return kind === 'accepted' || kind === 'unchanged' || (kind === 'planned' && basis === 'planned');
}

/** In the order of the columns. */
export const LEFT_OUT: readonly LeftOut[] = [
  ...STATUSES.map(({ status }) => status).filter((status) => status !== 'accepted' && status !== 'unchanged'),
  'superseded',
];

/** Statuses of rows that need a person, the most pressing first. */
export const OPEN: readonly LeftOut[] = ['unknown', 'failed', 'rejected', 'invalid', 'not_sent'];

/** Written out: V8 adds to an object that was made by spreading at half the speed. */
function noSums() {
  return {
    calls: 0,
    /** Rows of which nobody knows how much money they are about. */
    unknown: 0,
    /** Of these, those with revenue above zero. */
    sales: 0,
    revenue: 0n,
    corrected: 0,
    corrections: 0n,
    reversed: 0,
    reversals: 0n,
    /** Rows whose money is a cost, which are no calls, and what they come to. */
    costs: 0,
    spent: 0n,
    /** Rows with money and without a rate. */
    unrated: 0,
    /** In 1/10 000 000 000: money times a rate in millionths. */
    exactCommission: 0n,
  };
}

/** Sums over rows. Money is in 1/10000; nothing is rounded. */
export type Sums = ReturnType<typeof noSums>;

/** What rows add whose money is a cost and no revenue. */
export function costOf({ count, amount, unknown }: AlikeRows): Sums {
  return { ...noSums(), costs: count, spent: amount, unknown };
}

/** What rows add. */
export function sumsOf(rows: AlikeRows, rate?: Rate): Sums {
  const { count, counted: revenue, previousAmount: previous } = rows;
  const { action } = rows.row;
  const corrects = action === 'correct';
  const reverses = action === 'reverse' || action === 'clear';
  return {
    calls: count,
    unknown: rows.unknown,
    sales: rows.above,
    revenue,
    corrected: corrects ? count : 0,
    corrections: corrects ? revenue - previous : 0n,
    reversed: reverses ? count : 0,
    reversals: reverses ? revenue - previous : 0n,
    costs: 0,
    spent: 0n,
    unrated: rate === undefined ? rows.nonzero : 0,
    exactCommission: rate === undefined ? 0n : revenue * rate,
  };
}

/** Most rows add to few of them, and adding a zero to money costs as much as adding money. */
function add(sums: Sums, more: Sums): void {
  sums.calls += more.calls;
  sums.unknown += more.unknown;
  sums.sales += more.sales;
  sums.unrated += more.unrated;
  if (more.revenue !== 0n) sums.revenue += more.revenue;
  sums.costs += more.costs;
  if (more.spent !== 0n) sums.spent += more.spent;
  if (more.exactCommission !== 0n) sums.exactCommission += more.exactCommission;
  if (more.corrected > 0) {
    sums.corrected += more.corrected;
    sums.corrections += more.corrections;
  }
  if (more.reversed > 0) {
    sums.reversed += more.reversed;
    sums.reversals += more.reversals;
  }
}

/** Rows of each kind, since which of them count is known at the end only. */
export type SumsByKind = Map<Kind, Sums>;

export function addTo(byKind: SumsByKind, kind: Kind, more: Sums): void {
  let sums = byKind.get(kind);
  if (sums === undefined) byKind.set(kind, (sums = noSums()));
  add(sums, more);
}

/** What a report says of a group of rows: the sums of those that count, and the others. */
export interface Figures extends Readonly<Sums> {
  readonly leftOut: ReadonlyMap<Kind, Readonly<Sums>>;
  /** Of whole cents; undefined where a rate is missing. */
  readonly commission: bigint | undefined;
  /** In 1/10000; undefined where none is known. */
  readonly cost: bigint | undefined;
}

/** Of the rows that count, with those that are left out; neither commission nor cost is known yet. */
export function figuresOf(byKind: SumsByKind, basis: Basis): Figures {
  const counted = noSums();
  const leftOut = new Map<Kind, Sums>();
  for (const [kind, sums] of byKind) {
    if (counts(kind, basis)) add(counted, sums);
    else leftOut.set(kind, sums);
  }
  return { ...counted, leftOut, commission: undefined, cost: undefined };
}

export interface RowsAndMoney {
  readonly rows: number;
  /** Of revenue, in 1/10000. */
  readonly amount: bigint;
  /** The same of costs. */
  readonly cost: bigint;
  /** Rows of which the money is not known. */
  readonly unknown: number;
}

/** Rows and money of kinds that are not counted. */
export function leftOutOf({ leftOut }: Figures, kinds: readonly LeftOut[]): RowsAndMoney {
  let [rows, unknown, amount, cost] = [0, 0, 0n, 0n];
  for (const kind of kinds) {
    const sums = leftOut.get(kind);
    rows += (sums?.calls ?? 0) + (sums?.costs ?? 0);
    unknown += sums?.unknown ?? 0;
    amount += sums?.revenue ?? 0n;
    cost += sums?.spent ?? 0n;
  }
  return { rows, amount, cost, unknown };
}

/** Money in the words of `amountText`; what is not known is no 0.00. */
export function knownText(
  { rows, amount, cost, unknown }: RowsAndMoney,
  amountText: (amount: bigint) => string,
): string {
  if (unknown > 0 && unknown === rows) return 'unknown';
  const parts = [
    ...(amount !== 0n || cost === 0n ? [amountText(amount)] : []),
    ...(cost === 0n ? [] : [`cost ${amountText(cost)}`]),
    ...(unknown === 0 ? [] : [`${unknown} unknown`]),
  ];
  return parts.join(' and ');
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

function count(name: string, title: string, of: (figures: Figures) => number): Measure {
  return { name, title, kind: 'count', of: (figures) => BigInt(of(figures)) };
}

function money(name: string, title: string, of: Measure['of']): Measure {
  return { name, title, kind: 'money', of };
}

function percent(name: string, title: string, of: Measure['of']): Measure {
  return { name, title, kind: 'percent', of };
}

const MAIN: readonly Measure[] = [
  money('revenue', 'revenue', ({ revenue }) => revenue),
  percent('share_percent', 'share %', ({ revenue }, total) => tenthsOfPercent(revenue, total.revenue)),
  count('calls', 'calls', ({ calls }) => calls),
  count('sales', 'sales', ({ sales }) => sales),
  money('average_per_sale', 'per sale', ({ revenue, sales }) => perPiece(revenue, sales)),
  money('average_per_call', 'per call', ({ revenue, calls }) => perPiece(revenue, calls)),
];

const COMMISSION = money('commission', 'commission', ({ commission }) => commission);

const COST: readonly Measure[] = [
  money('cost', 'cost', ({ cost }) => cost),
  percent('return_on_cost_percent', 'return %', ({ revenue, cost, calls, costs }) =>
    cost === undefined || (calls === 0 && costs > 0) ? undefined : tenthsOfPercent(revenue - cost, cost),
  ),
  money('cost_per_sale', 'cost per sale', ({ cost, sales }) =>
    cost === undefined ? undefined : perPiece(cost, sales),
  ),
];

const COST_ROWS = count('cost_rows', 'cost rows', ({ costs }) => costs);

const CORRECTIONS: readonly Measure[] = [
  count('corrected', 'corrected', ({ corrected }) => corrected),
  money('corrections', 'corrections', ({ corrections }) => corrections),
];

const REVERSALS: readonly Measure[] = [
  count('reversed', 'reversed', ({ reversed }) => reversed),
  money('reversals', 'reversals', ({ reversals }) => reversals),
];

function leftOutMeasures(name: string, title: string, kinds: readonly LeftOut[], spent: boolean): Measure[] {
  return [
    count(`${name}_rows`, `${title} rows`, (figures) => leftOutOf(figures, kinds).rows),
    money(`${name}_amount`, `${title} amount`, (figures) => leftOutOf(figures, kinds).amount),
    ...(spent ? [money(`${name}_cost`, `${title} cost`, (figures) => leftOutOf(figures, kinds).cost)] : []),
  ];
}

/** What is asked for beside revenue. */
export interface Asked {
  readonly commission: boolean;
  readonly cost: boolean;
  /** Whether any row is one of costs. */
  readonly spent: boolean;
}

/** The figures of every report, and what was asked for beside them. */
function askedMeasures({ commission, cost, spent }: Asked): readonly Measure[] {
  return [
    ...MAIN,
    ...(commission ? [COMMISSION] : []),
    ...(spent ? [COST_ROWS] : []),
    ...(cost || spent ? COST : []),
  ];
}

/** Every figure, in the order of CSV and JSON. */
export function allMeasures(asked: Asked): readonly Measure[] {
  const leftOut = LEFT_OUT.flatMap((kind) => leftOutMeasures(kind, kind, [kind], asked.spent));
  return [...askedMeasures(asked), ...CORRECTIONS, ...REVERSALS, ...leftOut];
}

/** The figures for people: those that say something of these totals. */
export function shownMeasures(asked: Asked, total: Figures, by: readonly Dimension[]): readonly Measure[] {
  const kinds = by.includes('status') ? LEFT_OUT : OPEN;
  const open = leftOutMeasures(
    'open',
    kinds === OPEN ? 'open' : 'left out',
    kinds,
    leftOutOf(total, kinds).cost > 0n,
  );
  return [
    ...askedMeasures(asked),
    ...(total.corrected > 0 ? CORRECTIONS : []),
    ...(total.reversed > 0 ? REVERSALS : []),
    ...(leftOutOf(total, kinds).rows > 0 ? open : []),
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
