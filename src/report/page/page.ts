import { createHash } from 'node:crypto';
import { instantsIn } from '../../core/instant.js';
import { leftOutOf, OPEN, shownFigure, shownMeasures, type Measure } from '../measures.js';
import type { Report } from '../report.js';
import { html, Markup } from './html.js';
import { changes, errors, openRows } from './lists.js';
import { count, groupTable, rowCount, section } from './parts.js';
import { byDay, byHour, byName, byStatus } from './pictures.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

/** What the page says of itself. */
interface PageHead {
  /** A run, files, or what else it is about. */
  readonly title: string;
  /** Of revsync. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly writtenAt: number;
  /** IANA name of the zone in which the head tells times; UTC where absent. */
  readonly zone?: string | undefined;
}

/**
 * The report as one HTML file that needs nothing else: it asks no network, runs no script but its own, and shows
 * text from files, however hostile, as text.
 */
export function reportPage(report: Report, head: PageHead): string {
  const parts: readonly (readonly [string, string, Markup | undefined])[] = [
    ['by-status', 'Money by status', byStatus(report)],
    ['by-day', 'By day', byDay(report)],
    ['by-hour', 'By hour', byHour(report)],
    ['by-agent', 'By agent', byName(report, 'agent')],
    ['by-campaign', 'By campaign', byName(report, 'campaign')],
    ['by-vendor', 'By vendor', report.vendors.length > 1 ? byName(report, 'vendor') : undefined],
    ['asked', 'As asked', asAsked(report)],
    ['errors', 'Errors', errors(report)],
    ['changes', 'Corrections', changes(report)],
    ['open', 'Rows for a person', openRows(report)],
  ];
  const there = parts.flatMap(([id, name, part]) => (part === undefined ? [] : [{ id, name, part }]));
  const pick = (...ids: string[]): Markup[] =>
    there.flatMap(({ id, part }) => (ids.includes(id) ? [part] : []));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>Revenue report: ${head.title}</title>
        <link rel="icon" href="data:," />
        ${new Markup(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the figures</a>
        <header>
          <p class="brand">revsync</p>
          <h1>Revenue report: ${head.title}</h1>
          ${about(report, head)}
          <nav aria-label="Sections">
            <ul>
              ${there.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}
              <li><a href="#notes">How it is counted</a></li>
            </ul>
          </nav>
        </header>
        <main id="main" tabindex="-1">
          ${report.basis === 'planned' ? html`<p class="notice"><strong>Dry run.</strong> Nothing has been sent: revenue is what the vendor would hold.</p>` : undefined}
          ${keyFigures(report)}
          <div class="pair">${pick('by-status', 'by-day')}</div>
          ${pick('by-hour')}
          <div class="pair">${pick('by-agent', 'by-campaign', 'by-vendor')}</div>
          ${pick('asked', 'errors', 'changes', 'open')}
          ${section('notes', 'How it is counted', notes(report))}
        </main>
        <footer>
          <p>Written by revsync ${head.version}. This file asks no network and can be kept as it is.</p>
        </footer>
        ${new Markup(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `;
  return page.text;
}

function notes({ basis, notes }: Report): Markup {
  const [holds, counted] = basis === 'planned' ? ['would hold', 'planned'] : ['holds', 'accepted'];
  return html`<ul class="notes">
    <li>
      Revenue is the money that the vendor ${holds} because of these rows: ${counted} and unchanged ones. A
      call is such a row, a sale one with revenue above zero.
    </li>
    ${notes.map((note) => html`<li>${note}</li>`)}
  </ul>`;
}

/** Only the page's own style and script, known by their hashes, and nothing from anywhere. */
function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `style-src ${hash(STYLE)}`,
    `script-src ${hash(SCRIPT)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function about(report: Report, { writtenAt, zone = 'UTC' }: PageHead): Markup {
  const told = (at: number): string =>
    `${(instantsIn(zone)(at) ?? '').slice(0, 16).replace('T', ' ')} ${zone}`;
  const { sent, vendors, inputs, runs } = report;
  const facts: [string, string][] = [];
  if (vendors.length > 0) facts.push(['Vendor and account', listed(vendors)]);
  if (inputs.length > 0) facts.push([inputs.length === 1 ? 'File' : 'Files', listed(inputs)]);
  if (runs.length > 0 && report.basis === 'held')
    facts.push([runs.length === 1 ? 'Run' : 'Runs', listed(runs.map((run) => `run-${run}`))]);
  facts.push(['Rows read', count(report.rows)]);
  if (sent !== undefined) {
    const [first, last] = [told(sent.first), told(sent.last)];
    facts.push(['Sent', first === last ? first : `${first} to ${last}`]);
  }
  facts.push(['Page written', told(writtenAt)]);
  return html`<dl class="about">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

const MOST_LISTED = 6;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).join(', ');
  return names.length > MOST_LISTED ? `${shown} and ${count(names.length - MOST_LISTED)} more` : shown;
}

/** What is said of everything together; other figures come with the tables. */
const KEY_TITLES: Readonly<Record<string, string>> = {
  revenue: 'Revenue',
  calls: 'Calls',
  average_per_sale: 'Average per sale',
  average_per_call: 'Average per call',
  commission: 'Commission',
  cost: 'Cost',
  return_on_cost_percent: 'Return on cost',
  cost_per_sale: 'Cost per sale',
  corrections: 'Corrections',
  reversals: 'Reversals',
  open_amount: 'Needs a person',
  open_cost: 'Costs that need a person',
};

function keyFigures(report: Report): Markup {
  const { total } = report.table;
  // Commission is rounded by agent, a cost that is named belongs to a campaign: their totals are those of these tables.
  const costed = report.asked.cost ? report.tables.get('campaign')?.total : undefined;
  const totals: Readonly<Record<string, typeof total | undefined>> = {
    commission: report.tables.get('agent')?.total,
    cost: costed,
    return_on_cost_percent: costed,
    cost_per_sale: costed,
  };
  const below: Readonly<Record<string, string>> = {
    calls: `${count(total.sales)} with a sale`,
    ...(report.asked.spent ? { cost: rowCount(total.costs) } : {}),
    corrections: rowCount(total.corrected),
    reversals: rowCount(total.reversed),
    open_amount: rowCount(leftOutOf(total, OPEN).rows),
  };
  const shown = (measure: Measure): string => {
    const of = totals[measure.name] ?? total;
    const text = shownFigure(measure, of, of);
    if (text === undefined) return '–';
    return measure.kind === 'percent' ? `${text} %` : text;
  };
  const measures = shownMeasures(report.asked, total, []).filter(({ name }) =>
    Object.hasOwn(KEY_TITLES, name),
  );
  return html`<dl class="key" id="key">
    ${measures.map((measure) => {
      const more = below[measure.name];
      return html`<div id="key-${measure.name}">
        <dt>${KEY_TITLES[measure.name]}</dt>
        <dd>${shown(measure)}${more === undefined ? undefined : html` <small>${more}</small>`}</dd>
      </div>`;
    })}
  </dl>`;
}

/** What `--by` asked for, where no other section shows it. */
function asAsked(report: Report): Markup | undefined {
  const { table } = report;
  if (table.by.length === 1 && table.by[0] !== 'weekday') return undefined;
  return section('asked', `Revenue by ${table.by.join(', ')}`, groupTable(table, report, 'asked-table'));
}
