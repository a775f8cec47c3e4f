import { formatAmount } from '../core/amount.js';
import type { Code } from '../core/codes.js';
import { runName, type RowFailure, type RunId } from '../core/row.js';
import type { Sale } from '../core/sale.js';
import type { Action } from '../core/status.js';
import type { Told, ToldRow } from '../core/undo.js';
import type { Vendor } from '../core/vendor.js';
import { actionOf, actionProblem, digestOf, prepareSale } from '../sales/prepare.js';
import { heldAfter, type Accepted, type HeldBefore } from './undo-trail.js';
import { factsOf, toldBy, type Facts } from './undo-facts.js';

/** What is sent to put back what was held before, or why nothing is. */
export type PutBack =
  | {
      readonly sale: Sale;
      readonly digest: string;
      readonly net?: string | undefined;
      readonly warning?: string | undefined;
    }
  | RowFailure;

interface Undoing {
  readonly vendor: Vendor;
  readonly run: RunId;
  readonly sent: Told & { readonly row: ToldRow };
  /** What the run told. */
  readonly sale: Sale;
  readonly earlier: readonly Accepted[];
}

/** Puts back what was held before `sent`, which still stands. */
export function putBack(vendor: Vendor, run: RunId, sent: Told, earlier: readonly Accepted[]): PutBack {
  const { row } = sent;
  const isMissing = row?.found === 'missing' || row?.found === 'confirmed_missing';
  const before = isMissing ? undefined : heldAfter(earlier);
  if (row === undefined) {
    const was = before === undefined ? 'nothing of it was sent' : `it held ${moneyOf(before.sale)}`;
    return cannot(
      `the source rows of ${runName(run)} were forgotten (runs --prune), and with them how it is found; before it ${was}: put that back at ${vendor.title} by hand`,
    );
  }
  if (row.found === 'differs')
    return cannot(
      `${vendor.title} held something else than revsync had sent, so that what was there before ${runName(run)} is not known; put it back there by hand`,
    );
  const sale = { intent: sent.intent, amount: row.amount, fields: row.fields };
  const undoing = { vendor, run, sent: { ...sent, row }, sale, earlier: isMissing ? [] : earlier };
  if (before === undefined) return takeBackNew(undoing);
  if (before.sale.intent === 'set') return putBackSale(undoing, before);
  return takeBackAgain(undoing, before);
}

function moneyOf({ intent, amount }: Sale): string {
  if (intent === 'set') return amount === undefined ? 'a sale without an amount' : formatAmount(amount);
  return intent === 'clear' ? 'no amount' : 'a sale that was taken back';
}

/** Nothing was held before: what is new is taken back, or emptied. */
function takeBackNew(undoing: Undoing): PutBack {
  const { vendor, sale, sent, run } = undoing;
  const { reverse, clear } = vendor.semantics;
  if (sale.intent === 'reverse' || sale.intent === 'clear')
    return cannot(
      `${runName(run)} took back what revsync had not sent, so that what was held before is not known; put it back at ${vendor.title} by hand`,
    );
  if (reverse.kind === 'supported') {
    const sides = takenBackBy(undoing, undefined);
    if (sides === undefined) return nothingChanges(undoing, new Map());
    return send(undoing, { intent: 'reverse', fields: { ...sale.fields, ...sides } }, reverse.leaves);
  }
  if (clear.kind === 'supported')
    return send(undoing, { intent: 'clear', fields: sale.fields }, clear.leaves);
  const ref = sent.ref === undefined ? '' : `; its reference there is ${sent.ref}`;
  return cannot(`${actionProblem(vendor, 'reverse', sale)?.message ?? ''}${ref}`);
}

/** A sale was held. */
function putBackSale(undoing: Undoing, before: HeldBefore): PutBack {
  const { vendor } = undoing;
  const held = known(undoing, before);
  if (held === undefined) return forgotten(undoing, before);
  const end = send(undoing, held.sale, undefined, held);
  if (!('status' in end)) return end;
  // What it converted and had not been converted before can be taken back by itself.
  const sides = end.code === 'cannot_undo' ? takenBackBy(undoing, held.sale) : undefined;
  if (vendor.toTakeBack === undefined || sides === undefined) return end;
  return send(
    undoing,
    { intent: 'reverse', fields: { ...undoing.sale.fields, ...sides } },
    vendor.semantics.reverse.leaves,
  );
}

/** A sale that had been taken back, or emptied, was told anew. */
function takeBackAgain(undoing: Undoing, before: HeldBefore): PutBack {
  const { vendor, sent, sale } = undoing;
  const { intent } = before.sale;
  if (sale.intent === intent && intent !== 'no_sale') {
    if (sent.digest === before.last.digest) return send(undoing, before.sale, undefined, before);
    return cannot(
      `another part of it had been taken back before; put back at ${vendor.title} by hand what ${runName(undoing.run)} took`,
    );
  }
  // No sale is told by the same request as one that is taken back.
  const back = intent === 'clear' ? 'clear' : 'reverse';
  if (vendor.semantics[back].kind === 'unsupported') return takeBackNew(undoing);
  const sides = back === 'reverse' ? takenBackBy(undoing, undefined) : {};
  if (sides === undefined) return nothingChanges(undoing, new Map());
  return send(undoing, { intent: back, fields: { ...sale.fields, ...before.sale.fields, ...sides } });
}

