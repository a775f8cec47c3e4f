import { statSync } from 'node:fs';
import type { FileProblem, Source, SourceItem, SourceRecord } from '../core/ports.js';
import { err, ok, type Result } from '../core/result.js';
import type { Vendor } from '../core/vendor.js';
import { lineOfHeader } from '../init/header-row.js';
import type { Proposal } from '../init/proposal.js';
import { planRun } from '../push/run.js';
import type { Sample } from '../init/sample.js';
import { NO_HEADER } from '../push/stage.js';
import { systemClock } from '../io/clock.js';
import { textWith, type EntryComment } from '../io/config-add.js';
import { PROFILE, profileOf, type ProfileInput } from '../io/schema.js';
import { csvSource, type CsvFormat } from '../io/csv/reader.js';
import { DELIMITERS } from '../io/csv/dialect.js';
import type { ProblemRow } from '../core/ledger.js';
import { openForTrial } from '../io/open-ledger.js';
import type { Environment } from '../io/secrets.js';
import { UsageError } from './console.js';
import { previewRequests, type Preview } from './dry-run.js';
import { pathOf, type Host } from './host.js';
import { baseUrlOf } from './options.js';
import { optionsOf } from './profile.js';
import { checkOptions, jobOf, secretsFor, type PushOptions } from './push-options.js';

export interface FileSample extends Sample {
  readonly line: number;
  /** The line of the header where titles stand above it. */
  readonly headerRow?: number;
  /** Whether the file has no more records. */
  readonly whole: boolean;
}

const SAMPLE_RECORDS = 1000;

/** The header and the first records. Where titles stand above the header, it is looked for below them. */
export async function readSample(
  host: Host,
  file: string,
  format: CsvFormat,
  vendor: Vendor,
): Promise<Result<FileSample, FileProblem>> {
  const read = await readStart(csvSource(file, host, format));
  if (!read.ok) return read;
  const { header, ...sample } = read.value;
  const line = format.headerRow === undefined ? lineOfHeader(header, vendor.columns) : undefined;
  if (line === undefined) return ok({ ...sample, header: header.cells, line: header.line });
  // What cannot be read twice has no second start.
  if (file === '-' || !statSync(pathOf(host, file)).isFile()) {
    const message = `the header seems to stand here, below lines that are no part of the table; say so with --header-row ${line}`;
    return err({ line, message });
  }
  const again = await readStart(csvSource(file, host, { ...format, headerRow: line }));
  if (!again.ok) return again;
  return ok({
    ...again.value,
    header: again.value.header.cells,
    line: again.value.header.line,
    headerRow: line,
  });
}

type Header = Extract<SourceItem, { kind: 'header' }>;

async function readStart(
  source: Source,
): Promise<Result<{ header: Header; records: readonly SourceRecord[]; whole: boolean }, FileProblem>> {
  let header: Header | undefined;
  let whole = false;
  const records: SourceRecord[] = [];
  for await (const item of source.read(new AbortController().signal)) {
    if (item.kind === 'refused') return err(item.problem);
    if (item.kind === 'header') header = item;
    if (item.kind === 'records') records.push(...item.records);
    if (item.kind === 'end') whole = true;
    if (records.length >= SAMPLE_RECORDS) break;
  }
  if (header === undefined) return err(NO_HEADER);
  return ok({ header, records: records.slice(0, SAMPLE_RECORDS), whole });
}

/** Says so at once, before anybody is asked anything, where no profile of that name could be added. */
export function checkName({ cwd }: Host, path: string, name: string, vendor: Vendor): void {
  const text = textWith({ path, cwd }, name, { vendor: vendor.id });
  if (!text.ok) throw new UsageError(`${text.error}; nothing was written`);
}

/** A profile with a comment beside each of its entries that says why it is there. */
export function profileFrom(
  vendor: Vendor,
  { fields, settings }: Proposal,
  format: CsvFormat,
  headerRow: number | undefined,
): { profile: ProfileInput; comments: readonly EntryComment[] } {
  const own = fields.filter(({ field }) => vendor.columns.some((column) => column.field === field));
  const columns = own.flatMap(({ field, column }) =>
    column === undefined ? [] : [[field, column] as const],
  );
  const constants = own.flatMap(({ field, constant }) =>
    constant === undefined ? [] : [[field, constant] as const],
  );
  const mark = [...DELIMITERS].find(([, mark]) => mark === format.delimiter)?.[0];
  const line = format.headerRow ?? headerRow;
  const given = [
    ...(mark === undefined ? [] : [{ key: 'delimiter', value: mark, reason: 'as given' }]),
    ...(format.encoding === undefined
      ? []
      : [{ key: 'encoding', value: format.encoding, reason: 'as given' }]),
    ...(line === undefined
      ? []
      : [
          {
            key: 'header_row',
            value: line,
            reason: headerRow === undefined ? 'as given' : 'titles stand above it',
          },
        ]),
  ];
  const lines = [...settings, ...given];
  const profile = {
    vendor: vendor.id,
    ...(columns.length === 0 ? {} : { columns: Object.fromEntries(columns) }),
    ...(constants.length === 0 ? {} : { constants: Object.fromEntries(constants) }),
    ...Object.fromEntries(lines.map(({ key, value }) => [key, value])),
  } as ProfileInput;
  const comments: EntryComment[] = [
    ...own.flatMap(({ field, column, constant, confidence, reason }) => {
      if (column === undefined && constant === undefined) return [];
      const place = column === undefined ? 'constants' : 'columns';
      return [{ entry: [place, field], text: `${confidence}: ${reason}` }];
    }),
    ...lines.map(({ key, reason }) => ({ entry: [key], text: reason })),
  ];
  return { profile, comments };
}

