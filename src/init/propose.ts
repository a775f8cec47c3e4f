import type { Vendor } from '../core/vendor.js';
import { matchColumns } from '../sales/columns.js';
import type { FieldStyle } from '../sales/fields.js';
import { detectAmounts, detectDates, type Detected } from './column-style.js';
import { findColumns, isNeeded, KNOWN_NAME } from './find-columns.js';
import { negativeAmounts, statusHints, misfitHints, type HeldField } from './hints.js';
import type { FieldProposal, Hint, Proposal, Setting, UserChoices } from './proposal.js';
import { columnsOf, fitOf, type Sample } from './sample.js';

/** Finds a column for each field of a vendor. A function of its arguments. */
export function propose(vendor: Vendor, sample: Sample, choices: UserChoices): Proposal {
  const columns = columnsOf(sample);
  const isEmpty = sample.records.length === 0;
  const fields = vendor.columns.filter(({ kind }) => kind.is !== 'named_texts');
  const found = findColumns(fields, columns, choices);
  const held = found.flatMap((proposal, index): HeldField[] => {
    const [field, column] = [fields[index], columns.find(({ name }) => name === proposal.column)];
    return field === undefined || column === undefined ? [] : [{ ...field, cells: column.cells }];
  });
  const { settings, open, style } = styleOf(held, choices);
  const undecided = found.filter(({ candidates }) => candidates.length > 0);
  const isProblem = ({ field, known }: FieldProposal): boolean =>
    known || fields.some((column) => column.field === field && isNeeded(column));
  const named = textsByName(vendor, sample, found);
  return {
    fields: [
      ...(isEmpty ? found : found.map((proposal) => withShare(proposal, held, style))),
      ...named.fields,
    ],
    settings,
    hints: [
      ...(isEmpty ? [{ about: 'the file has no rows, so that only the names of its columns tell' }] : []),
      ...undecided
        .filter((proposal) => !isProblem(proposal))
        .map((proposal) => ({ about: choice(proposal) })),
      ...open,
      ...misfitHints(held, style),
      ...negativeAmounts(vendor, held),
      ...statusHints(vendor, columns, new Set(found.flatMap(({ column = [] }) => column))),
    ],
    problems: [...undecided.filter(isProblem).map(choice), ...named.problems],
  };
}

/** How many of the cells can be read, where that says something. */
function withShare(proposal: FieldProposal, held: readonly HeldField[], style: FieldStyle): FieldProposal {
  const column = held.find(({ field }) => field === proposal.field);
  if (column === undefined || column.kind.is === 'text' || column.kind.is === 'secret') return proposal;
  const { fits, of } = fitOf(column.kind, column.cells, style);
  const share = of === 0 ? 'all of its cells are blank' : `${fits} of ${of} cells fit`;
  return { ...proposal, reason: `${proposal.reason}; ${share}` };
}

/** How the columns that were found write amounts and times. */
function styleOf(
  held: readonly HeldField[],
  { timezone, dateOrder }: UserChoices,
): { settings: readonly Setting[]; open: readonly Hint[]; style: FieldStyle } {
  const cellsOf = (...kinds: readonly string[]) =>
    held.filter(({ kind }) => kinds.includes(kind.is)).flatMap(({ cells }) => cells);
  const amounts = detectAmounts(cellsOf('amount', 'money'));
  const given = <T>(value: T): Detected<T> => ({ value, reason: 'as given' });
  const dates = dateOrder === undefined ? detectDates(cellsOf('instant', 'local_time')) : given(dateOrder);
  const detected: readonly (readonly [Setting['key'], Detected<string>])[] = [
    ['decimal', amounts.decimal],
    ['currency', amounts.currency],
    ['date_format', dates],
    ['timezone', timezone === undefined ? {} : given(timezone)],
  ];
  return {
    settings: detected.flatMap(([key, { value, reason = '' }]) =>
      value === undefined ? [] : [{ key, value, reason }],
    ),
    open: detected.flatMap(([, { open }]) => (open === undefined ? [] : [{ about: open }])),
    // Without a time zone that no one has named.
    style: { timezone, dateOrder: dates.value, amounts: amounts.style },
  };
}

/** Fields that a file has any number of, as a push finds them, and why it would find no columns. */
function textsByName(
  vendor: Vendor,
  { header }: Sample,
  found: readonly FieldProposal[],
): { fields: readonly FieldProposal[]; problems: readonly string[] } {
  const open = new Set(found.flatMap(({ field, candidates }) => (candidates.length > 0 ? [field] : [])));
  const matched = matchColumns(
    header,
    vendor.columns.filter(({ field }) => !open.has(field)),
    {
      columns: new Map(found.flatMap(({ field, column }) => (column === undefined ? [] : [[field, column]]))),
      constants: new Map(
        found.flatMap(({ field, constant }) => (constant === undefined ? [] : [[field, constant]])),
      ),
    },
  );
  if (!matched.ok) return { fields: [], problems: matched.error };
  const { cells, header: headers } = matched.value;
  const known = new Set(vendor.columns.map(({ field }) => field));
  const fields = [...cells]
    .filter(([field]) => !known.has(field))
    .map(([field, index]): FieldProposal => ({
      ...{ field, about: '', required: false, column: headers[index]?.trim() ?? field },
      ...{ confidence: 'certain', reason: KNOWN_NAME, candidates: [], known: true },
    }));
  return { fields, problems: [] };
}

function choice({ field, candidates, known, required }: FieldProposal): string {
  const option = `--column ${field}="HEADER"`;
  const list = candidates.map((candidate) => JSON.stringify(candidate)).join(', ');
  if (candidates.length === 1)
    return `${field}: ${list} could be it, or another field; say so with ${option}`;
  const end = known || required ? `choose one with ${option}` : `${option} takes one, and none is taken now`;
  return `${field}: ${candidates.length} columns could be it, ${list}; ${end}`;
}
