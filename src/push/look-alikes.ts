import type { Ledger } from '../core/ledger.js';
import type { LookAlike, RowUpdate, RunId } from '../core/row.js';
import { plural } from '../core/text.js';
import { appends, type LikenessesOf, type Vendor } from '../core/vendor.js';
import { digestOfText } from '../sales/prepare.js';

/**
 * Holds rows that are new by their key and look like a sale that was sent under another one: a file that was saved
 * again without its seconds, or read in another time zone, must not send every sale a second time.
 */
export async function holdLookAlikes(ledger: Ledger, run: RunId, vendor: Vendor): Promise<void> {
  const likenesses = likenessesOf(vendor);
  if (likenesses === undefined) return;
  for await (const found of ledger.lookAlikes(run, likenesses)) await ledger.update(run, found.map(held));
}

/**
 * What a sale shares with itself under another key. Where each request adds a record that is also its line in the file:
 * read in another zone, with another order of dates or by other columns, it is the same sale.
 */
export function likenessesOf(vendor: Vendor): LikenessesOf | undefined {
  const ofKey = vendor.likenesses;
  if (!appends(vendor)) return ofKey;
  return (key, fields, cells) => [
    ...(ofKey?.(key, fields) ?? []),
    ...(cells === undefined ? [] : [{ same: recordOf(cells), isRecord: true as const }]),
  ];
}

/** The ids of those to which a row may have been sent under another key. */
export function lookingBack(vendors: readonly Vendor[]): string[] {
  return vendors.filter((vendor) => likenessesOf(vendor) !== undefined).map(({ id }) => id);
}

/** Whatever the order of its columns, and with others that are blank. */
function recordOf(cells: readonly string[]): string {
  const texts = cells.map((cell) => cell.trim()).filter((text) => text !== '');
  return `record ${digestOfText(JSON.stringify(texts.sort()))}`;
}

function held({ position, run, input, line, key, gap, isRecord }: LookAlike): RowUpdate {
  const message =
    `looks like line ${line} of ${input} in run-${run}, which was sent as ${key}: ${isRecord ? READ_OTHERWISE : differenceOf(gap)}; ` +
    'nothing was sent now; if it is another sale, push it with --send-again';
  return { position, status: 'not_sent', code: 'looks_sent', message };
}

const READ_OTHERWISE =
  'its line in the file is the same, and what its call is found by is read otherwise now, as with another --timezone, --date-format or --column';

function differenceOf(gap: number | undefined): string {
  if (gap === undefined || gap === 0) return 'it is the same but for what its call is found by';
  const seconds = Math.abs(gap);
  const later = gap > 0 ? 'later' : 'earlier';
  if (seconds <= 60) return `all but its time is the same, and that is ${plural(seconds, 'second')} ${later}`;
  const [hours, minutes] = [Math.floor(seconds / 3600), (seconds / 60) % 60];
  const parts = [
    ...(hours > 0 ? [plural(hours, 'hour')] : []),
    ...(minutes > 0 ? [plural(minutes, 'minute')] : []),
  ];
  return `all but its time is the same, and that is ${parts.join(' and ')} ${later}, as in another time zone`;
}
