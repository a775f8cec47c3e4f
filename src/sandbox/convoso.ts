import { isKnown, json, type Fake, type FakeAnswer, type FakeOptions } from './fake.js';
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
  5001: 'Invalid Auth Token',
  6032: 'Missing Call Log ID',
  6033: 'No such Call Log',
  6036: 'Either Revenue or Return need to have value',
};

/** Tokens with this beginning are refused. */
const BAD_TOKEN = 'bad';

const PARAMETERS = ['auth_token', 'call_log_id', 'revenue', 'return'] as const;

/** `POST /v1/revenue/update`: sets the revenue of a call log, the last value wins. Failures come under 200. */
export function convosoFake({ journal: path, known }: FakeOptions): Fake {
  const held = new Map<string, string | null>();
  const journal = new Journal<ConvosoUpdate>(path, (update) => held.set(update.call_log_id, update.revenue));

  return {
    vendor: 'convoso',
    serves: (path) => path === '/v1/revenue/update',
    books: (): ConvosoBooks => ({ revenue: Object.fromEntries(held), updates: journal.entries }),
    answer(request) {
      if (request.method !== 'POST')
        return json(405, { success: false, code: 405, text: 'Method Not Allowed' });
      const sent = parametersIn(request, PARAMETERS);
      const { auth_token: token = '', call_log_id: id = '' } = sent;
      const revenue = sent.revenue || null;
      const echo = sent.return || null;
      if (token === '' || token.startsWith(BAD_TOKEN)) return failure(5001);
      if (id === '') return failure(6032);
      if (revenue === null && echo === null) return failure(6036);
      if (!isKnown(id, known)) return failure(6033);

      journal.add({ at: new Date(request.at).toISOString(), call_log_id: id, revenue, return: echo });
      if (echo !== '1') return json(200, { success: true, data: { call_log_id: id } });
      const log = {
        lead_id: `7${id}`,
        campaign_id: '1201',
        call_date: '2026-11-20 10:00:00',
        status: 'SALE',
      };
      return json(200, { success: true, data: { call_log_id: id, revenue, ...log } });
    },
  };
}

function failure(code: number): FakeAnswer {
  return json(200, { success: false, code, text: FAILURES[code] });
}
