import type { Break, ComparedRow, HeldDoubt, Slot } from '../core/breaks.js';
import type { Intent } from '../core/status.js';
import { SEND_AGAIN_COLUMN } from '../sales/breaks-file.js';

export interface Classified {
  readonly word: Break;
  /** What is meant, where the word does not say it all. */
  readonly message?: string | undefined;
  /** It was accepted by a vendor that adds a record with every request: a push of the breaks does not send it. */
  readonly isHeld?: true;
}

/** What a row of the file and what the vendor holds about it come to. Money is compared as integers; none is zero. */
export function classify(row: ComparedRow, isAppended: boolean): Classified {
  const { status, message, warning, slot, trouble } = row;
  if (status === 'skipped') return { word: 'skipped', message };
  if (status === 'invalid') return { word: 'invalid', message };
  const { acceptedIn } = row;
  // A row that repeats another, or is summed into it, has the break of that one.
  const sale =
    trouble === undefined ? classifySale(row, slot) : ({ word: 'ambiguous', message: trouble } as const);
  if (isAppended && sale.word === 'missing_at_vendor' && acceptedIn !== undefined)
    return { word: sale.word, isHeld: true, message: heldBack(row) };
  return status === 'duplicate' ? { word: sale.word, message: warning ?? message } : sale;
}

function heldBack({ acceptedIn, acceptedAs }: ComparedRow): string {
  const ref = acceptedAs === undefined ? '' : ` as ${acceptedAs}`;
  return `run-${acceptedIn} had it accepted${ref}, so a push of this file holds it; yes in ${SEND_AGAIN_COLUMN} sends it again`;
}

/** Why a sale is `ambiguous` of which it is not certain what the vendor holds. */
export const DOUBTS: Readonly<Record<HeldDoubt, string>> = {
  unsettled:
    'an attempt of an earlier push is unsettled; push the sales file again, or settle it with `revsync resolve`',
  untold:
    'cannot tell: the vendor has money of it, and does not say whether there was a sale or it was taken back',
  unread: 'cannot tell: the vendor has a word for whether there was a sale that is not known',
  unpaired: 'the call has several sale and signal rows, and it is not told which belong together',
};

function classifySale({ intent, amount }: ComparedRow, slot: Slot | undefined): Classified {
  const wanted = intent === 'set';
  if (slot === undefined) return { word: wanted ? 'missing_at_vendor' : 'matched' };
  const { claims, doubt, records, pending } = slot;
  if (claims > 1) return { word: 'ambiguous', message: `${claims} rows of the file are about it` };
  if (doubt !== undefined) return { word: 'ambiguous', message: DOUBTS[doubt] };
  if (records > 1) {
    if (pending === 0) return { word: 'doubled_at_vendor' };
    const message =
      'the vendor has several records of it, one of which corrects a row that was not pulled; pull a longer range';
    return { word: 'ambiguous', message };
  }
  return wanted ? classifyWanted(amount, slot) : classifyTakenBack(intent, slot);
}

function classifyWanted(asked: number | undefined, { records, takenBack, amount }: Slot): Classified {
  // What says nothing of money leaves it as it is.
  if (records > 0 && asked === undefined) return { word: 'matched' };
  const wanted = asked ?? 0;
  const held = amount === undefined ? undefined : Number(amount);
  if (records > 0) return { word: (held ?? 0) === wanted ? 'matched' : 'amount_differs' };
  // Nothing counts there: it was taken back, credited, or there is a record without money.
  if (held === wanted) return { word: 'matched' };
  if (takenBack && (held ?? 0) <= 0) return { word: 'reversed_at_vendor' };
  if (held !== undefined) return { word: 'amount_differs' };
  if (wanted === 0) return { word: 'matched' };
  return { word: 'missing_at_vendor', message: 'the vendor has a record of it without money' };
}

/** Emptied, none is left; taken back, not even the record. */
function classifyTakenBack(intent: Intent | undefined, { records, amount = 0n }: Slot): Classified {
  if (records > 0 && intent === 'reverse')
    return { word: 'amount_differs', message: 'the file takes it back and the vendor holds it' };
  return { word: amount === 0n ? 'matched' : 'amount_differs' };
}
