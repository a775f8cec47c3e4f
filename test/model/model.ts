/** The amounts of a key that count at the vendor, in 1/10000; of a sale that was taken back, none. */
export type Held = readonly number[];

/** What is known of a key by those who only saw files, results and what people said. */
export interface Known {
  /** Whether a request may be out of which nobody has an answer: `unknown` was said of it, or a run died. */
  doubt: 'none' | 'died' | 'unknown';
  /** How often a person said that it was not applied, and it was: each is a record more where requests add up. */
  slips: number;
  /** Whether a person said last that it was accepted, and it was not. */
  vouched: boolean;
  /** What the requests that are in doubt asked for; one entry unless nobody can tell which it was. */
  asked: readonly Held[];
}

export const NOTHING_KNOWN: Known = { doubt: 'none', slips: 0, vouched: false, asked: [] };

/** What one key of a file came to: `status` is undefined where the run died before it wrote results. */
export interface Came {
  readonly status: string | undefined;
  readonly before: Held;
  /** What the file says of it. */
  readonly wanted: Held;
  /** Whether a repeated request counts once more. */
  readonly appends: boolean;
  /** Whether a reversal is not sent twice, so that one of which no answer came is unknown. */
  readonly reversesOnce: boolean;
}

/** THE MODEL: what the books may hold of a key after a push. Of any key that was not in the file: what they held. */
export function mayHold({ status, before, wanted, appends }: Came): readonly Held[] {
  const sent = appends ? [...before, ...wanted] : wanted;
  switch (status) {
    case 'accepted':
      return [sent];
    case 'unknown':
      return [before, sent];
    case 'failed':
      return appends ? [before] : [before, sent];
    case undefined:
      return [before, sent];
    default:
      return [before];
  }
}

/** THE MODEL: what may be said of a key, before anybody looks at the books. */
export function maySay(
  { status, before, wanted, appends, reversesOnce }: Came,
  { doubt, vouched, slips, asked }: Known,
): boolean {
  if (status === undefined) return true;
  if (status === 'unchanged') return vouched || same(slips > 0 ? before.slice(-1) : before, wanted);
  if (status === 'unknown')
    return appends || (reversesOnce && [...asked, wanted].some((held) => held.length === 0));
  return doubt !== 'unknown' || !['accepted', 'rejected', 'failed'].includes(status);
}

/** THE MODEL: what must never be, whatever happened: money that counts twice without a person who asked for it. */
export function isDoubled(held: Held, { slips }: Known): boolean {
  return held.length > 1 + slips;
}

export function same(left: Held, right: Held): boolean {
  return left.length === right.length && left.every((amount, index) => amount === right[index]);
}
