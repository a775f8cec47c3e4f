import type { ReportedRow } from '../core/reported.js';
import {
  type Asked,
  type Basis,
  type Figures,
  Group,
  LEFT_OUT,
  type LeftOut,
  type RowsAndMoney,
  addTo,
  leftOutOf,
  roundedCommission,
} from './measures.js';
import type { Dimension } from './dimensions.js';
import type { Costs, Rate } from './commission.js';

/** What a row is called in each dimension; undefined where nothing tells. */
export type Labels = Readonly<Record<Dimension, string | undefined>>;

export const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;

/** 0 to 23. */
export function hourLabel(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

/** Groups of one cube that are told apart; rows of further ones are put together. */
export const MOST_GROUPS = 10_000;

/** The label of rows beyond the last group that is told apart. */
export const OTHERS = '(others)';

/** Stands between the labels of a group. */
const BETWEEN = '\u001f';

/** Rows put together by one or more dimensions. Memory holds the groups, not the rows. */
export class Cube {
  readonly by: readonly Dimension[];
  readonly #groups = new Map<string, Group>();
  #others: Group | undefined;
  #othersRows = 0;

  constructor(by: readonly Dimension[]) {
    this.by = by;
  }

  /** Rows that no group of their own could take. */
  get othersRows(): number {
    return this.#othersRows;
  }

  add(row: ReportedRow, labels: Labels, rate: Rate | undefined): void {
    this.#groupOf(labels).add(row, rate);
  }

  #groupOf(labels: Labels): Group {
    const own = this.by.map((dimension) => labels[dimension]);
    const key = own.map((label) => (label === undefined ? '0' : `1${label}`)).join(BETWEEN);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= MOST_GROUPS) {
      this.#othersRows += 1;
      this.#others ??= new Group(this.by.map(() => OTHERS));
      return this.#others;
    }
    const group = new Group(own);
    this.#groups.set(key, group);
    return group;
  }

  /** The groups in their order, and their total. */
  table(basis: Basis, asked: Asked, costs: Costs | undefined): GroupTable {
    const all = [...this.#groups.values(), ...(this.#others === undefined ? [] : [this.#others])];
    const priced = all.map((group) => ({
      labels: group.labels,
      figures: this.#priced(group.labels, group.figures(basis), asked, costs),
    }));
    const groups = ordered(this.by, priced);
    return { by: this.by, groups, total: totalOf(groups, asked) };
  }

  /** Commission is rounded here, once for each group that is shown; a cost belongs to a whole campaign. */
  #priced(
    labels: readonly (string | undefined)[],
    figures: Figures,
    asked: Asked,
    costs: Costs | undefined,
  ): Figures {
    const commission =
      asked.commission && figures.unrated === 0 ? roundedCommission(figures.exactCommission) : undefined;
    const [campaign] = labels;
    const isCampaign = this.by.length === 1 && this.by[0] === 'campaign';
    const cost = isCampaign && campaign !== undefined ? costs?.get(campaign) : undefined;
    return { ...figures, commission, cost };
  }
}

export interface LabelledGroup {
  readonly labels: readonly (string | undefined)[];
  readonly figures: Figures;
}

export interface GroupTable {
  readonly by: readonly Dimension[];
  readonly groups: readonly LabelledGroup[];
  readonly total: Figures;
}

/** Everything is summed exactly; of commission, what is shown. A cost total needs the cost of every campaign. */
function totalOf(groups: readonly LabelledGroup[], asked: Asked): Figures {
  const all = groups.map(({ figures }) => figures);
  const numbers = (of: (figures: Figures) => number): number => all.reduce((sum, one) => sum + of(one), 0);
  const money = (of: (figures: Figures) => bigint): bigint => all.reduce((sum, one) => sum + of(one), 0n);
  const leftOut = new Map<LeftOut, RowsAndMoney>();
  for (const figures of all) {
    for (const [kind, more] of figures.leftOut) {
      addTo(leftOut, kind, more);
    }
  }
  const rated = all.filter(({ commission }) => commission !== undefined);
  const counted = all.filter(({ calls }) => calls > 0);
  const costed = counted.length > 0 && counted.every(({ cost }) => cost !== undefined);
  return {
    calls: numbers(({ calls }) => calls),
    sales: numbers(({ sales }) => sales),
    revenue: money(({ revenue }) => revenue),
    corrected: numbers(({ corrected }) => corrected),
    corrections: money(({ corrections }) => corrections),
    reversed: numbers(({ reversed }) => reversed),
    reversals: money(({ reversals }) => reversals),
    unrated: numbers(({ unrated }) => unrated),
    leftOut,
    exactCommission: money(({ exactCommission }) => exactCommission),
    commission:
      asked.commission && (rated.length > 0 || all.length === 0)
        ? money(({ commission }) => commission ?? 0n)
        : undefined,
    cost: asked.cost && costed ? money(({ cost }) => cost ?? 0n) : undefined,
  };
}

const TIMES: ReadonlySet<Dimension> = new Set(['hour', 'day', 'weekday']);

/** Times in their own order, everything else with the most money first; what has no label comes last. */
function ordered(by: readonly Dimension[], groups: readonly LabelledGroup[]): LabelledGroup[] {
  const [first = 'status'] = by;
  const placed = groups.map((group) => ({
    group,
    time: TIMES.has(first) ? timeRank(first, group.labels[0]) : '',
    revenue: group.figures.revenue,
    leftOut: leftOutOf(group.figures, LEFT_OUT).amount,
    name: group.labels.map((label) => label ?? LAST).join(BETWEEN),
  }));
  placed.sort((left, right) => {
    if (left.time !== right.time) return left.time < right.time ? -1 : 1;
    if (left.revenue !== right.revenue) return left.revenue > right.revenue ? -1 : 1;
    if (left.leftOut !== right.leftOut) return left.leftOut > right.leftOut ? -1 : 1;
    return left.name < right.name ? -1 : 1;
  });
  return placed.map(({ group }) => group);
}

const LAST = '\uffff';

function timeRank(dimension: Dimension, label: string | undefined): string {
  if (label === undefined || label === OTHERS) return LAST;
  if (dimension !== 'weekday') return label;
  return String(WEEKDAYS.indexOf(label as (typeof WEEKDAYS)[number]));
}
