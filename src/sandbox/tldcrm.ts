import { DECIMAL } from './decimals.js';
import {
  FAILING_ID_MARK,
  isKnown,
  json,
  KEPT_ID_MARK,
  type Fake,
  type FakeAnswer,
  type FakeOptions,
  type FakeRequest,
} from './fake.js';
import { Journal } from './journal.js';
import { decoded, sentFields } from './request-parts.js';

/** One accepted POST. Nothing ever changes or removes a row. */
export interface TldcrmCost {
  readonly cost_id: number;
  readonly at: string;
  /** Digits only, as `cid`. */
  readonly did: string;
  readonly cid: string;
  /** As it was sent, but for decimals past the fourth, which are rounded away. */
  readonly cost: string;
  readonly call_date: string;
  /** Whether the request had no `call_date` that was understood, so that the row got the time of the request. */
  readonly call_date_is_now: boolean;
  readonly date_billed: string | null;
  readonly notes: string | null;
  /** Null where no lead has that CID. */
  readonly lead_id: number | null;
}

export interface TldcrmBooks {
  /** Every cost row, oldest first. */
  readonly costs: readonly TldcrmCost[];
}

const ROUTE = /^\/api\/ingress\/calls\/inbound\/billable(?:\/([^/]*))?(?:\/([^/]*))?$/;
/** The names of a parameter; the first that a body has decides, and all of them before the path. */
const DID = ['inbound_number', 'number_dialed', 'call_to', 'did'] as const;
const CID = ['phone_number', 'phone', 'cid', 'call_from'] as const;
/** As headers and as parameters of the query or the body. */
const API_ID = ['tld-api-id', 'api_id', 'api'] as const;
const API_KEY = ['tld-api-key', 'api_key', 'apikey'] as const;

/** By the beginning of a key. */
const KEY_ERRORS = {
  bad: 'Not Allowed',
  'no-dialer': 'TLDialer Not Enabled',
  'no-log': 'Advanced Call Log Not Enabled',
} as const;
/** An API id or key with this beginning is taken for none. */
const NONE = 'none';
/** By the beginning of a number; what has not 10 or 11 digits is `Invalid` too. */
const DID_ERRORS = { '404404': 'Invalid DID', '404405': 'Missing or Invalid DID' } as const;
const CID_ERRORS = { '404407': 'Invalid CID', '404405': 'Missing or Invalid CID' } as const;
/** A CID with this beginning has a lead without an id; `404404` and all that are not known have none. */
export const BLANK_LEAD_MARK = '404406';
/** The `call_date` of a CID with this beginning is never understood. */
export const CALL_DATE_MARK = '424424';
/** What a CID that keeps what it holds costs, whatever is sent. */
const KEPT_COST = '1.0000';

interface Wanted {
  readonly did: string;
  readonly cid: string;
  readonly apiId: string;
  readonly sent: Readonly<Record<string, string | null>>;
}

/**
 * `POST /api/ingress/calls/inbound/billable/{did}/{cid}`: every accepted one inserts another cost row. It takes
 * JSON, a form and a multipart form, numbers in any format and credentials as headers or parameters. Failures
 * come under 200. The cost of a CID that begins with `FAILING_ID_MARK` is inserted and then answered by `TLDialer
 * Connection Error`.
 */
export function tldcrmFake({ journal: path, known }: FakeOptions): Fake {
  const leads = new Map<string, number>();
  const journal = new Journal<TldcrmCost>(path, ({ cid, lead_id: lead }) => {
    if (lead !== null) leads.set(leadKey(cid), lead);
  });

  return {
    vendor: 'tldcrm',
    serves: (path) => ROUTE.test(path),
    books: (): TldcrmBooks => ({ costs: [...journal.entries] }),
    answer(request) {
      const wanted = read(request);
      if ('status' in wanted) return wanted;
      const { did, cid, sent } = wanted;
      const cost = cid.startsWith(KEPT_ID_MARK) ? KEPT_COST : fourDecimals(sent['cost'] ?? '');
      const callDate = cid.startsWith(CALL_DATE_MARK) ? undefined : dateIn(sent['call_date'] ?? '');
      const found = isKnown(cid, known) && !cid.startsWith(BLANK_LEAD_MARK);
      const isFirst = found && !leads.has(leadKey(cid));
      const now = new Date(request.at).toISOString();
      const row: TldcrmCost = {
        cost_id: journal.next,
        at: now,
        did,
        cid,
        cost,
        call_date: callDate ?? clock(now),
        call_date_is_now: callDate === undefined,
        date_billed: sent['date_billed'] || null,
        notes: sent['notes'] || null,
        lead_id: leads.get(leadKey(cid)) ?? (found ? 7001 + leads.size : null),
      };
      journal.add(row);
      if (cid.startsWith(FAILING_ID_MARK)) return failure('TLDialer Connection Error');
      return json(200, successOf(row, wanted, { isKnown: isKnown(cid, known), isFirst }));
    },
  };
}

