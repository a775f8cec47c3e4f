import { formatAmount, formatTotal, grouped, type Amount } from '../../core/amount.js';
import { figureText, knownText, shownFigure, shownMeasures, type RowsAndMoney } from '../measures.js';
import type { GroupTable, Group } from '../groups.js';
import { NO_LABEL, TOTAL } from '../output.js';
import type { Report } from '../report.js';
import { html, type Content, type Markup } from './html.js';

/** What a cell shows; `value` is what it is sorted by where that is not its text. */
type Cell = Content | { readonly shown: Content; readonly value: string };

/** A column of a table, and what it has of a row. */
interface Column<Row> {
  readonly title: string;
  /** Numbers stand on the right and are sorted as such. */
  readonly number?: boolean;
  /** Of its cells. */
  readonly look?: 'wide' | 'nowrap' | 'anywhere';
  readonly of: (row: Row) => Cell;
}

interface TableParts<Row> {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly total?: Row;
}

/** A part of the page under a heading, which the list of sections leads to. */
export function section(id: string, heading: string, content: Content): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${heading}</h2>
    ${content}
  </section> `;
}

/** A table with a caption, its first cells heading their rows; it can be scrolled sideways where it has no room. */
export function dataTable<Row>({ id, caption, columns, rows, total }: TableParts<Row>): Markup {
  const line = (row: Row): Markup =>
    html`<tr>
      ${columns.map(({ number, look = '', of }, index) => {
        const kind = number === true ? 'number' : look;
        const cell = of(row);
        const { shown, value } =
          typeof cell === 'object' && 'value' in cell ? cell : { shown: cell, value: undefined };
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
  const more =
    groups.length > shown.length
      ? ` The first ${grouped(String(shown.length))} of ${grouped(String(groups.length))} groups; the total is of all, --format csv has them.`
      : '';
  return dataTable<Group>({
    id,
    caption: `Revenue by ${by.join(', ')}.${more}`,
    columns: [
      ...by.map((title, index) => ({
        ...{ title, look: 'anywhere' as const },
        of: ({ labels }: Group) => labels[index] ?? NO_LABEL,
      })),
      ...measures.map((measure) => ({
        ...{ title: measure.title, number: true },
        of: ({ figures }: Group) => ({
          shown: shownFigure(measure, figures, total) ?? '–',
          value: figureText(measure, figures, total),
        }),
      })),
    ],
    rows: shown,
    total: { labels: [TOTAL, ...by.slice(1).map(() => '')], figures: total },
  });
}

/** A number with commas between its thousands. */
export function count(number: number): string {
  return grouped(String(number));
}

/** `1 row`, `1,200 rows`. */
export function rowCount(rows: number): string {
  return rows === 1 ? '1 row' : `${count(rows)} rows`;
}

/** Money with commas between its thousands. */
export function money(total: bigint): string {
  return grouped(formatTotal(total));
}

/** A cell with a count, which is sorted as a number. */
export function countCell(rows: number): Cell {
  return { shown: count(rows), value: String(rows) };
}

/** A cell with a sum. */
export function moneyCell(total: bigint): Cell {
  return { shown: money(total), value: String(total) };
}

/** A cell with a sum of which a part may not be known. */
export function knownCell(sum: RowsAndMoney): Cell {
  return { shown: knownText(sum, money), value: String(sum.amount) };
}

/** A cell with the amount of one row; a dash where there is none. */
export function amountCell(amount: Amount | undefined, isCost = false): Cell {
  const text = amount === undefined ? '' : formatAmount(amount);
  return { shown: text === '' ? '–' : `${isCost ? 'cost ' : ''}${grouped(text)}`, value: text };
}

/** The name of a group of one dimension. */
export function labelOf({ labels }: Group): string {
  return labels[0] ?? NO_LABEL;
}
