import { statSync } from 'node:fs';
import { originOf } from '../core/origin.js';
import type { FileProblem, Source, SourceItem, SourceRecord } from '../core/ports.js';
import { err, ok, type Result } from '../core/result.js';
import type { RowStatus } from '../core/status.js';
import type { Vendor } from '../core/vendor.js';
import { lineOfHeader } from '../init/header-row.js';
import { dataForHeader } from '../sales/no-header.js';
import { planRun } from '../push/plan-run.js';
import type { Sample } from '../init/sample.js';
import { NO_HEADER } from '../push/stage.js';
import { systemClock } from '../io/clock.js';
import { PROFILE, profileOf, type ProfileInput } from '../io/schema.js';
import type { ProfileEntry } from '../init/profile-entries.js';
import { PROFILE_SETTINGS } from '../io/profile-settings.js';
import { DELIMITERS, type Kind, type Setting } from '../io/setting.js';
import { csvSource, type CsvFormat } from '../io/csv/reader.js';
import type { ProblemRow } from '../core/ledger.js';
import { openForTrial } from '../io/open-ledger.js';
import type { Environment } from '../io/secrets.js';
import { previewRequests, type Preview } from './dry-run.js';
import { pathOf, type Host } from './host.js';
import { baseUrlOf, hasAddress } from './options.js';
import { optionsOf } from './profile.js';
import type { OptionsOf } from './settings.js';
import { checkOptions, runJobOf, secretsFor, type PushOptions } from './push-options.js';

export interface FileSample extends Sample {
  /** The line of the header. */
  readonly line: number;
  /** The same where titles stand above it, which a push has to be told. */
  readonly headerRow?: number;
  /** The first lines of the file, in case that another one is the header. */
  readonly opening: readonly SourceRecord[];
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
): Promise<Result<FileSample, readonly FileProblem[]>> {
  const read = (headerRow: number | undefined): Promise<Result<FileSample, readonly FileProblem[]>> =>
    readStart(csvSource(file, host, { ...format, headerRow }));
  const first = await read(format.headerRow);
  if (!first.ok || format.headerRow !== undefined) return first;
  const header = { ...first.value, cells: first.value.header };
  const headerRow = lineOfHeader(header, vendor.columns);
  if (headerRow === undefined) {
    const data = dataForHeader(header, vendor.columns);
    return data === undefined ? first : err([{ line: header.line, message: data }]);
  }
  // What cannot be read twice has no second start.
  if (file === '-' || !statSync(pathOf(host, file)).isFile()) {
    const message = `the header seems to stand here, below lines that are no part of the table; say so with --header-row ${headerRow}`;
    return err([{ line: headerRow, message }]);
  }
  const again = await read(headerRow);
  return again.ok ? ok({ ...again.value, headerRow }) : again;
}

async function readStart(source: Source): Promise<Result<FileSample, readonly FileProblem[]>> {
  let header: Extract<SourceItem, { kind: 'header' }> | undefined;
  let whole = false;
  const records: SourceRecord[] = [];
  for await (const item of source.read(new AbortController().signal)) {
    if (item.kind === 'refused') return err(item.problems);
    if (item.kind === 'header') header = item;
    if (item.kind === 'records') records.push(...item.records);
    if (item.kind === 'end') whole = true;
    if (records.length >= SAMPLE_RECORDS) break;
  }
  if (header === undefined) return err([NO_HEADER]);
  const { line, cells, opening } = header;
  return ok({ header: cells, line, opening, records: records.slice(0, SAMPLE_RECORDS), whole });
}