/** The fields by which all that the run converted is taken back; undefined where that is nothing. */
function takenBackBy({ vendor, sale }: Undoing, before: Sale | undefined): Sale['fields'] | undefined {
  return vendor.toTakeBack === undefined ? {} : vendor.toTakeBack(sale, before);
}

/** What was held, where it is known: a row that was forgotten is known again by its digest. */
function known({ vendor, sale }: Undoing, before: HeldBefore): HeldBefore | undefined {
  const { last } = before;
  if (last.row !== undefined) return before;
  const guess: Sale = { intent: 'set', amount: last.amount, fields: sale.fields };
  const prepared = vendor.prepare('create', guess);
  const isKnown = prepared.ok && digestOf(prepared.value, 'create') === last.digest;
  return isKnown ? { ...before, sale: guess, isPlain: true } : undefined;
}

function forgotten({ vendor }: Undoing, { sale, last }: HeldBefore): RowFailure {
  return cannot(
    `what was held before is of ${runName(last.run)}, whose source rows were forgotten (runs --prune); it was ${moneyOf(sale)}: put that back at ${vendor.title} by hand`,
  );
}

/** Sends a sale, unless nothing would change by it; with what stays as the run set it. */
function send(undoing: Undoing, sale: Sale, leaves?: string, held?: HeldBefore): PutBack {
  const { vendor, sent, earlier } = undoing;
  const action: Action = sale.intent === 'set' ? 'correct' : actionOf(sale.intent);
  const prepared = prepareSale(vendor, action, sale, []);
  if (!prepared.ok)
    return cannot(prepared.error.map(({ field, message }) => `${field}: ${message}`).join('; '));
  const before: Facts = new Map(earlier.flatMap((one) => [...toldBy(vendor, one.action, saleOf(one))]));
  const own = toldBy(vendor, sent.action, undoing.sale);
  const told = factsOf(prepared.value);
  const left = new Map([...own].filter(([name, text]) => before.get(name) !== text && !told.has(name)));
  const changes = [...told].some(([name, text]) => (own.has(name) ? own : before).get(name) !== text);
  if (sent.status === 'accepted' && !changes) {
    if (left.size > 0 || earlier.length === 0) return nothingChanges(undoing, left);
    // It is as it was.
    return { sale, digest: sent.digest };
  }
  const isOwn = held?.isPlain === true;
  return {
    sale,
    digest: isOwn ? held.last.digest : digestOf(prepared.value, action),
    net: held?.net,
    warning: warningOf(undoing, left, leaves),
  };
}

function saleOf({ intent, amount, row }: Accepted): Sale {
  return { intent, amount: row === undefined ? amount : row.amount, fields: row?.fields ?? {} };
}

/** `undone_in_part: payout 13.00 stays as run-3 set it`. */
function warningOf(undoing: Undoing, left: Facts, leaves: string | undefined): string | undefined {
  const stays = left.size === 0 ? undefined : staysText(undoing, left);
  const says = [stays, leaves].filter((text) => text !== undefined);
  return says.length === 0 ? undefined : `${'undone_in_part' satisfies Code}: ${says.join('; ')}`;
}

function staysText(undoing: Undoing, left: Facts): string {
  const all = [...left].map(([name, text]) => `${fieldOf(undoing, name)} ${text ?? 'none'}`);
  // One field may have two names at the vendor.
  const named = [...new Set(all)];
  const [stay, them] = named.length === 1 ? ['stays', 'it'] : ['stay', 'them'];
  return `${named.join(', ')} ${stay} as ${runName(undoing.run)} set ${them}`;
}

/** The field of the sale that said it. */
function fieldOf({ vendor, sent, sale }: Undoing, name: string): string {
  const own = toldBy(vendor, sent.action, sale).get(name);
  const isOf = (less: Sale): boolean => {
    const told = toldBy(vendor, sent.action, less);
    return told.size > 0 && told.get(name) !== own;
  };
  const field = Object.keys(sale.fields).find((field) => {
    const { [field]: _, ...fields } = sale.fields;
    return isOf({ ...sale, fields });
  });
  if (field !== undefined) return field;
  const { amount: _, ...rest } = sale;
  const money = vendor.columns.find(({ kind }) => kind.is === 'amount')?.field ?? name;
  return sale.amount !== undefined && isOf(rest) ? money : name;
}

function nothingChanges(undoing: Undoing, left: Facts): RowFailure {
  const { vendor, run } = undoing;
  if (left.size > 0)
    return cannot(
      `${staysText(undoing, left)}: no earlier value is known, and nothing else was changed; put it back at ${vendor.title} by hand`,
    );
  return cannot(
    `what ${runName(run)} set cannot be taken away again at ${vendor.title}, where nothing was before; see to it there by hand`,
  );
}

function cannot(message: string): RowFailure {
  return { status: 'invalid', code: 'cannot_undo', message };
}
