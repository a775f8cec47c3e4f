import type { VendorReport } from './harness.js';
import type { InstantReport } from './instant.js';
import { PHASES, pointNames, type Phase } from './points.js';

/** What the long form prints: outcomes per vendor, kills by phase, and kills by point. */
export function tables(reports: readonly VendorReport[]): string {
  const sum = ({ instants }: VendorReport, of: (report: InstantReport) => number): number =>
    instants.reduce((total, report) => total + of(report), 0);
  const kills = (report: VendorReport, phase?: Phase, name?: string): number =>
    sum(
      report,
      ({ deaths }) =>
        deaths.filter(
          (death) =>
            (phase === undefined || death.phase === phase) && (name === undefined || death.name === name),
        ).length,
    );
  const outcomes: readonly (readonly [string, (report: VendorReport) => number])[] = [
    ['instants', ({ instants }) => instants.length],
    ['kills', kills],
    ['killed twice or more', (report) => sum(report, ({ deaths }) => (deaths.length > 1 ? 1 : 0))],
    ['rows', (report) => sum(report, ({ rows }) => rows)],
    ['doubled', (report) => sum(report, ({ doubled }) => doubled)],
    ['lost', (report) => sum(report, ({ lost }) => lost)],
    ['unknown', (report) => sum(report, ({ unknown }) => unknown)],
    ['… in the books', (report) => sum(report, ({ unknownHeld }) => unknownHeld)],
    ['… not in the books', (report) => sum(report, ({ unknown, unknownHeld }) => unknown - unknownHeld)],
    ['failures', ({ failures }) => failures.length],
    ['ended before the kill', ({ survivors }) => survivors],
    ['seconds', ({ seconds }) => seconds],
  ];
  const ids = reports.map(({ vendor, command }) =>
    command === 'push' ? vendor.id : `${command} ${vendor.id}`,
  );
  const lines = (rows: readonly (readonly [string, (report: VendorReport) => number])[]): string[][] =>
    rows.map(([title, of]) => [title, ...reports.map((report) => String(of(report)))]);
  const points = pointNames().map(
    ({ phase, name }) => [`${phase}: ${name}`, (report: VendorReport) => kills(report, phase, name)] as const,
  );
  return [
    columns([['', ...ids], ...lines(outcomes)]),
    columns([
      ['kills by phase', ...ids],
      ...lines(PHASES.map((phase) => [phase, (report) => kills(report, phase)])),
    ]),
    columns([['kills by point', ...ids], ...lines(points)]),
  ].join('\n\n');
}

/** Text to the left in the first column, numbers to the right in the others. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
