import { normalized } from './columns.js';

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** What says by itself that a sale was taken back or never came about, in the languages of the headers. */
const TAKEN_BACK = words(`
  refund refunds refunded refunding chargeback chargebacks chargedback clawback clawedback void voids voided
  reversal reversals reversed cancel cancels canceled cancelled cancelation cancellation rescinded rescission
  declined decline declines storno storniert stornierung stornierte erstattet erstattung rückerstattet
  rückerstattung rueckerstattet rückbuchung gutschrift remboursé remboursée remboursement rembourse annulé annulée
  annule annulation anulado anulada anulación cancelado cancelada reembolso reembolsado reembolsada devuelto
  devuelta devolución contracargo rimborso rimborsato rimborsata annullato annullata estorno estornado estornada
  terugbetaald terugbetaling geannuleerd zwrot zwrócono zwrócony anulowano anulowany
`);

/** The same in a column that says how a sale stands; elsewhere a call may have been lost, or an upload have failed. */
const ENDED = words(
  'lost failed rejected denied returned return bounced unpaid uncollectible nsf verloren abgelehnt',
);

/** What may stand beside those without changing what they say. Any other word, `no` and `policy` too, makes it another thing. */
const BESIDE = words(`
  partial partially part full fully total totally teilweise partiel partielle partiellement parcial parcialmente
  parziale closed deal opportunity sale sold order payment transaction charge card invoice amount customer
  client merchant buyer seller agent issuer bank admin by to in of on for the and was is been has fraud fraudulent
  dispute disputed request requested pending initiated processing processed processed issued completed complete
  sent paid done made out post pre before after same day days free look nsf ach cc auto manual
  manually system user early
`);

/** Of which something remains. */
const IN_PART = /^(?:parti(?:al|ally|el|elle|ellement)|part|teilweise|parcial|parcialmente|parziale)$/;

/** A status is short; a longer text is a note. */
const LONGEST = 60;

/** `PartiallyRefunded`, `charged_back` and `Charge-Back - Lost` as words. */
function wordsIn(text: string): string[] {
  return text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/\b(charged?|clawed|claw)[\s_-]*(backs?)\b/g, '$1$2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** What a text says of the sale of its row: that all or a part of it was taken back, or nothing of the kind. */
export type Said = 'taken_back' | 'in_part' | 'nothing';

const remembered = new Map<string, Said>();
const MOST_REMEMBERED = 1_000;

/** What a cell says, as a whole; `isStatus`: it stands in a column that says how sales stand. */
export function saidOf(text: string, isStatus: boolean): Said {
  if (text.length > LONGEST) return 'nothing';
  const key = isStatus ? text : `\n${text}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const said = readText(text, isStatus);
  remembered.set(key, said);
  return said;
}

function readText(text: string, isStatus: boolean): Said {
  const found = wordsIn(text);
  const isMeant = (word: string): boolean => TAKEN_BACK.has(word) || (isStatus && ENDED.has(word));
  const closedLost = found.includes('closed') && found.includes('lost');
  if (!closedLost && !found.some(isMeant)) return 'nothing';
  // A policy is cancelled; a refund policy is something to agree to.
  const asksMoney = found.some((word) => word.startsWith('refund'));
  const known = (word: string): boolean =>
    isMeant(word) ||
    word === 'lost' ||
    BESIDE.has(word) ||
    /^\d+$/.test(word) ||
    (word === 'policy' && !asksMoney);
  if (!found.every(known)) return 'nothing';
  return found.some((word) => IN_PART.test(word)) ? 'in_part' : 'taken_back';
}

const STATUS =
  /status|state|stage|phase|outcome|disposition|dispo|result|ergebnis|zustand|estado|statut|état|stato|type|kind|typ$|tipo/i;

/** Whether a header says that its column tells how sales stand. */
export function isStatusHeader(header: string): boolean {
  return STATUS.test(header);
}

/** `Refunded`, `Is Refunded?`, `Charged Back`: a column that answers yes or no, or says how much. */
export function asksForRefund(header: string): boolean {
  const found = wordsIn(header).filter((word) => !['is', 'was', 'has', 'been', 'flag'].includes(word));
  return found.length > 0 && found.length <= 2 && saidOf(found.join(' '), false) !== 'nothing';
}

/** What stands for yes in such a column. */
export const YES = words('true yes y t x 1 ja oui si sí tak sim');

const REFUNDED = new Set(
  [
    ...[
      'refunded amount',
      'refund amount',
      'amount refunded',
      'refund',
      'refunds',
      'refunded',
      'refund total',
    ],
    ...['total refunded', 'total refund', 'refunded total', 'refund value', 'refunded value', 'refund usd'],
    ...['amount of refund', 'refunded revenue', 'refund revenue', 'sale refund', 'sales refunds', 'returns'],
    ...['chargeback amount', 'chargeback', 'chargebacks', 'charged back amount', 'amount charged back'],
    ...[
      'reversed amount',
      'reversal amount',
      'amount reversed',
      'voided amount',
      'void amount',
      'credit amount',
    ],
    ...['amount credited', 'clawback amount', 'clawback', 'erstattung', 'erstattungsbetrag', 'gutschrift'],
    ...['montant remboursé', 'monto reembolsado', 'importe reembolsado', 'reembolso', 'rimborso'],
  ].map(normalized),
);

const NET = new Set(
  [
    ...[
      'net amount',
      'amount net',
      'net',
      'net revenue',
      'revenue net',
      'net sale',
      'net sales',
      'net total',
    ],
    ...['net sale amount', 'net sales amount', 'net value', 'net sale value', 'net order total', 'net paid'],
    ...[
      'net price',
      'net order amount',
      'amount after refund',
      'amount after refunds',
      'amount less refunds',
    ],
    ...['amount net of refunds', 'net of refunds', 'netto', 'nettobetrag', 'montant net', 'importe neto'],
    ...['monto neto', 'importo netto', 'kwota netto'],
  ].map(normalized),
);

/** Whether a header names what was given back of the amount. */
export function isRefundedAmount(header: string): boolean {
  return REFUNDED.has(normalized(header));
}

/** Whether a header names what remains of the amount. */
export function isNetAmount(header: string): boolean {
  return NET.has(normalized(header));
}

/** Whether a header says when a sale was taken back: `Refunded At`, `Cancelled on`. */
export function isRefundDate(header: string): boolean {
  const found = wordsIn(header);
  const rest = found.filter((word) => !WHEN.has(word));
  return rest.length > 0 && rest.length < found.length && saidOf(rest.join(' '), false) !== 'nothing';
}

const WHEN = words('date at on time day datetime timestamp datum');
