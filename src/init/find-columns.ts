import { isOwnColumn } from '../core/text.js';
import type { Column } from '../core/vendor.js';
import { assign } from './assign.js';
import { isKnownAs, normalized } from '../sales/columns.js';
import type { DateOrder } from '../sales/time.js';
import { PLAIN_STYLE, type FieldStyle } from '../sales/fields.js';
import { KnownNames, namesSecret, wordsOf, type Nearness } from './header-words.js';
import type { FieldProposal, Told } from './proposal.js';
import { cellsOf, detectAmounts, fitOf, FITTING_SHARE, looksLike, type Cell, type Sample } from './sample.js';

/** A known name outweighs all that are only near. */
const KNOWN = 100;
export const KNOWN_NAME = 'a name it is known by';
/** Totals that differ by less are a tie. */
const TIE = 0.08;
/** Of two fields that want one column, the one without which there is no push. */
const REQUIRED_BONUS = 0.1;

/** A push without it sends nothing, or no money. */
export function isNeeded({ required, kind }: Column): boolean {
  return required || kind.is === 'amount';
}

/** A column, a constant, candidates or nothing for each of the fields, in their order. */
export function findColumns(columns: readonly Column[], sample: Sample, told: Told): FieldProposal[] {
  return new Search(columns, sample, told).run();
}

/** The columns of one file, given to the fields of one vendor. */
class Search {
  readonly #columns: readonly Column[];
  readonly #sample: Sample;
  readonly #told: Told;
  readonly #names: readonly string[];
  readonly #cells: readonly (readonly Cell[])[];
  readonly #known: KnownNames;
  /** Indexes of columns that no field has yet. */
  readonly #free: Set<number>;

  constructor(columns: readonly Column[], sample: Sample, told: Told) {
    this.#columns = columns;
    this.#sample = sample;
    this.#told = told;
    this.#names = sample.header.map((name) => name.trim());
    this.#cells = this.#names.map((_, index) => cellsOf(sample, index));
    this.#known = new KnownNames(columns);
    const usable = this.#names.flatMap((name, index) => (name === '' || isOwnColumn(name) ? [] : [index]));
    this.#free = new Set(usable);
  }

