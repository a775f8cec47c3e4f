import { plural } from '../../core/text.js';
import type { FileProblem } from '../../core/ports.js';
import type { Vendor } from '../../core/vendor.js';
import type { Confidence, Proposal } from '../../init/proposal.js';
import { profileContent, type ProfileEntry } from '../../init/profile-entries.js';
import { type Paint, plain } from '../console.js';
import type { FileSample, Trial } from '../init-trial.js';
import type { InitOutput } from '../outputs.js';
import { fileProblems, problem } from '../problems.js';
import { VERSION } from '../version.js';
import { problemLine, refusalLines, requestLines } from './push.js';

/** What became of a file, as far as it came. */
export interface InitReport {
  readonly vendor: Vendor;
  readonly file: string;
  readonly path: string;
  readonly name: string;
  readonly sample?: FileSample;
  readonly proposal?: Proposal;
  readonly entries?: readonly ProfileEntry[];
  /** Whether the profile is in the file. */
  readonly written?: true;
  /** Absent where nothing could be planned. */
  readonly trial?: Trial;
  /** Why the file itself is refused. */
  readonly refused?: readonly FileProblem[] | undefined;
}

/** Everything a person needs to judge the proposal. */
export function initText(report: InitReport, paint: Paint): string {
  const { file, sample, proposal, trial, refused = [] } = report;
  return [
    ...(sample === undefined || proposal === undefined ? [] : proposalLines(report, sample, proposal, paint)),
    ...(trial === undefined ? [] : trialLines(trial, paint)),
    ...(proposal?.problems ?? []).map((problem) =>
      paint.red(plain(`${file}:${sample?.line ?? 1}: ${problem}`)),
    ),
    ...refusalLines([{ input: file, problems: refused }], paint),
  ].join('\n');
}

const COLORS: Readonly<Record<Confidence, keyof Paint>> = {
  chosen: 'green',
  certain: 'green',
  likely: 'green',
  possible: 'yellow',
  none: 'red',
};

function proposalLines(
  { vendor, file, path, name, entries = [] }: InitReport,
  { header, line, records, whole }: FileSample,
  { fields, hints }: Proposal,
  paint: Paint,
): string[] {
  const shown = fields
    .filter(({ column, constant, required }) => (column ?? constant) !== undefined || required)
    .map(({ column, constant, ...field }) => {
      const always = constant === undefined ? '-' : `always ${constant}`;
      return { ...field, holds: column === undefined ? always : plain(JSON.stringify(column)) };
    });
  const width = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length), 0);
  const fieldWidth = width(shown.map(({ field }) => field));
  const holdsWidth = width(shown.map(({ holds }) => holds));
  const others = entries.filter(({ entry }) => entry.length === 1);
  const rows = plural(records.length, 'row');
  const looked = whole ? `the file has ${rows}` : `the first ${rows} were looked at`;
  return [
    paint.bold(plain(`profile ${name} of ${path}: ${file} to ${vendor.title}`)),
    `the header is on line ${line} and has ${header.length} columns; ${looked}`,
    ...shown.map(({ field, holds, confidence, reason }) => {
      const start = `  ${field.padEnd(fieldWidth)}  ${holds.padEnd(holdsWidth)}  `;
      return `${start}${paint[COLORS[confidence]](confidence.padEnd(8))}  ${plain(reason)}`;
    }),
    ...others.map(({ entry: [key = ''], value, text }) =>
      plain(`  ${key}: ${JSON.stringify(value)} (${text})`),
    ),
    ...hints.flatMap(({ about, lines = [] }) => [
      paint.yellow(plain(`look: ${about}`)),
      ...lines.map((text) => plain(`    ${text}`)),
    ]),
  ];
}

function trialLines({ previews, planned, problems, bad }: Trial, paint: Paint): string[] {
  const others = bad === 0 ? '' : ` and ${bad} could not be`;
  return [
    ...requestLines(previews),
    `of the rows that were looked at, ${planned} would be sent${others}; nothing was sent`,
    ...problems.map((row) => paint.yellow(plain(problemLine(row)))),
  ];
}

/** The one object that `--json` prints. */
export function initJson(report: InitReport, exitCode: number, closing: readonly string[]): InitOutput {
  const { vendor, file, path, name, sample, proposal, entries, trial, written, refused = [] } = report;
  return {
    revsync: VERSION,
    command: 'init',
    vendor: vendor.id,
    file,
    config: path,
    profile: name,
    written: written === true,
    exit_code: exitCode,
    header_row: sample?.line ?? null,
    rows: sample?.records.length ?? 0,
    fields: (proposal?.fields ?? []).map(
      ({ field, required, column, constant, confidence, reason, candidates }) => ({
        field,
        required,
        column: column ?? null,
        constant: constant ?? null,
        confidence,
        reason,
        candidates,
      }),
    ),
    settings: (entries ?? []).flatMap(({ entry: [key = '', ...inside], value, text }) =>
      inside.length > 0 ? [] : [{ key, value, reason: text }],
    ),
    hints: (proposal?.hints ?? []).map(({ about, lines = [] }) => ({ about, lines })),
    problems: [
      ...(proposal?.problems ?? []).map((message) =>
        problem('file_refused', message, { file, line: sample?.line }),
      ),
      ...fileProblems(file, refused),
      ...(exitCode === 0 ? [] : closing.map((message) => problem('nothing_written', message))),
    ],
    content: entries === undefined ? null : profileContent(vendor, entries),
    requests: (trial?.previews ?? []).map(({ row: { line, action }, ...request }) => ({
      line,
      action,
      ...request,
    })),
  };
}
