import type { FileProblem } from '../core/ports.js';
import type { RunId } from '../core/row.js';
import {
  alone,
  type AlikeRows,
  type ReportedItem,
  type ReportedTable,
  type ToldApart,
} from '../core/reported.js';
import { type Result, err, ok, unreachable } from '../core/result.js';
import type { DateOrder } from '../sales/time.js';
import { type ReportColumns, type ReportField, findReportColumns } from './columns.js';
import { Groups, type GroupTable, type Labels, WEEKDAYS, hourLabel } from './groups.js';
import { DIMENSIONS, type Dimension } from './dimensions.js';
import { type Asked, type Basis, type Kind, costOf, counts, kindOf, sumsOf } from './measures.js';
import { TopRows } from './top-rows.js';
import { type Moment, momentAt, readMoment } from './time.js';
import { Noticed, notesOf, remember, timeSourceOf } from './notes.js';
import type { Costs, Rates } from './commission.js';

/** What a report is to say. */
export interface ReportJob {
  /** Undefined chooses: by agent, else by campaign, else by status, as the first table has columns for it. */
  readonly by: readonly Dimension[] | undefined;
  /** Field to the header that the user chose. */
  readonly columns: ReadonlyMap<ReportField, string>;
  /** Whether columns may be missing: where tables of many files come together, or nothing asks for them. */
  readonly lenient: boolean;
  /** IANA name; undefined takes times as they are written, and those of revsync in UTC. */
  readonly zone: string | undefined;
  readonly dateOrder: DateOrder | undefined;
  readonly rates: Rates | undefined;
  readonly costs: Costs | undefined;
  /** Whether a row's money is a cost, by whom it was sent to, if that is known, and by its key. */
  readonly isCost: (vendor: string | undefined, key: string) => boolean;
  /** Also everything that a page shows. */
  readonly page: boolean;
}

interface Refusal {
  readonly input: string;
  readonly problems: readonly FileProblem[];
}

/** A report that has been computed. */
export interface Report {
  readonly basis: Basis;
  readonly asked: Asked;
  readonly table: GroupTable;
  /** For a page: by these dimensions one by one, where anything tells them. */
  readonly tables: ReadonlyMap<Dimension, GroupTable>;
  readonly topRows: TopRows | undefined;
  /** What the reader has to know: which columns were used, what is left out and why. A line each. */
  readonly notes: readonly string[];
  readonly inputs: readonly string[];
  readonly vendors: readonly string[];
  readonly runs: readonly RunId[];
  /** Where hours and days come from. */
  readonly timeSource: string;
  /** All that were read, counted or not. */
  readonly rows: number;
  /** Epoch milliseconds of the first and last attempt. */
  readonly sent: { readonly first: number; readonly last: number } | undefined;
}

const TIMES: readonly Dimension[] = ['hour', 'day', 'weekday'];

/** Reads every item and computes the report; a file that cannot be read, or lacks what was asked for, refuses it. */
export async function report(
  items: AsyncIterable<ReportedItem> | Iterable<ReportedItem>,
  job: ReportJob,
): Promise<Result<Report, Refusal>> {
  const reading = new Reading(job);
  for await (const item of items) {
    switch (item.kind) {
      case 'refused':
        return err({ input: item.input, problems: item.problems });
      case 'table': {
        const problems = reading.open(item.table).map((message) => ({ message }));
        if (problems.length > 0) return err({ input: item.table.input, problems });
        break;
      }
      case 'rows':
        for (const row of item.rows) reading.add(alone(row));
        break;
      case 'alike':
        reading.add(item.rows);
        break;
      default:
        return unreachable(item);
    }
  }
  return ok(reading.end());
}

/** Whether anything asks when a sale was. */
function isTimed({ by, page }: ReportJob): boolean {
  return page || TIMES.some((dimension) => by?.includes(dimension));
}

