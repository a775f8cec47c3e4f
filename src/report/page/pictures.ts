import { DAY_MS } from '../../core/instant.js';
import { formatChange } from '../../core/amount.js';
import { hourLabel, type GroupTable, type Group } from '../groups.js';
import type { Dimension } from '../dimensions.js';
import { knownText, LEFT_OUT, leftOutOf, OPEN, type Kind, type RowsAndMoney } from '../measures.js';
import { TOTAL } from '../output.js';
import { formatTenths, tenthsOfPercent } from '../quotients.js';
import type { Report } from '../report.js';
import { barChart, columnChart, type Bar } from './chart.js';
import { html, type Markup } from './html.js';
import {
  count,
  countCell,
  dataTable,
  groupTable,
  labelOf,
  money,
  knownCell,
  rowCount,
  section,
} from './parts.js';

/** Bars of their own; those with less money are put together. */
const MOST_BARS = 15;
/** Columns of single days; longer times are shown by month. */
const MOST_DAYS = 62;

/** A section with a picture and, folded up, the same figures as a table. */
function pictured(id: string, title: string, lead: string, picture: Markup, table: Markup): Markup {
  return section(
    id,
    title,
    html`<p class="lead">${lead}</p>
      ${picture}
      <details>
        <summary>The same as a table</summary>
        ${table}
      </details>`,
  );
}

/** Revenue by agent or campaign: the largest, and what the others come to. */
export function byName(report: Report, dimension: Dimension): Markup | undefined {
  const table = report.tables.get(dimension);
  if (table === undefined) return undefined;
  const id = `by-${dimension}`;
  const shown = table.groups.slice(0, table.groups.length > MOST_BARS + 1 ? MOST_BARS : undefined);
  const rest = table.groups.slice(shown.length);
  const share = (revenue: bigint): string => {
    const tenths = tenthsOfPercent(revenue, table.total.revenue);
    return tenths === undefined ? '' : ` (${formatTenths(tenths)} %)`;
  };
  const bar = (label: string, revenue: bigint, tone: Bar['tone']): Bar => ({
    label,
    value: Number(revenue),
    text: `${money(revenue)}${share(revenue)}`,
    tone,
  });
  const restRevenue = rest.reduce((sum, { figures }) => sum + figures.revenue, 0n);
  const bars = [
    ...shown.map((group) => bar(labelOf(group), group.figures.revenue, 'main')),
    ...(rest.length === 0 ? [] : [bar(`${count(rest.length)} others`, restRevenue, 'quiet')]),
  ];
  const best = shown[0];
  const description =
    best === undefined
      ? 'No rows.'
      : `Bars of ${count(table.groups.length)} groups; the largest is ${labelOf(best)} with ${money(best.figures.revenue)} of ${money(table.total.revenue)}.`;
  const title = `Revenue by ${dimension}`;
  const picture = barChart({ id: `${id}-chart`, title, description, bars });
  const lead = `${count(table.groups.length)} ${table.groups.length === 1 ? dimension : `${dimension}s`}, most money first.`;
  return pictured(id, title, lead, picture, groupTable(table, report, `${id}-table`));
}

/** Revenue by the hour of the day, all days together. */
export function byHour(report: Report): Markup | undefined {
  const table = report.tables.get('hour');
  if (table === undefined) return undefined;
  const known = revenueByLabel(table);
  const hours = Array.from({ length: 24 }, (_, hour) => hourLabel(hour));
  const bars = hours.map((hour) => [hour.slice(0, 2), known.get(hour) ?? 0n] as const);
  return columns(report, table, 'hour', bars);
}

