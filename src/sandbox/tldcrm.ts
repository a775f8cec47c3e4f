import { isKnown, json, type Fake, type FakeAnswer, type FakeOptions } from './fake.js';
import { Journal } from './journal.js';
import { decoded, fieldsOf, jsonIn, jsonText } from './request-parts.js';

/** One accepted POST. Nothing ever changes or removes a row. */
export interface TldcrmCost {
  readonly cost_id: number;
  readonly at: string;
  readonly did: string;
  readonly cid: string;
  /** As it was sent; a JSON number as JSON writes it. */
  readonly cost: string;
  readonly call_date: string;
  /** Whether the request left `call_date` out, so that the row got the time of the request. */
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
/** Keys with this beginning are refused. */
const BAD_KEY = 'bad';
const PHONE = /^\d{10,11}$/;
const COST = /^-?\d+(\.\d{1,4})?$/;
const CALL_DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** `POST /api/ingress/calls/inbound/billable/{did}/{cid}`: every accepted one inserts another cost row. */
export function tldcrmFake({ journal: path, known }: FakeOptions): Fake {
  const leads = new Map<string, number>();
  const journal = new Journal<TldcrmCost>(path, ({ cid, lead_id: lead }) => {
    if (lead !== null) leads.set(cid, lead);
  });

  return {
    vendor: 'tldcrm',
    serves: (path) => ROUTE.test(path),
    books: (): TldcrmBooks => ({ costs: [...journal.entries] }),
    answer({ method, path, headers, body: text, at }) {
      if (method !== 'POST') return json(405, { error: 'Method Not Allowed' });
      const key = headers['tld-api-key'] ?? '';
      if ((headers['tld-api-id'] ?? '') === '') return failure('No API ID Provided');
      if (key === '') return failure('No API Key Provided');
      if (key.startsWith(BAD_KEY)) return failure('Not Allowed');

      const [, inPathDid = '', inPathCid = ''] = ROUTE.exec(path) ?? [];
      const body = fieldsOf(jsonIn(text));
      const did = jsonText(body['did']) ?? decoded(inPathDid);
      const cid = jsonText(body['cid']) ?? decoded(inPathCid);
      if (did === '') return failure('Missing or Invalid DID');
      if (cid === '') return failure('Missing or Invalid CID');
      if (!PHONE.test(did)) return failure('Invalid DID');
      if (!PHONE.test(cid)) return failure('Invalid CID');

      const cost = jsonText(body['cost']);
      const callDate = jsonText(body['call_date']);
      if (cost === undefined) return failure('Missing or Invalid Cost');
      if (!COST.test(cost)) return failure('Invalid Cost');
      if (callDate !== undefined && !CALL_DATE.test(callDate)) return failure('Invalid Call Date');

      const found = isKnown(cid, known);
      const firstContact = found && !leads.has(cid);
      const lead = leads.get(cid) ?? (found ? 7001 + leads.size : null);
      const now = new Date(at).toISOString();
      const costId = journal.next;
      journal.add({
        cost_id: costId,
        at: now,
        did,
        cid,
        cost,
        call_date: callDate ?? now.slice(0, 19).replace('T', ' '),
        call_date_is_now: callDate === undefined,
        date_billed: jsonText(body['date_billed']) ?? null,
        notes: jsonText(body['notes']) ?? null,
        lead_id: lead,
      });
      const answer = { cost_id: costId, updated: found ? 1 : 0, first_contact: firstContact ? 1 : 0 };
      return json(200, lead === null ? answer : { ...answer, lead: { lead_id: lead } });
    },
  };
}

/** Failures come under 200. */
function failure(error: string): FakeAnswer {
  return json(200, { error });
}