/** By what rows have to be told apart for this report, where columns may be missing. */
export function toldApart(job: ReportJob): ToldApart {
  const { by = [], rates, costs, page, columns } = job;
  const fields: ReportField[] = [];
  if (page || by.includes('agent') || rates !== undefined) fields.push('agent');
  if (page || by.includes('campaign') || costs !== undefined) fields.push('campaign');
  if (isTimed(job)) fields.push('time');
  return {
    cells: ({ header }) => {
      const found = findReportColumns(header, columns, true);
      return fields.map((field) => (found.ok ? found.value.at[field] : undefined));
    },
    sentAt: isTimed(job),
    changes: page,
  };
}

/** One pass over the rows. */
class Reading {
  readonly #job: ReportJob;
  readonly #asked: Asked;
  readonly #timed: boolean;
  readonly #noticed = new Noticed();
  #main: Groups | undefined;
  readonly #ofPage: readonly Groups[];
  readonly #topRows: TopRows | undefined;
  readonly #kinds = new Set<Kind>();
  readonly #inputs = new Set<string>();
  readonly #vendors = new Set<string>();
  readonly #runs = new Set<RunId>();
  #table: ReportedTable = { input: '', header: [], vendor: undefined, account: undefined };
  #vendor: string | undefined;
  /** Of the last row with a key: one without is like those around it. */
  #isCost = false;
  #spent = false;
  #at: ReportColumns = {};
  #rows = 0;
  #sent: { first: number; last: number } | undefined;

  constructor(job: ReportJob) {
    const { by, page, rates, costs } = job;
    this.#job = job;
    this.#asked = { commission: rates !== undefined, cost: costs !== undefined, spent: false };
    this.#timed = isTimed(job);
    this.#topRows = page ? new TopRows() : undefined;
    this.#ofPage = page ? DIMENSIONS.map((dimension) => new Groups([dimension])) : [];
    if (by !== undefined) this.#main = new Groups(by);
  }

  /** Finds the columns of a table; every one that is wanted and missing or ambiguous is a message. */
  open(table: ReportedTable): readonly string[] {
    const { lenient } = this.#job;
    const columns = table.columns ?? this.#job.columns;
    this.#table = table;
    this.#vendor = vendorLabel(table);
    this.#isCost = this.#job.isCost(table.vendor, '');
    this.#inputs.add(table.input);
    if (table.run !== undefined) this.#runs.add(table.run);
    if (this.#vendor !== undefined) this.#vendors.add(this.#vendor);
    const found = findReportColumns(table.header, columns, lenient);
    if (!found.ok) return found.error;
    const { at, undecided } = found.value;
    this.#at = at;
    this.#noticed.columns(table.header, found.value);
    const best = at.agent !== undefined ? 'agent' : at.campaign !== undefined ? 'campaign' : 'status';
    this.#main ??= new Groups([best]);
    return lenient ? [] : this.#wanted().flatMap((field) => undecided[field] ?? []);
  }

  /** Fields without which there is nothing to say of what was asked. */
  #wanted(): ReportField[] {
    const { by = [], rates, costs } = this.#job;
    const fields: ReportField[] = [];
    if (by.includes('agent') || (rates !== undefined && rates.byAgent.size > 0)) fields.push('agent');
    if (by.includes('campaign') || costs !== undefined) fields.push('campaign');
    return fields;
  }

