import type { FileProblem, RunId } from '../core/ports.js';
import type { ReportedItem, ReportedRow, ReportedTable } from '../core/reported.js';
import { type Result, err, ok, unreachable } from '../core/result.js';
import type { DateOrder } from '../sales/time.js';
import { type ReportColumns, type ReportField, findReportColumns } from './columns.js';
import { Cube, type GroupTable, type Labels, WEEKDAYS, hourLabel } from './groups.js';
import type { Dimension } from './dimensions.js';
import { type Asked, type Basis, mayCount } from './measures.js';
import { Highlights } from './top-rows.js';
import { type Moment, momentAt, readMoment } from './time.js';
import { Noticed, notesOf, remember, timeSourceOf } from './notes.js';
import type { Costs, Rate, Rates } from './commission.js';

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
  /** Also everything that a page shows. */
  readonly page: boolean;
}

export interface Refusal {
  readonly input: string;
  readonly problems: readonly FileProblem[];
}

/** A report that has been computed. */
export interface Report {
  readonly basis: Basis;
  readonly asked: Asked;
  readonly table: GroupTable;
  /** For a page: by these dimensions one by one, where anything tells them. */
  readonly cubes: ReadonlyMap<Dimension, GroupTable>;
  readonly highlights: Highlights | undefined;
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

/** What a page is about, dimension by dimension. */
export const PAGE_DIMENSIONS: readonly Dimension[] = [
  'agent',
  'campaign',
  'day',
  'hour',
  'weekday',
  'status',
  'vendor',
];

/** Reads every item and computes the report; a file that cannot be read, or lacks what was asked for, refuses it. */
export async function report(
  items: AsyncIterable<ReportedItem> | Iterable<ReportedItem>,
  job: ReportJob,
): Promise<Result<Report, Refusal>> {
  const reading = new Reading(job);
  for await (const item of items) {
    switch (item.kind) {
      case 'refused':
        return err({ input: item.input, problems: [item.problem] });
      case 'table': {
        const problems = reading.open(item.table).map((message) => ({ message }));
        if (problems.length > 0) return err({ input: item.table.input, problems });
        break;
      }
      case 'rows':
        for (const row of item.rows) reading.add(row);
        break;
      default:
        return unreachable(item);
    }
  }
  return ok(reading.end());
}

/** One pass over the rows. */
class Reading {
  readonly #job: ReportJob;
  readonly #asked: Asked;
  readonly #noticed = new Noticed();
  #main: Cube | undefined;
  readonly #cubes: ReadonlyMap<Dimension, Cube>;
  readonly #highlights: Highlights | undefined;
  readonly #inputs = new Set<string>();
  readonly #vendors = new Set<string>();
  readonly #runs = new Set<RunId>();
  #table: ReportedTable = { input: '', header: [], vendor: undefined, account: undefined };
  #at: ReportColumns = {};
  #rows = 0;
  #accepted = 0;
  #planned = 0;
  #sent: { first: number; last: number } | undefined;

  constructor(job: ReportJob) {
    this.#job = job;
    this.#asked = { commission: job.rates !== undefined, cost: job.costs !== undefined };
    this.#highlights = job.page ? new Highlights() : undefined;
    const dimensions = job.page ? PAGE_DIMENSIONS : [];
    this.#cubes = new Map(dimensions.map((dimension) => [dimension, new Cube([dimension])]));
    if (job.by !== undefined) this.#main = new Cube(job.by);
  }

