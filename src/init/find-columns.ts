import type { Column } from '../core/vendor.js';
import { isKnownAs, isKnownBefore, normalized } from '../sales/columns.js';
import { looksLike } from './column-style.js';
import { KnownNames, namesSecret, namesStatus, wordsOf, type Nearness } from './header-words.js';
import { matchByWorth } from './match-by-worth.js';
import type { FieldProposal, UserChoices } from './proposal.js';
import { fitOf, FITTING_SHARE, type SampleColumn } from './sample.js';

/** A known name outweighs one with a word behind it, and that all that are only near. */
const KNOWN = 100;
const KNOWN_BEFORE = 50;
/** A header that is less near is taken only if someone confirms it. */
const LIKELY = 0.9;
export const KNOWN_NAME = 'a name it is known by';
/** Of two fields that want one column, the one without which there is no push. */
const REQUIRED_BONUS = 0.1;
const NOTHING: Nearness = { score: 0, reason: '' };

/** A push without it sends nothing, or no money. */
export function isNeeded({ required, kind }: Column): boolean {
  return required || kind.is === 'amount';
}

/** A column, a constant, candidates or nothing for each of the fields, in their order. */
export function findColumns(
  fields: readonly Column[],
  columns: readonly SampleColumn[],
  choices: UserChoices,
): FieldProposal[] {
  const found = new Map<Column, FieldProposal>();
  const take = (proposals: ReadonlyMap<Column, FieldProposal>): void =>
    proposals.forEach((proposal, field) => found.set(field, proposal));
  const rest = (): Column[] => fields.filter((field) => !found.has(field));
  const free = (): SampleColumn[] => {
    const taken = new Set(
      [...found.values()].flatMap(({ column = [], candidates }) => [column, candidates].flat()),
    );
    return columns.filter(({ name }) => !taken.has(name));
  };
  const names = new KnownNames(fields);
  take(byChoice(fields, columns, choices));
  take(byName(rest(), free(), names, choices));
  const unmarked = free().filter(({ name }) => !choices.marking.includes(name));
  take(byCells(rest().filter(isNeeded), unmarked, names));
  return fields.map((field) => found.get(field) ?? nothing(field, 'no column found'));
}

type Found = ReadonlyMap<Column, FieldProposal>;

/** What the user has said; a header in another spelling is found too, and one that is not there is kept. */
function byChoice(fields: readonly Column[], columns: readonly SampleColumn[], choices: UserChoices): Found {
  const found = new Map<Column, FieldProposal>();
  for (const field of fields) {
    const wanted = choices.columns.get(field.field)?.trim();
    const constant = choices.constants.get(field.field);
    if (constant !== undefined) {
      found.set(field, { ...nothing(field, 'as given'), constant, confidence: 'chosen' });
    } else if (wanted !== undefined) {
      const column =
        columns.find(({ name }) => name === wanted) ??
        columns.find(({ name }) => normalized(name) === normalized(wanted));
      const header = column?.name ?? wanted;
      found.set(field, { ...nothing(field, 'as given'), column: header, confidence: 'chosen' });
    } else if (choices.leftOut.has(field.field)) found.set(field, nothing(field, 'left out'));
  }
  return found;
}

/** By the names of the columns; a field whose column could as well be another is left to the user. */
function byName(
  fields: readonly Column[],
  columns: readonly SampleColumn[],
  names: KnownNames,
  choices: UserChoices,
): Found {
  const hasCells = columns.some(({ cells }) => cells.length > 0);
  const near = new Map(
    fields.map((field) => [
      field,
      new Map(columns.map((column) => [column, nearness(field, column, names, hasCells, choices)])),
    ]),
  );
  const nearnessOf = (field: Column, column: SampleColumn): Nearness =>
    near.get(field)?.get(column) ?? NOTHING;
  const matches = matchByWorth(fields, columns, (field, column) => {
    const { score } = nearnessOf(field, column);
    return score > 0 && field.required ? score + REQUIRED_BONUS : score;
  });
  return new Map(
    [...matches].map(([field, { best, near, isCertain }]) => {
      const { score, reason } = nearnessOf(field, best);
      const known = score >= KNOWN_BEFORE;
      const confidence = known ? 'certain' : score >= LIKELY ? 'likely' : 'possible';
      const proposal: FieldProposal = isCertain
        ? { ...nothing(field, reason), column: best.name, confidence, known }
        : { ...nothing(field, 'ambiguous'), candidates: near.map(({ name }) => name), known };
      return [field, proposal];
    }),
  );
}

/** Nothing where a near name has cells of another kind. */
function nearness(
  field: Column,
  { name, cells }: SampleColumn,
  names: KnownNames,
  hasCells: boolean,
  { style }: UserChoices,
): Nearness {
  if (isKnownAs(name, field)) return { score: KNOWN, reason: KNOWN_NAME };
  if (isKnownBefore(name, field)) return { score: KNOWN_BEFORE, reason: KNOWN_NAME };
  const near = names.nearness(name, field);
  if (near.score <= 0.5 || (hasCells && cells.length === 0)) return NOTHING;
  const { fits, of } = fitOf(field.kind, cells, { ...style, amounts: undefined });
  const spaced = field.kind.is === 'id' ? cells.filter(({ text }) => /\s/.test(text)).length : 0;
  return fits - spaced >= FITTING_SHARE * of ? near : NOTHING;
}

/** Where only the cells speak; several columns that fit, or several fields, are left to the user. */
function byCells(fields: readonly Column[], columns: readonly SampleColumn[], names: KnownNames): Found {
  const fitting = fields.map((field) =>
    columns.filter(
      ({ name, cells }) =>
        !namesSecret(name) && !names.namesAnother(name, field) && looksLike(field.kind, cells),
    ),
  );
  return new Map(
    fields.map((field, index): [Column, FieldProposal] => {
      const [only, ...others] = fitting[index] ?? [];
      if (only === undefined) return [field, withoutColumn(field, columns)];
      const found = nothing(field, 'only the cells tell');
      const isContested = fitting.filter((columns) => columns.includes(only)).length > 1;
      if (others.length > 0 || isContested)
        return [field, { ...found, candidates: [only, ...others].map(({ name }) => name) }];
      return [field, { ...found, column: only.name, confidence: 'possible' }];
    }),
  );
}

/** What came of a call is a sale, in a file that only holds sales: one that has no column with what came of it. */
function withoutColumn(field: Column, columns: readonly SampleColumn[]): FieldProposal {
  const found = nothing(field, 'no column found');
  if (!isOutcome(field)) return found;
  const candidates = columns.filter(({ name }) => namesStatus(name)).map(({ name }) => name);
  if (candidates.length > 0) return { ...found, candidates };
  return {
    ...found,
    reason: 'no column holds it, so every row gets this',
    constant: 'Sale',
    confidence: 'possible',
  };
}

/** Whether a field says what came of a call. */
export function isOutcome({ kind, field, required = false }: Column): boolean {
  return required && kind.is === 'text' && wordsOf(field).has('outcome');
}

function nothing({ field, about, required = false }: Column, reason: string): FieldProposal {
  return { field, about, required, confidence: 'none', reason, candidates: [], known: false };
}
