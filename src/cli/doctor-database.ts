import type { DatabaseHealth } from '../core/records.js';
import { plural } from '../core/text.js';
import { databaseHealth, movedText } from '../io/open-ledger.js';
import { clockFinding, unsettledFindings, type ResolveLines } from './doctor-standing.js';
import { fine, problem, warning, type Finding } from './finding.js';
import { doubtText, sizeText } from './ledger-doubt.js';

/** What can be said of a ledger that machines share, its database and the way to it. */
export async function databaseFindings(
  address: string,
  now: number,
  resolveLines: ResolveLines,
): Promise<Finding[]> {
  const looked = await databaseHealth(address);
  if (!looked.ok) return [problem('ledger', `${address}: ${looked.error}`)];
  const { value } = looked;
  const way = value.cipher === undefined ? 'does not leave this machine' : `is encrypted (${value.cipher})`;
  return [
    ...booksFindings(address, value, resolveLines),
    primaryFinding(value),
    durabilityFinding(value),
    ...standbyFindings(value),
    fine('connection', `the way to the database ${way}`),
    skewFinding(value, now),
  ];
}

function booksFindings(address: string, { books }: DatabaseHealth, resolveLines: ResolveLines): Finding[] {
  if (!books.ok) return [problem('ledger', `${address}: ${books.error}`)];
  const { movedTo, doubt, pulls } = books.value;
  return [
    fine('ledger', `${address}: ${sizeText(books.value)}`),
    ...(movedTo === undefined ? [] : [problem('ledger', `${address} ${movedText(movedTo)}`)]),
    ...(doubt === undefined ? [] : [problem('ledger', `${address} ${doubtText(doubt, address)}`)]),
    ...unsettledFindings(books.value, resolveLines),
    ...pulls.map(({ what, who }) => fine('pulls', `pull of ${what}, is at work (${who})`)),
  ];
}

function primaryFinding({ version, isStandby }: DatabaseHealth): Finding {
  if (!isStandby) return fine('database', `PostgreSQL ${version}, a primary`);
  const says = `PostgreSQL ${version} is a standby, by which nothing can be pushed; name the primary`;
  return problem('database', says);
}

function durabilityFinding({ off }: DatabaseHealth): Finding {
  if (off.length === 0) return fine('durability', 'fsync and full_page_writes are on');
  const says = `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off: a loss of power could forget what was sent, and it would be sent again; set ${off.length === 1 ? 'it' : 'them'} on at the server, and reload it`;
  return problem('durability', says);
}

/** One that takes over knows all that was sent where a commit waits for it. */
function standbyFindings({ isStandby, standbys, isSynchronous }: DatabaseHealth): Finding[] {
  if (isStandby) return [];
  if (isSynchronous) return [fine('standbys', 'synchronous_standby_names is set: a commit waits for them')];
  if (standbys === undefined)
    return [
      warning(
        'standbys',
        'this role may not see whether any follow, and synchronous_standby_names is empty; if any do, set it, or one that takes over may not know what was sent last',
      ),
    ];
  if (standbys === 0) return [fine('standbys', 'none follows')];
  const follow = `${plural(standbys, 'server')} ${standbys === 1 ? 'follows' : 'follow'}`;
  const says = `${follow}, and synchronous_standby_names is empty: one that takes over may not know what was sent last; set it`;
  return [warning('standbys', says)];
}

/** Clocks of machines that keep time differ by less. */
const SKEW_MS = 2000;

function skewFinding({ ahead, books }: DatabaseHealth, now: number): Finding {
  if (Math.abs(ahead) <= SKEW_MS) return clockFinding(books.ok ? books.value : { newest: undefined }, now);
  const by = `${(Math.abs(ahead) / 1000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
  const says = `${new Date(now).toISOString()}, and the database's is ${by} this machine's; set the wrong one right, or times in results mislead`;
  return warning('clock', says);
}