  /** Finds the columns of a table; every one that is wanted and missing or ambiguous is a message. */
  open(table: ReportedTable): readonly string[] {
    const { columns, lenient } = this.#job;
    this.#table = table;
    this.#inputs.add(table.input);
    if (table.vendor !== undefined) this.#vendors.add(vendorLabel(table));
    const found = findReportColumns(table.header, columns, lenient);
    if (!found.ok) return found.error;
    const { at, undecided } = found.value;
    this.#at = at;
    for (const [field, index] of Object.entries(at) as [ReportField, number][]) {
      const names = this.#noticed.used.get(field) ?? new Set();
      this.#noticed.used.set(field, names.add(table.header[index]?.trim() ?? ''));
    }
    const best = at.agent !== undefined ? 'agent' : at.campaign !== undefined ? 'campaign' : 'status';
    this.#main ??= new Cube([best]);
    for (const [field, why] of Object.entries(undecided) as [ReportField, string][])
      if (table.header.length > 0) this.#noticed.undecided.set(field, why);
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

  add(row: ReportedRow): void {
    const nameAt = (index: number | undefined): string | undefined =>
      index === undefined ? undefined : (row.cells[index] ?? '').trim() || undefined;
    const [agent, campaign] = [nameAt(this.#at.agent), nameAt(this.#at.campaign)];
    const moment = this.#momentOf(row);
    const labels: Labels = {
      agent,
      campaign,
      day: moment?.day,
      hour: moment?.hour === undefined ? undefined : hourLabel(moment.hour),
      weekday: moment === undefined ? undefined : WEEKDAYS[moment.weekday],
      status: row.superseded === true ? 'superseded' : row.status,
      vendor: this.#table.vendor === undefined ? undefined : vendorLabel(this.#table),
    };
    const { rates } = this.#job;
    const rate = (agent === undefined ? undefined : rates?.byAgent.get(agent)) ?? rates?.other;
    this.#main?.add(row, labels, rate);
    for (const cube of this.#cubes.values()) cube.add(row, labels, rate);
    this.#highlights?.add(row, this.#table.input, agent, campaign);
    this.#notice(row, agent, campaign, rate);
  }

  #momentOf(row: ReportedRow): Moment | undefined {
    const { zone, dateOrder } = this.#job;
    const index = this.#at.time;
    // Where the row itself was forgotten, its column tells nothing any more.
    if (index === undefined || row.cells.length === 0) {
      if (row.sentAt === undefined) return undefined;
      this.#noticed.sentTimes = true;
      return momentAt(row.sentAt, zone ?? 'UTC');
    }
    const text = (row.cells[index] ?? '').trim();
    const moment = text === '' ? undefined : readMoment(text, { zone, dateOrder });
    if (moment === undefined && row.status !== 'skipped') {
      this.#noticed.timeless += 1;
      this.#noticed.timelessExample ||= `${this.#table.input}:${row.line}: ${JSON.stringify(text.slice(0, 40))}`;
    }
    return moment;
  }

  /** What the notes and the head of a page say. */
  #notice(
    row: ReportedRow,
    agent: string | undefined,
    campaign: string | undefined,
    rate: Rate | undefined,
  ): void {
    this.#rows += 1;
    if (row.run !== undefined) this.#runs.add(row.run);
    if (row.sentAt !== undefined) {
      const { first, last } = this.#sent ?? { first: row.sentAt, last: row.sentAt };
      this.#sent = { first: Math.min(first, row.sentAt), last: Math.max(last, row.sentAt) };
    }
    if (this.#asked.commission) remember(this.#noticed.agents, agent);
    if (this.#asked.cost) remember(this.#noticed.campaigns, campaign);
    if (row.superseded === true) return;
    if (row.status === 'planned') this.#planned += 1;
    else if (row.status === 'accepted') this.#accepted += 1;
    else if (row.status !== 'unchanged' && row.previousAmount !== undefined) {
      this.#noticed.stillHeld += 1;
      this.#noticed.stillHeldAmount += BigInt(row.previousAmount);
    }
    if (this.#asked.commission && rate === undefined && mayCount(row.status) && (row.amount ?? 0) !== 0)
      remember(this.#noticed.unrated, agent ?? '(none)');
  }

  end(): Report {
    const { costs, page, zone, rates } = this.#job;
    const main = this.#main ?? new Cube(['status']);
    const basis: Basis = this.#planned > 0 && this.#accepted === 0 ? 'planned' : 'held';
    const table = main.table(basis, this.#asked, costs);
    const cubes = new Map<Dimension, GroupTable>();
    for (const [dimension, cube] of this.#cubes) {
      const one = cube.table(basis, this.#asked, costs);
      if (one.groups.some(({ labels }) => labels[0] !== undefined)) cubes.set(dimension, one);
    }
    const noticed = this.#noticed;
    return {
      basis,
      asked: this.#asked,
      table,
      cubes,
      highlights: this.#highlights,
      notes: notesOf({
        noticed,
        basis,
        table,
        cubes: [main, ...this.#cubes.values()],
        page,
        zone,
        rates,
        costs,
      }),
      inputs: [...this.#inputs],
      vendors: [...this.#vendors],
      runs: [...this.#runs].sort((left, right) => left - right),
      timeSource: timeSourceOf(noticed, zone),
      rows: this.#rows,
      sent: this.#sent,
    };
  }
}

function vendorLabel({ vendor, account }: ReportedTable): string {
  return account === undefined ? (vendor ?? '') : `${vendor ?? ''}/${account}`;
}