/** Revenue by day, those without a sale between others too; by month where there are many. */
export function byDay(report: Report): Markup | undefined {
  const table = report.tables.get('day');
  if (table === undefined) return undefined;
  const known = revenueByLabel(table);
  const told = [...known.keys()].filter((label) => /^\d{4}-\d\d-\d\d$/.test(label)).sort();
  const [first, last] = [told[0], told.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const all = daysBetween(first, last);
  const shownDay = (day: string): string => (first === last ? day : day.slice(5));
  const bars = new Map<string, bigint>();
  for (const day of all ?? told) {
    const label = all === undefined ? day.slice(0, 7) : shownDay(day);
    bars.set(label, (bars.get(label) ?? 0n) + (known.get(day) ?? 0n));
  }
  return columns(report, table, 'day', [...bars], all === undefined ? 'month' : 'day');
}

function columns(
  report: Report,
  table: GroupTable,
  dimension: 'hour' | 'day',
  bars: readonly (readonly [string, bigint])[],
  shownBy: string = dimension,
): Markup {
  const id = `by-${dimension}`;
  const title = `Revenue by ${shownBy}`;
  const best = bars.reduce<readonly [string, bigint]>(
    (most, bar) => (bar[1] > most[1] ? bar : most),
    ['', 0n],
  );
  const most = best[0] === '' ? 'no revenue' : `the most is ${money(best[1])} at ${best[0]}`;
  const picture = columnChart({
    id: `${id}-chart`,
    title,
    description: `Columns from ${bars[0]?.[0] ?? ''} to ${bars.at(-1)?.[0] ?? ''}; ${most}.`,
    // In main units, for lengths and the axis alone.
    bars: bars.map(([label, revenue]) => ({ label, value: Number(revenue) / 10_000, text: money(revenue) })),
  });
  const timeless = table.groups.find(({ labels }) => labels[0] === undefined)?.figures.revenue ?? 0n;
  const rest = timeless === 0n ? '' : ` Without a time: ${money(timeless)}.`;
  return pictured(
    id,
    title,
    `Time from ${report.timeSource}.${rest}`,
    picture,
    groupTable(table, report, `${id}-table`),
  );
}

function revenueByLabel({ groups }: GroupTable): ReadonlyMap<string, bigint> {
  return new Map(
    groups.flatMap(({ labels, figures }) => (labels[0] === undefined ? [] : [[labels[0], figures.revenue]])),
  );
}

/** Every day from the first to the last; undefined where there are too many to show. */
function daysBetween(first: string, last: string): string[] | undefined {
  const [from, to] = [Date.parse(`${first}T00:00:00Z`), Date.parse(`${last}T00:00:00Z`)];
  const length = (to - from) / DAY_MS + 1;
  if (length > MOST_DAYS) return undefined;
  return Array.from({ length }, (_, index) => new Date(from + index * DAY_MS).toISOString().slice(0, 10));
}

const TONES: Readonly<Record<Kind, NonNullable<Bar['tone']>>> = {
  ...({ accepted: 'good', unchanged: 'main', planned: 'main', duplicate: 'quiet' } as const),
  ...({ skipped: 'quiet', superseded: 'quiet', invalid: 'warn', not_sent: 'warn' } as const),
  ...({ rejected: 'bad', failed: 'bad', unknown: 'bad' } as const),
};

/** The colour of a status. */
export function toneOf(status: string): NonNullable<Bar['tone']> {
  return Object.hasOwn(TONES, status) ? TONES[status as Kind] : 'quiet';
}

/** Money of every status: what counts, and what does not. */
export function byStatus(report: Report): Markup | undefined {
  const table = report.tables.get('status');
  if (table === undefined) return undefined;
  const lines = table.groups.map((group) => ({ status: labelOf(group), ...moneyOf(group) }));
  const open = leftOutOf(table.total, OPEN);
  const picture = barChart({
    id: 'by-status-chart',
    title: 'Money by status',
    description: `${money(table.total.revenue)} counts; ${knownText(open, money)} in ${rowCount(open.rows)} needs a person.`,
    bars: lines.map((line) => ({
      label: line.status,
      value: Number(line.amount),
      text: `${knownText(line, money)} in ${rowCount(line.rows)}`,
      tone: toneOf(line.status),
    })),
  });
  const asTable = dataTable({
    id: 'by-status-table',
    caption: 'Rows and money by status.',
    columns: [
      { title: 'status', of: ({ status }) => status },
      { title: 'rows', number: true, of: ({ rows }) => countCell(rows) },
      {
        title: 'amount',
        number: true,
        of: (line) => knownCell(line),
      },
    ],
    rows: lines,
    total: {
      status: TOTAL,
      rows: lines.reduce((sum, { rows }) => sum + rows, 0),
      amount: lines.reduce((sum, { amount }) => sum + amount, 0n),
      cost: lines.reduce((sum, { cost }) => sum + cost, 0n),
      unknown: lines.reduce((sum, { unknown }) => sum + unknown, 0),
    },
  });
  const counted = report.basis === 'planned' ? 'planned and unchanged' : 'accepted and unchanged';
  const lead = `Revenue is what is ${counted}.${changesOf(table.groups)}`;
  return pictured('by-status', 'Money by status', lead, picture, asTable);
}

/** How much of what was accepted is new, and what the rest changes; nothing where all of it is new. */
function changesOf(groups: readonly Group[]): string {
  const accepted = groups.find((group) => labelOf(group) === 'accepted')?.figures;
  if (accepted === undefined || accepted.corrected + accepted.reversed === 0) return '';
  const { calls, corrected, corrections, reversed, reversals } = accepted;
  const parts = [
    `new ${count(calls - corrected - reversed)}`,
    ...(corrected > 0 ? [`corrected ${count(corrected)}: ${formatChange(corrections)}`] : []),
    ...(reversed > 0 ? [`taken back ${count(reversed)}: ${formatChange(reversals)}`] : []),
  ];
  return ` Accepted: ${parts.join(', ')}.`;
}

/** All rows of a group, counted or not. */
function moneyOf({ figures }: Group): RowsAndMoney {
  const left = leftOutOf(figures, LEFT_OUT);
  return {
    rows: figures.calls + figures.costs + left.rows,
    amount: figures.revenue + left.amount,
    cost: figures.spent + left.cost,
    unknown: figures.unknown + left.unknown,
  };
}
