import type { Said } from '../explain/read-notes.js';
import { Watched } from '../explain/watched.js';
import { systemClock } from '../io/clock.js';
import { openForExplain } from '../io/open-ledger.js';
import { redactor } from '../io/redact.js';
import { secretOnly } from '../io/secrets.js';
import { planRun } from '../push/plan-run.js';
import { doubtInFlight } from '../push/recover.js';
import type { Console } from './console.js';
import type { ExplainedRow, Problem } from './explain-outputs.js';
import { explainAt } from './explain-story.js';
import { billsAgain, firstPush } from './first-push.js';
import type { Host } from './host.js';
import { refuseDoubt } from './ledger-doubt.js';
import { vendorOf } from './options.js';
import { fileProblems } from './problems.js';
import { unusedProfile } from './profile.js';
import { addressed } from './push-by-ledger.js';
import { vendorNamed } from './push-one.js';
import { checkOptions, runJobOf, secretsFor, type PushOptions } from './push-options.js';

/** Explains rows of one reading. */
export interface Explainer {
  /** Why nothing of the file would be sent. */
  readonly refused: readonly Problem[];
  /** Where every row begins that was kept. */
  readonly lines: readonly number[];
  at(line: number): Promise<ExplainedRow>;
}

interface ExplainCall {
  readonly host: Host;
  readonly console: Console;
  readonly name: string;
  /** Of the row that is asked about; without it all are kept. */
  readonly line: number | undefined;
  /** As of a dry run. */
  readonly options: PushOptions;
  readonly said: Said;
}

/**
 * Reads and plans a file as a dry run does, by what the ledger holds, and has `tell` ask about its rows; undefined where
 * it was interrupted. Sends nothing and writes nothing.
 */
export async function explainFile<T>(
  { host, console, name, line, options, said }: ExplainCall,
  tell: (explainer: Explainer) => Promise<T>,
): Promise<T | undefined> {
  const vendor = vendorOf(vendorNamed(options));
  checkOptions([name], options, vendor);
  const whom = addressed(host, options, vendor);
  const { env, account, origin, path } = whom;
  const credentials = secretsFor(vendor, options, { ...host, env });
  console.redact = redactor(secretOnly(vendor.secrets, credentials.secrets), 'left');
  const whose = { vendor: vendor.id, account, origin };
  const { ledger, ...rows } = await openForExplain(path, whose, billsAgain(vendor, options));
  try {
    const books = { ...whose, vendor, path };
    const doubt = refuseDoubt(host, books, ledger.doubt, true);
    const first = firstPush(host, books, await ledger.pushedAccounts(), options);
    for (const says of [unusedProfile(host, options), doubt, first.says])
      if (says !== undefined) console.say(says);
    await ledger.countInFlight(doubtInFlight(vendor));
    const job = { ...runJobOf(host, [name], options, vendor, credentials), whose };
    const [file] = job.sources.map((source) => new Watched(source, line));
    if (file === undefined) throw new Error('a file has no source');
    const ports = { ledger, clock: systemClock, emit: () => undefined, interrupt: host.signal };
    const planning = await planRun({ ...job, sources: [file] }, ports);
    if (planning.kind === 'interrupted') return undefined;
    const refused =
      planning.kind === 'refused'
        ? planning.files.flatMap(({ input, problems }) => fileProblems(input, problems))
        : [];
    const read = { host, file, job, planning, options, whom, credentials, rows, said };
    return await tell({ refused, lines: file.lines, at: (line) => explainAt(read, line) });
  } finally {
    await ledger.close();
  }
}
