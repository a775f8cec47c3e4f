import { existsSync } from 'node:fs';
import { isShared } from '../io/ledger-address.js';
import { spellingsOf } from '../core/origin.js';
import type { Namespace } from '../core/ledger.js';
import { appends, type Vendor } from '../core/vendor.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';
import { isLost, refuseDoubt } from './ledger-doubt.js';
import { typedAgain } from './next-command.js';
import type { PushOptions } from './push-options.js';

/** The books that a push goes by. */
export interface Books extends Omit<Namespace, 'vendor'> {
  readonly vendor: Vendor;
  /** Of the ledger's file. */
  readonly path: string;
}

/** What is to be known of a push to an account of which the ledger has none. */
export interface FirstPush {
  /** A line that says so; none where the account is known. */
  readonly says?: string;
  /** Whether a push is refused without `--new-ledger`. */
  readonly needsNewLedger: boolean;
}

type Options = Pick<PushOptions, 'dryRun' | 'sandbox' | 'newLedger'>;

/** Throws before a ledger is made where it would not be pushed by. */
export function checkNewFile(host: Host, books: Books, options: Options): void {
  if (isShared(books.path) || existsSync(books.path)) return;
  if (isLost(books.path) && billsAgain(books.vendor, options))
    refuseDoubt(host, books, 'empty', options.dryRun === true);
  firstPush(host, books, [], options);
}

/**
 * Says what the ledger does not know. Throws where a repeat would bill again and no one has said that nothing was sent by
 * other books. `known` are the accounts to which it has a push.
 */
export function firstPush(
  host: Host,
  books: Books,
  known: readonly Namespace[],
  options: Options,
): FirstPush {
  const { vendor, account, origin } = books;
  const isOwn = (one: Namespace): boolean =>
    one.vendor === vendor.id && one.account === account && spellingsOf(origin).includes(one.origin);
  if (known.some(isOwn)) {
    if (options.newLedger !== true) return { needsNewLedger: false };
    const says =
      '--new-ledger is not needed any more; leave it out, so that a ledger that is lost is noticed';
    return { says, needsNewLedger: false };
  }
  const says = newsOf(books, known, options.dryRun === true);
  if (!billsAgain(vendor, options) || options.newLedger === true) return { says, needsNewLedger: false };
  const why = `${vendor.title} adds a record with every request, so what was sent by other books would be billed again`;
  if (options.dryRun === true)
    return { says: `${says}; ${why}: a push needs --new-ledger`, needsNewLedger: true };
  const anyway = typedAgain(host, { adding: ['--new-ledger'] });
  throw new UsageError(
    `${says}\n${why}; name the ledger that knows it with --ledger; where nothing was sent before: ${anyway}`,
  );
}

/** Whether what is sent twice is billed twice. */
export function billsAgain(vendor: Vendor, { sandbox }: Pick<Options, 'sandbox'>): boolean {
  return appends(vendor) && sandbox !== true;
}

function newsOf(books: Books, known: readonly Namespace[], dryRun: boolean): string {
  const { vendor, account, origin, path } = books;
  const whom = `${vendor.title} (account ${account}, ${origin})`;
  if (known.length === 0)
    return dryRun
      ? `ledger ${path} does not exist yet or is empty: nothing counts as sent to ${whom} before`
      : `new ledger ${path}: nothing counts as sent to ${whom} before`;
  const nearest = known.toSorted((one, two) => nearness(two, books) - nearness(one, books));
  const others = nearest.slice(0, SHOWN).map((one) => `${one.vendor}/${one.account} ${one.origin}`);
  const more = known.length > SHOWN ? `, … (${known.length})` : '';
  const bare = known.find((one) => isBare(one, books));
  const older =
    bare === undefined
      ? ''
      : `; what an older revsync sent to any path below ${bare.origin} is kept under that address and is not counted here`;
  return `first push to ${whom} by this ledger: nothing counts as sent there before; it knows ${others.join(', ')}${more}${older}`;
}

/** Whether it is the same account without the path, by which older ledgers kept every path's books. */
function isBare(one: Namespace, { vendor, account, origin }: Books): boolean {
  const bare = URL.canParse(origin) ? new URL(origin).origin : origin;
  const isOwn = one.vendor === vendor.id && one.account === account;
  return isOwn && bare !== origin && spellingsOf(bare).includes(one.origin);
}

/** Of an account that is known, so that the one which may have been meant is shown first. */
function nearness(one: Namespace, books: Books): number {
  if (isBare(one, books)) return 3;
  if (one.vendor !== books.vendor.id) return 0;
  return one.account === books.account ? 2 : 1;
}

/** Of the accounts that a ledger knows. */
const SHOWN = 5;
