import {
  FAILING_ID_MARK,
  isKnown,
  json,
  KEPT_ID_MARK,
  type Fake,
  type FakeAnswer,
  type FakeOptions,
} from './fake.js';
import { Journal } from './journal.js';
import { parametersIn } from './request-parts.js';

/** One update that was applied: `revenue` is null where it was cleared. */
export interface ConvosoUpdate {
  readonly at: string;
  readonly call_log_id: string;
  readonly revenue: string | null;
  readonly return: string | null;
}

export interface ConvosoBooks {
  /** The revenue each call log holds now, as it was sent. */
  readonly revenue: Readonly<Record<string, string | null>>;
  /** Every update applied, oldest first. */
  readonly updates: readonly ConvosoUpdate[];
}

const FAILURES: Readonly<Record<number, string>> = {
  6032: 'Missing Call Log ID',
  6033: 'No such Call Log',
  6036: 'Either Revenue or Return need to have value',
};

/** Tokens with these beginnings are refused, in the vendor's several ways; the first that fits decides. */
const BAD_TOKENS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['bad-401', { code: 401, message: 'Unauthorized' }],
  ['bad-403', { code: 403, error: 'Forbidden' }],
  ['bad-text', { text: 'Invalid auth_token' }],
  ['bad', { code: 5001, text: 'Invalid Auth Token' }],
];
/** An update of a call log whose id begins so goes to another one, and the answer says to which. */
export const OTHER_ID_MARK = '303303';
/** What a call log that keeps what it holds holds. */
const KEPT_REVENUE = '100.00';

const PARAMETERS = ['auth_token', 'call_log_id', 'revenue', 'return'] as const;

/**
 * `POST /v1/revenue/update`: sets the revenue of a call log, the last value wins; `return=1` answers with the log,
 * and without a revenue it clears. Failures come under 200; an id that begins with `FAILING_ID_MARK` has one
 * without a code.
 */
export function convosoFake({ journal: path, known }: FakeOptions): Fake {
  const held = new Map<string, string | null>();
  const journal = new Journal<ConvosoUpdate>(path, ({ call_log_id: id, revenue }) =>
    held.set(id, id.startsWith(KEPT_ID_MARK) ? KEPT_REVENUE : revenue),
  );

  return {
    vendor: 'convoso',
    serves: (path) => path === '/v1/revenue/update',
    books: (): ConvosoBooks => ({ revenue: Object.fromEntries(held), updates: journal.entries }),
    answer(request) {
      if (request.method !== 'POST')
        return json(405, { success: false, code: 405, text: 'Method Not Allowed' });
      const sent = parametersIn(request, PARAMETERS);
      const { auth_token: token = '', call_log_id: named = '' } = sent;
      const revenue = sent.revenue || null;
      const echo = sent.return || null;
      const bad = BAD_TOKENS.find(([mark]) => (token || 'bad').startsWith(mark));
      if (bad !== undefined) return json(200, { success: false, ...bad[1] });
      if (named === '') return failure(6032);
      if (revenue === null && echo !== '1') return failure(6036);
      if (!isKnown(named, known)) return failure(6033);
      if (named.startsWith(FAILING_ID_MARK))
        return json(200, { success: false, error: 'Call Log could not be updated' });

      const id = named.startsWith(OTHER_ID_MARK) ? `9${named}` : named;
      journal.add({ at: new Date(request.at).toISOString(), call_log_id: id, revenue, return: echo });
      if (echo !== '1') return json(200, { success: true, data: { call_log_id: id } });
      const log = {
        lead_id: `7${id}`,
        campaign_id: '1201',
        call_date: '2026-11-20 10:00:00',
        status: 'SALE',
      };
      const now = held.get(id) ?? null;
      const number = now === null ? null : Number(now) || 0;
      return json(200, { success: true, data: { call_log_id: id, revenue: number, ...log } });
    },
  };
}

function failure(code: number): FakeAnswer {
  return json(200, { success: false, code, text: FAILURES[code] });
}
