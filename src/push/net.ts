import { formatAmount, type Amount } from '../core/amount.js';
import type { HeldSale, RepeatedRow, RowUpdate } from '../core/row.js';
import type { Sale } from '../core/sale.js';
import type { Vendor } from '../core/vendor.js';
import { actionOf, digestOf, digestOfText } from '../sales/prepare.js';
import { place } from './differences.js';
import { isRefund, refuseAll, sumOf, type KeyGroup, type OnConflict, type Resolved } from './key-group.js';

export interface NetPolicy {
  readonly onConflict: OnConflict;
  /** How a sale is taken back of which nothing remains. */
  readonly refund: 'reverse' | 'clear';
  /** A refund that looks like one that was taken off before is another one. */
  readonly sendAgain: boolean;
  /** Every key keeps a row with what remains, also where nothing is new: it is compared and not sent. */
  readonly keepOne: boolean;
}

/** A refund: a digest of its cells, and what it takes back. */
type Taken = readonly [cells: string, amount: Amount];

/**
 * What an amount remains of: kept with what the vendor holds, so that no refund is taken off twice. Refunds that stood
 * beside the sale in its file are replaced once a file says otherwise; those that came later, in a file without the
 * sale, stay until a file has them beside it.
 */
interface Net {
  readonly gross: Amount;
  readonly beside: readonly Taken[];
  readonly later: readonly Taken[];
}

type Ends = Map<RepeatedRow, Omit<RowUpdate, 'position'>>;

/** Takes refunds off their sale; undefined where the key has none, and its rows are settled like others. */
export function resolveNet(group: KeyGroup, vendor: Vendor, policy: NetPolicy): Resolved | undefined {
  const { distinct } = group;
  const held = distinct[0]?.held;
  const known = held?.net === undefined ? undefined : (JSON.parse(held.net) as Net);
  const sales = distinct.filter((row) => !isRefund(row));
  if (sales.length === 0) return withoutSale(group, known ?? heldWhole(held), vendor, policy);
  const refunds = distinct.filter(isRefund);
  if (refunds.length === 0 && (known === undefined || sales.some(({ sale }) => sale.intent !== 'set')))
    return undefined;

  const { onConflict } = policy;
  const carrier = onConflict === 'last' ? sales.at(-1) : sales[0];
  const sale = onConflict === 'sum' ? sumOf(sales, vendor) : carrier?.sale;
  const isOpen = sales.length > 1 && onConflict === 'refuse';
  if (isOpen || carrier === undefined || sale?.amount === undefined) return refuseAll(group, vendor);
  const beside = refunds.map(takenBy);
  const net = withWhole({ gross: sale.amount, beside, later: without(known?.later ?? [], beside) });
  return resolved(group, netInto({ carrier, sale, rows: distinct, net }, vendor, policy));
}

/** Refunds whose sale an earlier file had, if any. */
function withoutSale(group: KeyGroup, before: Net | undefined, vendor: Vendor, policy: NetPolicy): Resolved {
  const { distinct } = group;
  if (before === undefined) return ofNothingKnown(group, vendor, policy);
  const ends: Ends = new Map();
  const taken = [...before.beside, ...before.later];
  const added: RepeatedRow[] = [];
  for (const row of distinct) {
    const [cells, amount] = takenBy(row);
    const isKnown = taken.some(([one]) => one === cells) || (amount === 0 && remaining(before) === 0);
    if (isKnown) ends.set(row, { status: 'unchanged', message: 'an earlier run took it off' });
    else if (!policy.sendAgain && taken.some(([, one]) => one === amount)) ends.set(row, looksTaken(row));
    else added.push(row);
  }
  const isAsked = policy.keepOne || distinct[0]?.held?.inDoubt === true;
  const carrier =
    added.at(-1) ?? (isAsked ? distinct.findLast((row) => ends.get(row)?.status === 'unchanged') : undefined);
  if (carrier === undefined) return resolved(group, ends);
  const net = withWhole({ ...before, later: [...before.later, ...added.map(takenBy)] });
  const rows = added.length > 0 ? added : [carrier];
  const { sale } = carrier;
  return resolved(group, new Map([...ends, ...netInto({ carrier, sale, rows, net }, vendor, policy)]));
}

/** A refund of a sale of which the ledger knows no amount takes it back as a whole, if it does not say how much. */
function ofNothingKnown(group: KeyGroup, vendor: Vendor, policy: NetPolicy): Resolved {
  const { distinct } = group;
  const ends: Ends = new Map();
  for (const row of distinct) {
    const { sale, held } = row;
    const isWhole = sale.refund === 0 || (held !== undefined && held.intent !== 'set');
    if (isWhole && canTakeBack(vendor, policy)) {
      if (distinct.length > 1) return refuseAll(group, vendor);
      ends.set(row, sent({ intent: policy.refund, fields: sale.fields }, vendor));
      continue;
    }
    const amount = sale.refund === 0 ? 'the sale' : formatAmount(sale.refund ?? (0 as Amount));
    const message = `${amount} is taken back, and no amount is held for it; push the sale first, or beside it in one file`;
    ends.set(row, { status: 'invalid', code: 'over_refund', message });
  }
  return resolved(group, ends);
}

interface Netted {
  /** The row that is sent. */
  readonly carrier: RepeatedRow;
  /** What it says, before anything is taken off. */
  readonly sale: Sale;
  /** Those that become one. */
  readonly rows: readonly RepeatedRow[];
  readonly net: Net;
}

