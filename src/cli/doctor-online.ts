import { DAY_MS } from '../core/instant.js';
import type { PageQuery, Scope, TransactionReport } from '../core/transactions.js';
import type { Vendor } from '../core/vendor.js';
import { ask, type Rows, type Told } from '../reconcile/ask.js';
import type { Environment } from '../io/secrets.js';
import { timeText } from '../sales/time.js';
import { REPORTS } from '../vendors/index.js';
import { UsageError, type Console } from './console.js';
import { fine, problem, warning, type Finding } from './finding.js';
import type { Host } from './host.js';
import { optionsText, scopesNamed } from './options.js';
import { reachReport } from './report-connection.js';

/** What is asked with. */
interface Asking {
  readonly env: Environment;
  readonly baseUrl?: string;
}

/** A call that no vendor has. */
const NO_CALL = 'revsync-doctor';

/** Asks each vendor what it documents a read for, so that a credential is known to be taken before anything is sent. */
export async function onlineFindings(
  host: Host,
  console: Console,
  vendors: readonly Vendor[],
  options: Asking,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const vendor of vendors) findings.push(await onlineFinding(host, console, vendor, options));
  return findings;
}

async function onlineFinding(
  host: Host,
  console: Console,
  { id, title, report: fields }: Vendor,
  options: Asking,
): Promise<Finding> {
  const report = REPORTS.find(({ vendor }) => vendor === fields?.source);
  if (report === undefined)
    return fine(
      id,
      `not asked: ${title} documents no request that changes nothing; \`push --limit 1\` tries one row`,
    );
  const scopes = scopesNamed(options, report);
  if (report.scopes.length > 0 && scopes.length !== 1)
    return warning(id, `not asked: name what to ask about, ${optionsText(report.scopes, ' ID')}`);
  try {
    // The credentials of one vendor may open two of its APIs.
    const connection = reachReport(host, console, { ...report, vendor: id }, options.env, options);
    try {
      const ports = { ...connection, emit: () => undefined, interrupt: host.signal };
      const query = harmless(report, scopes[0] ?? { kind: 'account', id: '' });
      const read: Parameters<typeof ask<Rows>>[2] = (reply) => report.readPage(reply, query);
      const job = { report, budget: { retries: 0, deadlineMs: 0 } };
      return findingOf(id, title, await ask(job, report.request(query), read, ports, host.signal));
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return warning(id, `not asked: ${error.message}`);
  }
}

/** One row of today, or of a call that is not there, which is no poll. */
function harmless({ looksUp, windows }: TransactionReport, scope: Scope): PageQuery {
  const today = timeText(Date.now()).slice(0, 10);
  const base = { scope, zone: 'UTC', columns: [], limit: 1 };
  if (looksUp === true) return { ...base, period: { from: '', to: '' }, only: { call: NO_CALL } };
  const from = Date.parse(`${today}T00:00:00Z`);
  const window = windows.of === 'moments' ? { from, until: from + DAY_MS } : undefined;
  return { ...base, period: { from: today, to: today }, window };
}

function findingOf(id: string, title: string, told: Told<Rows>): Finding {
  switch (told.kind) {
    case 'rows':
      return fine(id, `${title} answered: it takes the credential`);
    case 'rejected':
      return warning(
        id,
        `${title} answered that it cannot show what was asked for: ${told.message} (${told.code})`,
      );
    case 'account_refused':
      return problem(id, told.message);
    case 'gave_up':
      return problem(id, `not reached: ${told.message}`);
    case 'interrupted':
      return warning(id, 'not asked: interrupted');
  }
}
