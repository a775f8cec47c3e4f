import type { PulledScope, Span } from '../core/breaks.js';
import { scopeName, type Period, type Scope, type TransactionReport } from '../core/transactions.js';
import { appends, type ReportFields, type Vendor } from '../core/vendor.js';
import { readInstant } from '../sales/read-time.js';
import { dayStart, nextDay } from '../sales/time.js';
import { csvSource } from '../io/csv/reader.js';
import { instantOf } from '../reconcile/keys.js';
import { gapInPulled } from '../reconcile/pulled-days.js';
import type { Against } from '../reconcile/match.js';
import { problemsOf, throwProblems, UsageError } from './console.js';
import { pathOf, type Host } from './host.js';
import { commandOf, ledgerWords } from './next-command.js';
import { dayProblems, optionsText, reportOf, scopeProblems, scopesNamed } from './options.js';
import { outClashes } from './places.js';
import type { FromProfile } from './profile.js';
import { readingProblems } from './push-options.js';
import type { Setting } from '../io/setting.js';
import { SETTINGS, type OptionsOf } from './settings.js';

/** Options of `reconcile`, with what a profile adds to them. */
export type ReconcileOptions = OptionsOf<'reconcile'> & FromProfile;

/** Options that contradict each other or the vendor, all of them at once. */
export function checkReconcileOptions(
  host: Host,
  file: string,
  options: ReconcileOptions,
  vendor: Vendor,
): void {
  const { against, key, amount, from, to } = options;
  const isExport = against !== undefined;
  const { exportDecimal, exportEncoding, exportQuotes, exportHeaderRow, exportMade, exportRef } = options;
  const ofExport = [key, amount, exportDecimal, exportEncoding, exportQuotes, exportHeaderRow];
  ofExport.push(exportMade, exportRef);
  const hasDays = from !== undefined && to !== undefined;
  const report = vendor.report === undefined ? undefined : reportOf(vendor.report.source);
  const named = report === undefined ? [] : scopesNamed(options, report);
  const asksBooks = !isExport && options.fromLedger !== true;
  throwProblems([
    ...outClashes(host, { name: '--out', path: options.out && pathOf(host, options.out) }, options, [
      file,
      against,
    ]),
    ...problemsOf({
      '--against and --from-ledger exclude each other': isExport && options.fromLedger === true,
      '--against reads its file twice, so it cannot be standard input': against === '-',
      '--against goes with --key and --amount, the columns of the export':
        isExport && (key === undefined || amount === undefined),
      [`--export-made TIME says when the export was made, such as 2026-11-20T14:05-05:00: ${vendor.title} adds a record with every request, and what was sent after it is not missing in it`]:
        isExport && exportMade === undefined && appends(vendor),
      '--key, --amount and --export-… go with --against':
        !isExport && ofExport.some((given) => given !== undefined),
    }),
    ...dayProblems(options),
    ...(report === undefined ? [] : scopeProblems(options, report)),
    ...problemsOf({
      '--from and --to do not go with --against: all of an export counts': hasDays && isExport,
      '--from and --to need --timezone, which says where the days begin':
        hasDays && options.timezone === undefined,
      [`${optionsText(report?.scopes ?? [])} exclude each other`]: named.length > 1,
      [`${optionsText(report?.scopes ?? [])} go with what was pulled`]: !asksBooks && named.length > 0,
      [`${vendor.title} has no report that revsync pulls; use --against EXPORT.csv --key HEADER --amount HEADER, or --from-ledger`]:
        asksBooks && vendor.report === undefined,
    }),
    ...readingProblems(options, vendor),
  ]);
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
  now: number,
): Against {
  const { against, key = [], amount = '', from, to } = options;
  if (against !== undefined) {
    const { exportEncoding: encoding, exportQuotes: quotes, exportHeaderRow: headerRow } = options;
    const source = csvSource(against, host, { encoding, quotes, headerRow, prefix: '--export-' });
    const { exportDecimal: decimal, exportRef: ref } = options;
    return { kind: 'export', source, key, amount, decimal, ref, madeAt: madeAt(options, now) };
  }
  const span = spanOf(options);
  if (options.fromLedger === true || report === undefined) return { kind: 'ledger', span };
  const days = from === undefined || to === undefined ? undefined : { from, to };
  const scope = scopeOf(host, options, report, pulled, days);
  const { corrections } = reportOf(report.source);
  return { kind: 'pulled', report, corrections, scope, toleranceMs: options.tolerance * 1000, span };
}

