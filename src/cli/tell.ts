import { dirname } from 'node:path';
import { ask, runCommand, TELLING_MS } from '../io/notify.js';
import { DEFAULT_CONFIG } from '../io/profile-settings.js';
import { redactTexts } from '../io/redact.js';
import type { Environment } from '../io/secrets.js';
import type { Notify } from '../io/telling.js';
import { isSecret } from '../core/vendor.js';
import { REPORTS, VENDORS } from '../vendors/index.js';
import { type Console, plain, UsageError } from './console.js';
import { EXIT } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { peeked } from './existing-ledger.js';
import { commandOf, ledgerWords } from './next-command.js';
import { environment, SANDBOX_ORIGIN } from './options.js';
import { toldText, type ToldEnd } from './print/told.js';
import { failedPush, firstLine } from './push-end.js';
import type { PushOptions } from './push-options.js';

/** How a push ended, with what it was called. */
export interface JobEnd extends Pick<ToldEnd, 'exitCode' | 'says' | 'totals'> {
  readonly options: PushOptions;
}

/** One who is told, whichever profiles name it. */
interface Receiver extends Omit<Notify, 'on'> {
  readonly named: readonly { readonly profile: string; readonly on: Notify['on'] }[];
}

interface Message {
  /** For people. */
  readonly text: string;
  readonly summary: object;
  readonly exitCode: number;
  /** Exit codes by profile. */
  readonly codes: ReadonlyMap<string, number>;
}

/**
 * Tells how pushes end: health checks that they begin and how they ended, others once, of all of them. Somebody who
 * cannot be told is a warning. It takes no longer than `TELLING_MS`, and a Ctrl-C that comes meanwhile cuts it short.
 */
export class Telling {
  readonly #host: Host;
  readonly #console: Console;
  readonly #jobs: readonly PushOptions[];
  /** By profile, how the push before ended. */
  readonly #before: ReadonlyMap<string, number>;
  readonly #cut = new AbortController();
  #begun: Promise<readonly string[]> = Promise.resolve([]);

  private constructor(
    host: Host,
    console: Console,
    jobs: readonly PushOptions[],
    before: ReadonlyMap<string, number>,
  ) {
    this.#host = host;
    this.#console = console;
    this.#jobs = jobs;
    this.#before = before;
  }

  static async open(host: Host, console: Console, jobs: readonly PushOptions[]): Promise<Telling> {
    const before = new Map<string, number>();
    for (const options of jobs) {
      const exitCode = await exitBefore(host, options);
      if (exitCode !== undefined) before.set(nameOf(options), exitCode);
    }
    return new Telling(host, console, jobs, before);
  }

  /** Nothing is waited for. */
  begin(): void {
    this.#begun = this.#ping((url) => below(url, 'start'));
  }

  /** A push that threw what a person can mend, or a bug. */
  async failed(error: Error, options: PushOptions): Promise<void> {
    const summary = failedPush(error, options);
    const { exit_code: exitCode } = summary;
    await this.end(exitCode, [{ options, exitCode, says: firstLine(error), totals: [] }], summary);
  }

