import type { SourceRecord } from '../core/ports.js';
import type { Result } from '../core/result.js';
import type { Vendor } from '../core/vendor.js';
import { profileContent, profileEntries, type ProfileEntry } from '../init/profile-entries.js';
import type { Proposal, UserChoices } from '../init/proposal.js';
import { propose } from '../init/propose.js';
import { DEFAULT_CONFIG } from '../io/profile-settings.js';
import { newProfile, writeProfiles } from '../io/new-profile.js';
import type { ProfileInput } from '../io/schema.js';
import { redactor } from '../io/redact.js';
import { VENDORS } from '../vendors/index.js';
import { secretOnly } from '../io/secrets.js';
import { Console, plain, UsageError } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { askAddress, askOpenFields } from './init-questions.js';
import { Questions } from './questions.js';
import {
  DEFAULTS,
  givenEntries,
  headerEntry,
  readSample,
  tryProfile,
  type FileSample,
  type Trial,
} from './init-trial.js';
import { baseUrlOf, hasAddress, vendorOf } from './options.js';
import { initJson, initText, type InitReport } from './print/init.js';
import type { OptionsOf } from './settings.js';
import { commandOf, fileWord, typedAgain, wasTyped } from './next-command.js';
import { checkOptions, secretsFor } from './push-options.js';

type InitOptions = OptionsOf<'init'>;

/** `revsync init`: proposes a profile for a file, shows what it would send, and writes it once someone says so. */
export async function init(
  host: Host,
  file: string,
  options: InitOptions,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, options.color);
  const isTerminal = host.stdin.isTTY === true && host.stderr.isTTY === true && file !== '-';
  const questions = isTerminal && options.yes !== true ? new Questions(host) : undefined;
  try {
    const id = options.vendor ?? (await whoseFile(questions, console));
    if (id !== undefined) return await initFor(vendorOf(id), host, file, options, given, questions, console);
    console.say(NOTHING_WRITTEN);
    return questions?.interrupted === true ? EXIT.interrupted : EXIT.usage;
  } finally {
    questions?.close();
  }
}

/** The vendor's id; undefined where no one answers. */
async function whoseFile(questions: Questions | undefined, console: Console): Promise<string | undefined> {
  const vendors = VENDORS.map(({ id, title }) => [id, title] as const);
  const known = vendors.map(([id]) => id).join(', ');
  if (questions === undefined) throw new UsageError(`name the vendor with --vendor, one of ${known}`);
  return questions.choose(vendors, 'which vendor takes these sales?', (text) => console.say(text));
}

async function initFor(
  vendor: Vendor,
  host: Host,
  file: string,
  options: InitOptions,
  given: ReadonlySet<string>,
  questions: Questions | undefined,
  console: Console,
): Promise<number> {
  const { config: path = DEFAULT_CONFIG, profile: name = vendor.id } = options;
  checkOptions([file], { ...DEFAULTS, ...options }, vendor);
  // Before anyone is asked about the file: whether there may be such a profile.
  orNothing(newProfile({ path, cwd: host.cwd }, name, { vendor: vendor.id }));
  const { secrets } = secretsFor(vendor, { ...DEFAULTS, dryRun: true }, host);
  console.redact = redactor(secretOnly(vendor.secrets, secrets), 'left');
  const address = await addressEntries(vendor, host, options, questions, console);
  const start = { vendor, file, path, name };
  const saying = { options, entries: [...givenEntries(options, given), ...(address ?? [])] };
  const { report, exitCode, closing } =
    address === undefined
      ? givenUp(start, questions)
      : await proposeAndWrite(host, start, saying, questions, console);
  console.say(closing.map(plain).join('\n'));
  if (options.json === true) await console.printJson(initJson(report, exitCode, closing));
  return exitCode;
}

/** The address, of a vendor that has one for each company, where it is not known yet and somebody says it; undefined where no one answers. */
async function addressEntries(
  vendor: Vendor,
  host: Host,
  { baseUrl }: InitOptions,
  questions: Questions | undefined,
  console: Console,
): Promise<ProfileEntry[] | undefined> {
  // An address that no push would take is refused before anyone is asked about the file.
  if (baseUrl !== undefined) baseUrlOf(vendor, baseUrl, host.env);
  if (hasAddress(vendor, baseUrl, host.env) || questions === undefined) return [];
  const text = await askAddress(vendor, host.env, questions, (text) => console.say(text));
  if (text === undefined || text === '') return text === undefined ? undefined : [];
  return [{ entry: ['base_url'], value: text, text: 'as answered' }];
}

interface Ending {
  readonly report: InitReport;
  readonly exitCode: number;
  readonly closing: readonly string[];
}

const NOTHING_WRITTEN = 'nothing was written';

/** What was said on the command line, and the lines of a profile that say it. */
interface Said {
  readonly options: InitOptions;
  readonly entries: readonly ProfileEntry[];
}