/** When the export was made, in epoch milliseconds; undefined where that is not said. */
function madeAt({ exportMade, timezone, dateFormat }: ReconcileOptions, now: number): number | undefined {
  if (exportMade === undefined) return undefined;
  const read = readInstant(exportMade, { timezone, dateOrder: dateFormat, now });
  if (!read.ok) throw new UsageError(`--export-made: ${read.error.message}`);
  const at = instantOf(read.value);
  if (at === undefined || at <= now) return at;
  throw new UsageError(
    `--export-made: ${JSON.stringify(exportMade)} is in the future; say when the vendor made the export, by a clock that is right`,
  );
}

/** The pull of what is asked for, or of some part of the account where it has parts. */
function pullCommand(
  host: Host,
  { account, baseUrl, ledger, envFile, timezone, from, to }: ReconcileOptions,
  { vendor: source, scopes }: TransactionReport,
  wanted: Scope | undefined,
): string {
  const says = { account, baseUrl, envFile, timezone, from, to };
  const flags = Object.entries(says).flatMap(([name, value = '']) => {
    const setting: Setting = SETTINGS[name as keyof typeof says];
    const [flag = ''] = (setting.flag ?? '').split(' ');
    return value === '' || value === setting.default ? [] : [flag, value];
  });
  const { option } = scopes.find(({ kind }) => kind === wanted?.kind) ?? scopes[0] ?? {};
  const scope = option === undefined ? [] : [`--${option}`, wanted?.id ?? 'ID'];
  return commandOf(host, ['pull', source, ...scope, ...flags, ...ledgerWords(ledger, host.env, host)]);
}

function scopeOf(
  host: Host,
  options: ReconcileOptions,
  { source }: ReportFields,
  pulled: readonly PulledScope[],
  days: Period | undefined,
): PulledScope {
  const report = reportOf(source);
  const [wanted] = scopesNamed(options, report);
  const found =
    wanted === undefined ? pulled : pulled.filter(({ kind, id }) => kind === wanted.kind && id === wanted.id);
  const [scope] = found;
  if (found.length > 1) {
    const names = found.map(scopeName).join(', ');
    throw new UsageError(
      `several were pulled: ${names}; name one with ${optionsText(report.scopes).replace(' and ', ' or ')}`,
    );
  }
  if (scope === undefined) {
    const what = wanted === undefined ? 'nothing' : `nothing of ${scopeName(wanted)}`;
    throw new UsageError(
      `${what} was pulled with this ledger, account and address; first: ${pullCommand(host, options, report, wanted)}`,
    );
  }
  const zone = report.windows.of === 'moments' ? options.timezone : undefined;
  const gap = gapInPulled(scope, days, zone);
  if (gap === undefined) return scope;
  throw new UsageError(`${scopeName(scope)}: ${gap}; pull it first`);
}

/**
 * Up to when it is certain that the vendor's books were seen, in epoch milliseconds: what was accepted later is no
 * break. Where sending again is harmless, all that was accepted by now may be sent again.
 */
export function seenAt(against: Against, vendor: Vendor, now: number): number {
  switch (against.kind) {
    case 'pulled':
      return appends(vendor) ? (against.scope.polledAt ?? now) : now;
    case 'export':
      return against.madeAt ?? now;
    case 'ledger':
      return now;
  }
}
