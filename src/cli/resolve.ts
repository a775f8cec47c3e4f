import { formatAmount } from '../core/amount.js';
import type { KeyTarget, LedgerRecords, Namespace, Unsettled } from '../core/ledger.js';
import { spellingsOf } from '../core/origin.js';
import { plural } from '../core/text.js';
import { runName } from '../io/results.js';
import { Console, plain, problemsOf, throwProblems, UsageError } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { findRun, lookUp, openExisting } from './existing-ledger.js';
import { Questions } from './questions.js';
import type { OptionsOf } from './settings.js';

type ResolveOptions = OptionsOf<'resolve'>;

/** What a person can say of a key, and how it is said afterwards. */
const WORDS = { accepted: 'accepted', not_applied: 'not applied', undo: 'unknown again' } as const;

/** `revsync resolve RUN|KEY`: a person says what became of unknown rows, or takes that back. */
export async function resolve(host: Host, target: string, options: ResolveOptions): Promise<number> {
  const console = await Console.open(host, options.color);
  const said = wordOf(options);
  const why = options.why.trim();
  const ledger = openExisting(host, options.ledger);
  const found = await keysOf(host, ledger, target, said, options);
  for (const one of found) console.say(plain(aboutKey(one)));
  if (!(await isWanted(host, found.length, said, options))) {
    console.say('nothing was changed');
    return EXIT.usage;
  }
  let failed = 0;
  for (const one of found) {
    const at = Date.now();
    const done =
      said === 'undo'
        ? await ledger.takeBack(one, { why, at })
        : await ledger.resolve(one, { found: said, why, at });
    const amount = one.amount === undefined ? '' : ` ${formatAmount(one.amount)}`;
    console.say(plain(done.ok ? `${one.key}${amount}: ${WORDS[said]} (${placeOf(one)})` : done.error));
    if (!done.ok) failed += 1;
  }
  return failed > 0 ? EXIT.someRowsBad : EXIT.done;
}

function wordOf({ accepted, notApplied, undo, why }: ResolveOptions): keyof typeof WORDS {
  const said = [accepted, notApplied, undo].filter((one) => one === true).length;
  throwProblems(
    problemsOf({
      'say one of --accepted, the vendor holds it, --not-applied, it does not, and --undo, which takes that back':
        said !== 1,
      '--why is empty; say how you know, it is kept in the history': why.trim() === '',
    }),
  );
  return accepted === true ? 'accepted' : undo === true ? 'undo' : 'not_applied';
}

/** The keys that are meant, all of one account. */
async function keysOf(
  host: Host,
  ledger: LedgerRecords,
  target: string,
  said: keyof typeof WORDS,
  { ledger: option, ...whose }: ResolveOptions,
): Promise<readonly Unsettled[]> {
  const named: KeyTarget = /^run-\d+$/.test(target)
    ? { run: (await findRun(ledger, target, lookUp(host, option, 'runs'))).run }
    : { key: target };
  const all = said === 'undo' ? await ledger.settledByHand(named) : await ledger.unsettled(named);
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
      : `nothing is unknown for ${name}; name a run or a key whose rows are unknown`,
  );
}

function isOf(
  one: Namespace,
  { vendor, account, baseUrl }: Pick<ResolveOptions, 'vendor' | 'account' | 'baseUrl'>,
): boolean {
  const origin = baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl).origin : baseUrl;
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
  { yes, why }: ResolveOptions,
): Promise<boolean> {
  if (yes === true || host.stdin.isTTY !== true || host.stderr.isTTY !== true) return true;
  const questions = new Questions(host);
  try {
    const answer = await questions.ask(
      `say of ${plural(keys, 'key')} that ${keys === 1 ? 'it is' : 'they are'} ${WORDS[said]}, because ${JSON.stringify(why)}? (y/N)`,
    );
    return /^y(es)?$/i.test(answer ?? '');
  } finally {
    questions.close();
  }
}
