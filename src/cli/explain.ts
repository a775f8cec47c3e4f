import { statSync } from 'node:fs';
import { interruptedBy } from '../core/events.js';
import { nearest } from '../io/nearest.js';
import { Console, plain, UsageError } from './console.js';
import { EXIT, interruptCode } from './exit-codes.js';
import { explainCode, knownCodes } from './explain-code.js';
import type { ExplainedRow, ExplainOutput, Problem } from './explain-outputs.js';
import { pathOf, type Host } from './host.js';
import { vendorOf } from './options.js';
import { codeText } from './print/explain-code.js';
import { headOf, problem } from './problems.js';
import { withProfile } from './profile.js';
import type { PushOptions } from './push-options.js';
import type { OptionsOf } from './settings.js';

/** `revsync explain FILE:LINE|KEY|CODE`: how a row would be read and what would become of it; what is known of a key; what a word means. */
export async function explain(
  host: Host,
  what: string,
  written: OptionsOf<'explain'>,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, written.color);
  const place = placeIn(host, what);
  const options = await withProfile(host, written, given);
  if (place !== undefined) return explainLine({ host, console, place, written, options, given });
  const vendors = options.vendor === undefined ? undefined : [vendorOf(options.vendor)];
  const codes = explainCode(what, vendors);
  const [{ explainKey }, { keyText }] = await Promise.all([
    import('./explain-key.js'),
    import('./print/explain-key.js'),
  ]);
  const isNamed = given.has('account') || options.profile !== undefined;
  const whose = { ...options, account: isNamed ? options.account : undefined };
  const { accounts: keys, history, near } = await explainKey(host, what, whose);
  if (codes.length + keys.length === 0) throw unknown(what, [...knownCodes(vendors), ...near]);
  const data = { ...headOf('explain', EXIT.done), codes, row: null, keys, problems: [] };
  const texts = [codeText(codes, console.paint), keyText(keys, history, console.paint)];
  return show(console, written, data, texts.filter((text) => text !== '').join('\n\n'));
}

interface Place {
  readonly file: string;
  readonly line: number;
}

/** `FILE:LINE` of a file that is there, or of standard input; undefined where it is something else. */
function placeIn(host: Host, what: string): Place | undefined {
  const [, file = '', digits = ''] = /^(.+):(\d+)$/s.exec(what) ?? [];
  if (file !== '-' && !isThere(host, file)) {
    if (!isThere(host, what)) return undefined;
    throw new UsageError(`name a line of the file, as an editor counts them: ${plain(what)}:2`);
  }
  const line = Number(digits);
  if (line >= 1 && Number.isSafeInteger(line)) return { file, line };
  throw new UsageError(`there is no line ${digits}; they are counted from 1`);
}

function isThere(host: Host, file: string): boolean {
  return file !== '' && statSync(pathOf(host, file), { throwIfNoEntry: false }) !== undefined;
}

interface LineCall {
  readonly host: Host;
  readonly console: Console;
  readonly place: Place;
  readonly written: OptionsOf<'explain'>;
  readonly options: OptionsOf<'explain'>;
  readonly given: ReadonlySet<string>;
}

/** What a push would be called with. */
export function asDryRun(options: OptionsOf<'explain'>): PushOptions {
  return { ...options, dryRun: true, retries: 0, deadline: 0, logFormat: 'text', progress: false };
}

async function explainLine({ host, console, place, written, options, given }: LineCall): Promise<number> {
  const { file: name, line } = place;
  const [{ explainFile }, { saidBy }, { rowText }] = await Promise.all([
    import('./explain-row.js'),
    import('./explain-said.js'),
    import('./print/explain-row.js'),
  ]);
  const push = asDryRun(options);
  const call = { host, console, name, line, options: push, said: saidBy(written, push, given) };
  const told = await explainFile(call, async ({ refused, at }) => ({ refused, row: await at(line) }));
  if (told === undefined) return interrupted(host, console, written);
  const { refused, row } = told;
  if (refused.length === 0 && row.stands?.startsWith('behind') === true)
    throw new UsageError(`${plain(name)} has no line ${line}: it is ${row.stands}`);
  const exitCode = refused.length > 0 ? EXIT.fileRefused : EXIT.done;
  const data = { ...headOf('explain', exitCode), codes: codesOf(row), row, keys: [], problems: refused };
  return show(console, written, data, rowText(row, refused, console.paint));
}

/** Of what became of the row. */
function codesOf({ result, vendor }: ExplainedRow): ExplainOutput['codes'] {
  const code = result?.error_code;
  return code == null ? [] : explainCode(code, [vendorOf(vendor)]);
}

async function interrupted(host: Host, console: Console, options: OptionsOf<'explain'>): Promise<number> {
  const { signal } = interruptedBy(host.signal);
  const says = `interrupted by ${signal}`;
  console.say(says);
  const exitCode = interruptCode(signal);
  const problems: Problem[] = [problem('interrupted', says)];
  if (options.json === true)
    await console.printJson({ ...headOf('explain', exitCode), codes: [], row: null, keys: [], problems });
  return exitCode;
}

async function show(
  console: Console,
  { json }: OptionsOf<'explain'>,
  data: ExplainOutput,
  text: string,
): Promise<number> {
  if (json === true) await console.printJson(data);
  else await console.print(`${text}\n`);
  return data.exit_code;
}

function unknown(what: string, known: readonly string[]): UsageError {
  const near = nearest(what, known);
  const meant = near === undefined ? '' : `; did you mean ${plain(near)}?`;
  return new UsageError(
    `there is no file, key or code ${JSON.stringify(plain(what))}${meant}\nname a row as FILE:LINE, a key as in the column revsync_key, or a code as in revsync_error_code`,
  );
}
