import { AMOUNT_DECIMALS } from '../core/amount.js';
import type { LastPush } from '../core/earlier-pushes.js';
import type { Source } from '../core/ports.js';
import { err, ok } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import { secondText } from '../core/text.js';
import type { Column, ColumnKind, Vendor } from '../core/vendor.js';
import { normalized } from '../sales/columns.js';
import { readField } from '../sales/fields.js';
import type { MapOptions } from '../sales/read-row.js';
import type { RefusedFile, StageJob } from '../push/stage.js';
import { joinedKey, type KeyPart } from './keys.js';

/** In front of what stands for the key of a record that has none to be read. */
const UNREADABLE = '\u001e';

const AMOUNT = 'amount';
/** The field of an export's row that has the vendor's reference. */
export const REF = 'vendor_ref';

/** A file of another system, such as the export of a billing report, and what was said of it. */
export interface ExportFile {
  readonly source: Source;
  /** The names of `--key`. */
  readonly key: readonly string[];
  /** The header of the amounts. */
  readonly amount: string;
  /** The header of the vendor's references; where it is not named, one that the vendor is known to write. */
  readonly ref: string | undefined;
  /** When the vendor made it, in epoch milliseconds; undefined where nobody said so. */
  readonly madeAt: number | undefined;
  /** The decimal mark, where it is not that of the sales file. */
  readonly decimal: '.' | ',' | undefined;
}

/** The staging of an export: its key and amount are read as those of a sales file are. Reads as far as its header. */
export async function exportJob(
  { source, amount, decimal, ref }: ExportFile,
  parts: readonly KeyPart[],
  { vendor, map, skipTotalRow }: StageJob,
  signal: AbortSignal,
): Promise<StageJob> {
  const header = await headerOf(source, signal);
  const chosen = new Map([[AMOUNT, amount]]);
  for (const { named, column } of parts) {
    const found = header.find((name) => normalized(name) === normalized(named));
    if (column !== undefined && found !== undefined) chosen.set(column.field, found);
  }
  const known = vendor.refNames?.map(normalized) ?? [];
  const refs = ref ?? header.find((name) => known.includes(normalized(name)));
  if (refs !== undefined) chosen.set(REF, refs);
  return {
    vendor: exportReader(parts, vendor, map),
    sources: [source],
    columns: { columns: chosen, constants: new Map(), onlyNamed: true },
    skipTotalRow,
    map: {
      ...map,
      blankAmount: 'omit',
      round: undefined,
      negativeAmounts: 'send',
      zero: 'amount',
      style: {
        ...map.style,
        amounts: { ...map.style.amounts, decimal: decimal ?? map.style.amounts.decimal, accounting: true },
      },
      reversalValues: new Set(),
      only: undefined,
      mayBeEmpty: true,
      constants: new Map(),
      values: new Map(),
      waived: parts.map(({ named, column }) => column?.field ?? named),
      needsRowSecret: false,
    },
  };
}

/** None where the file has none that can be read. */
async function headerOf(source: Source, signal: AbortSignal): Promise<readonly string[]> {
  for await (const item of source.read(signal)) return item.kind === 'header' ? item.cells : [];
  return [];
}

/** What a message of staging an export says of options that are for the sales file. */
export function forExport({ input, problems }: RefusedFile): RefusedFile {
  const said = (message: string): string =>
    message
      .replace(/(name it|choose one) with --column amount="HEADER"/, 'name it with --amount HEADER')
      .replace(/(name it|choose one) with --column vendor_ref="HEADER"/, 'name it with --export-ref HEADER')
      .replace(/(name it|choose one) with --column \S+="HEADER"/, 'name it with --key HEADER');
  return { input, problems: problems.map((problem) => ({ ...problem, message: said(problem.message) })) };
}

/** The export as refused where something was sent after it was made, which is not missing in it. */
export function isBehind(
  against: { readonly kind: string } & Partial<ExportFile>,
  { run, at, open }: LastPush,
): RefusedFile[] {
  const { source, madeAt } = against;
  if (source === undefined || madeAt === undefined) return [];
  const refused = (message: string): RefusedFile[] => [{ input: source.name, problems: [{ message }] }];
  if (open !== undefined)
    return refused(
      `run-${open} has not ended, and what it sends is not in the export; wait for its end (if it died, push its file again), then export again`,
    );
  if (at === undefined || at <= madeAt) return [];
  return refused(
    `was made ${secondText(madeAt)}, before the last push: run-${run} sent rows until ${secondText(at)}, which it cannot show; export again, and reconcile with that`,
  );
}

/** An export in which nothing is about any sale, as refused. */
export function foundNothing(
  { source, key }: ExportFile,
  { title }: Vendor,
  [sales]: readonly { readonly input: string }[],
  { sale, held }: { readonly sale: string; readonly held: string | undefined },
): RefusedFile {
  const file = sales?.input ?? 'the sales file';
  const begins =
    held === undefined ? 'has no rows' : `begins with ${JSON.stringify(held.replace(UNREADABLE, ''))}`;
  const message =
    `nothing in it is about a row of ${file}, by --key ${key.join(',')}: it ${begins}, and ${file} with ${JSON.stringify(sale)}. ` +
    `${title} adds a record with every request, so that is not taken for books that hold nothing: see that these are the ` +
    'columns of the key, each in its place, that the times are in the zone and as fine as those of the sales file, and that ' +
    `the export is whole and of the same account and days. Where ${title} really holds none of them, push ${file} itself`;
  return { input: source.name, problems: [{ message }] };
}

/** A vendor whose rows are those of the export; nothing is ever sent to it. */
function exportReader(parts: readonly KeyPart[], vendor: Vendor, { style }: MapOptions): Vendor {
  const columns = parts.map(({ named, column }): Column => ({
    field: column?.field ?? named,
    kind: textual(column?.kind),
    required: true,
    about: 'part of the key',
    names: column?.names ?? [],
  }));
  return {
    ...vendor,
    columns: [
      ...columns,
      { field: REF, kind: { is: 'text' }, about: "the vendor's reference", names: [] },
      { field: AMOUNT, kind: { is: 'amount' }, required: true, about: 'the amount', names: [] },
    ],
    semantics: { ...vendor.semantics, noAmount: { kind: 'supported', assumed: 'nothing is sent' } },
    limits: { ...vendor.limits, decimals: AMOUNT_DECIMALS, negativeAmounts: 'documented' },
    prepare(_action, { fields }) {
      const problems: RowProblem[] = [];
      let readable = true;
      const texts = parts.map(({ named, column }) => {
        const field = column?.field ?? named;
        const text = fields[field];
        if (text === undefined) {
          readable = false;
          return '';
        }
        const read = readField(column?.kind ?? { is: 'text' }, text, AMOUNT_DECIMALS, style);
        if (read.ok) return read.value;
        // A caller such as Anonymous is no sale's; what is damaged could be one's.
        if (read.error.code === 'not_a_phone') readable = false;
        else problems.push({ field, ...read.error });
        return text;
      });
      if (problems.length > 0) return err(problems);
      const key = readable ? joinedKey(texts) : `${UNREADABLE}${joinedKey(texts)}`;
      return ok({
        key,
        content: '',
        request: { method: 'POST', path: '', headers: {}, body: { kind: 'form', fields: {} } },
      });
    },
  };
}

/** Kinds that `prepare` reads, so that a key that is none costs the row its key and not its amount. */
function textual(kind: ColumnKind | undefined): ColumnKind {
  return kind?.is === 'id' ? kind : { is: 'text' };
}