/** What a push with the profile would make of the sample. */
export interface Trial {
  readonly kind: 'planned';
  readonly previews: readonly Preview[];
  readonly planned: number;
  readonly bad: number;
  /** The first of the bad rows. */
  readonly problems: readonly ProblemRow[];
}

export type Tried = Trial | { readonly kind: 'refused'; readonly problems: readonly FileProblem[] };

/** The way of a dry run, over the sample and without a ledger: nothing is sent and nothing is remembered. */
export async function trial(
  host: Host,
  file: string,
  vendor: Vendor,
  profile: ProfileInput,
  sample: FileSample,
  place: { readonly path: string; readonly name: string },
): Promise<Tried> {
  const said = optionsOf(profileOf(place.name, PROFILE.parse(profile)), place.path);
  const options: PushOptions = { ...DEFAULTS, ...definedOf(said), dryRun: true };
  checkOptions(host, [file], options, vendor);
  const baseUrl = baseUrlFor(vendor, host.env);
  const { secrets } = secretsFor(vendor, options, host);
  const job = { ...jobOf(host, [file], options, vendor, false), sources: [sourceOf(host, file, sample)] };
  const ledger = openForTrial({
    vendor: vendor.id,
    account: options.account,
    origin: baseUrl.origin,
  });
  try {
    const interrupt = new AbortController().signal;
    const ports = { ledger, clock: systemClock, emit: () => undefined, interrupt };
    const planned = await planRun(job, ports);
    if (planned.kind !== 'planned') {
      const problems = planned.kind === 'refused' ? planned.files.flatMap(({ problems }) => problems) : [];
      return { kind: 'refused', problems };
    }
    const previews = await previewRequests(ledger, planned, vendor, baseUrl, secrets);
    const rows = (...statuses: string[]): number =>
      planned.totals
        .filter(({ status }) => statuses.includes(status))
        .reduce((sum, { rows }) => sum + rows, 0);
    return {
      kind: 'planned',
      previews: previews.map((preview) => ({ ...preview, url: readableUrl(preview.url, vendor) })),
      planned: rows('planned'),
      problems: await ledger.problems(planned.run, ['invalid'], PROBLEMS_SHOWN),
      bad: rows('invalid'),
    };
  } finally {
    await ledger.close();
  }
}

const PROBLEMS_SHOWN = 3;

/** What `push` takes where nothing is said of the rows; what says how to send is never used. */
export const DEFAULTS: PushOptions = {
  account: 'default',
  onConflict: 'refuse',
  blankAmount: 'refuse',
  correct: true,
  retries: 0,
  deadline: 1,
  logFormat: 'text',
  progress: false,
};

function definedOf(options: Partial<PushOptions>): Partial<PushOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const NO_HOST = 'https://host.invalid';

/** A vendor with one host per company has none yet. */
function baseUrlFor(vendor: Vendor, env: Environment): URL {
  const { env: variable, default: preset } = vendor.baseUrl;
  const known = preset !== undefined || (env[variable] ?? '') !== '';
  return known ? baseUrlOf(vendor, undefined, env) : new URL(NO_HOST);
}

function readableUrl(url: string, { baseUrl }: Vendor): string {
  return url.startsWith(`${NO_HOST}/`) ? `[${baseUrl.env}]${url.slice(NO_HOST.length)}` : url;
}

const BATCH = 512;

function sourceOf(host: Host, file: string, { header, line, records }: FileSample): Source {
  return {
    name: file,
    path: pathOf(host, file),
    // eslint-disable-next-line @typescript-eslint/require-await -- it has all of it already
    async *read() {
      yield { kind: 'header', line, cells: header, opening: [] };
      for (let start = 0; start < records.length; start += BATCH)
        yield { kind: 'records', records: records.slice(start, start + BATCH) };
      yield { kind: 'end', digest: 'sample' };
    },
  };
}
