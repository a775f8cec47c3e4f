import { formatTotal } from '../core/amount.js';
import { plural } from '../core/text.js';
import { REPORT_FIELDS, type FoundColumns, type ReportField } from './columns.js';
import { MOST_GROUPS, type GroupTable } from './groups.js';
import type { Dimension } from './dimensions.js';
import { knownText, leftOutOf, LEFT_OUT, OPEN, type Basis, type LeftOut } from './measures.js';
import type { Costs, Rates } from './commission.js';

const MOST_NAMED = 10;

/** What was noticed while rows were read. */
export class Noticed {
  /** By field, the headers of the columns that were used. */
  readonly used = new Map<ReportField, Set<string>>();
  /** Why a field has no column. */
  readonly undecided = new Map<ReportField, string>();
  /** Rows whose time cannot be told, and the first of them. */
  timeless = 0;
  timelessExample = '';
  /** Rows that were not applied, of keys that the vendor holds with an earlier amount. */
  readonly stillHeld = { rows: 0, amount: 0n };
  /** The same of costs. */
  readonly stillSpent = { rows: 0, amount: 0n };
  /** The names of rows, where rates or costs are to be compared with them. */
  readonly agents = new Set<string>();
  readonly campaigns = new Set<string>();
  /** Agents with money that counts and no rate. */
  readonly unrated = new Set<string>();
  /** Whether any row tells when it was sent, for want of a column. */
  sentTimes = false;

  /** The columns of one more table. */
  columns(header: readonly string[], { at, undecided }: FoundColumns): void {
    for (const field of REPORT_FIELDS) {
      const [index, why] = [at[field], undecided[field]];
      const names = this.used.get(field) ?? new Set();
      if (index !== undefined) this.used.set(field, names.add(header[index]?.trim() ?? ''));
      if (why !== undefined && header.length > 0) this.undecided.set(field, why);
    }
  }
}

/** Where hours and days come from. */
export function timeSourceOf({ used, sentTimes }: Noticed, zone: string | undefined): string {
  const columns = [...(used.get('time') ?? [])].map((name) => JSON.stringify(name));
  const own =
    columns.length === 0
      ? []
      : [`${columns.join(', ')}, ${zone === undefined ? 'as written' : `in ${zone}`}`];
  const sent = sentTimes ? [`revsync_sent_at, in ${zone ?? 'UTC'}`] : [];
  return [...own, ...sent].join('; ') || 'nothing';
}

/** Adds a name while there is room for it. */
export function remember(names: Set<string>, name: string | undefined): void {
  if (name !== undefined && names.size < MOST_GROUPS) names.add(name);
}

interface Told {
  readonly noticed: Noticed;
  readonly basis: Basis;
  readonly table: GroupTable;
  /** Those of a page. */
  readonly tables: Iterable<GroupTable>;
  readonly page: boolean;
  readonly zone: string | undefined;
  readonly rates: Rates | undefined;
  readonly costs: Costs | undefined;
}

/** What the reader of a report has to know, a line each. */
export function notesOf({ noticed, basis, table, tables, page, zone, rates, costs }: Told): string[] {
  const asks = (...dimensions: Dimension[]): boolean =>
    page || dimensions.some((dimension) => table.by.includes(dimension));
  const notes: string[] = [];
  if (basis === 'planned')
    notes.push('of a dry run: nothing has been sent, and revenue is what the vendor would hold');
  for (const field of ['agent', 'campaign'] as const) {
    const names = [...(noticed.used.get(field) ?? [])].map((name) => JSON.stringify(name));
    const why = noticed.undecided.get(field);
    if (names.length > 0 && asks(field)) notes.push(`${field}: column ${names.join(', ')}`);
    if (why !== undefined && page) notes.push(why);
  }
  const timed = asks('hour', 'day', 'weekday');
  if (timed) {
    notes.push(`time: ${timeSourceOf(noticed, zone)}`);
    const why = noticed.undecided.get('time');
    if (why !== undefined && why.includes('could be it')) notes.push(why);
  }
  if (timed && noticed.timeless > 0) {
    notes.push(
      `${plural(noticed.timeless, 'row')} without a time that can be told for certain (${noticed.timelessExample}); ` +
        '--date-format says how dates are written, --timezone where Unix time belongs',
    );
  }
  notes.push(...leftOutNotes(table));
  for (const [what, { rows, amount }] of [
    ['amount', noticed.stillHeld],
    ['cost', noticed.stillSpent],
  ] as const) {
    if (rows === 0) continue;
    notes.push(
      `${plural(rows, 'row')} not applied although the vendor holds an earlier ${what} of theirs, ` +
        `${formatTotal(amount)} in all, which is not counted here`,
    );
  }
  notes.push(...spentNotes(table, costs));
  notes.push(...rateNotes(noticed, rates), ...costNotes(noticed, table, costs, page));
  for (const { by, othersRows } of [table, ...tables]) {
    if (othersRows === 0) continue;
    notes.push(
      `by ${by.join(', ')}: more than ${MOST_GROUPS} groups; ${plural(othersRows, 'row')} of further ones are summed as (others)`,
    );
  }
  return notes;
}

