import { existsSync, statSync } from 'node:fs';
import type { PulledScope, Span } from '../core/breaks.js';
import { scopeName, type Period } from '../core/transactions.js';
import type { ReportFields, Vendor } from '../core/vendor.js';
import { dayStart, nextDay } from '../sales/time.js';
import { csvSource } from '../io/csv/reader.js';
import { gapInPulled } from '../reconcile/pulled-days.js';
import type { Against } from '../reconcile/match.js';
import { UsageError } from './console.js';
import { noLedger } from './existing-ledger.js';
import { pathOf, type Host } from './host.js';
import { dayProblems, scopesNamed } from './options.js';
import type { FromProfile } from './profile.js';
import { readingProblems } from './reading-options.js';
import type { OptionsOf } from './settings.js';

/** Options of `reconcile`, with what a profile adds to them. */
export type ReconcileOptions = OptionsOf<'reconcile'> & FromProfile;

/** Options that contradict each other or the vendor, all of them at once. */
export function checkReconcileOptions(
  host: Host,
  file: string,
  options: ReconcileOptions,
  vendor: Vendor,
): void {
  const resolve = (path: string): string => pathOf(host, path);
  const { against, out, from, to } = options;
  const problems: string[] = [];
  const inputs = [file, against].flatMap((path) => (path === undefined || path === '-' ? [] : resolve(path)));
  if (out !== undefined && out !== '-' && inputs.includes(resolve(out)))
    problems.push('--out would overwrite an input; name another file');
  if (against !== undefined && options.fromLedger === true)
    problems.push('--against and --from-ledger exclude each other');
  if (against === '-') problems.push('--against reads its file twice, so it cannot be standard input');
  if (against !== undefined && (options.key === undefined || options.amount === undefined))
    problems.push('--against goes with --key and --amount, the columns of the export');
  const ofExport = [options.key, options.amount, options.exportDecimal, options.exportEncoding];
  if (against === undefined && [...ofExport, options.exportHeaderRow].some((given) => given !== undefined))
    problems.push('--key, --amount and --export-… go with --against');
  problems.push(...dayProblems(options));
  if (from !== undefined && to !== undefined) {
    if (against !== undefined)
      problems.push('--from and --to do not go with --against: all of an export counts');
    if (options.timezone === undefined)
      problems.push('--from and --to need --timezone, which says where the days begin');
  }
  if (scopesNamed(options).length > 1)
    problems.push('--network, --advertiser and --affiliate exclude each other');
  const asksBooks = against === undefined && options.fromLedger !== true;
  if (!asksBooks && scopesNamed(options).length > 0)
    problems.push('--network, --advertiser and --affiliate go with what was pulled');
  if (asksBooks && vendor.report === undefined) {
    problems.push(
      `${vendor.title} has no report that revsync pulls; use --against EXPORT.csv --key HEADER --amount HEADER, or --from-ledger`,
    );
  }
  problems.push(...readingProblems(options, vendor));
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

/** From the first moment of `--from` to the last of `--to`. */
function spanOf({ from, to, timezone }: ReconcileOptions): Span {
  if (from === undefined || to === undefined || timezone === undefined) return {};
  return { from: dayStart(from, timezone), until: dayStart(nextDay(to), timezone) };
}

/** What the sales are compared with. `pulled` are the account's scopes. */
export function againstOf(
  host: Host,
  options: ReconcileOptions,
  report: ReportFields | undefined,
  pulled: readonly PulledScope[],
): Against {
  const { against, key = [], amount = '', from, to } = options;
  if (against !== undefined) {
    const { exportEncoding: encoding, exportHeaderRow: headerRow, exportDecimal: decimal } = options;
    const source = csvSource(against, host, { encoding, headerRow });
    return { kind: 'export', source, key, amount, decimal };
  }
  const span = spanOf(options);
  if (options.fromLedger === true || report === undefined) return { kind: 'ledger', span };
  const days = from === undefined || to === undefined ? undefined : { from, to };
  const scope = scopeOf(options, report, pulled, days);
  return { kind: 'pulled', report, scope, toleranceMs: options.tolerance * 1000, span };
}

function scopeOf(
  options: ReconcileOptions,
  { source }: ReportFields,
  pulled: readonly PulledScope[],
  days: Period | undefined,
): PulledScope {
  const [wanted] = scopesNamed(options);
  const found =
    wanted === undefined ? pulled : pulled.filter(({ kind, id }) => kind === wanted.kind && id === wanted.id);
  const [scope] = found;
  if (found.length > 1) {
    const names = found.map(scopeName).join(', ');
    throw new UsageError(
      `several were pulled: ${names}; name one with --network, --advertiser or --affiliate`,
    );
  }
  if (scope === undefined) {
    const what = wanted === undefined ? 'nothing' : `nothing of ${scopeName(wanted)}`;
    throw new UsageError(
      `${what} was pulled with this ledger, account and address; first: revsync pull ${source} --network ID`,
    );
  }
  const gap = gapInPulled(scope, days);
  if (gap === undefined) return scope;
  throw new UsageError(`${scopeName(scope)}: ${gap}; pull it first`);
}

/**
 * Up to when it is certain that the vendor's books were seen, in epoch milliseconds: what was accepted later is no
 * break. Where sending again is harmless, all that was accepted by now may be sent again.
 */
export function seenAt(against: Against, { semantics }: Vendor, now: number): number {
  if (semantics.repeat.kind !== 'appends') return now;
  switch (against.kind) {
    case 'pulled':
      return against.scope.polledAt ?? now;
    case 'export':
      return Math.min(
        now,
        Math.floor(statSync(against.source.path, { throwIfNoEntry: false })?.mtimeMs ?? now),
      );
    case 'ledger':
      return now;
  }
}

/** Books that are not there would pass for empty ones. */
export function requireLedger(path: string, { against }: ReconcileOptions): void {
  if (against === undefined && !existsSync(path)) throw noLedger(path);
}
