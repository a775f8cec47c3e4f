import { formatAmount, type Amount } from '../core/amount.js';
import type { HistoryRecord } from '../core/records.js';
import { runName } from '../core/row.js';
import { Console, plain } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { inLedger } from './existing-ledger.js';
import type { HistoryOutput } from './books-outputs.js';
import type { OptionsOf } from './settings.js';

/** `revsync history KEY`: every value, when, which run, and what the vendor answered. */
export async function history(host: Host, key: string, options: OptionsOf<'history'>): Promise<number> {
  const console = await Console.open(host, options.color);
  const records = await inLedger(host, options.ledger, (ledger) => ledger.history(key));
  if (options.json === true) await console.printJson(records.map(jsonOf));
  else if (records.length > 0)
    await console.print(records.map((record) => `${plain(lineOf(record))}\n`).join(''));
  if (records.length === 0) {
    console.say(
      `revsync: nothing was ever sent for ${JSON.stringify(key)}; keys are written as in the column revsync_key`,
    );
    return EXIT.someRowsBad;
  }
  return EXIT.done;
}

/** A line of a key's history. */
export function lineOf(record: HistoryRecord): string {
  const { vendor, account, origin, run, amount, previousAmount, action, status, code } = record;
  const change = previousAmount === undefined ? money(amount) : `${money(previousAmount)} → ${money(amount)}`;
  const answers = record.tries.map((one) => one.httpStatus ?? one.code ?? '?').join(', ');
  const kept = Object.entries(record.tries.at(-1)?.kept ?? {}).map(([name, text]) => `, ${name} ${text}`);
  const ref = record.ref === undefined ? '' : `, ref ${record.ref}`;
  const corrects = record.correctsRef === undefined ? '' : `, corrects ${record.correctsRef}`;
  const why = code === undefined ? '' : `  ${code}: ${record.message ?? ''}`;
  const undoes = record.undoes === undefined ? '' : ` (undoes ${runName(record.undoes)})`;
  const { plan, plannedBy = 'somebody', who = 'somebody' } = record;
  const planned = plan === undefined ? '' : `  (${runName(plan)} planned by ${plannedBy}, applied by ${who})`;
  const place = `${vendor}/${account} ${origin}  ${runName(run)}${undoes} ${record.input}:${record.line}`;
  const answered = answers === '' ? '' : `  (answered ${answers}${ref}${corrects}${kept.join('')})`;
  return `${new Date(record.at).toISOString()}  ${action} ${change}  ${status}${why}${answered}  ${place}${planned}`;
}

/** For `--json`. */
export function jsonOf({
  at,
  run,
  undoes,
  amount,
  previousAmount,
  correctsRef,
  tries,
  who,
  plan,
  plannedBy,
  ...rest
}: HistoryRecord): HistoryOutput[number] {
  return {
    at: new Date(at).toISOString(),
    run: runName(run),
    undoes: undoes === undefined ? null : runName(undoes),
    ...{ who: who ?? null, plan: plan === undefined ? null : runName(plan), planned_by: plannedBy ?? null },
    ...rest,
    amount: amount === undefined ? null : formatAmount(amount),
    previous_amount: previousAmount === undefined ? null : formatAmount(previousAmount),
    corrects_ref: correctsRef ?? null,
    tries: tries.map(({ at, httpStatus, code, message, kept }) => ({
      at: new Date(at).toISOString(),
      http_status: httpStatus ?? null,
      code: code ?? null,
      message: message ?? null,
      ...(kept === undefined ? {} : { kept }),
    })),
  };
}

function money(amount: Amount | undefined): string {
  return amount === undefined ? '(none)' : formatAmount(amount);
}
