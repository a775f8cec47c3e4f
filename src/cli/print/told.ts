import type { Totals } from '../../core/ledger.js';
import { plural } from '../../core/text.js';
import { plain } from '../console.js';
import { EXIT } from '../exit-codes.js';
import { exitText, totalsText } from './ends.js';

/** How the push of a profile ended, for whoever is told. */
export interface ToldEnd {
  readonly profile: string;
  readonly vendor: string;
  readonly account: string;
  readonly isTrial: boolean;
  readonly exitCode: number;
  /** Of the push before, where it is known. */
  readonly before: number | undefined;
  readonly says: string | undefined;
  readonly totals: readonly Pick<Totals, 'status' | 'rows' | 'amount' | 'unknown'>[];
}

/** What a person reads of pushes that have ended: a line for each, and where to look. */
export function toldText(exitCode: number, ends: readonly ToldEnd[], look: string): string {
  const [only, ...more] = ends;
  if (only === undefined) return `revsync: ${exitText(exitCode)}`;
  const lines = more.length === 0 ? [`revsync: ${endLine(only)}`] : manyLines(exitCode, ends);
  return [...lines.map(plain), ...(exitCode === EXIT.done ? [] : [`look: ${look}`])].join('\n');
}

function manyLines(exitCode: number, ends: readonly ToldEnd[]): string[] {
  const well = ends.filter((end) => end.exitCode === EXIT.done).length;
  return [
    `revsync: ${well} of ${plural(ends.length, 'profile')} all done, exit ${exitCode}`,
    ...ends.map((end) => `- ${endLine(end)}`),
  ];
}

/** `nightly, convoso/default: exit 3, the file was refused and nothing was sent: …; it was exit 0 before`. */
function endLine({ profile, vendor, account, isTrial, exitCode, before, says, totals }: ToldEnd): string {
  const whom = `${vendor}/${account}${isTrial ? ' in the sandbox' : ''}`;
  const why = says === undefined ? '' : `: ${says}`;
  const rows = totals.length === 0 ? '' : `; ${totalsText({ totals })}`;
  const was = before === undefined || before === exitCode ? '' : `; it was exit ${before} before`;
  return `${profile}, ${whom}: ${exitText(exitCode)}${why}${rows}${was}`;
}
