import type { Column, Vendor } from '../core/vendor.js';
import { readField, type FieldStyle } from '../sales/fields.js';
import { wordsOf } from './header-words.js';
import type { FieldProposal } from './proposal.js';
import { cellsOf, fitOf, FITTING_SHARE, type Cell, type Sample } from './sample.js';

/** Something that only a person can decide, with the lines of the profile that would say it. */
export interface Hint {
  readonly about: string;
  readonly lines?: readonly string[];
}

/** Texts that stand for a sale that was taken back, in the languages of the headers. */
const REVERSALS =
  /^(?:refund(?:ed|s)?|charged?[ _-]?backs?|cancel(?:l?ed|lation)|void(?:ed)?|revers(?:ed|al)|returned|rescinded|storno|storniert|erstattet|rückerstattet|rembours(?:é|ée)|annul(?:é|ée|ado|ada)|reembolsad[oa]|devuelt[oa])$/iu;

/** Columns with more different texts are not a status. */
const MOST_STATUSES = 12;

/** What the columns that no field has say about the rows, and what the amounts leave open. */
export function hintsOf(vendor: Vendor, sample: Sample, fields: readonly FieldProposal[]): Hint[] {
  const used = new Set(fields.flatMap(({ column }) => column ?? []));
  const columns = sample.header
    .map((name, index) => ({ name: name.trim(), index }))
    .filter(({ name }) => name !== '' && !name.toLowerCase().startsWith('revsync_'));
  return [
    ...negativeAmounts(vendor, sample, fields),
    ...columns.flatMap(({ name, index }) => {
      const texts = distinctTexts(cellsOf(sample, index));
      if (texts.length > MOST_STATUSES) return [];
      return [...reversals(vendor, name, texts), ...(used.has(name) ? [] : choiceOfRows(name, texts))];
    }),
  ];
}

/** Without case, in the spelling that comes first, the most frequent ones first. */
function distinctTexts(cells: readonly Cell[]): { text: string; rows: number }[] {
  const counts = new Map<string, { text: string; rows: number }>();
  for (const { text } of cells) {
    const known = counts.get(text.toLowerCase()) ?? { text, rows: 0 };
    counts.set(text.toLowerCase(), { ...known, rows: known.rows + 1 });
    if (counts.size > MOST_STATUSES) break;
  }
  return [...counts.values()].sort((left, right) => right.rows - left.rows);
}

function reversals(vendor: Vendor, name: string, texts: readonly { text: string; rows: number }[]): Hint[] {
  const found = texts.filter(({ text }) => REVERSALS.test(text));
  if (found.length === 0) return [];
  const { reverse, clear } = vendor.semantics;
  const way =
    reverse.kind === 'supported'
      ? { lines: [], says: '' }
      : clear.kind === 'supported'
        ? {
            lines: ['refund: clear'],
            says: `; ${vendor.title} documents no reversal, but an amount can be emptied`,
          }
        : {
            lines: [],
            says: `; ${vendor.title} documents no way to take a sale back, so such rows are refused`,
          };
  const about = `${JSON.stringify(name)} says ${counted(found)}: if those sales are to be taken back, add these lines${way.says}`;
  return [{ about, lines: [`reversal: ${matching(name, found)}`, ...way.lines] }];
}

function choiceOfRows(name: string, texts: readonly { text: string; rows: number }[]): Hint[] {
  const words = wordsOf(name);
  if (!words.has('status') && !words.has('state') && !words.has('outcome')) return [];
  if (texts.length < 2) return [];
  const about = `${JSON.stringify(name)} says ${counted(texts)}: if not all rows are to be sent, add this line with the texts that are`;
  return [{ about, lines: [`only: ${matching(name, texts)}`] }];
}

function counted(texts: readonly { text: string; rows: number }[]): string {
  return texts.map(({ text, rows }) => `${JSON.stringify(text)} (${rows})`).join(', ');
}

function matching(name: string, texts: readonly { text: string }[]): string {
  return `{column: ${JSON.stringify(name)}, values: [${texts.map(({ text }) => JSON.stringify(text)).join(', ')}]}`;
}

function negativeAmounts(vendor: Vendor, sample: Sample, fields: readonly FieldProposal[]): Hint[] {
  const cells = columnsOfKinds(vendor.columns, fields, sample, ['amount']).flatMap(({ cells }) => cells);
  const negative = cells.filter(({ text }) => /^\W*-|^\(.*\)$|\d-$/.test(text) && /\d/.test(text));
  const [first] = negative;
  if (first === undefined) return [];
  const { reverse, clear } = vendor.semantics;
  const ways = [
    ...(reverse.kind === 'supported' ? ['negative_amounts: reverse takes those sales back'] : []),
    ...(reverse.kind !== 'supported' && clear.kind === 'supported'
      ? ['negative_amounts: reverse with refund: clear empties those amounts']
      : []),
    'negative_amounts: send sends them as they are',
  ];
  const about = `${negative.length} of ${cells.length} amounts are negative, the first on line ${first.line}, and are refused until the profile says what they mean: ${ways.join(', ')}`;
  return [{ about }];
}

/** Columns that mostly hold cells of another kind, and times that need a zone that nobody has named. */
export function misfitHints(
  columns: readonly Column[],
  sample: Sample,
  fields: readonly FieldProposal[],
  style: FieldStyle,
  timezone: string | undefined,
): Hint[] {
  const all = columnsOfKinds(columns, fields, sample);
  const misfits = all.flatMap(({ column, cells }): Hint[] => {
    if (column.kind.is === 'secret') return [];
    const { fits, of, firstMisfit } = fitOf(column.kind, cells, style);
    if (firstMisfit === undefined || fits >= FITTING_SHARE * of) return [];
    const { line, problem } = firstMisfit;
    const about = `${column.field}: ${of - fits} of ${of} cells cannot be read, the first on line ${line}: ${problem.message}`;
    return [{ about }];
  });
  const zoneless = all.flatMap(({ column, cells }): Hint[] => {
    if (timezone !== undefined) return [];
    const needing = cells.filter(({ text }) => {
      const read = readField(column.kind, text, 0, style);
      return !read.ok && read.error.code === 'time_needs_zone';
    });
    if (needing.length === 0) return [];
    const what = column.kind.is === 'instant' ? 'no offset from UTC' : 'an offset from UTC';
    const about = `${column.field}: ${needing.length} of ${cells.length} times have ${what} and are refused until the zone is named, which the file does not say: --timezone ZONE here, or in the profile`;
    return [{ about, lines: ['timezone: America/New_York'] }];
  });
  return [...misfits, ...zoneless];
}

function columnsOfKinds(
  columns: readonly Column[],
  fields: readonly FieldProposal[],
  sample: Sample,
  kinds?: readonly string[],
): { column: Column; cells: readonly Cell[] }[] {
  return columns
    .filter(({ kind }) => kinds?.includes(kind.is) ?? true)
    .flatMap((column) => {
      const header = fields.find(({ field }) => field === column.field)?.column;
      const index = sample.header.findIndex((name) => name.trim() === header);
      return header === undefined || index < 0 ? [] : [{ column, cells: cellsOf(sample, index) }];
    });
}
