import { instantsIn } from '../core/instant.js';
import { isObject, jsonIn, jsonObject } from '../core/reply.js';
import type { ReportQuery, RowWarning, Transaction, TransactionReport } from '../core/transactions.js';
import { withPlainUuids } from '../core/uuid.js';
import {
  amountOf,
  convertedOf,
  instantOf,
  jsonText,
  textsOf,
  unreadable,
  wholeNumberOf,
} from './report-cells.js';
import { trackdrive } from './trackdrive.js';

/** What is sent for the first page, and what comes with the last one. */
const FIRST = '-1';
const LAST = '0';

/** TrackDrive's calls, `GET /api/v1/calls`: one row a call, as it stands now. */
export const trackdriveCalls: TransactionReport = {
  vendor: 'trackdrive',
  title: 'TrackDrive',
  scopes: [],
  // No filter on the time of a change is documented: days are read anew.
  windows: { of: 'moments' },
  corrections: 'in_place',
  moreColumns: false,
  pageRows: 100,
  pollEveryMs: 0,
  timeoutSeconds: 60,
  // A secure token is for writing one call.
  secrets: [{ name: 'TRACKDRIVE_API_KEY', about: 'public:private of the API key, or both already encoded' }],

  request(query) {
    const { cursor = FIRST, limit } = query;
    return get('/api/v1/calls', { cursor, per_page: String(limit), ...momentsOf(query) });
  },

  authorize: (request, { TRACKDRIVE_API_KEY: key = '' }) =>
    trackdrive.authorize(request, { TRACKDRIVE_API_KEY: key }),

  readPage(reply) {
    const outcome = trackdrive.readReply(reply);
    if (outcome.kind !== 'applied') return outcome;
    const body = jsonObject(reply);
    const calls: unknown = body?.['calls'];
    const metadata = body?.['metadata'];
    const next = isObject(metadata) ? jsonText(metadata['next_cursor'])?.trim() : undefined;
    if (!Array.isArray(calls)) return unreadable('it has no list of calls');
    if (next === undefined) return unreadable('it has no metadata.next_cursor');
    const rows: Transaction[] = [];
    const warnings: RowWarning[] = [];
    for (const [index, item] of (calls as unknown[]).entries()) {
      const row = isObject(item) ? transactionOf(item, warnings) : undefined;
      if (row === undefined) return unreadable(`call ${index + 1} has neither id nor uuid`);
      rows.push(row);
    }
    return { kind: 'rows', rows, warnings, next: next === LAST ? undefined : next };
  },

  control: {
    request(query) {
      if (query.window === undefined) return undefined;
      return get('/api/v1/calls/stats', { group_by: 'status', stat: 'count', ...momentsOf(query) });
    },
    readTotal: ({ text }) => totalOf(jsonIn(text)),
  },
};

function get(path: string, query: Readonly<Record<string, string>>) {
  return { method: 'GET', path, query, headers: {}, body: { kind: 'none' } } as const;
}

/** Both ends as the vendor writes them, `2016-01-01 12:25:15 -0500`. It keeps more than seconds, so the end is not a second earlier. */
function momentsOf({ window, zone }: ReportQuery): Readonly<Record<string, string>> {
  if (window === undefined) return {};
  const text = (at: number): string =>
    (instantsIn(zone)(at) ?? '').replace(/^(.{10})T(.{8}).*([-+]\d\d):(\d\d)$/, '$1 $2 $3$4');
  return { created_at_from: text(window.from), created_at_to: text(window.until) };
}

/** A sale may name the call by either id. */
function transactionOf(
  row: Readonly<Record<string, unknown>>,
  warnings: RowWarning[],
): Transaction | undefined {
  const uuid = jsonText(row['uuid']);
  const id = jsonText(row['id']) ?? uuid;
  if (id === undefined) return undefined;
  const amount = amountOf(id, ['revenue'], row, warnings);
  return {
    id: withPlainUuids(id),
    call: withPlainUuids(uuid ?? id),
    type: jsonText(row['status']) ?? '',
    startedAt: instantOf(row['created_at']),
    caller: jsonText(row['caller_number']),
    outcome: '',
    value: convertedOf(row['buyer_converted'], amount),
    amount,
    columns: textsOf(row),
  };
}

const COUNTS = ['count', 'value', 'total', 'calls', 'stat'];

/**
 * The sum over the groups of an answer whose shape is not documented: numbers by group, a list of `[group, number]` or
 * of objects with one number under such a name, under whatever one name. Undefined where it is none of these.
 */
function totalOf(body: unknown): number | undefined {
  if (Array.isArray(body)) return sumOf((body as unknown[]).map(countOf));
  if (!isObject(body)) return undefined;
  const { metadata: _, ...said } = body;
  const values = Object.values(said);
  if (values.length === 1 && typeof values[0] === 'object') return totalOf(values[0]);
  return sumOf(values.map(wholeNumberOf));
}

function countOf(group: unknown): number | undefined {
  if (Array.isArray(group)) return group.length === 2 ? wholeNumberOf(group[1]) : undefined;
  if (!isObject(group)) return undefined;
  const counts = COUNTS.flatMap((name) => wholeNumberOf(group[name]) ?? []);
  return counts.length === 1 ? counts[0] : undefined;
}

/** Nothing at all is no sum: that no call is counted is not told by an answer without groups. */
function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  if (known.length < counts.length || counts.length === 0) return undefined;
  return known.reduce((sum, count) => sum + count, 0);
}