const LEFT_OUT_WORDS: Readonly<Partial<Record<LeftOut, string>>> = {
  duplicate: 'as another row says the same',
  superseded: 'told anew by a later run',
  planned: 'yet to be sent',
};

function leftOutNotes({ total }: GroupTable): string[] {
  const quiet = LEFT_OUT.filter((kind) => !OPEN.includes(kind) && kind !== 'skipped');
  const notes = quiet.flatMap((kind) => {
    const left = leftOutOf(total, [kind]);
    const { rows } = left;
    const why = LEFT_OUT_WORDS[kind] ?? kind;
    return rows === 0
      ? []
      : [`not counted: ${plural(rows, 'row')} (${knownText(left, formatTotal)}), ${why}`];
  });
  const open = leftOutOf(total, OPEN);
  if (open.rows === 0) return notes;
  const parts = OPEN.flatMap((kind) => {
    const left = leftOutOf(total, [kind]);
    const { rows } = left;
    return rows === 0 ? [] : [`${kind} ${rows} (${knownText(left, formatTotal)})`];
  });
  return [...notes, `not counted, and for a person to look at: ${parts.join(', ')}`];
}

function rateNotes({ unrated, agents }: Noticed, rates: Rates | undefined): string[] {
  if (rates === undefined) return [];
  const notes: string[] = [];
  if (unrated.size > 0)
    notes.push(`no commission rate for ${listed(unrated)}; the total of commission is of the others`);
  const unknown =
    agents.size < MOST_GROUPS ? [...rates.byAgent.keys()].filter((name) => !agents.has(name)) : [];
  if (unknown.length > 0) notes.push(`rates of agents that no row names: ${listed(unknown)}`);
  return notes;
}

function spentNotes({ total: { costs: rows, spent } }: GroupTable, named: Costs | undefined): string[] {
  if (rows === 0) return [];
  const sum = `${plural(rows, 'row')} of costs, ${formatTotal(spent)} in all`;
  return [
    named === undefined
      ? `${sum}: what the vendor is told there is a cost, and no revenue`
      : `${sum}, are left out: --costs says what campaigns cost`,
  ];
}

function costNotes(
  { campaigns }: Noticed,
  table: GroupTable,
  costs: Costs | undefined,
  page: boolean,
): string[] {
  if (costs === undefined) return [];
  const notes: string[] = [];
  const known = campaigns.size < MOST_GROUPS;
  const missing = [...campaigns].filter((name) => !costs.has(name));
  if (missing.length > 0) {
    const total = page || table.by[0] === 'campaign' ? '; so there is no return on all of it' : '';
    notes.push(`no cost for ${listed(missing)}${total}`);
  }
  const unknown = known ? [...costs].filter(([name]) => !campaigns.has(name)) : [];
  if (unknown.length > 0) {
    const sum = unknown.reduce((total, [, cost]) => total + cost, 0n);
    const names = listed(unknown.map(([name]) => name));
    notes.push(`costs of campaigns that no row names, ${formatTotal(sum)} in all, are left out: ${names}`);
  }
  return notes;
}

function listed(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, MOST_NAMED).map((name) => JSON.stringify(name));
  return all.length > MOST_NAMED
    ? `${shown.join(', ')} and ${all.length - MOST_NAMED} more`
    : shown.join(', ');
}