function netInto({ carrier, sale, rows, net }: Netted, vendor: Vendor, policy: NetPolicy): Ends {
  const left = remaining(net);
  const taken = [...net.beside, ...net.later];
  if (left < 0) {
    const sum = formatAmount((net.gross - left) as Amount);
    const message = `${sum} is taken back in all, and ${formatAmount(net.gross)} was sold; find out which is right`;
    return new Map(rows.map((row) => [row, { status: 'invalid', code: 'over_refund', message }]));
  }
  const { refund: _refund, ...rest } = sale;
  const isBare = left === 0 || isRefund(carrier);
  const fields = isBare ? withoutFlags(sale.fields, vendor) : sale.fields;
  const whole: Sale = { ...rest, intent: 'set', amount: left, fields };
  const back: Sale = { intent: policy.refund, fields };
  const end = sent(
    left === 0 && taken.length > 0 && canTakeBack(vendor, policy) ? back : whole,
    vendor,
    taken.length > 0 ? net : undefined,
  );
  const ends: Ends = new Map(
    rows.map((row) => [row, { status: 'duplicate', message: `taken together with ${place(carrier, row)}` }]),
  );
  const warning = taken.length === 0 ? undefined : remains(net, carrier, rows);
  return ends.set(carrier, { ...end, ...(warning === undefined ? {} : { warning }) });
}

/** A row to be sent; what its amount remains of is part of its content, so that it is written down where it is new. */
function sent(sale: Sale, vendor: Vendor, net?: Net): Omit<RowUpdate, 'position'> {
  const action = actionOf(sale.intent);
  const prepared = vendor.prepare(action, sale);
  if (!prepared.ok) throw new Error('a row was staged and cannot be prepared');
  if (net === undefined) return { sale, digest: digestOf(prepared.value, action) };
  const state = JSON.stringify(net);
  return { sale, net: state, digest: digestOf(prepared.value, action, state) };
}

function remains(net: Net, carrier: RepeatedRow, rows: readonly RepeatedRow[]): string {
  const here = rows.filter(isRefund);
  const names = new Set(here.map((row) => takenBy(row)[0]));
  const amounts = new Map([...net.beside, ...net.later]);
  const lines = here.map(
    (row) => `${formatAmount(amounts.get(takenBy(row)[0]) ?? (0 as Amount))} on ${place(row, carrier)}`,
  );
  const before = [...net.beside, ...net.later].filter(([cells]) => !names.has(cells));
  const earlier = before.map(([, amount]) => `${formatAmount(amount)} before`);
  const what = formatAmount(remaining(net));
  return `${what} remains of ${formatAmount(net.gross)}; taken back: ${[...lines, ...earlier].join(', ')}`;
}

function looksTaken({ sale: { refund = 0 as Amount } }: RepeatedRow): Omit<RowUpdate, 'position'> {
  const message = `${formatAmount(refund)} was taken back before by a row with other cells; nothing was sent now; if it is another refund, push it with --send-again`;
  return { status: 'not_sent', code: 'looks_sent', message };
}

/** Every row of the group gets its end; those that repeat another to the letter that of a duplicate. */
function resolved({ rows, contents }: KeyGroup, ends: Ends): Resolved {
  const first = new Map<string, RepeatedRow>();
  const updates = rows.map((row, index): RowUpdate => {
    const end = ends.get(row);
    const content = contents[index] ?? '';
    const same = first.get(content) ?? row;
    first.set(content, same);
    if (end !== undefined) return { position: row.position, ...end };
    return {
      position: row.position,
      status: 'duplicate',
      message: `same key and content as ${place(same, row)}`,
    };
  });
  const joined = [...ends.values()].filter(({ status }) => status === 'duplicate').length;
  return { updates, merged: joined > 0 ? joined + 1 : 0 };
}

/** What is held of a sale of which nothing was taken back yet. */
function heldWhole(held: HeldSale | undefined): Net | undefined {
  if (held?.intent !== 'set' || held.amount === undefined) return undefined;
  return { gross: held.amount, beside: [], later: [] };
}

function takenBy({ cells, sale: { refund = 0 as Amount } }: RepeatedRow): Taken {
  return [digestOfText(JSON.stringify(cells)), refund];
}

function remaining({ gross, beside, later }: Net): Amount {
  return [...beside, ...later].reduce<number>((left, [, amount]) => left - amount, gross) as Amount;
}

/** A refund that does not say how much takes back what is left. */
function withWhole(net: Net): Net {
  let left = Math.max(remaining(net), 0) as Amount;
  const told = (taken: readonly Taken[]): Taken[] =>
    taken.map(([cells, amount]) => {
      if (amount !== 0) return [cells, amount];
      const rest = left;
      left = 0 as Amount;
      return [cells, rest];
    });
  return { gross: net.gross, beside: told(net.beside), later: told(net.later) };
}

/** Refunds of earlier files that this one does not have beside the sale: by their cells, else by their amount. */
function without(later: readonly Taken[], beside: readonly Taken[]): readonly Taken[] {
  const rest = [...beside];
  const drop = (isOne: (taken: Taken) => boolean): boolean => {
    const at = rest.findIndex(isOne);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  };
  return later
    .filter(([cells]) => !drop(([one]) => one === cells))
    .filter(([, amount]) => !drop(([, one]) => one === amount));
}

/** Flags and further money of a refund are not those of what remains. */
function withoutFlags(fields: Sale['fields'], { columns }: Vendor): Sale['fields'] {
  const dropped = new Set(
    columns.filter(({ kind }) => kind.is === 'flag' || kind.is === 'money').map(({ field }) => field),
  );
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !dropped.has(field)));
}

function canTakeBack({ semantics }: Vendor, { refund }: NetPolicy): boolean {
  return semantics[refund].kind === 'supported';
}
