import { distance } from 'fastest-levenshtein';
import type { Column } from '../core/vendor.js';
import { normalized } from '../sales/columns.js';

/** What a header says, as words that mean the same in every spelling listed here. */
export type Words = ReadonlySet<string>;

/** The word that stands for the others: abbreviations, translations and what people write instead. */
const SAME_WORDS: Readonly<Record<string, string>> = {
  id: 'ids ref refs reference no nos nr num number numbers uuid guid identifier key code nummer kennung referenz numero número numéro nro',
  call: 'calls calling anruf anrufe appel appels llamada llamadas gespräch gespraech chiamata',
  log: 'logs record records cdr protokoll',
  amount:
    'amt amounts revenue revenues rev value total totals sum premium betrag umsatz erlös erloes summe wert nettobetrag gesamtbetrag montant total revenu importe monto ingreso ingresos importo usd eur gbp cad aud chf mxn $ € £',
  cost: 'costs kosten coût cout costo coste',
  price: 'prices preis prix precio fee',
  sale: 'sales sold order orders deal deals policy invoice opportunity verkauf verkäufe vente ventes venta ventas pedido commande auftrag bestellung',
  time: 'date datetime timestamp at on datum zeit uhrzeit fecha hora heure zeitpunkt day when',
  start: 'started starts begin began begun beginn inicio début debut',
  caller:
    'customer customers cust client lead consumer prospect contact ani cid from source kunde anrufer cliente appelant llamante',
  phone:
    'tel telephone telefon teléfono telefono téléphone mobile cell cellphone handy fon phonenumber rufnummer telefonnummer',
  dialed: 'did dialled called dnis tracking inbound tollfree tfn destination to line hotline',
  outcome: 'outcomes disposition dispo result signal event ergebnis resultado résultat resultat',
  converted: 'conversion conv konvertiert convertido converti',
  buyer: 'buyers käufer kaeufer acheteur comprador',
  payout: 'payouts auszahlung pago paiement',
  transaction: 'txn trx trans transaktion transacción transaccion',
  duration: 'length dauer durée duree duración duracion',
  note: 'notes comment comments remark remarks bemerkung bemerkungen notiz nota notas commentaire comentario',
  description: 'desc beschreibung descripción descripcion',
  billed: 'bill billing berechnet',
  parameter: 'param params',
};

/** Words written as one, and what they are taken apart into. */
const COMPOUNDS: Readonly<Record<string, string>> = {
  anrufdatum: 'call time',
  anrufzeit: 'call time',
  anrufbeginn: 'call start',
  anrufnummer: 'call id',
  verkaufsbetrag: 'sale amount',
  verkaufsdatum: 'sale time',
  verkaufspreis: 'sale price',
  auftragsnummer: 'sale id',
  bestellnummer: 'sale id',
  rechnungsnummer: 'sale id',
  transaktionsnummer: 'transaction id',
  kundentelefon: 'caller phone',
  kundennummer: 'caller id',
};

/** Words that every header may have. */
const FILLERS = new Set(
  'the a of in for and is my name type field column net gross final local utc est edt cst cdt pst pdt brutto netto der die das des den von vom für de du la le les el los del di secs sec'.split(
    ' ',
  ),
);

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SAME_WORDS).flatMap(([word, others]) =>
    others.split(' ').map((other) => [other, word] as const),
  ),
  ...Object.entries(COMPOUNDS),
]);

const VOCABULARY = new Set(Object.keys(SAME_WORDS));