/** As far as it comes, what is shown before the last question included. */
async function proposeAndWrite(
  host: Host,
  start: InitReport,
  { options, entries: said }: Said,
  questions: Questions | undefined,
  console: Console,
): Promise<Ending> {
  const { vendor, file, path, name } = start;
  const say = (text: string): void => console.say(text);
  const endShown = (report: InitReport): Ending => {
    say(initText(report, console.paint));
    return { report, exitCode: EXIT.fileRefused, closing: [...toConfirm(host, report), NOTHING_WRITTEN] };
  };
  const read = await readSample(host, file, options, vendor);
  if (!read.ok) return endShown({ ...start, refused: read.error });
  const sample = read.value;
  const given = choicesOf(options);
  const looked = { ...sample, records: recordsRead(sample, options) };
  const proposeBy = (choices: UserChoices): Proposal => propose(vendor, looked, choices);
  const proposal =
    questions === undefined
      ? proposeBy(given)
      : await askOpenFields(proposeBy, given, sample, questions, say);
  if (proposal === undefined) return givenUp(start, questions);
  const entries = [...profileEntries(vendor, proposal), ...said, ...headerEntry(sample)];
  const report = { ...start, sample, proposal, entries };
  if (proposal.problems.length > 0) return endShown(report);
  const profile = profileContent(vendor, entries) as ProfileInput;
  const { trial, refused } = await tryProfile(host, file, vendor, profile, sample, { path, name });
  if (trial === undefined) return endShown({ ...report, refused });
  const tried = { ...report, trial };
  say(initText(tried, console.paint));
  const why = [...toConfirm(host, tried), ...(isHopeless(trial) ? [NONE_SENT] : [])];
  if (why.length > 0)
    return { report: tried, exitCode: EXIT.someRowsBad, closing: [...why, NOTHING_WRITTEN] };
  return write(host, tried, profile, options, questions);
}

function choicesOf(options: InitOptions): UserChoices {
  const { column = new Map(), constant = new Map(), ignoreColumn = [], reversalColumn, only } = options;
  const { timezone, dateFormat: dateOrder, decimal, currency, negativeAmounts = 'refuse' } = options;
  return {
    ...{ columns: column, constants: constant, ignored: ignoreColumn, leftOut: new Set() },
    marking: [reversalColumn, only?.column].filter((header) => header !== undefined),
    style: { timezone, dateOrder, amounts: { decimal, currency, accounting: negativeAmounts !== 'refuse' } },
  };
}

/** The records that `--only` does not leave out. */
function recordsRead({ header, records }: FileSample, { only }: InitOptions): readonly SourceRecord[] {
  const index = header.findIndex((name) => name.trim() === only?.column.trim());
  if (only === undefined || index < 0) return records;
  return records.filter(({ cells }) => only.values.includes((cells[index] ?? '').trim().toLowerCase()));
}

const NONE_SENT = 'none of these rows could be sent by it';

/** Whether no row can be sent, and not for want of a time zone alone, which the profile may be given. */
function isHopeless({ planned, bad, problems }: Trial): boolean {
  return planned === 0 && bad > 0 && problems.every(({ code }) => code !== 'time_needs_zone');
}

/** What was guessed, and the options that say that it is right: nothing is written on a guess. */
function toConfirm(host: Host, { proposal }: InitReport): string[] {
  const guesses = (proposal?.fields ?? []).filter(({ confidence }) => confidence === 'possible');
  if (guesses.length === 0) return [];
  const said = guesses.flatMap(({ field, column, constant = '' }) =>
    column === undefined ? ['--constant', `${field}=${constant}`] : ['--column', `${field}=${column}`],
  );
  const adding = wasTyped(host, 'yes') ? said : ['--yes', ...said];
  const fields = guesses.map(({ field }) => field).join(', ');
  return [`guessed: ${fields}; where that is right: ${typedAgain(host, { adding })}`];
}

function givenUp(report: InitReport, questions: Questions | undefined): Ending {
  const exitCode = questions?.interrupted === true ? EXIT.interrupted : EXIT.usage;
  return { report, exitCode, closing: [NOTHING_WRITTEN] };
}

/** Writes the profile where that is wanted and certain to be right, or says where it belongs. */
async function write(
  host: Host,
  report: InitReport & { readonly trial: Trial; readonly entries: readonly ProfileEntry[] },
  profile: ProfileInput,
  { yes, config }: InitOptions,
  questions: Questions | undefined,
): Promise<Ending> {
  const { cwd } = host;
  const { file, path, name, trial, entries } = report;
  const comments = entries.filter(({ value }) => typeof value !== 'object');
  const { lines, file: text } = orNothing(newProfile({ path, cwd }, name, profile, comments));
  if (text === undefined) {
    const why = `${path} does not end with profiles that each stand on lines of their own; put these lines among them:`;
    const closing = [why, ...lines.trimEnd().split('\n'), NOTHING_WRITTEN];
    return { report, exitCode: EXIT.usage, closing };
  }
  if (yes !== true && questions === undefined) {
    const closing = [`${NOTHING_WRITTEN}; --yes writes this to ${path}`];
    return { report, exitCode: EXIT.usage, closing };
  }
  const answer = yes === true ? 'y' : await questions?.ask(`write it to ${path}? (Y/n)`);
  if (answer === undefined || !/^(y|yes|)$/i.test(answer)) return givenUp(report, questions);
  orNothing(await writeProfiles({ path, cwd }, text));
  const written = { ...report, written: true } as const;
  const place = `profile ${name} is in ${path}`;
  if (trial.planned === 0 && trial.bad > 0) {
    const closing = [`${place}, but sends none of these rows yet`];
    return { report: written, exitCode: EXIT.someRowsBad, closing };
  }
  const where = config === undefined ? [] : ['--config', path];
  const words = ['push', fileWord(file), '--profile', name, ...where, '--dry-run'];
  const next = `next: ${commandOf(host, words)}`;
  const { vendor } = report;
  const isKnown =
    hasAddress(vendor, undefined, host.env) || entries.some(({ entry }) => entry[0] === 'base_url');
  const wants = `; before the next command add its base_url, since ${vendor.title} has one host per company, or set ${vendor.baseUrl.env}`;
  return { report: written, exitCode: EXIT.done, closing: [`${place}${isKnown ? '' : wants}`, next] };
}

function orNothing<T>(result: Result<T, string>): T {
  if (!result.ok) throw new UsageError(`${result.error}; ${NOTHING_WRITTEN}`);
  return result.value;
}
