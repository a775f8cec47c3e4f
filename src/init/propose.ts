import type { Column, Vendor } from '../core/vendor.js';
import { matchColumns } from '../sales/columns.js';
import type { DateOrder } from '../sales/time.js';
import { currencyNamed } from '../sales/currency-column.js';
import { amountSettings, dateSettings, type CurrencyBeside } from './column-style.js';
import { findColumns, isNeeded, isOutcome, KNOWN_NAME } from './find-columns.js';
import { KnownNames, wordsOf } from './header-words.js';
import { negativeAmounts, choiceOfRows, zoneHints, type HeldField } from './hints.js';
import type { Confidence, FieldProposal, Hint, Proposal, Setting, UserChoices } from './proposal.js';
import {
  columnsOf,
  fitOf,
  FITTING_SHARE,
  type ReadingStyle,
  type Sample,
  type SampleColumn,
} from './sample.js';

/** Finds a column for each field of a vendor. A function of its arguments. */
export function propose(vendor: Vendor, sample: Sample, choices: UserChoices): Proposal {
  const columns = columnsOf(sample).filter(({ name }) => !choices.ignored.includes(name));
  const isEmpty = sample.records.length === 0;
  const fields = vendor.columns.filter(({ kind }) => kind.is !== 'named_texts');
  const found = findColumns(fields, columns, choices);
  const held = found.flatMap((proposal, index): HeldField[] => {
    const [field, column] = [fields[index], columns.find(({ name }) => name === proposal.column)];
    return field === undefined || column === undefined ? [] : [{ ...field, cells: column.cells }];
  });
  const named = textsByName(vendor, sample, found, choices);
  const beside = columns.find(({ name }) => name === named.currency);
  const { settings, style } = styleOf(held, choices, beside);
  const undecided = found.flatMap((proposal, index) => {
    const column = fields[index];
    return column === undefined || proposal.candidates.length === 0 ? [] : [{ proposal, column }];
  });
  const isProblem = ({ proposal, column }: Undecided): boolean => proposal.known || isNeeded(column);
  const settled = new Set([...found.flatMap(({ column = [] }) => column), ...choices.marking]);
  return {
    fields: [
      ...(isEmpty ? found : found.map((proposal) => withShare(proposal, held, style))),
      ...named.fields,
    ],
    settings,
    hints: [
      ...(isEmpty ? [{ about: 'the file has no rows, so that only the names of its columns tell' }] : []),
      ...undecided.filter((one) => !isProblem(one)).map((one) => ({ about: choice(one) })),
      ...otherNames(vendor, found, columns),
      ...zoneHints(
        held.filter(({ field }) => !named.utc.has(field)),
        style,
      ),
      ...(choices.style.amounts.accounting === true ? [] : negativeAmounts(vendor, held, style)),
      ...columns.filter(({ name }) => !settled.has(name)).flatMap(choiceOfRows),
    ],
    problems: [
      ...undecided.filter(isProblem).map(choice),
      ...named.problems,
      ...held.flatMap((field) => misfitProblem(field, found, style)),
    ],
  };
}

/** How many of the cells can be read, where that says something; a name that they belie is a guess. */
function withShare(proposal: FieldProposal, held: readonly HeldField[], style: ReadingStyle): FieldProposal {
  const column = held.find(({ field }) => field === proposal.field);
  if (column === undefined || column.kind.is === 'text' || column.kind.is === 'secret') return proposal;
  const { fits, of } = fitOf(column.kind, column.cells, style);
  const share = of === 0 ? 'all of its cells are blank' : `${fits} of ${of} cells fit`;
  const isBelied = proposal.confidence !== 'chosen' && fits < FITTING_SHARE * of;
  const belied: Confidence = fits === 0 ? 'none' : 'possible';
  return {
    ...proposal,
    reason: `${proposal.reason}; ${share}`,
    ...(isBelied && { confidence: belied }),
  };
}

/** A column none of whose cells can be read is another one, whatever it is called. */
function misfitProblem(
  { field, kind, cells, required = false }: HeldField,
  found: readonly FieldProposal[],
  style: ReadingStyle,
): string[] {
  const { fits, of, firstMisfit } = fitOf(kind, cells, style);
  if (kind.is === 'secret' || firstMisfit === undefined || fits > 0) return [];
  const header = JSON.stringify(found.find((proposal) => proposal.field === field)?.column);
  const { line, problem } = firstMisfit;
  const way = required ? '' : `, or leave the column out with --ignore-column ${header}`;
  return [
    `${field}: none of the ${of} cells of ${header} can be read, the first on line ${line}: ${problem.message}; fix them, or name another column with --column ${field}="HEADER"${way}`,
  ];
}

