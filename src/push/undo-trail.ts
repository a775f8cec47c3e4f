import type { Amount } from '../core/amount.js';
import type { RunId } from '../core/row.js';
import type { Sale } from '../core/sale.js';
import type { Action, Intent } from '../core/status.js';
import type { SentRow, Told, ToldRow } from '../core/undo.js';

/** What became of what a run told of a key. */
export type Standing =
  /** It changed nothing, or nothing that counts any more. */
  | { readonly is: 'void' }
  | { readonly is: 'undone'; readonly by: RunId }
  | { readonly is: 'touched'; readonly by: RunId }
  /** It is what the vendor holds, or may; `before` is what it held until then, if anything is known. */
  | { readonly is: 'standing'; readonly sent: Told; readonly earlier: readonly Accepted[] };

/** Something that was accepted. */
export interface Accepted extends Pick<Told, 'run' | 'digest' | 'ref'> {
  readonly action: Action;
  readonly intent: Intent;
  readonly amount: Amount | undefined;
  /** Absent where it was forgotten. */
  readonly row: ToldRow | undefined;
}

/**
 * Whether what `run` told of the key still stands, by all that was told of it since. An attempt of an undo stands for what
 * was before the one that it undid, so that the undo of a newer run uncovers an older one.
 */
export function standingOf({ trail, doubt }: SentRow, run: RunId): Standing {
  const first = trail.findIndex((told) => told.run === run);
  const own = trail[first];
  if (own === undefined) return { is: 'void' };
  const newer = trail.slice(0, first);
  const undo = newer.find(({ undoes, status }) => undoes === run && status === 'accepted');
  if (own.status !== 'accepted' && (doubt === undefined || newer.some(isAccepted)))
    return undo === undefined ? { is: 'void' } : { is: 'undone', by: undo.run };
  const standing = standingIn(trail, run, doubt !== undefined);
  const [top] = standing;
  if (top?.run !== run) {
    const isUndone = undo !== undefined && !standing.some((told) => told.run === run);
    const by = top ?? newer.find(isAccepted) ?? own;
    return isUndone ? { is: 'undone', by: undo.run } : { is: 'touched', by: by.run };
  }
  const end = endOf(trail, first);
  // What a person said of it has no row of its own.
  const sent = trail[end - 1] ?? own;
  return { is: 'standing', sent, earlier: acceptedIn(trail.slice(end)) };
}

function isAccepted({ status }: Told): boolean {
  return status === 'accepted';
}

/** Where what the run of an attempt told ends: what a person said of it comes right after it. */
function endOf(trail: readonly Told[], first: number): number {
  const run = trail[first]?.run;
  let end = first;
  while (trail[end]?.run === run && end < trail.length) end += 1;
  return end;
}

/** What was told, newest first, without what was undone and what certainly changed nothing. */
function standingIn(trail: readonly Told[], run: RunId, inDoubt: boolean): Told[] {
  const standing: Told[] = [];
  let mayCount = inDoubt;
  for (let at = 0; at < trail.length;) {
    const told = trail[at] as Told;
    // It takes back the word before it.
    const next = told.code === 'resolution_undone' ? at + 2 : at + 1;
    const counts = isAccepted(told) || (mayCount && told.status !== 'not_sent');
    mayCount &&= !isAccepted(told);
    const undone =
      told.undoes === undefined || told.run === run
        ? -1
        : trail.findIndex((one, index) => index > at && one.run === told.undoes);
    if (isAccepted(told) && undone >= 0) {
      at = endOf(trail, undone);
      continue;
    }
    // An undo that came to nothing, of the run itself, leaves it as it was.
    const isIdle = told.undoes === run;
    if (counts && !isIdle) standing.push(told);
    at = next;
  }
  return standing;
}

/** What was accepted, oldest first; of what came newest first. */
function acceptedIn(trail: readonly Told[]): Accepted[] {
  const accepted: Accepted[] = [];
  for (let at = 0; at < trail.length; at += 1) {
    const told = trail[at] as Told;
    if (told.code === 'resolution_undone') at += 1;
    else if (isAccepted(told)) {
      const row = told.row ?? (told.code === 'resolved_accepted' ? rowBelow(trail, at) : undefined);
      accepted.unshift({ ...told, row });
    }
  }
  return accepted;
}

/** Of the attempt that a person spoke of. */
function rowBelow(trail: readonly Told[], at: number): ToldRow | undefined {
  return trail.slice(at + 1, endOf(trail, at)).findLast(({ row }) => row !== undefined)?.row;
}

/** What a vendor held after all that was accepted. */
export interface HeldBefore {
  readonly sale: Sale;
  readonly net: string | undefined;
  /** The last of what was accepted. */
  readonly last: Accepted;
  /** Whether `sale` has the fields of `last` and no other's. */
  readonly isPlain: boolean;
}

/**
 * What was held: each thing that was accepted over what was before it. Money stays where a sale says nothing of it, and
 * so do its other fields, until it was taken back.
 */
export function heldAfter(accepted: readonly Accepted[]): HeldBefore | undefined {
  let held: HeldBefore | undefined;
  for (const last of accepted) {
    const { intent, row } = last;
    const own = row?.fields ?? {};
    const before = held?.sale.intent === 'set' && intent === 'set' ? held.sale : undefined;
    const fields = { ...before?.fields, ...own };
    const amount = intent === 'set' ? (last.amount ?? before?.amount) : last.amount;
    const isPlain = Object.keys(fields).length === Object.keys(own).length && row?.amount === amount;
    held = { sale: { intent, amount, fields }, net: row?.net, last, isPlain };
  }
  return held;
}