  add(rows: AlikeRows): void {
    const { row } = rows;
    const nameAt = (index: number | undefined): string | undefined =>
      index === undefined ? undefined : (row.cells[index] ?? '').trim() || undefined;
    const [agent, campaign] = [nameAt(this.#at.agent), nameAt(this.#at.campaign)];
    const moment = this.#momentOf(rows);
    const kind = kindOf(row);
    const labels: Labels = {
      agent,
      campaign,
      day: moment?.day,
      hour: moment?.hour === undefined ? undefined : hourLabel(moment.hour),
      weekday: moment === undefined ? undefined : WEEKDAYS[moment.weekday],
      status: kind,
      vendor: this.#vendor,
    };
    const { rates } = this.#job;
    const rate = (agent === undefined ? undefined : rates?.byAgent.get(agent)) ?? rates?.other;
    if (row.key !== undefined) this.#isCost = this.#job.isCost(this.#table.vendor, row.key);
    const isCost = this.#isCost;
    if (isCost) this.#spent = true;
    const sums = isCost ? costOf(rows) : sumsOf(rows, rate);
    this.#main?.add(labels, kind, sums);
    for (const groups of this.#ofPage) groups.add(labels, kind, sums);
    this.#topRows?.add(row, { input: this.#table.input, agent, campaign, isCost });
    this.#notice(rows, kind);
    if (this.#asked.commission) remember(this.#noticed.agents, agent);
    if (this.#asked.cost) remember(this.#noticed.campaigns, campaign);
    if (this.#asked.commission && sums.unrated > 0 && counts(kind, 'planned'))
      remember(this.#noticed.unrated, agent ?? '(none)');
  }

  #momentOf({ row, count, sent }: AlikeRows): Moment | undefined {
    const { zone, dateOrder } = this.#job;
    const index = this.#at.time;
    // Where the row itself was forgotten, its column tells nothing any more.
    if (index === undefined || row.cells.length === 0) {
      if (sent === undefined) return undefined;
      this.#noticed.sentTimes = true;
      return this.#timed ? momentAt(sent.first, zone ?? 'UTC') : undefined;
    }
    if (!this.#timed) return undefined;
    const text = (row.cells[index] ?? '').trim();
    const moment = text === '' ? undefined : readMoment(text, { zone, dateOrder });
    if (moment === undefined && row.status !== 'skipped') {
      this.#noticed.timeless += count;
      this.#noticed.timelessExample ||= `${this.#table.input}:${row.line}: ${JSON.stringify(text.slice(0, 40))}`;
    }
    return moment;
  }

  /** What the notes and the head of a page say. */
  #notice({ row, count, previousAmount, sent }: AlikeRows, kind: Kind): void {
    this.#rows += count;
    this.#kinds.add(kind);
    if (row.run !== undefined) this.#runs.add(row.run);
    if (sent !== undefined) {
      const { first, last } = this.#sent ?? sent;
      this.#sent = { first: Math.min(first, sent.first), last: Math.max(last, sent.last) };
    }
    if (row.previousAmount !== undefined && kind !== 'superseded' && !counts(kind, 'planned')) {
      const held = this.#isCost ? this.#noticed.stillSpent : this.#noticed.stillHeld;
      held.rows += count;
      held.amount += previousAmount;
    }
  }

  end(): Report {
    const { costs, page, zone, rates } = this.#job;
    const basis: Basis = this.#kinds.has('planned') && !this.#kinds.has('accepted') ? 'planned' : 'held';
    const asked = { ...this.#asked, spent: this.#spent };
    const tableOf = (groups: Groups): GroupTable => groups.table(basis, asked, costs);
    const table = tableOf(this.#main ?? new Groups(['status']));
    const tables = new Map(
      this.#ofPage
        .map(tableOf)
        .filter(({ groups }) => groups.some(({ labels }) => labels[0] !== undefined))
        .map((one) => [one.by[0] ?? 'status', one]),
    );
    const noticed = this.#noticed;
    return {
      basis,
      asked,
      table,
      tables,
      topRows: this.#topRows,
      notes: notesOf({ noticed, basis, table, tables: tables.values(), page, zone, rates, costs }),
      inputs: [...this.#inputs],
      vendors: [...this.#vendors],
      runs: [...this.#runs].sort((left, right) => left - right),
      timeSource: timeSourceOf(noticed, zone),
      rows: this.#rows,
      sent: this.#sent,
    };
  }
}

function vendorLabel({ vendor, account }: ReportedTable): string | undefined {
  return vendor === undefined || account === undefined ? vendor : `${vendor}/${account}`;
}