/** Ids of something else: why none is taken, or what someone who chose one should know. */
function otherNames(
  vendor: Vendor,
  found: readonly FieldProposal[],
  columns: readonly SampleColumn[],
): Hint[] {
  const names = new KnownNames(vendor.columns);
  return vendor.columns.flatMap((field) => {
    const { column, confidence, candidates = [] } = found.find((one) => one.field === field.field) ?? {};
    const isMissing = field.required === true && confidence === 'none' && candidates.length === 0;
    const looked = isMissing
      ? columns.map(({ name }) => name)
      : confidence === 'chosen'
        ? [column ?? '']
        : [];
    const others = looked.filter((name) => wordsOf(name).has('id') && names.namesAnother(name, field));
    if (field.kind.is !== 'id' || others.length === 0) return [];
    const list = others.map((name) => JSON.stringify(name)).join(', ');
    return [{ about: `${field.field}: the name of ${list} says something else; ${field.about} is needed` }];
  });
}

/** How the columns that were found write amounts and times. */
function styleOf(
  held: readonly HeldField[],
  { style: given }: UserChoices,
  currency: SampleColumn | undefined,
): { settings: readonly Setting[]; style: ReadingStyle } {
  const cellsOf = (...kinds: readonly string[]) =>
    held.filter(({ kind }) => kinds.includes(kind.is)).flatMap(({ cells }) => cells);
  const beside = currency && besideAmounts(currency);
  const { settings, style: amounts } = amountSettings(cellsOf('amount', 'money'), given.amounts, beside);
  const dates = dateSettings(cellsOf('instant', 'local_time'), given.dateOrder);
  const proved = dates[0]?.value as DateOrder | undefined;
  // Without a time zone that no one has named.
  const style = { timezone: given.timezone, dateOrder: given.dateOrder ?? proved, amounts };
  return { settings: [...settings, ...dates], style };
}

/** Undefined where a column of currencies names none or several. */
function besideAmounts({ name, cells }: SampleColumn): CurrencyBeside | undefined {
  const named = new Set(cells.map(({ text }) => currencyNamed(text)).filter((text) => text !== ''));
  const [currency, another] = named;
  return currency === undefined || another !== undefined ? undefined : { header: name, currency };
}

/** Fields that a file has any number of, as a push finds them, and why it would find no columns. */
function textsByName(
  vendor: Vendor,
  { header }: Sample,
  found: readonly FieldProposal[],
  { ignored }: UserChoices,
): {
  fields: readonly FieldProposal[];
  problems: readonly string[];
  /** Fields whose headers name their zone. */
  utc: ReadonlyMap<string, string>;
  /** The header of the column that says the currency of the amounts. */
  currency?: string | undefined;
} {
  const open = new Set(found.flatMap(({ field, candidates }) => (candidates.length > 0 ? [field] : [])));
  const matched = matchColumns(
    header,
    vendor.columns.filter(({ field }) => !open.has(field)),
    {
      columns: new Map(found.flatMap(({ field, column }) => (column === undefined ? [] : [[field, column]]))),
      constants: new Map(
        found.flatMap(({ field, constant }) => (constant === undefined ? [] : [[field, constant]])),
      ),
      ignored,
    },
  );
  if (!matched.ok) return { fields: [], problems: matched.error, utc: new Map() };
  const { cells, header: headers, utc = new Map<string, string>(), currency } = matched.value;
  const known = new Set(vendor.columns.map(({ field }) => field));
  const fields = [...cells]
    .filter(([field]) => !known.has(field))
    .map(([field, index]): FieldProposal => ({
      ...{ field, about: '', required: false, column: headers[index]?.trim() ?? field },
      ...{ confidence: 'certain', reason: KNOWN_NAME, candidates: [], known: true },
    }));
  return { fields, problems: [], utc, currency: headers[currency ?? -1]?.trim() };
}

interface Undecided {
  readonly proposal: FieldProposal;
  readonly column: Column;
}

function choice({ proposal: { field, candidates, known, required }, column }: Undecided): string {
  const option = `--column ${field}="HEADER"`;
  const list = candidates.map((candidate) => JSON.stringify(candidate)).join(', ');
  const constant = isOutcome(column) ? `, or --constant ${field}=Sale if every row is a sale` : '';
  if (candidates.length === 1)
    return `${field}: ${list} could be it, or another field; say so with ${option}${constant}`;
  const end = known || required ? `choose one with ${option}` : `${option} takes one, and none is taken now`;
  return `${field}: ${candidates.length} columns could be it, ${list}; ${end}${constant}`;
}
