import { CODES } from '../../core/codes.js';
import { MOST_CHANGES, MOST_OPEN_ROWS, type ErrorGroup, type ShownRow } from '../top-rows.js';
import type { Report } from '../report.js';
import { html, type Markup } from './html.js';
import { amountCell, count, countCell, dataTable, knownCell, moneyCell, section } from './parts.js';
import { toneOf } from './pictures.js';

/** Statuses as coloured words. */
const STATUS = {
  title: 'status',
  of: ({ status }: Pick<ShownRow, 'status'>) => ({
    shown: html`<span class="word ${toneOf(status)}">${status}</span>`,
    value: status,
  }),
};

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
          { title: 'code', look: 'nowrap', of: ({ code }) => code || '–' },
          STATUS,
          { title: 'rows', number: true, of: ({ rows }) => countCell(rows) },
          { title: 'amount', number: true, of: knownCell },
          { title: 'meaning, and what to do', look: 'wide', of: ({ code }) => meaningOf(code) },
          examplesIn(inputs),
        ],
        rows: groups,
      })}`,
  );
}

/** The first rows of an error. */
function examplesIn(inputs: readonly string[]) {
  return {
    ...{ title: 'examples', look: 'wide' as const },
    of: ({ examples }: ErrorGroup) => {
      const placeOf = placeIn(inputs);
      return html`<ul>
        ${examples.map((row) => html`<li>${placeOf(row)}${row.message === undefined ? '' : `: ${row.message}`}</li>`)}
      </ul>`;
    },
  };
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
          { title: 'row', look: 'anywhere', of: placeIn(inputs) },
          { title: 'key', look: 'anywhere', of: ({ key }) => key },
          { title: 'action', of: ({ action }) => action },
          { title: 'old', number: true, of: ({ previousAmount }) => amountCell(previousAmount) },
          { title: 'new', number: true, of: ({ amount }) => amountCell(amount) },
          {
            ...{ title: 'difference', number: true },
            of: ({ amount = 0, previousAmount = 0 }) => moneyCell(BigInt(amount - previousAmount)),
          },
        ],
        rows,
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
          { title: 'row', look: 'nowrap', of: placeIn(inputs) },
          STATUS,
          { title: 'amount', number: true, of: ({ amount, isCost }) => amountCell(amount, isCost) },
          { title: 'key', look: 'anywhere', of: ({ key }) => key },
          { title: 'agent', of: ({ agent }) => agent },
          { title: 'campaign', of: ({ campaign }) => campaign },
          { title: 'code', look: 'nowrap', of: ({ code }) => code },
          { title: 'what is wrong', look: 'wide', of: ({ message }) => message },
        ],
        rows,
      })}`,
  );
}
