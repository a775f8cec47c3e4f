import {
  type Asked,
  type Basis,
  type Figures,
  type Kind,
  LEFT_OUT,
  type Sums,
  type SumsByKind,
  addTo,
  figuresOf,
  leftOutOf,
} from './measures.js';
import type { Dimension } from './dimensions.js';
import { roundedCommission } from './quotients.js';
import type { Costs } from './commission.js';

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

/** Groups of one table that are told apart; rows of further ones are put together. */
export const MOST_GROUPS = 10_000;

/** The label of rows beyond the last group that is told apart. */
const OTHERS = '(others)';

export interface Group {
  /** One for each dimension; undefined where nothing tells. */
  readonly labels: readonly (string | undefined)[];
  readonly figures: Figures;
}

export interface GroupTable {
  readonly by: readonly Dimension[];
  readonly groups: readonly Group[];
  readonly total: Figures;
  /** Rows that no group of their own could take. */
  readonly othersRows: number;
}

interface OpenGroup {
  readonly labels: Group['labels'];
  readonly byKind: SumsByKind;
}

/**
 * Rows put together by one or more dimensions. Memory holds the groups, not the rows; SQL over a scratch file of rows
 * was measured, and writing them there alone takes half as long as the whole report of a file.
 */
export class Groups {
  readonly by: readonly Dimension[];
  readonly #groups = new Map<string, OpenGroup>();
  #othersRows = 0;

  constructor(by: readonly Dimension[]) {
    this.by = by;
  }

  add(labels: Labels, kind: Kind, sums: Sums): void {
    let key = '';
    for (const dimension of this.by) {
      const label = labels[dimension];
      // With its length, so that no label can look like two.
      key += label === undefined ? '-' : `${label.length}:${label}`;
    }
    const group = this.#groups.get(key) ?? this.#newGroup(key, labels, sums.calls + sums.costs);
    addTo(group.byKind, kind, sums);
  }

  #newGroup(key: string, labels: Labels, rows: number): OpenGroup {
    const isOther = this.#groups.size >= MOST_GROUPS;
    if (isOther) this.#othersRows += rows;
    const known = isOther ? this.#groups.get(OTHERS) : undefined;
    if (known !== undefined) return known;
    const own = this.by.map((dimension) => (isOther ? OTHERS : labels[dimension]));
    const group = { labels: own, byKind: new Map() };
    this.#groups.set(isOther ? OTHERS : key, group);
    return group;
  }

  /** The groups in their order, and their total. */
  table(basis: Basis, asked: Asked, costs: Costs | undefined): GroupTable {
    const total: SumsByKind = new Map();
    const isCampaign = this.by.length === 1 && this.by[0] === 'campaign';
    const groups = [...this.#groups.values()].map(({ labels, byKind }): Group => {
      for (const [kind, sums] of byKind) addTo(total, kind, sums);
      const figures = figuresOf(byKind, basis);
      // Commission is rounded here, once for each group that is shown; a cost belongs to a whole campaign.
      const commission =
        asked.commission && figures.unrated === 0 ? roundedCommission(figures.exactCommission) : undefined;
      const named = isCampaign && labels[0] !== undefined ? costs?.get(labels[0]) : undefined;
      const cost = costs === undefined ? spentOf(figures) : named;
      return { labels, figures: { ...figures, commission, cost } };
    });
    const counted = figuresOf(total, basis);
    return {
      by: this.by,
      groups: ordered(this.by, groups),
      total: {
        ...counted,
        ...shownTotals(groups, asked),
        ...(costs === undefined && { cost: spentOf(counted) }),
      },
      othersRows: this.#othersRows,
    };
  }
}

/** What rows say of costs; undefined where none does. */
function spentOf({ costs, spent }: Figures): bigint | undefined {
  return costs > 0 ? spent : undefined;
}

/** Of commission what is shown is added up. A cost total needs the cost of every campaign that counts. */
function shownTotals(groups: readonly Group[], asked: Asked): Pick<Figures, 'commission' | 'cost'> {
  const all = groups.map(({ figures }) => figures);
  const counted = all.filter(({ calls }) => calls > 0);
  const isRated = all.length === 0 || all.some(({ commission }) => commission !== undefined);
  const isCosted = counted.length > 0 && counted.every(({ cost }) => cost !== undefined);
  return {
    commission:
      asked.commission && isRated
        ? all.reduce((sum, { commission }) => sum + (commission ?? 0n), 0n)
        : undefined,
    cost: asked.cost && isCosted ? all.reduce((sum, { cost }) => sum + (cost ?? 0n), 0n) : undefined,
  };
}

/** Times in their own order, everything else with the most money first; what has no label comes last. */
function ordered(by: readonly Dimension[], groups: readonly Group[]): Group[] {
  const placed = groups.map((group) => ({
    group,
    place: [
      timeRank(by[0], group.labels[0]),
      -group.figures.revenue,
      -group.figures.spent,
      -leftOutOf(group.figures, LEFT_OUT).amount,
      group.labels.map((label) => label ?? LAST).join('\u001f'),
    ] as const,
  }));
  placed.sort(({ place: left }, { place: right }) => {
    const at = left.findIndex((one, index) => one !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) < (right[at] ?? 0) ? -1 : 1;
  });
  return placed.map(({ group }) => group);
}

const LAST = '\uffff';
const TIMES: readonly (Dimension | undefined)[] = ['hour', 'day', 'weekday'];

function timeRank(dimension: Dimension | undefined, label: string | undefined): string {
  if (!TIMES.includes(dimension)) return '';
  if (label === undefined || label === OTHERS) return LAST;
  if (dimension !== 'weekday') return label;
  return String(WEEKDAYS.indexOf(label as (typeof WEEKDAYS)[number]));
}