/** `CallLogNr`, `call_log_no` and `Call Log #` are the words call, log and id. */
export function wordsOf(header: string): Words {
  const parts = header
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/[#№]/gu, ' id ')
    .replace(/\p{Sc}/gu, ' $& ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{Sc}]+/u)
    .filter((part) => part !== '' && !FILLERS.has(part));
  return new Set(parts.flatMap((part) => (MEANINGS.get(part) ?? part).split(' ')));
}

/** How near a header is to a field: 1 for a name that means the same, 0 for nothing in common. */
export interface Nearness {
  readonly score: number;
  readonly reason: string;
}

/** Whether a header says that nobody should see the cells below it. */
export function namesSecret(header: string): boolean {
  return /secur|secret|tok(?:e?n)|passw|pwd|credential|bearer|auth|api[^a-z]?key/i.test(header);
}

/** Whether a header says that its cells are how things stand, such as sold or refunded. */
export function namesStatus(header: string): boolean {
  return [...wordsOf(header)].some((word) => ['status', 'state', 'stage', 'outcome'].includes(word));
}

const MISSPELLED = 0.9;
/** All the calls are calls, so that the word tells little. */
const WEAK_WORDS: ReadonlyMap<string, number> = new Map([['call', 0.25]]);

/** Compares headers with the names under which a vendor's fields are known. */
export class KnownNames {
  readonly #names: readonly { column: Column; name: string; plain: string; words: Words }[];
  readonly #weights = new Map<string, number>();

  constructor(columns: readonly Column[]) {
    this.#names = columns.flatMap((column) =>
      [column.field, ...column.names].map((name) => ({
        column,
        name,
        plain: normalized(name),
        words: wordsOf(name),
      })),
    );
    for (const word of new Set(this.#names.flatMap(({ words }) => [...words]))) {
      const fields = new Set(
        this.#names.filter(({ words }) => words.has(word)).map(({ column }) => column.field),
      );
      this.#weights.set(word, WEAK_WORDS.get(word) ?? 1 / fields.size);
    }
  }

  nearness(header: string, column: Column): Nearness {
    const plain = normalized(header);
    const words = wordsOf(header);
    const none: Nearness = { score: 0, reason: 'nothing in the name' };
    // `Number` and `id` alone name everything.
    if (plain === '' || (words.size === 1 && words.has('id'))) return none;
    // An id without a word for it is mostly the name of the thing: a campaign, not its number.
    const nameless = column.kind.is === 'id' && !column.required && !words.has('id');
    const isAnother = this.namesAnother(header, column);
    return this.#names
      .filter((known) => known.column === column)
      .map(({ name, plain: knownPlain, words: knownWords }): Nearness => {
        if (!isAnother && isMisspelled(plain, knownPlain))
          return { score: MISSPELLED, reason: `spelled like ${JSON.stringify(name)}` };
        const score = nameless ? 0 : this.#shared(words, knownWords);
        return { score, reason: `${score === 1 ? 'means' : 'near'} ${JSON.stringify(name)}` };
      })
      .reduce((best, next) => (next.score > best.score ? next : best), none);
  }

  /** Whether a header names what the column is not: the id of a lead, or a duration. */
  namesAnother(header: string, column: Column): boolean {
    const words = [...wordsOf(header)].filter((word) => word !== 'id');
    const own = this.#names.filter((known) => known.column === column);
    if (words.some((word) => own.some((known) => known.words.has(word)))) return false;
    return words.some((word) => VOCABULARY.has(word) || wordsOf(header).has('id'));
  }

  /** What the words that both have weigh, as a share of what all of them weigh. */
  #shared(left: Words, right: Words): number {
    const weightOf = (words: readonly string[]): number =>
      words.reduce((sum, word) => sum + (this.#weights.get(word) ?? 1), 0);
    const all = weightOf([...new Set([...left, ...right])]);
    const shared = weightOf([...left].filter((word) => right.has(word)));
    return all === 0 ? 0 : shared / all;
  }
}

/** One letter in short names, two in long ones; names of up to four letters are too alike. */
function isMisspelled(left: string, right: string): boolean {
  const length = Math.min(left.length, right.length);
  // Digits are never a slip: the second parameter is not the first.
  if (length < 5 || left.replace(/\D/g, '') !== right.replace(/\D/g, '')) return false;
  return distance(left, right) <= (length < 7 ? 1 : 2);
}
