import { formatAmount } from '../core/amount.js';
import type { Namespace } from '../core/ledger.js';
import type { KeyTarget, LedgerRecords, Unsettled } from '../core/records.js';
import { interruptedBy } from '../core/events.js';
import { spellingsOf, typedOrigin } from '../core/origin.js';
import { plural } from '../core/text.js';
import type { Result } from '../core/result.js';
import { runName } from '../core/row.js';
import { Console, plain, problemsOf, throwProblems, UsageError } from './console.js';
import { EXIT, interruptCode } from './exit-codes.js';
import type { Host } from './host.js';
import { findRun, inLedger, lookUp } from './existing-ledger.js';
import { isYes } from './questions.js';
import { askVendor, BY_HAND, type Asked } from './resolve-ask.js';
import type { Problem, ResolveOutput } from './outputs.js';
import { keyData } from './print/status-data.js';
import { headOf, problem } from './problems.js';
import type { OptionsOf } from './settings.js';

type ResolveOptions = OptionsOf<'resolve'>;

/** What can be said of a key, and how it is said afterwards. */
const WORDS = { accepted: 'accepted', not_applied: 'not applied', undo: 'unknown again' } as const;

/** What a person says, or that the vendor is to say it. */
type Word = keyof typeof WORDS | 'ask';

/** `revsync resolve RUN|KEY`: a person says what became of unknown rows, or takes that back; or the vendor is asked. */
export async function resolve(host: Host, target: string, options: ResolveOptions): Promise<number> {
  const console = await Console.open(host, options.color);
  return inLedger(host, options.ledger, (ledger) => resolveIn(host, console, ledger, target, options));
}

async function resolveIn(
  host: Host,
  console: Console,
  ledger: LedgerRecords,
  target: string,
  options: ResolveOptions,
): Promise<number> {
  const said = wordOf(options);
  const why = options.why?.trim() ?? '';
  const found = await keysOf(host, ledger, target, said, options);
  for (const one of found) console.say(plain(aboutKey(one)));
  if (said === 'ask')
    return settleAsked(host, console, ledger, await askVendor(host, console, found, options), options);
  if (!(await isWanted(host, found.length, said, options))) {
    const declined = 'nothing was changed';
    console.say(declined);
    return end(console, options, EXIT.usage, [], [problem('declined', declined)]);
  }
  const settled: Settled[] = [];
  for (const key of found) {
    const at = Date.now();
    const done =
      said === 'undo'
        ? await ledger.takeBack(key, { why, at })
        : await ledger.resolve(key, { found: said, why, at });
    settled.push(told(console, key, said, done));
  }
  const failed = settled.some(({ error }) => error !== undefined);
  return end(console, options, failed ? EXIT.someRowsBad : EXIT.done, settled);
}

/** What became of a key. */
interface Settled {
  readonly key: Unsettled;
  /** Undefined where nothing was settled. */
  readonly word?: keyof typeof WORDS;
  readonly error?: string;
}

function told(
  console: Console,
  key: Unsettled,
  word: keyof typeof WORDS,
  done: Result<void, string>,
): Settled {
  console.say(plain(done.ok ? settledText(key, word) : done.error));
  return done.ok ? { key, word } : { key, error: done.error };
}

async function end(
  console: Console,
  { json }: ResolveOptions,
  exitCode: number,
  settled: readonly Settled[],
  others: readonly Problem[] = [],
): Promise<number> {
  if (json !== true) return exitCode;
  const keys = settled.map(({ key, word }) => ({
    ...keyData(key),
    amount: key.amount === undefined ? null : formatAmount(key.amount),
    settled_as: word === undefined ? null : word === 'undo' ? ('unknown' as const) : word,
  }));
  const open = settled.flatMap(({ key: { input: file, line }, error }) =>
    error === undefined ? [] : [problem('unknown', error, { file, line })],
  );
  const data: ResolveOutput = { ...headOf('resolve', exitCode), keys, problems: [...others, ...open] };
  await console.printJson(data);
  return exitCode;
}

/** Settles each by what the vendor shows; where that does not tell, nothing is changed. */
async function settleAsked(
  { signal }: Host,
  console: Console,
  ledger: LedgerRecords,
  asked: readonly Asked[],
  options: ResolveOptions,
): Promise<number> {
  const why = options.why?.trim() ?? '';
  let untold = 0;
  const settled: Settled[] = [];
  for (const { key, title, found, shows } of asked) {
    const read = `${title} ${shows}`;
    console.say(plain(`${key.key}: ${read}`));
    if (found === 'cannot_tell') {
      untold += 1;
      const error = `${key.key}: cannot tell, and nothing was changed; ${BY_HAND}`;
      console.say(plain(error));
      settled.push({ key, error });
      continue;
    }
    const done = await ledger.resolve(key, {
      found,
      why: why === '' ? read : `${why}; ${read}`,
      at: Date.now(),
    });
    settled.push(told(console, key, found, done));
  }
  if (signal.aborted) {
    const { signal: by } = interruptedBy(signal);
    const interrupted = [problem('interrupted', `interrupted by ${by}`)];
    return end(console, options, interruptCode(by), settled, interrupted);
  }
  const failed = settled.some(({ error }) => error !== undefined);
  const exitCode = untold > 0 ? EXIT.unknownRows : failed ? EXIT.someRowsBad : EXIT.done;
  return end(console, options, exitCode, settled);
}