/** What was said on the command line and belongs into the profile beside columns and constants. */
export function givenEntries(options: OptionsOf<'init'>, given: ReadonlySet<string>): ProfileEntry[] {
  const said: Readonly<Record<string, unknown>> = { ...options };
  const { reversalColumn: column, reversalValues: values } = options;
  return Object.entries<Setting>(PROFILE_SETTINGS).flatMap(([name, { key, kind }]): ProfileEntry[] => {
    const isElsewhere = ['vendor', 'fields'].includes(kind.is);
    const value = key === 'reversal' && column !== undefined ? { column, values } : said[name];
    if (key === undefined || isElsewhere || (key !== 'reversal' && !given.has(name)) || value === undefined)
      return [];
    return [{ entry: [key], value: written(value, kind), text: 'as given' }];
  });
}

/** The value of an option as a profile has it. */
function written(value: unknown, kind: Kind): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, one]) => [key, written(one, kind)]));
  if (kind.is === 'delimiter') return [...DELIMITERS].find(([, mark]) => mark === value)?.[0];
  // Of its spellings, the code where there is one.
  const spellings = kind.is === 'currency' ? (value as readonly string[]) : undefined;
  return spellings === undefined ? value : (spellings.find((one) => /^[A-Z]{3}$/.test(one)) ?? spellings[0]);
}

/** The line of the header, where it was found. */
export function headerEntry({ headerRow }: FileSample): ProfileEntry[] {
  return headerRow === undefined
    ? []
    : [{ entry: ['header_row'], value: headerRow, text: 'titles stand above it' }];
}

/** What a push with the profile would make of the sample. */
export interface Trial {
  readonly previews: readonly Preview[];
  readonly planned: number;
  readonly bad: number;
  /** The first of the bad rows. */
  readonly problems: readonly ProblemRow[];
}

/** Either of them: why the file itself is refused stands in `refused`. */
interface Tried {
  readonly trial?: Trial;
  readonly refused?: readonly FileProblem[];
}

/** The way of a dry run, over the sample and without a ledger: nothing is sent and nothing is remembered. */
export async function tryProfile(
  host: Host,
  file: string,
  vendor: Vendor,
  profile: ProfileInput,
  sample: FileSample,
  place: { readonly path: string; readonly name: string },
): Promise<Tried> {
  const said = optionsOf(profileOf(place.name, PROFILE.parse(profile)), place.path);
  const options: PushOptions = { ...DEFAULTS, ...definedOf(said), dryRun: true };
  checkOptions([file], options, vendor);
  const baseUrl = baseUrlFor(vendor, said.baseUrl, host.env);
  const credentials = secretsFor(vendor, options, host);
  const job = {
    ...runJobOf(host, [file], options, vendor, credentials),
    sources: [sourceOf(host, file, sample)],
  };
  const ledger = openForTrial({
    vendor: vendor.id,
    account: options.account,
    origin: originOf(baseUrl),
  });
  try {
    const interrupt = new AbortController().signal;
    const ports = { ledger, clock: systemClock, emit: () => undefined, interrupt };
    const planned = await planRun(job, ports);
    if (planned.kind !== 'planned') {
      return { refused: planned.kind === 'refused' ? planned.files.flatMap(({ problems }) => problems) : [] };
    }
    const previews = previewRequests(
      await ledger.planned(planned.run, ROWS_SHOWN),
      vendor,
      baseUrl,
      credentials.secrets,
    );
    const rowsWith = (wanted: RowStatus): number =>
      planned.totals.reduce((sum, { status, rows }) => (status === wanted ? sum + rows : sum), 0);
    const trial = {
      previews: previews.map((preview) => ({ ...preview, url: readableUrl(preview.url, vendor) })),
      planned: rowsWith('planned'),
      problems: await ledger.problems(planned.run, ['invalid'], ROWS_SHOWN),
      bad: rowsWith('invalid'),
    };
    return { trial };
  } finally {
    await ledger.close();
  }
}

const ROWS_SHOWN = 3;

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
function baseUrlFor(vendor: Vendor, said: string | undefined, env: Environment): URL {
  return hasAddress(vendor, said, env) ? baseUrlOf(vendor, said, env) : new URL(NO_HOST);
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
