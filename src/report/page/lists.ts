import { CODES } from '../../core/codes.js';
import { MOST_CHANGES, MOST_OPEN_ROWS, type ErrorGroup, type ShownRow } from '../top-rows.js';
import type { Report } from '../report.js';
import { html, type Markup } from './html.js';
import { amountCell, count, dataTable, money, section, type Cell } from './parts.js';
import { toneOf } from './pictures.js';

/** A status as a coloured word. */
function statusWord(status: string): Markup {
  return html`<span class="word ${toneOf(status)}">${status}</span>`;
}

/** Errors by code, with their first rows. */
export function errors({ topRows, inputs }: Report): Markup | undefined {
  const groups = topRows?.errors ?? [];
  if (groups.length === 0) return undefined;
  const further = topRows?.furtherErrors ?? 0;
  return section(
    'errors',
    'Errors by code',
    html`<p class="lead">
        The most frequent first, each with its first
        rows.${further > 0 ? ` ${count(further)} rows have errors of further codes.` : ''}
      </p>
      ${dataTable({
        id: 'errors-table',
        caption: 'Rows that are not counted, by status and error code.',
        columns: [
          { title: 'code', look: 'nowrap' },
          { title: 'status' },
          { title: 'rows', number: true },
          { title: 'amount', number: true },
          { title: 'meaning, and what to do', look: 'wide' },
          { title: 'examples', look: 'wide' },
        ],
        rows: groups.map((group) => errorCells(group, placeIn(inputs))),
      })}`,
  );
}

function errorCells({ status, code, rows, amount, examples }: ErrorGroup, placeOf: PlaceOf): Cell[] {
  return [
    { shown: code || '–' },
    { shown: statusWord(status), value: status },
    { shown: count(rows), value: String(rows) },
    { shown: money(amount), value: String(amount) },
    { shown: meaningOf(code) },
    {
      shown: html`<ul>
        ${examples.map(({ input, line, message }) => html`<li>${placeOf({ input, line })}${message === undefined ? '' : `: ${message}`}</li>`)}
      </ul>`,
    },
  ];
}

function meaningOf(code: string): string {
  const known = Object.hasOwn(CODES, code) ? CODES[code as keyof typeof CODES] : undefined;
  if (known !== undefined) return `${known.means}; ${known.remedy}`;
  return code.startsWith('http_') ? 'the HTTP status of the answer' : "the vendor's own code";
}

type PlaceOf = (row: { readonly input: string; readonly line: number }) => string;

/** Where a row stands in the sales file; which one is said where there are several. */
function placeIn(inputs: readonly string[]): PlaceOf {
  return ({ input, line }) => {
    const place = line > 0 ? `line ${line}` : 'line forgotten';
    return inputs.length > 1 ? `${input}, ${place}` : place;
  };
}

/** Corrections and reversals, old and new. */
export function changes({ topRows, inputs }: Report): Markup | undefined {
  const rows = topRows?.changes.items ?? [];
  if (topRows === undefined || rows.length === 0) return undefined;
  const all = topRows.changes.count;
  const cap = all > rows.length ? `The ${MOST_CHANGES} largest of ${count(all)}.` : 'The largest first.';
  return section(
    'changes',
    'Corrections and reversals, old → new',
    html`<p class="lead">${cap}</p>
      ${dataTable({
        id: 'changes-table',
        caption: 'Amounts that replaced what the vendor held before.',
        columns: [
          { title: 'row', look: 'anywhere' },
          { title: 'key', look: 'anywhere' },
          { title: 'action' },
          { title: 'old', number: true },
          { title: 'new', number: true },
          { title: 'difference', number: true },
        ],
        rows: rows.map((row) => {
          const difference = BigInt(row.amount ?? 0) - BigInt(row.previousAmount ?? 0);
          return [
            { shown: placeIn(inputs)(row) },
            { shown: row.key },
            { shown: row.action },
            amountCell(row.previousAmount),
            amountCell(row.amount),
            { shown: money(difference), value: String(difference) },
          ];
        }),
      })}`,
  );
}

/** The rows that need a person, to be searched and sorted. */
export function openRows({ topRows, inputs }: Report): Markup | undefined {
  const rows = topRows?.open.items ?? [];
  if (topRows === undefined || rows.length === 0) return undefined;
  const all = topRows.open.count;
  const cap =
    all > rows.length
      ? `The ${count(MOST_OPEN_ROWS)} with the most money of ${count(all)} rows; the results file has all of them.`
      : 'Most money first; a row whose amount could not be read comes last.';
  return section(
    'open',
    'Rows that need a person',
    html`<p class="lead" id="open-cap">${cap}</p>
      <div class="search" role="search" hidden>
        <label
          >Search
          <input type="search" aria-controls="open-table" autocomplete="off" spellcheck="false" /></label
        ><output role="status" aria-live="polite"></output>
      </div>
      ${dataTable({
        id: 'open-table',
        caption: 'Rows whose money is not counted and that somebody has to look at.',
        columns: [
          { title: 'row', look: 'nowrap' },
          { title: 'status' },
          { title: 'amount', number: true },
          { title: 'key', look: 'anywhere' },
          { title: 'agent' },
          { title: 'campaign' },
          { title: 'code', look: 'nowrap' },
          { title: 'what is wrong', look: 'wide' },
        ],
        rows: rows.map((row) => openCells(row, placeIn(inputs))),
      })}`,
  );
}

function openCells(row: ShownRow, placeOf: PlaceOf): Cell[] {
  return [
    { shown: placeOf(row) },
    { shown: statusWord(row.status), value: row.status },
    amountCell(row.amount),
    { shown: row.key },
    { shown: row.agent },
    { shown: row.campaign },
    { shown: row.code },
    { shown: row.message },
  ];
}
