import type { HistoryRecord } from '../../core/records.js';
import { plain, type Paint } from '../console.js';
import type { ExplainedKey } from '../explain-outputs.js';
import { lineOf } from '../history.js';
import { heldText } from './explain-row.js';

/** A key as people read it: what is held, its last row, what a push of it would meet, and its history in short. */
export function keyText(
  accounts: readonly ExplainedKey[],
  history: readonly HistoryRecord[],
  paint: Paint,
): string {
  return accounts
    .map((one) =>
      accountText(
        one,
        history.filter((record) => isOf(record, one)),
        paint,
      ),
    )
    .join('\n\n');
}

function isOf(record: HistoryRecord, { vendor, account, origin }: ExplainedKey): boolean {
  return record.vendor === vendor && record.account === account && record.origin === origin;
}

/** Of a long history the newest. */
const SHOWN = 10;

function accountText(one: ExplainedKey, history: readonly HistoryRecord[], paint: Paint): string {
  const { key, vendor, account, origin, held, in_flight: flying, last, meets, commands } = one;
  const part = (title: string, says: readonly string[]): string[] =>
    says.length === 0 ? [] : ['', paint.bold(title), ...says.map((says) => `  ${plain(says)}`)];
  const more = history.length - SHOWN;
  const fields = Object.entries(last?.fields ?? {}).map(([field, text]) => `${field} = ${text}`);
  const cells = (last?.columns ?? []).map(
    ({ header, cell }) => `${JSON.stringify(header)}: ${JSON.stringify(cell)}`,
  );
  return [
    paint.bold(plain(`key ${key}, at ${vendor} (account ${account}, ${origin})`)),
    ...part('What is held', [
      heldText(held),
      ...(flying === null ? [] : [`a row is on its way, or was when its run died: ${flying}`]),
    ]),
    ...part(
      last === null ? 'The last row' : `The last row: ${last.file}:${last.line}, in ${last.run}`,
      last === null ? ['its source row is not kept'] : [...fields, ...cells],
    ),
    ...part('What a push of it would meet', meets.map(metLine)),
    ...part('What happened to it', [
      ...(more > 0 ? [`… ${more} before these`] : []),
      ...history.slice(-SHOWN).map(lineOf),
    ]),
    ...part('It waits for somebody who looks it up at the vendor, then', commands),
  ].join('\n');
}

function metLine({ row, action, status, code, message }: ExplainedKey['meets'][number]): string {
  const what = action === null ? `${status}${code === null ? '' : `, ${code}`}` : `sent: ${action}`;
  return `${row.padEnd(16)}  ${what}${message === null ? '' : `: ${message}`}`;
}
