import { formatAmount } from '../core/amount.js';
import { Console, plain, UsageError } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { findRun, openExisting } from './existing-ledger.js';
import type { OptionsOf } from './settings.js';

/** `revsync resolve RUN|KEY`: a person says what became of unknown rows; their keys are free afterwards. */
export async function resolve(host: Host, target: string, options: OptionsOf<'resolve'>): Promise<number> {
  const console = await Console.open(host, options.color);
  if ((options.accepted === true) === (options.notApplied === true)) {
    throw new UsageError('say either --accepted, the vendor holds it, or --not-applied, it does not');
  }
  if (options.why.trim() === '')
    throw new UsageError('--why is empty; say how you know, it is kept in the history');
  const ledger = openExisting(host, options.ledger);
  const named = /^run-\d+$/.test(target) ? { run: (await findRun(ledger, target)).run } : { key: target };
  const found = await ledger.unsettled(named);
  if (found.length === 0)
    throw new UsageError(
      `nothing is unknown for ${JSON.stringify(target)}; name a run or a key whose rows are unknown`,
    );
  const resolution = options.accepted === true ? 'accepted' : 'not_applied';
  let failed = 0;
  for (const one of found) {
    const settled = await ledger.resolve(one, { found: resolution, why: options.why.trim(), at: Date.now() });
    const amount = one.amount === undefined ? '' : ` ${formatAmount(one.amount)}`;
    const place = `${one.vendor}/${one.account} ${one.origin}`;
    if (settled.ok)
      console.say(
        `${plain(one.key)}${amount}: ${resolution === 'accepted' ? 'accepted' : 'not applied'} (${place})`,
      );
    else console.say(plain(settled.error));
    if (!settled.ok) failed += 1;
  }
  return failed > 0 ? EXIT.someRowsBad : EXIT.done;
}