function settledText(key: Unsettled, said: keyof typeof WORDS): string {
  const amount = key.amount === undefined ? '' : ` ${formatAmount(key.amount)}`;
  return `${key.key}${amount}: ${WORDS[said]} (${placeOf(key)})`;
}

function wordOf({ accepted, notApplied, undo, ask, why, ...of }: ResolveOptions): Word {
  const words = { accepted, not_applied: notApplied, undo, ask };
  const said = (Object.keys(words) as Word[]).filter((word) => words[word] === true);
  const [word = 'ask'] = said;
  const isAsked = said.length === 1 && word === 'ask';
  throwProblems(
    problemsOf({
      'say one of --accepted, the vendor holds it, --not-applied, it does not, --ask, which reads what it holds, and --undo, which takes that back':
        said.length !== 1,
      '--from, --to, --network, --advertiser, --affiliate and --env-file go with --ask':
        !isAsked &&
        [of.from, of.to, of.network, of.advertiser, of.affiliate, of.envFile].some(
          (one) => one !== undefined,
        ),
      '--why is missing; say how you know, it is kept in the history': why === undefined && !isAsked,
      '--why is empty; say how you know, it is kept in the history': why?.trim() === '',
    }),
  );
  return word;
}

/** The keys that are meant, all of one account. */
async function keysOf(
  host: Host,
  ledger: LedgerRecords,
  target: string,
  said: Word,
  { ledger: option, ...whose }: ResolveOptions,
): Promise<readonly Unsettled[]> {
  const named: KeyTarget = /^run-\d+$/.test(target)
    ? { run: (await findRun(ledger, target, lookUp(host, option, 'runs'))).run }
    : { key: target };
  const all = await {
    undo: () => ledger.settledByHand(named),
    ask: () => ledger.inDoubt(named),
    accepted: () => ledger.unsettled(named),
    not_applied: () => ledger.unsettled(named),
  }[said]();
  const found = all.filter((one) => isOf(one, whose));
  const accounts = new Set(found.map(placeOf));
  if (accounts.size > 1)
    throw new UsageError(
      `${JSON.stringify(target)} is of several accounts: ${[...accounts].join(', ')}; choose one with --vendor, --account or --base-url`,
    );
  if (found.length > 0) return found;
  const name = JSON.stringify(target);
  if (all.length > 0)
    throw new UsageError(
      `${name} is not of that account, but of ${[...new Set(all.map(placeOf))].join(', ')}`,
    );
  throw new UsageError(
    said === 'undo'
      ? `no one settled ${name} by hand, or something was sent for it after that; \`${lookUp(host, option, 'history', target)}\` shows it`
      : said === 'ask'
        ? `nothing is in doubt for ${name}; name a run or a key of which an answer was lost`
        : `nothing is unknown for ${name}; name a run or a key whose rows are unknown`,
  );
}

function isOf(
  one: Namespace,
  { vendor, account, baseUrl }: Pick<ResolveOptions, 'vendor' | 'account' | 'baseUrl'>,
): boolean {
  const origin = baseUrl === undefined ? undefined : typedOrigin(baseUrl);
  return (
    (vendor === undefined || one.vendor === vendor) &&
    (account === undefined || one.account === account) &&
    (origin === undefined || spellingsOf(origin).includes(one.origin))
  );
}

function placeOf({ vendor, account, origin }: Namespace): string {
  return `${vendor}/${account} ${origin}`;
}

/** What is about to be settled, as its row said it. */
function aboutKey(one: Unsettled): string {
  const { key, run, input, line, action, amount, fields = {} } = one;
  const money = amount === undefined ? '' : ` ${formatAmount(amount)}`;
  const said = Object.entries(fields).flatMap(([field, text]) => (text === '' ? [] : [`${field} ${text}`]));
  const row = said.length === 0 ? '' : `: ${said.join(', ')}`;
  return `${key}: ${action}${money}, ${runName(run)} ${input}:${line} (${placeOf(one)})${row}`;
}

/** Asked on a terminal; elsewhere `--why` has said it. */
async function isWanted(
  host: Host,
  keys: number,
  said: keyof typeof WORDS,
  { yes, why = '' }: ResolveOptions,
): Promise<boolean> {
  if (yes === true) return true;
  const whose = `${plural(keys, 'key')} that ${keys === 1 ? 'it is' : 'they are'} ${WORDS[said]}`;
  return (await isYes(host, `say of ${whose}, because ${JSON.stringify(why)}? (y/N)`)) ?? true;
}
