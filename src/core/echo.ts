import { AMOUNT_DECIMALS, parseAmount } from './amount.js';
import { flagOf } from './flag.js';

/** Something of a request that the answer may repeat. */
export interface Echoed {
  /** Null where nothing is to be held: a clear. Then 0.00 is something else. */
  readonly sent: string | null;
  /** Amounts are compared as decimals, flags by what their words mean, names in any case, ids and texts to the letter. */
  readonly is: 'id' | 'amount' | 'flag' | 'text' | 'name';
  /** What it means for the row that the answer says otherwise; the last one is a warning. */
  readonly differs: 'unclear' | 'echo_mismatch' | 'cost_differs' | 'call_date_not_taken';
}

/** By the names under which the vendor's reader tells them. */
export type Echoes = Readonly<Record<string, Echoed>>;

/** What an answer says that it holds: only what it names, null where it names it and holds nothing. */
export type Echo = Readonly<Record<string, string | null>>;

/** The strongest of what differs. */
export type Compared =
  | { readonly kind: 'as_sent'; readonly warnings: readonly string[] }
  /** The answer is about something else: who knows what was applied. */
  | { readonly kind: 'unclear'; readonly message: string }
  /** The vendor took the row, and says that it holds something else. */
  | { readonly kind: Mismatch; readonly message: string };

export type Mismatch = 'echo_mismatch' | 'cost_differs';

const AS_SENT: Compared = { kind: 'as_sent', warnings: [] };

/** What an answer that accepts a row says other than was sent. What it does not name is not compared. */
export function compareEcho(echoes: Echoes | undefined, echo: Echo | undefined): Compared {
  if (echoes === undefined || echo === undefined) return AS_SENT;
  const differing: [string, Echoed, string | null][] = [];
  for (const [name, echoed] of Object.entries(echoes)) {
    const held = Object.hasOwn(echo, name) ? echo[name] : undefined;
    if (held !== undefined && !isAsSent(echoed, held)) differing.push([name, echoed, held]);
  }
  if (differing.length === 0) return AS_SENT;
  const unclear = differing.filter(([, { differs }]) => differs === 'unclear');
  if (unclear.length > 0)
    return { kind: 'unclear', message: `the answer is about something else: ${says(unclear)}` };
  for (const kind of ['echo_mismatch', 'cost_differs'] as const) {
    const other = differing.filter(([, { differs }]) => differs === kind);
    const message = `the vendor accepted the row and holds something else: ${says(other)}`;
    if (other.length > 0) return { kind, message };
  }
  return { kind: 'as_sent', warnings: [...new Set(differing.map(([, { differs }]) => differs))] };
}

/** Whether an answer was asked for an amount and has none. */
export function lacksAmount(echoes: Echoes | undefined, echo: Echo | undefined): boolean {
  return Object.entries(echoes ?? {}).some(
    ([name, { is, sent, differs }]) =>
      is === 'amount' && sent !== null && differs === 'echo_mismatch' && echo?.[name] === undefined,
  );
}

function isAsSent({ sent, is }: Echoed, held: string | null): boolean {
  const nothing = held === null || held.trim() === '';
  if (sent === null || nothing) return nothing && (sent === null || (is === 'amount' && isZero(sent)));
  switch (is) {
    case 'amount':
      return sameAmount(sent, held);
    case 'flag':
      return flagOf(held) === flagOf(sent);
    case 'name':
      return held.trim().toLowerCase() === sent.trim().toLowerCase();
    case 'id':
    case 'text':
      return held === sent;
  }
}

/** A vendor may write 1250.00 as `1250`, `"1250.0"` or `1,250.00`. */
function sameAmount(sent: string, held: string): boolean {
  const [one, other] = [amountOf(sent), amountOf(held)];
  return one !== undefined && one === other;
}

function isZero(text: string): boolean {
  return amountOf(text) === 0;
}

function amountOf(text: string): number | undefined {
  const parsed = parseAmount(text, { decimals: AMOUNT_DECIMALS, decimal: '.' });
  return parsed.ok ? parsed.value.amount : undefined;
}

function says(differing: readonly (readonly [string, Echoed, string | null])[]): string {
  const each = differing.map(([name, { sent }, held]) => `${name} is ${text(held)}, ${text(sent)} was sent`);
  return each.join('; ');
}

function text(value: string | null): string {
  return value === null ? 'empty' : JSON.stringify(value);
}
