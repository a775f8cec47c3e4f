import type { DateOrder } from '../sales/time.js';
import type { UserChoices } from '../init/proposal.js';
import type { Proposal } from '../init/proposal.js';
import { propose } from '../init/propose.js';
import { addProfile } from '../io/config-add.js';
import { DEFAULT_CONFIG } from '../io/config.js';
import type { Encoding } from '../io/csv/decode.js';
import { redactor, secretOnly } from '../io/secrets.js';
import { askColumn, isOpen, Questions } from './ask.js';
import { Console, UsageError } from './console.js';
import { plain } from './plain-text.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { initJson, initText, type InitReport } from './print/init.js';
import { checkName, DEFAULTS, profileFrom, readSample, trial } from './init-profile.js';
import { vendorOf } from './options.js';
import { checkOptions, secretsFor } from './push-options.js';
import { shellWord } from './print/push.js';

export interface InitOptions {
  readonly vendor: string;
  readonly profile?: string;
  readonly config?: string;
  readonly yes?: true;
  readonly column?: ReadonlyMap<string, string>;
  readonly timezone?: string;
  readonly dateFormat?: DateOrder;
  readonly delimiter?: string;
  readonly encoding?: Encoding;
  readonly headerRow?: number;
  readonly json?: true;
  readonly color?: boolean;
}

/** `revsync init`: proposes a profile for a file, shows what it would send, and writes it once somebody says so. */
export async function init(host: Host, file: string, options: InitOptions): Promise<number> {
  const console = new Console(host, options.color);
  const vendor = vendorOf(options.vendor);
  const { config: path = DEFAULT_CONFIG, profile: name = vendor.id } = options;
  const { delimiter, encoding, headerRow } = options;
  const format = { delimiter, encoding, headerRow };
  checkOptions(host, [file], { ...DEFAULTS, column: options.column }, vendor);
  checkName(host, path, name, vendor);
  const { secrets } = secretsFor(vendor, { ...DEFAULTS, dryRun: true }, host);
  console.redact = redactor(secretOnly(vendor.secrets, secrets));

  const isTerminal = host.stdin.isTTY === true && host.stderr.isTTY === true && file !== '-';
  const questions = isTerminal && options.yes !== true ? new Questions(host) : undefined;
  const say = (text: string): void => console.say(text);
  let report: InitReport = { vendor, file, path, name };
  const end = async (exitCode: number, closing: readonly string[]): Promise<number> => {
    say(closing.map(plain).join('\n'));
    if (options.json === true) await console.print(`${JSON.stringify(initJson(report, exitCode))}\n`);
    return exitCode;
  };
  const givenUp = (): Promise<number> =>
    end(questions?.interrupted === true ? EXIT.interrupted : EXIT.usage, ['nothing was written']);

  try {
    const read = await readSample(host, file, format, vendor);
    if (!read.ok) {
      report = { ...report, refused: [read.error] };
      say(initText(report, console.paint));
      return await end(EXIT.fileRefused, ['nothing was written']);
    }
    const sample = read.value;
    const told = {
      columns: new Map(options.column),
      leftOut: new Set<string>(),
      timezone: options.timezone,
      dateOrder: options.dateFormat,
    };
    const proposal = await settled(
      (told) => propose(vendor, sample, told),
      told,
      (field, proposal) =>
        questions === undefined ? undefined : askColumn(field, proposal, sample, questions, say),
    );
    if (proposal === undefined) return await givenUp();
    const { profile, comments } = profileFrom(vendor, proposal, format, sample.headerRow);
    report = { ...report, sample, proposal, profile, comments };
    if (proposal.problems.length === 0) {
      const tried = await trial(host, file, vendor, profile, sample, { path, name });
      report = { ...report, ...(tried.kind === 'planned' ? { trial: tried } : { refused: tried.problems }) };
    }
    say(initText(report, console.paint));
    const { trial: tried } = report;
    if (tried === undefined) return await end(EXIT.fileRefused, ['nothing was written']);
    if (options.yes !== true) {
      if (questions === undefined)
        return await end(EXIT.usage, [`nothing was written; --yes writes this to ${path}`]);
      const answer = await questions.ask(`write it to ${path}? (Y/n)`);
      if (answer === undefined || !/^(y|yes|)$/i.test(answer)) return await givenUp();
    }
    const added = addProfile({ path, cwd: host.cwd }, name, profile, comments);
    if (!added.ok) throw new UsageError(`${added.error}; nothing was written`);
    report = { ...report, written: true };
    if (tried.planned === 0 && tried.bad > 0)
      return await end(EXIT.someRowsBad, [`profile ${name} is in ${path}, but sends none of these rows yet`]);
    const where = options.config === undefined ? '' : ` --config ${shellWord(path)}`;
    const next = `revsync push ${shellWord(file)} --profile ${name}${where} --dry-run`;
    return await end(EXIT.done, [`profile ${name} is in ${path}`, `next: ${next}`]);
  } finally {
    questions?.close();
  }
}

type Field = Proposal['fields'][number];

/** Asks about one open field after the other, since each answer may settle more; undefined where nobody answers. */
async function settled(
  proposeBy: (told: UserChoices) => Proposal,
  told: UserChoices & { readonly columns: Map<string, string>; readonly leftOut: Set<string> },
  ask: (field: Field, proposal: Proposal) => ReturnType<typeof askColumn> | undefined,
): Promise<Proposal | undefined> {
  const asked = new Set<string>();
  for (;;) {
    const proposal = proposeBy(told);
    const open = proposal.fields.find((field) => isOpen(field) && !asked.has(field.field));
    const answer = open === undefined ? undefined : await ask(open, proposal);
    if (open === undefined || answer === undefined) return proposal;
    asked.add(open.field);
    switch (answer.kind) {
      case 'column':
        told.columns.set(open.field, answer.header);
        break;
      case 'left_out':
        told.leftOut.add(open.field);
        break;
      case 'taken':
        if (open.column !== undefined) told.columns.set(open.field, open.column);
        break;
      case 'nobody':
        return undefined;
    }
  }
}
