import type { Column, Vendor } from '../core/vendor.js';
import { matchColumns } from '../sales/columns.js';
import type { FieldProposal, Setting, Told } from './proposal.js';
import type { FieldStyle } from '../sales/fields.js';
import { hintsOf, misfitHints, type Hint } from './hints.js';
import { findColumns, isNeeded, KNOWN_NAME } from './find-columns.js';
import {
  cellsOf,
  detectAmounts,
  detectDates,
  fitOf,
  type Cell,
  type Detected,
  type Sample,
} from './sample.js';

export interface Proposal {
  /** In the order of the vendor's columns. */
  readonly fields: readonly FieldProposal[];
  readonly settings: readonly Setting[];
  readonly hints: readonly Hint[];
  /** Why no profile comes of it. */
  readonly problems: readonly string[];
}

/** Finds a column for each field of a vendor. A function of its arguments. */
export function propose(vendor: Vendor, sample: Sample, told: Told): Proposal {
  const columns = vendor.columns.filter(({ kind }) => kind.is !== 'named_texts');
  const found = findColumns(columns, sample, told);
  const open = new Set(found.filter(({ candidates }) => candidates.length > 0).map(({ field }) => field));
  const empty = sample.records.length === 0;
  const style = new StyleOfFile(columns, sample, found, told);
  const fields = found.map((proposal): FieldProposal => {
    const { kind } = columnOf(columns, proposal.field);
    const index = indexOf(sample, proposal.column);
    if (index === undefined || kind.is === 'text' || kind.is === 'secret' || empty) return proposal;
    const { fits, of } = fitOf(kind, cellsOf(sample, index), style.read);
    const share = of === 0 ? 'all of its cells are blank' : `${fits} of ${of} cells fit`;
    return { ...proposal, reason: `${proposal.reason}; ${share}` };
  });
  const matched = matchColumns(
    sample.header,
    vendor.columns.filter(({ field }) => !open.has(field)),
    {
      columns: new Map(found.flatMap(({ field, column }) => (column === undefined ? [] : [[field, column]]))),
      constants: new Map(
        found.flatMap(({ field, constant }) => (constant === undefined ? [] : [[field, constant]])),
      ),
    },
  );
  const undecided = found.filter(({ field }) => open.has(field));
  const needed = (proposal: FieldProposal): boolean =>
    proposal.known || isNeeded(columnOf(columns, proposal.field));
  return {
    fields: [...fields, ...(matched.ok ? named(matched.value.cells, sample) : [])],
    settings: style.settings,
    hints: [
      ...(empty ? [{ about: 'the file has no rows, so that only the names of its columns tell' }] : []),
      ...undecided.filter((proposal) => !needed(proposal)).map((proposal) => ({ about: choice(proposal) })),
      ...style.hints,
      ...misfitHints(columns, sample, fields, style.read, told.timezone),
      ...hintsOf(vendor, sample, fields),
    ],
    problems: [...undecided.filter(needed).map(choice), ...(matched.ok ? [] : matched.error)],
  };
}

/** Fields that a file has any number of, each in a column of that name. */
function named(cells: ReadonlyMap<string, number>, sample: Sample): FieldProposal[] {
  return [...cells.keys()]
    .filter((field) => field.includes('.'))
    .map((field) => ({
      field,
      about: '',
      required: false,
      column:
        sample.header
          .map((name) => name.trim())
          .find(
            (name) => name.split('.').slice(1).join('.').trim() === field.split('.').slice(1).join('.'),
          ) ?? field,
      confidence: 'certain',
      reason: KNOWN_NAME,
      candidates: [],
      known: true,
    }));
}

function choice({ field, candidates, known, required }: FieldProposal): string {
  const option = `--column ${field}="HEADER"`;
  const list = candidates.map((candidate) => JSON.stringify(candidate)).join(', ');
  const [only] = candidates;
  if (candidates.length === 1)
    return `${field}: ${JSON.stringify(only)} could be it, or another field; say so with ${option}`;
  const end = known || required ? `choose one with ${option}` : `${option} takes one, and none is taken now`;
  return `${field}: ${candidates.length} columns could be it, ${list}; ${end}`;
}

function columnOf(columns: readonly Column[], field: string): Column {
  const column = columns.find((column) => column.field === field);
  if (column === undefined) throw new Error(`no field ${field}`);
  return column;
}

function indexOf({ header }: Sample, name: string | undefined): number | undefined {
  const index = header.findIndex((cell) => cell.trim() === name);
  return index < 0 ? undefined : index;
}

/** How the columns that were found write amounts and times. */
class StyleOfFile {
  readonly settings: Setting[] = [];
  readonly hints: Hint[] = [];
  /** For reading the cells; without a time zone that nobody has named. */
  readonly read: FieldStyle;

  constructor(columns: readonly Column[], sample: Sample, found: readonly FieldProposal[], told: Told) {
    const cellsOfKinds = (...kinds: readonly string[]): readonly Cell[] =>
      found
        .filter(({ field }) => kinds.includes(columnOf(columns, field).kind.is))
        .flatMap(({ column }) => indexOf(sample, column) ?? [])
        .flatMap((index) => cellsOf(sample, index));
    const { decimal, currency, style } = detectAmounts(cellsOfKinds('amount', 'money'));
    this.#take('decimal', decimal);
    this.#take('currency', currency);
    const dates =
      told.dateOrder === undefined
        ? detectDates({ is: 'local_time' }, cellsOfKinds('instant', 'local_time'))
        : { value: told.dateOrder, reason: 'as given' };
    this.#take('date_format', dates);
    if (told.timezone !== undefined) this.#take('timezone', { value: told.timezone, reason: 'as given' });
    this.read = { timezone: told.timezone, dateOrder: dates.value, amounts: style };
  }

  #take(key: Setting['key'], { value, reason = '', open }: Detected<string>): void {
    if (value !== undefined) this.settings.push({ key, value, reason });
    if (open !== undefined) this.hints.push({ about: open });
  }
}
