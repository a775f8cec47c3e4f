import { formatAmount, formatTotal, grouped, type Amount } from '../../core/amount.js';
import { shownFigure, shownMeasures, figureText, type Figures, type Measure } from '../measures.js';
import type { GroupTable, Group } from '../groups.js';
import { NO_LABEL, TOTAL } from '../output.js';
import type { Report } from '../report.js';
import { html, type Content, type Markup } from './html.js';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers stand on the right and are sorted as such. */
  readonly number?: boolean | undefined;
  /** Of its cells. */
  readonly look?: 'wide' | 'nowrap' | 'anywhere' | undefined;
}

/** A cell; `value` is what it is sorted by where that is not its text. */
export interface Cell {
  readonly shown: Content;
  readonly value?: string | undefined;
}

interface TableParts {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total?: readonly Cell[] | undefined;
}

/** A part of the page under a heading, which the list of sections leads to. */
export function section(id: string, heading: string, content: Content): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${heading}</h2>
    ${content}
  </section> `;
}

/** A table with a caption, its first cells heading their rows; it can be scrolled sideways where it has no room. */
export function dataTable({ id, caption, columns, rows, total }: TableParts): Markup {
  const look = ({ number, look: own }: Column): string => (number === true ? 'number' : (own ?? ''));
  const line = (cells: readonly Cell[]): Markup =>
    html`<tr>
      ${cells.map(({ shown, value }, index) => {
        const kind = look(columns[index] ?? { title: '' });
        if (index === 0)
          return html`<th scope="row" class="${kind}" data-value="${value ?? textOf(shown)}">${shown}</th>`;
        return value === undefined
          ? html`<td class="${kind}">${shown}</td>`
          : html`<td class="${kind}" data-value="${value}">${shown}</td>`;
      })}
    </tr> `;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table id="${id}" data-sortable="">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${column.number === true ? 'number' : ''}">${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(line)}
      </tbody>
      ${
        total === undefined
          ? undefined
          : html`<tfoot>
              ${line(total)}
            </tfoot>`
      }
    </table>
  </div>`;
}

function textOf(content: Content): string {
  return typeof content === 'string' ? content : '';
}

/** Rows of groups that a page shows; the CSV has all. */
const MOST_SHOWN_GROUPS = 200;

/** Every figure of the groups, with their total. */
export function groupTable({ by, groups, total }: GroupTable, { asked }: Report, id: string): Markup {
  const measures = shownMeasures(asked, total, by);
  const shown = groups.slice(0, MOST_SHOWN_GROUPS);
  const cellsOf = (labels: readonly (string | undefined)[], figures: Figures): Cell[] => [
    ...labels.map((label) => ({ shown: label ?? NO_LABEL })),
    ...measures.map((measure) => figureCell(measure, figures, total)),
  ];
  const more =
    groups.length > shown.length
      ? ` The first ${grouped(String(shown.length))} of ${grouped(String(groups.length))} groups; the total is of all, --format csv has them.`
      : '';
  return dataTable({
    id,
    caption: `Revenue by ${by.join(', ')}.${more}`,
    columns: [
      ...by.map((dimension) => ({ title: dimension, look: 'anywhere' as const })),
      ...measures.map(({ title }) => ({ title, number: true })),
    ],
    rows: shown.map(({ labels, figures }) => cellsOf(labels, figures)),
    total: cellsOf([TOTAL, ...by.slice(1).map(() => '')], total),
  });
}

function figureCell(measure: Measure, figures: Figures, total: Figures): Cell {
  return { shown: shownFigure(measure, figures, total) ?? '–', value: figureText(measure, figures, total) };
}

/** A number with commas between its thousands. */
export function count(number: number): string {
  return grouped(String(number));
}

/** `1 row`, `1,200 rows`. */
export function rowCount(rows: number): string {
  return rows === 1 ? '1 row' : `${count(rows)} rows`;
}

/** Money in main units, for lengths and axes alone. */
export function amountOfUnits(total: bigint): number {
  return Number(total) / 10_000;
}

/** Money with commas between its thousands. */
export function money(total: bigint): string {
  return grouped(formatTotal(total));
}

/** A cell with an amount; a dash where there is none. */
export function amountCell(amount: Amount | undefined): Cell {
  return amount === undefined
    ? { shown: '–', value: '' }
    : { shown: grouped(formatAmount(amount)), value: formatAmount(amount) };
}

/** The name of a group of one dimension. */
export function labelOf({ labels }: Group): string {
  return labels[0] ?? NO_LABEL;
}
