import { ok } from '../core/result.js';
import { readAlterations } from './alterations.js';
import { DECIMAL } from './decimals.js';
import { FAILING_ID_MARK, isKnown, json, type Fake, type FakeOptions, type FakeRequest } from './fake.js';
import { Journal } from './journal.js';
import { decoded, sentFields } from './request-parts.js';
import {
  Books,
  fieldProblem,
  flag,
  FLAGS,
  MONEY,
  PARAMETERS,
  type Entry,
  type Parameters,
} from './trackdrive-books.js';
import { callRow, callsPage, callStats } from './trackdrive-calls.js';

export type { TrackDriveBooks, TrackDriveCall, TrackDriveUpdate } from './trackdrive-books.js';

/** Keys and tokens with this beginning are refused. */
const BAD_TOKEN = 'bad';
/** Keys and tokens with this beginning may not write money: it is left out, and nothing says so but the call. */
export const LIMITED_TOKEN = 'limited';
const LIST = '/api/v1/calls';
const STATS = '/api/v1/calls/stats';
const KEY_ROUTE = /^\/api\/v1\/calls\/([^/]+)$/;
const SECURE_ROUTE = /^\/api\/v1\/secure\/([^/]+)\/calls\/([^/]+)$/;

/**
 * `PUT` of a call's conversion, by API key or by a token in the path, in the query, as JSON or as a form; the
 * answer is the call. `GET /api/v1/calls` lists the calls, `/api/v1/calls/stats` counts them. A call is there
 * from the first update of it. One whose id begins with `FAILING_ID_MARK` answers 200 with errors.
 */
export function trackdriveFake({ journal: path, known }: FakeOptions): Fake {
  const books = new Books();
  const journal = new Journal<Entry>(path, (entry, number) => books.apply(entry, number));

  return {
    vendor: 'trackdrive',
    serves: (path) => path === LIST || KEY_ROUTE.test(path) || SECURE_ROUTE.test(path),
    books: () => books.all(),
    alter(body) {
      const has = (id: string): boolean => books.call(id) !== undefined;
      const changes = readAlterations(body, {
        what: 'call',
        has,
        ids: ['id', 'uuid'],
        problem: fieldProblem,
      });
      if (!changes.ok) return changes;
      for (const alteration of changes.value) journal.add({ at: new Date().toISOString(), alteration });
      return ok(undefined);
    },
    answer(request) {
      const at = new Date(request.at).toISOString();
      const secure = SECURE_ROUTE.exec(request.path);
      const call = decoded(secure?.[2] ?? KEY_ROUTE.exec(request.path)?.[1] ?? '');
      const isReport = request.method === 'GET' && (request.path === LIST || request.path === STATS);
      if (request.method === 'DELETE' && secure !== null) journal.add({ at, hung_up: call });
      if (!isReport && (request.method !== 'PUT' || request.path === LIST))
        return json(405, { error: 'Method Not Allowed' });
      const token = secure === null ? keyIn(request) : decoded(secure[1] ?? '');
      if (token === undefined || token.startsWith(BAD_TOKEN)) return json(401, { error: 'Unauthorized' });
      if (isReport)
        return (request.path === LIST ? callsPage : callStats)(request, [...books.calls.values()]);

      if (!isKnown(call, known)) return json(404, { error: 'Call not found' });
      if (call.startsWith(FAILING_ID_MARK))
        return json(200, { success: false, errors: ['Call could not be updated'] });
      const parameters = parametersOf(request);
      const errors = problems(parameters);
      if (errors.length > 0) return json(422, { errors });
      const limited = token.startsWith(LIMITED_TOKEN) ? { limited: true as const } : {};
      journal.add({ at, route: secure === null ? 'calls' : 'secure', call, parameters, ...limited });
      const held = books.call(call);
      return json(200, held === undefined ? {} : callRow(held));
    },
  };
}

/** The pair in `Authorization: Basic base64(public:private)`. */
function keyIn({ headers }: FakeRequest): string | undefined {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(headers['authorization'] ?? '') ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const pair = bytes.toString('utf8');
  return bytes.toString('base64') === encoded && /^[^:]+:.+$/.test(pair) ? pair : undefined;
}

/** Those of the parameters that a request has; the body decides where the query has one too. */
function parametersOf(request: FakeRequest): Parameters {
  const sent = { ...Object.fromEntries(request.query), ...sentFields(request) };
  return Object.fromEntries(PARAMETERS.flatMap((name) => (name in sent ? [[name, sent[name] ?? '']] : [])));
}

function problems(sent: Parameters): string[] {
  const flags = FLAGS.filter((name) => sent[name] !== undefined && flag(sent[name]) === undefined);
  const money = MONEY.filter((name) => !DECIMAL.test(sent[name] ?? '0'));
  const none = Object.keys(sent).length === 0 ? ['No parameters to update'] : [];
  return [
    ...flags.map((name) => `${name} must be a boolean value: 1, true, yes, on, 0, false, no, off`),
    ...money.map((name) => `${name} must be a decimal number`),
    ...none,
  ];
}
