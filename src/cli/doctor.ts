import { systemClock } from '../io/clock.js';
import { VENDORS } from '../vendors/index.js';
import { Console } from './console.js';
import { examine, vendorsInUse } from './examine.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { ledgerPath, vendorOf } from './options.js';
import { environment } from './push-options.js';

/** `revsync doctor`: what can be checked without sending. Exit 2 where something would keep a push from working. */
export async function doctor(
  host: Host,
  options: {
    vendor?: string;
    ledger?: string;
    envFile?: string;
    json?: true;
    color?: boolean;
  },
): Promise<number> {
  const console = new Console(host, options.color);
  const env = environment(host, options);
  const vendors = options.vendor === undefined ? vendorsInUse(VENDORS, env) : [vendorOf(options.vendor)];
  const place = { env, cwd: host.cwd };
  const findings = examine(vendors, ledgerPath(options.ledger, place), place, systemClock.now());
  if (options.json === true) await console.print(`${JSON.stringify(findings)}\n`);
  else {
    const paint = { ok: console.paint.green, warning: console.paint.yellow, problem: console.paint.red };
    for (const { about, state, says } of findings)
      await console.print(`${paint[state](state.padEnd(8))} ${about}: ${says}\n`);
    if (vendors.length === 0)
      console.say('no credential of any vendor is set; --vendor looks for those of one');
  }
  return findings.some(({ state }) => state === 'problem') ? EXIT.usage : EXIT.done;
}
