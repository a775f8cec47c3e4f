import { AMOUNT_DECIMALS } from '../core/amount.js';
import type { Source } from '../core/ports.js';
import { err, ok, type Result } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import type { Column, ColumnKind, Vendor } from '../core/vendor.js';
import { isKnownAs, normalized, type ColumnMap } from '../sales/columns.js';
import { readField } from '../sales/fields.js';
import type { MapOptions } from '../sales/read-row.js';
import type { StagedFile, StageJob } from '../push/stage.js';
import type { Identify } from './keys.js';

/** A part of the key that rows of the sales file and of the export share. */
export interface KeyPart {
  /** The header of the export, as the user named it. */
  readonly named: string;
  /** The field or header that it is in the sales file. */
  readonly inSales: string;
  /** The vendor's field that it is, with what people call it. */
  readonly column: Column | undefined;
}

/** In front of what stands for the key of a record that has none to be read. */
const UNREADABLE = '\u001e';

const AMOUNT = 'amount';

/**
 * Which fields or headers the names of `--key` are: a header that the sales file has for a field, a name under
 * which people keep one, or any other header of the sales file. `FIELD=HEADER` says it where the two differ.
 */
export function keyParts(
  names: readonly string[],
  vendor: Vendor,
  { cells, header }: ColumnMap,
  constants: ReadonlyMap<string, string>,
): Result<readonly KeyPart[], readonly string[]> {
  const problems: string[] = [];
  const fields = vendor.columns.filter(({ kind }) => !['amount', 'secret', 'named_texts'].includes(kind.is));
  const parts = names.map((text): KeyPart => {
    const [, inSales = text, named = text] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const at = header.findIndex((name) => normalized(name) === normalized(inSales));
    const mapped = fields.find(({ field }) => at >= 0 && cells.get(field) === at);
    const column = mapped ?? fields.find((column) => isKnownAs(inSales, column));
    const hasField = column !== undefined && (cells.has(column.field) || constants.has(column.field));
    if (!hasField && at < 0) {
      const headers = header.map((name) => JSON.stringify(name)).join(', ');
      problems.push(
        `--key ${text}: the sales file has no column ${JSON.stringify(inSales)}; the headers are ${headers}; ` +
          `write --key FIELD=HEADER where it has another name there than in the export`,
      );
    }
    return { named, inSales, column: hasField ? column : undefined };
  });
  return problems.length > 0 ? err(problems) : ok(parts);
}

/** By the parts of a key, as the vendor's column kinds read them. */
export function byParts(parts: readonly KeyPart[], files: readonly StagedFile[]): Identify {
  const headers = new Map(files.map(({ input, columns }) => [input, columns.header]));
  return ({ position, key, live, ...row }) => {
    const { fields } = row.sale;
    const texts = parts.map(({ inSales, column }) => {
      if (column !== undefined) return fields[column.field] ?? '';
      const at = headers.get(row.input)?.findIndex((name) => normalized(name) === normalized(inSales)) ?? -1;
      return (row.cells[at] ?? '').trim();
    });
    if (!texts.includes('')) return { position, key, live, slot: joined(texts) };
    const trouble = `the row has no ${parts[texts.indexOf('')]?.inSales ?? 'key'} to find it by`;
    return { position, key, live, trouble };
  };
}

export interface ExportFile {
  readonly source: Source;
  readonly header: readonly string[];
  /** The header of the amounts. */
  readonly amount: string;
  /** The decimal mark, where it is not that of the sales file. */
  readonly decimal: '.' | ',' | undefined;
}

/** The staging of an export: its key and amount are read as those of a sales file are. */
export function exportJob(
  { source, header, amount, decimal }: ExportFile,
  parts: readonly KeyPart[],
  vendor: Vendor,
  { map, skipTotalRow }: Pick<StageJob, 'map' | 'skipTotalRow'>,
): StageJob {
  const chosen = new Map([[AMOUNT, amount]]);
  for (const { named, column } of parts) {
    const found = header.find((name) => normalized(name) === normalized(named));
    if (column !== undefined && found !== undefined) chosen.set(column.field, found);
  }
  return {
    vendor: exportReader(parts, vendor, map),
    sources: [source],
    columns: { columns: chosen, constants: new Map() },
    skipTotalRow,
    map: {
      ...map,
      blankAmount: 'omit',
      round: undefined,
      negativeAmounts: 'send',
      style: {
        ...map.style,
        amounts: { ...map.style.amounts, decimal: decimal ?? map.style.amounts.decimal, accounting: true },
      },
      reversalValues: new Set(),
      only: undefined,
      constants: new Map(),
      values: new Map(),
      waived: parts.map(({ named, column }) => column?.field ?? named),
      needsRowSecret: false,
    },
  };
}

/** The header of a file, without reading on; undefined where it has none that can be read. */
export async function headerOf(source: Source, signal: AbortSignal): Promise<readonly string[]> {
  for await (const item of source.read(signal)) {
    if (item.kind === 'header') return item.cells;
    break;
  }
  return [];
}

/** What a message of staging an export says of options that are for the sales file. */
export function forExport(message: string): string {
  return message
    .replace(/(name it|choose one) with --column amount="HEADER"/, 'name it with --amount HEADER')
    .replace(/(name it|choose one) with --column \S+="HEADER"/, 'name it with --key HEADER');
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
      const key = readable ? joined(texts) : `${UNREADABLE}${joined(texts)}`;
      return ok({
        key,
        request: { method: 'POST', path: '', headers: {}, body: { kind: 'form', fields: {} } },
      });
    },
  };
}

/** Kinds that `prepare` reads, so that a key that is none costs the row its key and not its amount. */
function textual(kind: ColumnKind | undefined): ColumnKind {
  return kind?.is === 'id' ? kind : { is: 'text' };
}

function joined(texts: readonly string[]): string {
  return texts.map((text) => text.replaceAll('%', '%25').replaceAll('|', '%7C')).join('|');
}
