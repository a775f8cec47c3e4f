import { type Amount, parseAmount } from '../core/amount.js';
import { isOwnColumn, undefused } from '../core/text.js';
import type { FileProblem, SourceRecord } from '../core/ports.js';
import type { SingleItem, ReportedRow } from '../core/reported.js';
import { type Result, err, ok } from '../core/result.js';
import { ACTIONS, type Action, isStatus } from '../core/status.js';
import { csvSource, type SourcePlace } from './csv/reader.js';
import { RESULT_COLUMNS } from '../core/row.js';

type ResultColumn = (typeof RESULT_COLUMNS)[number];

/** Where a results file keeps the source's own columns and those of revsync. */
interface Layout {
  readonly own: readonly number[];
  readonly at: Readonly<Record<ResultColumn, number>>;
  readonly width: number;
}

const ACTION_WORDS: ReadonlySet<string> = new Set<Action>(ACTIONS);
const DECIMALS = 4;

/**
 * The rows of a results CSV (`-` is standard input), as they were written: every amount, status and line is read
 * exactly or the file is refused.
 */
export async function* readResults(
  name: string,
  place: SourcePlace,
  signal: AbortSignal,
  vendor: { readonly vendor: string | undefined; readonly account: string | undefined },
): AsyncGenerator<SingleItem> {
  let layout: Layout | undefined;
  const source = csvSource(name, place, { quotes: 'doubled' });
  const refused = (...problems: readonly FileProblem[]): SingleItem => ({
    kind: 'refused',
    input: source.name,
    problems,
  });
  for await (const item of source.read(signal)) {
    switch (item.kind) {
      case 'refused':
        yield refused(...item.problems);
        return;
      case 'header': {
        const found = layoutOf(item.cells);
        if (!found.ok) {
          yield refused({ line: item.line, message: found.error });
          return;
        }
        layout = found.value;
        const header = layout.own.map((index) => undefused(item.cells[index] ?? '').trim());
        yield { kind: 'table', table: { input: name, header, ...vendor } };
        break;
      }
      case 'records': {
        if (layout === undefined) throw new Error('records before a header');
        const rows: ReportedRow[] = [];
        for (const record of item.records) {
          const row = rowOf(record, layout);
          if (!row.ok) {
            yield refused({ line: record.line, message: row.error });
            return;
          }
          rows.push(row.value);
        }
        yield { kind: 'rows', rows };
        break;
      }
      case 'end':
        if (layout === undefined) yield refused({ message: 'is empty; name a results file of a push' });
    }
  }
}

const REMEDY =
  'a report is about what became of the rows: name the results file of a push (sales.results.csv), or write one ' +
  'that sends nothing with revsync push FILE --dry-run --out FILE';

const ANEW = 'write the results anew with revsync results RUN --out FILE';

function layoutOf(header: readonly string[]): Result<Layout, string> {
  const names = header.map((name) => name.trim());
  const missing = RESULT_COLUMNS.filter((column) => !names.includes(column));
  if (missing.length === RESULT_COLUMNS.length) {
    return err(
      names.includes('revsync_break')
        ? `is a breaks CSV, which says how rows and the vendor's books compare; ${REMEDY}`
        : `has none of the columns that revsync writes (revsync_status, revsync_amount, …); ${REMEDY}`,
    );
  }
  if (missing.length > 0) {
    return err(`lacks the columns ${missing.join(', ')}; ${ANEW}`);
  }
  const twice = RESULT_COLUMNS.filter((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (twice.length > 0) return err(`has two columns ${twice.join(', ')}; remove one`);
  const at = Object.fromEntries(
    RESULT_COLUMNS.map((column) => [column, names.indexOf(column)]),
  ) as unknown as Layout['at'];
  const own = names.flatMap((name, index) => (isOwnColumn(name) ? [] : [index]));
  return ok({ own, at, width: names.length });
}

function rowOf({ cells }: SourceRecord, { own, at, width }: Layout): Result<ReportedRow, string> {
  if (cells.length !== width) {
    return err(`the row has ${cells.length} cells and the header ${width}; ${ANEW}`);
  }
  const cell = (column: ResultColumn): string => (cells[at[column]] ?? '').trim();
  const text = (column: ResultColumn): string | undefined => undefused(cell(column)) || undefined;
  const status = cell('revsync_status');
  const action = cell('revsync_action');
  const problem = (column: ResultColumn, wanted: string): Result<never, string> =>
    err(`${column}: ${JSON.stringify(cell(column))} is not ${wanted}; ${ANEW}`);
  if (!isStatus(status)) return problem('revsync_status', 'a status');
  if (action !== '' && !ACTION_WORDS.has(action)) return problem('revsync_action', 'an action');
  const amount = amountOf(cell('revsync_amount'));
  if (!amount.ok) return problem('revsync_amount', 'an amount like 1250.50');
  const previous = amountOf(cell('revsync_previous_amount'));
  if (!previous.ok) return problem('revsync_previous_amount', 'an amount like 1250.50');
  const line = Number(/^\d{1,15}$/.exec(cell('revsync_line'))?.[0] ?? NaN);
  if (Number.isNaN(line)) return problem('revsync_line', 'a line number');
  const sent = cell('revsync_sent_at');
  const sentAt = sent === '' ? undefined : Date.parse(sent);
  if (Number.isNaN(sentAt)) return problem('revsync_sent_at', 'a time like 2026-11-20T14:05:00.000Z');
  const run = /^run-(\d{1,15})$/.exec(cell('revsync_run'))?.[1];
  return ok({
    line,
    cells: own.map((index) => undefused(cells[index] ?? '')),
    run: run === undefined ? undefined : Number(run),
    key: text('revsync_key'),
    action: action === '' ? undefined : (action as Action),
    status,
    amount: amount.value,
    previousAmount: previous.value,
    code: text('revsync_error_code'),
    message: text('revsync_error'),
    sentAt,
  });
}

function amountOf(text: string): Result<Amount | undefined, undefined> {
  if (text === '') return ok(undefined);
  const parsed = parseAmount(text, { decimals: DECIMALS });
  return parsed.ok ? ok(parsed.value.amount) : err(undefined);
}