  /** Tells whoever is to be told, with the object of `--json`. Returns whom it could not tell, a warning each, which are said. */
  async end(exitCode: number, ends: readonly JobEnd[], summary: object): Promise<readonly string[]> {
    const { signal } = this.#host;
    const cut = (): void => this.#cut.abort();
    const timer = setTimeout(cut, TELLING_MS);
    // One that stopped the push has been heard.
    if (!signal.aborted) signal.addEventListener('abort', cut);
    const codes = new Map(ends.map((end) => [nameOf(end.options), end.exitCode]));
    const told = await Promise.all([this.#pingEnds(codes), ...this.#notify(exitCode, ends, codes, summary)]);
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
    const warnings = [...new Set(told.flat())];
    for (const message of warnings)
      this.#console.log(this.#jobs[0] ?? { logFormat: 'text' }, 'warning', message, { message });
    return warnings;
  }

  async #pingEnds(codes: ReadonlyMap<string, number>): Promise<string[]> {
    const begun = await this.#begun;
    const isWell = (profile: string): boolean => codes.get(profile) === EXIT.done;
    const ended = await this.#ping((url, profiles) => (profiles.every(isWell) ? url : below(url, 'fail')));
    return [...begun, ...ended];
  }

  /** An address that several profiles name is asked once. */
  async #ping(address: (url: URL, profiles: readonly string[]) => URL): Promise<string[]> {
    const pings = new Set(this.#jobs.flatMap(({ ping = [] }) => ping));
    const asked = [...pings].map(async (ping) => {
      const jobs = this.#jobs.filter((job) => job.ping === ping);
      const profiles = jobs.map(nameOf);
      const url = new URL(ping);
      const why = await this.#ask(address(url, profiles), undefined, jobs);
      return why === undefined ? [] : [untold('ping', profiles, url, why)];
    });
    return (await Promise.all(asked)).flat();
  }

  #notify(
    exitCode: number,
    ends: readonly JobEnd[],
    codes: ReadonlyMap<string, number>,
    summary: object,
  ): Promise<string[]>[] {
    const receivers = receiversOf(this.#jobs).filter(({ named }) =>
      named.some(({ profile, on }) => speaks(on, codes.get(profile) ?? EXIT.done, this.#before.get(profile))),
    );
    if (receivers.length === 0) return [];
    const { redact } = this.#console;
    const message: Message = {
      text: redact(this.#textOf(exitCode, ends)),
      summary: redactTexts(summary, redact),
      ...{ exitCode, codes },
    };
    return receivers.flatMap(({ url, command, named }) => [
      ...(url === undefined ? [] : [this.#post(new URL(url), message, named)]),
      ...(command === undefined ? [] : [this.#run(command, message, named)]),
    ]);
  }

  #textOf(exitCode: number, ends: readonly JobEnd[]): string {
    const [first] = this.#jobs;
    const words = ledgerWords(first?.ledger, this.#host.env, this.#host);
    const told = ends.map(({ options, ...end }): ToldEnd => {
      const { vendor = '', account, sandbox } = options;
      const profile = nameOf(options);
      return {
        ...end,
        ...{ profile, vendor, account, isTrial: sandbox === true, before: this.#before.get(profile) },
      };
    });
    return toldText(exitCode, told, commandOf(this.#host, ['status', ...words]));
  }

  async #post(url: URL, { text, summary }: Message, named: Receiver['named']): Promise<string[]> {
    const jobs = this.#jobs.filter((job) => named.some(({ profile }) => profile === nameOf(job)));
    const why = await this.#ask(url, { text, summary }, jobs);
    return why === undefined ? [] : [untold('notify.url', jobs.map(nameOf), url, why)];
  }

  async #ask(
    url: URL,
    body: Readonly<Record<string, unknown>> | undefined,
    jobs: readonly PushOptions[],
  ): Promise<string | undefined> {
    const [options] = jobs;
    const env =
      options === undefined ? this.#host.env : (ownEnvironment(this.#host, options) ?? this.#host.env);
    const { redact } = this.#console;
    return ask(url, body, { env, redact, signal: this.#cut.signal });
  }

  async #run(
    command: NonNullable<Notify['command']>,
    { text, summary, exitCode, codes }: Message,
    named: Receiver['named'],
  ): Promise<string[]> {
    const profiles = named.map(({ profile }) => profile);
    const before = profiles.length === 1 ? this.#before.get(profiles[0] ?? '') : undefined;
    const failed = [...codes].filter(([, code]) => code !== EXIT.done).map(([profile]) => profile);
    const env = {
      ...withoutSecrets(this.#host.env, this.#console.redact),
      REVSYNC_TEXT: text,
      REVSYNC_EXIT_CODE: String(exitCode),
      REVSYNC_EXIT_CODE_BEFORE: before === undefined ? '' : String(before),
      REVSYNC_PROFILE: [...codes.keys()].join(','),
      REVSYNC_FAILED: failed.join(','),
    };
    const cwd = dirname(pathOf(this.#host, this.#jobs[0]?.config ?? DEFAULT_CONFIG));
    const { signal } = this.#cut;
    const { output, failure } = await runCommand(command, {
      ...{ env, cwd, input: `${JSON.stringify(summary)}\n`, signal },
    });
    if (output.trim() !== '') this.#console.say(output.trimEnd().split('\n').map(plain).join('\n'));
    return failure === undefined ? [] : [untold('notify.command', profiles, undefined, failure)];
  }
}

function nameOf({ profile }: PushOptions): string {
  return profile ?? '';
}

function speaks(on: Notify['on'], exitCode: number, before: number | undefined): boolean {
  switch (on) {
    case 'always':
      return true;
    case 'failure':
      return exitCode !== EXIT.done;
    case 'change':
      // Nobody waits to hear that a first push went well.
      return exitCode !== (before ?? EXIT.done);
  }
}

/** The same command and address is told once. */
function receiversOf(jobs: readonly PushOptions[]): Receiver[] {
  const found = new Map<string, Receiver>();
  for (const job of jobs) {
    if (job.notify === undefined) continue;
    const { on, ...who } = job.notify;
    const key = JSON.stringify([who.command, who.url]);
    const named = [...(found.get(key)?.named ?? []), { profile: nameOf(job), on }];
    found.set(key, { ...who, named });
  }
  return [...found.values()];
}

/** Of an address only where it is: who knows all of it may write there. */
function untold(what: string, profiles: readonly string[], url: URL | undefined, why: string): string {
  const where = url === undefined ? '' : ` (${url.origin})`;
  return `${what} of profile ${profiles.join(', ')}${where} could not be told: ${why}`;
}

/** `/start` and `/fail` go behind the path, before what is asked. */
function below(url: URL, name: string): URL {
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/+$/, '')}/${name}`;
  return target;
}

/** How the push before with this profile ended; one in the sandbox says nothing about others. */
async function exitBefore(host: Host, options: PushOptions): Promise<number | undefined> {
  const env = ownEnvironment(host, options);
  if (env === undefined) return undefined;
  const end = await peeked(options.ledger, { ...host, env }, (records) => records.lastEndOf(nameOf(options)));
  const isOther = (end?.origin === SANDBOX_ORIGIN) !== (options.sandbox === true);
  return isOther ? undefined : end?.exitCode;
}

function ownEnvironment(host: Host, options: PushOptions): Environment | undefined {
  try {
    return environment(host, options);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

const SECRETS = [...VENDORS, ...REPORTS].flatMap(({ secrets }) => secrets.filter(isSecret));
const NAMES = new Set(SECRETS.flatMap(({ name }) => [name, `${name}_FILE`]));

/** What a command is given of the environment: no vendor's credential, nor what has one in it. */
function withoutSecrets(env: Environment, redact: (text: string) => string): Environment {
  const isFree = ([name, value = '']: [string, string | undefined]): boolean =>
    !NAMES.has(name) && (name === 'PATH' || redact(value) === value);
  return Object.fromEntries(Object.entries(env).filter(isFree));
}
