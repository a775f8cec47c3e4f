import type { LedgerHealth, Unsettled } from '../core/records.js';
import { runName } from '../core/row.js';
import { plural } from '../core/text.js';
import { fine, warning, type Finding } from './finding.js';

/** Both ways to settle a key. */
export type ResolveLines = (one: Unsettled) => readonly string[];

/** What is at work, and what waits for a person. */
export function unsettledFindings(
  { blocked, waiting, open }: Pick<LedgerHealth, 'blocked' | 'waiting' | 'open'>,
  resolveLines: ResolveLines,
): Finding[] {
  const findings = open.map(({ run, vendor, account, alive, who }) => {
    const whose = `${runName(run)} to ${vendor}, account ${account}`;
    if (alive) return fine('runs', `${whose}, is at work${who === undefined ? '' : ` (${who})`}`);
    return warning('runs', `${whose}, died; the next push there looks after what was in flight`);
  });
  if (blocked === 0) return findings;
  const keys = blocked === 1 ? '1 key waits' : `${blocked} keys wait`;
  const says = `${keys} for somebody to look at the vendor; \`revsync status\` shows each, and \`revsync resolve\` settles them`;
  const ways = waiting.flatMap((one) => {
    const [accepted, notApplied] = resolveLines(one);
    return [`${one.key} is there: ${accepted}`, `${one.key} is not there: ${notApplied}`];
  });
  const more = blocked - waiting.length;
  if (more > 0) ways.push(`… and ${plural(more, 'key')} more`);
  return [...findings, ...[says, ...ways].map((line) => warning('unknown rows', line))];
}

/** Clocks of machines that keep time differ by less. */
const CLOCK_SKEW_MS = 60_000;

export function clockFinding({ newest }: Pick<LedgerHealth, 'newest'>, now: number): Finding {
  const time = new Date(now).toISOString();
  if (newest === undefined || newest <= now + CLOCK_SKEW_MS) return fine('clock', time);
  const later = new Date(newest).toISOString();
  const says = `${time}, but the ledger's newest run is of ${later}; set the clock right, or times in results mislead`;
  return warning('clock', says);
}
