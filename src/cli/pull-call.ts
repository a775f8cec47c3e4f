import { relative } from 'node:path';
import { originOf } from '../core/origin.js';
import { plural } from '../core/text.js';
import { scopeName, type PulledTransactions, type Transaction } from '../core/transactions.js';
import { askFor } from '../reconcile/ask-about-sale.js';
import type { PullStop } from '../reconcile/pull.js';
import type { PullJob } from '../reconcile/pull-job.js';
import { plain, type Console } from './console.js';
import { EXIT, exitCodeOfPull } from './exit-codes.js';
import type { Host } from './host.js';
import { ledgerPath } from './ledger-path.js';
import { environment } from './options.js';
import { openPullOutput, writePulled, type PullOutput } from './pull-output.js';
import { pullProblems, pullProgress } from './print/pull.js';
import { problem } from './problems.js';
import { reachReport } from './report-connection.js';
import type { OptionsOf } from './settings.js';
import { VERSION } from './version.js';

/** `revsync pull --call`: every row of one call, into a file or to standard output. The ledger is left as it is. */
export async function pullCall(
  host: Host,
  console: Console,
  call: string,
  { report, scope, zone, columns, budget, pageRows: limit }: PullJob,
  options: OptionsOf<'pull'>,
): Promise<number> {
  const started = Date.now();
  const env = environment(host, options);
  const connection = reachReport(host, console, report, env, options);
  const { account, out = '-' } = options;
  let output: PullOutput;
  try {
    output = openPullOutput(host, { ...options, out }, ledgerPath(options.ledger, { ...host, env }));
    const { emit, warnings } = pullProgress(console, options);
    const asking = { scope, zone, columns, limit };
    const ports = { ...connection, emit, interrupt: host.signal };
    const told = await askFor({ call }, { report, budget, asking }, ports);
    const rows = told.kind === 'rows' ? told.rows : [];
    const other = rows.find((row) => row.call !== call);
    for (const warning of told.kind === 'rows' ? told.warnings : []) emit({ kind: 'warning', warning });
    const stop =
      told.kind !== 'rows'
        ? stopOf(report.title, told)
        : other === undefined
          ? undefined
          : gaveUp(`${report.title} was asked for call ${call} and showed ${other.id} of call ${other.call}`);
    const file =
      stop === undefined ? await writePulled(inMemory(rows), output, { ...options, out }, zone, console) : {};
    const isFound = stop !== undefined || rows.length > 0;
    const exitCode = isFound ? exitCodeOfPull({ stop, warnings, ...file }) : EXIT.someRowsBad;
    const lines = [
      stop === undefined
        ? `${report.title} ${scopeName(scope)}: ${plural(rows.length, 'row')} of call ${call}`
        : stop.kind === 'interrupted'
          ? `interrupted (${stop.signal})`
          : stop.message,
      ...warnings.listed.map(({ id, message }) => `  ${id}: ${message}`),
      ...(file.out === undefined ? [] : [`transactions: ${relative(host.cwd, file.out)}`]),
      ...(file.failure === undefined ? [] : [file.failure]),
    ];
    const data = {
      ...{ revsync: VERSION, command: 'pull', vendor: report.vendor, account },
      ...{ origin: originOf(connection.baseUrl), scope: { kind: scope.kind, id: scope.id }, call },
      ...{ exit_code: exitCode, stopped: stop === undefined ? null : { code: stop.kind, message: lines[0] } },
      ...{ rows: rows.length, warnings: warnings.count, warned: warnings.listed },
      ...{ folded: file.folded ?? null, out: file.out ?? null },
      problems: isFound
        ? pullProblems({ stop, warnings, control: undefined, failure: file.failure }, report.title)
        : [problem('not_found', lines[0] ?? '')],
      errors: file.failure === undefined ? [] : [file.failure],
      ...{ started_at: new Date(started).toISOString(), ended_at: new Date().toISOString() },
    };
    return await console.conclude(exitCode, options, lines.map(plain).join('\n'), data);
  } finally {
    if (typeof output === 'object') output.discard();
    await connection.close();
  }
}

function stopOf(
  title: string,
  told: Exclude<Awaited<ReturnType<typeof askFor>>, { kind: 'rows' }>,
): PullStop {
  if (told.kind !== 'rejected') return told;
  return gaveUp(`${title} refused the request: ${told.message} (${told.code})`);
}

function gaveUp(message: string): PullStop {
  return { kind: 'gave_up', message };
}

/** Rows that no ledger keeps, to be written into a file. */
function inMemory(
  rows: readonly Transaction[],
): Pick<PulledTransactions, 'names' | 'rows' | 'callPages' | 'writtenOut'> {
  async function* page(): AsyncGenerator<readonly Transaction[]> {
    yield await Promise.resolve(rows);
  }
  return {
    names: () => Promise.resolve([...new Set(rows.flatMap(({ columns }) => Object.keys(columns)))]),
    rows: page,
    callPages: page,
    writtenOut: () => Promise.resolve(),
  };
}
