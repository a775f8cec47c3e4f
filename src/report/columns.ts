import { err, ok, type Result } from '../core/result.js';
import { normalized } from '../sales/columns.js';

/** What a report takes from a sales file's own columns. */
export const REPORT_FIELDS = ['agent', 'campaign', 'time'] as const;

export type ReportField = (typeof REPORT_FIELDS)[number];

/**
 * The headers under which people keep each field, in tiers: a name of an earlier one goes before those of later
 * ones. They are compared without case, spaces and punctuation.
 */
const NAMES: Readonly<Record<ReportField, readonly (readonly string[])[]>> = {
  agent: [
    [
      ...['agent', 'agent name', 'sales agent', 'rep', 'rep name', 'sales rep', 'sales representative'],
      ...['representative', 'salesperson', 'sales person', 'seller', 'closer', 'operator', 'agent full name'],
      ...['mitarbeiter', 'vendedor', 'vendeur', 'agente'],
    ],
    ['agent id', 'rep id', 'agent email', 'user', 'user name'],
  ],
  campaign: [
    [
      ...['campaign', 'campaign name', 'marketing campaign', 'kampagne', 'campaña', 'campagne'],
      ...['campaign title'],
    ],
    ['campaign id', 'advertiser campaign id from network', 'advertiser campaign id'],
  ],
  time: [
    [
      ...['call start time', 'call_start_time', 'call start', 'call started', 'call time', 'call date'],
      ...['call datetime', 'call date time', 'call timestamp', 'start time', 'start_time_t', 'started at'],
      ...['start time utc', 'anrufzeit', 'anrufbeginn'],
    ],
    [
      ...['sale time', 'sale date', 'sold at', 'sale datetime', 'sale timestamp', 'order date', 'order time'],
      ...['occurred at', 'occurred_at_time_t', 'occurred_at_time', 'outcome time', 'outcome date'],
      ...['signal time', 'signal date'],
    ],
    ['time', 'date', 'datetime', 'date time', 'timestamp', 'created at', 'created', 'datum', 'fecha'],
  ],
};

/** Indexes into the cells of a table; a field without a column is left out. */
export type ReportColumns = Readonly<Partial<Record<ReportField, number>>>;

export interface FoundColumns {
  readonly at: ReportColumns;
  /** Fields whose column nothing decides, and why. */
  readonly undecided: Readonly<Partial<Record<ReportField, string>>>;
}

/**
 * Finds agent, campaign and time in a header, as the user chose or by the names people use. A chosen column that is
 * not there is a message, or undecided where that may be; one that several could be stays undecided, with what to do.
 */
export function findReportColumns(
  header: readonly string[],
  chosen: ReadonlyMap<ReportField, string>,
  lenient = false,
): Result<FoundColumns, readonly string[]> {
  const names = header.map((name) => name.trim());
  const quoted = (list: readonly string[]): string => list.map((name) => JSON.stringify(name)).join(', ');
  const at: Partial<Record<ReportField, number>> = {};
  const undecided: Partial<Record<ReportField, string>> = {};
  const problems: string[] = [];
  for (const field of REPORT_FIELDS) {
    const wanted = chosen.get(field);
    const found = wanted === undefined ? byName(names, field) : byChoice(names, wanted);
    const [index] = found;
    const option = `--column ${field}="HEADER"`;
    if (found.length > 1) {
      const candidates = quoted(found.map((candidate) => names[candidate] ?? ''));
      undecided[field] =
        `${field}: ${found.length} columns could be it, ${candidates}; choose one with ${option}`;
    } else if (index !== undefined) at[field] = index;
    else if (wanted === undefined) {
      undecided[field] =
        `${field}: no column found; the headers are ${quoted(names)}; name it with ${option}`;
    } else {
      const problem = `${field}: there is no column ${JSON.stringify(wanted)}; the headers are ${quoted(names)}`;
      if (lenient) undecided[field] = problem;
      else problems.push(problem);
    }
  }
  return problems.length > 0 ? err(problems) : ok({ at, undecided });
}

function byChoice(names: readonly string[], wanted: string): number[] {
  const matching = (same: (name: string) => boolean): number[] =>
    names.flatMap((name, index) => (same(name) ? [index] : []));
  const exact = matching((name) => name === wanted.trim());
  return exact.length > 0 ? exact : matching((name) => normalized(name) === normalized(wanted));
}

function byName(names: readonly string[], field: ReportField): number[] {
  for (const tier of NAMES[field]) {
    const known = new Set(tier.map(normalized));
    const found = names.flatMap((name, index) => (known.has(normalized(name)) ? [index] : []));
    if (found.length > 0) return found;
  }
  return [];
}