  run(): FieldProposal[] {
    const proposals = new Map<string, FieldProposal>();
    for (const column of this.#columns) {
      const wanted = this.#told.columns.get(column.field);
      if (wanted !== undefined) proposals.set(column.field, this.#chosen(column, wanted));
      else if (this.#told.leftOut.has(column.field))
        proposals.set(column.field, this.#none(column, 'left out'));
    }
    const rest = (): Column[] => this.#columns.filter(({ field }) => !proposals.has(field));
    for (const proposal of this.#byName(rest())) proposals.set(proposal.field, proposal);
    for (const proposal of this.#byCells(rest().filter(isNeeded))) proposals.set(proposal.field, proposal);
    return this.#columns.map(
      (column) => proposals.get(column.field) ?? this.#none(column, 'no column found'),
    );
  }

  #chosen(column: Column, wanted: string): FieldProposal {
    const exact = this.#names.indexOf(wanted.trim());
    const loose = this.#names.findIndex((name) => normalized(name) === normalized(wanted));
    const index = exact < 0 ? loose : exact;
    this.#free.delete(index);
    return {
      ...this.#none(column, 'as given'),
      column: this.#names[index] ?? wanted.trim(),
      confidence: 'chosen',
    };
  }

  /** The best total over all fields; a field whose column could as well be another is left to the user. */
  #byName(fields: readonly Column[]): FieldProposal[] {
    const columns = [...this.#free];
    const near = fields.map((field) => columns.map((index) => this.#nearness(field, index)));
    const scores = near.map((row, field) =>
      row.map(({ score }) =>
        score === 0 ? 0 : score + (fields[field]?.required === true ? REQUIRED_BONUS : 0),
      ),
    );
    const best = assign(scores);
    return fields.flatMap((field, row): FieldProposal[] => {
      const chosen = best.columns[row];
      if (chosen === undefined) return [];
      const { score, reason } = near[row]?.[chosen] ?? NOTHING;
      const without = scores.map((line, other) => (other === row ? line.with(chosen, 0) : line));
      const worth = scores[row]?.[chosen] ?? 0;
      const rivals = columns.filter((_, index) => (scores[row]?.[index] ?? 0) > worth - TIE);
      const tie = assign(without).total > best.total - TIE;
      for (const index of tie ? rivals : [columns[chosen] ?? -1]) this.#free.delete(index);
      if (tie) {
        const candidates = rivals.map((index) => this.#names[index] ?? '');
        return [{ ...this.#none(field, 'ambiguous'), candidates, known: score >= KNOWN }];
      }
      return [
        {
          ...this.#none(field, reason),
          column: this.#names[columns[chosen] ?? -1] ?? '',
          confidence: score >= KNOWN ? 'certain' : 'likely',
          known: score >= KNOWN,
        },
      ];
    });
  }

  /** 0 where a near name has cells of another kind. */
  #nearness(field: Column, index: number): Nearness {
    const name = this.#names[index] ?? '';
    if (isKnownAs(name, field)) return { score: KNOWN, reason: KNOWN_NAME };
    const near = this.#known.nearness(name, field);
    const cells = this.#cells[index] ?? [];
    const hasRows = this.#sample.records.length > 0;
    if (near.score <= 0.5 || (hasRows && cells.length === 0)) return NOTHING;
    const { dateOrder } = this.#told;
    const style: FieldStyle = {
      timezone: undefined,
      dateOrder: dateOrder ?? anyOrder(field, cells),
      amounts: field.kind.is === 'amount' || field.kind.is === 'money' ? detectAmounts(cells).style : {},
    };
    const { fits, of } = fitOf(field.kind, cells, style);
    const spaced = field.kind.is === 'id' ? cells.filter(({ text }) => /\s/.test(text)).length : 0;
    return fits - spaced >= FITTING_SHARE * of ? near : NOTHING;
  }

  /** Columns of which only the cells speak; several that fit, or several fields, are left to the user. */
  #byCells(fields: readonly Column[]): FieldProposal[] {
    const shown = [...this.#free].filter((index) => !namesSecret(this.#names[index] ?? ''));
    const fitting = new Map(
      fields.map((field) => [
        field,
        shown.filter((index) => looksLike(field.kind, this.#cells[index] ?? [])),
      ]),
    );
    return fields.map((field): FieldProposal => {
      const columns = fitting.get(field) ?? [];
      const [only] = columns;
      if (only === undefined) return this.#constant(field);
      const contested = [...fitting].some(([other, theirs]) => other !== field && theirs.includes(only));
      if (columns.length > 1 || contested) {
        const candidates = columns.map((index) => this.#names[index] ?? '');
        return { ...this.#none(field, 'only the cells tell'), candidates };
      }
      return {
        ...this.#none(field, 'only the cells tell'),
        column: this.#names[only] ?? '',
        confidence: 'possible',
      };
    });
  }

  /** What came of a call is a sale, in a file that only holds sales. */
  #constant(field: Column): FieldProposal {
    if (!field.required || field.kind.is !== 'text' || !wordsOf(field.field).has('outcome'))
      return this.#none(field, 'no column found');
    const reason = 'no column holds it, so every row gets this';
    return { ...this.#none(field, reason), constant: 'Sale', confidence: 'possible' };
  }

  #none({ field, about, required }: Column, reason: string): FieldProposal {
    return { field, about, required, confidence: 'none', reason, candidates: [], known: false };
  }
}

const NOTHING: Nearness = { score: 0, reason: '' };

/** An order in which the dates can be read, whether or not it is proved. */
function anyOrder({ kind }: Column, cells: readonly Cell[]): DateOrder | undefined {
  if (kind.is !== 'instant' && kind.is !== 'local_time') return undefined;
  const fits = (dateOrder: DateOrder): number => fitOf(kind, cells, { ...PLAIN_STYLE, dateOrder }).fits;
  return (['mdy', 'dmy', 'ymd'] as const).reduce((best, next) => (fits(next) > fits(best) ? next : best));
}