/** The verb, the credentials, the numbers, then the cost. */
function read(request: FakeRequest): Wanted | FakeAnswer {
  const { method, path, headers, query } = request;
  if (method !== 'POST') return json(405, { error: 'Method Not Allowed' });
  const sent = sentFields(request);
  const credential = (names: readonly string[]): string => {
    const places = names.flatMap((name) => [headers[name], sent[name], query.get(name)]);
    const text = places.find((text) => text != null && text !== '') ?? '';
    return text.startsWith(NONE) ? '' : text;
  };
  const apiId = credential(API_ID);
  const key = credential(API_KEY);
  if (apiId === '') return failure('No API ID Provided');
  if (key === '') return failure('No API Key Provided');
  const refused = Object.entries(KEY_ERRORS).find(([mark]) => key.startsWith(mark));
  if (refused !== undefined) return failure(refused[1]);

  const [, pathDid = '', pathCid = ''] = ROUTE.exec(path) ?? [];
  const did = numberIn(sent, DID, decoded(pathDid));
  const cid = numberIn(sent, CID, decoded(pathCid));
  const problem = numberProblem('DID', did, DID_ERRORS) ?? numberProblem('CID', cid, CID_ERRORS);
  if (problem !== undefined) return failure(problem);
  if (!DECIMAL.test(sent['cost'] ?? '')) return failure('Missing or Invalid Cost');
  return { did, cid, apiId, sent };
}

/** Digits only, of any format; the text as it is where it has none, empty where there is no text. */
function numberIn(sent: Wanted['sent'], names: readonly string[], inPath: string): string {
  const text = [...names.map((name) => sent[name] ?? ''), inPath].find((text) => text.trim() !== '') ?? '';
  return text.replace(/\D/g, '') || text;
}

function numberProblem(
  what: string,
  number: string,
  marks: Readonly<Record<string, string>>,
): string | undefined {
  if (number === '') return `Missing or Invalid ${what}`;
  if (!/^\d{10,11}$/.test(number)) return `Invalid ${what}`;
  return Object.entries(marks).find(([mark]) => number.startsWith(mark))?.[1];
}

/** With and without the 1 of the country, a number is that of one lead. */
function leadKey(cid: string): string {
  return cid.slice(-10);
}

/** The whole object of the vendor's page; what stands in its database is text. */
function successOf(
  row: TldcrmCost,
  { apiId, sent }: Wanted,
  { isKnown, isFirst }: { readonly isKnown: boolean; readonly isFirst: boolean },
): unknown {
  const blank = row.cid.startsWith(BLANK_LEAD_MARK) ? { lead: { lead_id: '' } } : {};
  return {
    cid: row.cid,
    did: row.did,
    cost: sent['cost'],
    cost_id: String(row.cost_id),
    inserted: {
      date_billed: row.date_billed ?? clock(row.at),
      cost: row.cost,
      method: 'ingress',
      method_id: apiId,
      ip_address: '127.0.0.1',
      call_date: row.call_date,
      call_from: row.cid,
      call_to: row.did,
      attributable: '1',
      notes: row.notes ?? '',
    },
    updated: isKnown ? 1 : 0,
    first_contact: isFirst ? 1 : 0,
    ...(row.lead_id === null ? blank : { lead: { lead_id: String(row.lead_id) } }),
  };
}

/** A cost of four decimals at most; what lies past them is rounded, a half upwards. */
function fourDecimals(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length <= 4) return text;
  const units = BigInt(whole + fraction.slice(0, 4)) + (fraction.charAt(4) >= '5' ? 1n : 0n);
  const digits = String(units).padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** `YYYY-MM-DD HH:MM:SS` of a time so written, of one with a T or with a zone, or of a day; else none. */
function dateIn(text: string): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?)?$/.exec(
    text.trim(),
  );
  if (parts === null) return undefined;
  const [, day = '', time = '00:00:00', zone = 'Z'] = parts;
  const at = new Date(`${day}T${time}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`);
  // The calendar's own word: there is no 30 February.
  const isDay = !Number.isNaN(at.getTime()) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  return isDay ? clock(at.toISOString()) : undefined;
}

function clock(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}

/** Failures come under 200. */
function failure(error: string): FakeAnswer {
  return json(200, { error });
}
