import { plural } from '../../core/text.js';
import type { RateLimit } from '../../core/vendor.js';
import type { PushOutcome } from '../../push/run.js';
import type { PushOutput } from '../outputs.js';
import { perSecondText, seconds } from '../progress.js';

/** How fast a push was, or would be. */
export interface Paced extends Pick<PushOutcome, 'pace' | 'dryRun' | 'totals'> {
  /** Of a minute and of a day; they hold whatever is found out. */
  readonly limits: readonly RateLimit[];
}

/** What `--rate auto` found out, or begins with; nothing for any other rate. */
export function rateLines(report: Paced): string[] {
  const { pace, dryRun, totals = [] } = report;
  const toSend = totals.reduce((sum, { status, rows }) => sum + (status === 'planned' ? rows : 0), 0);
  if (pace === undefined || (dryRun && toSend === 0)) return [];
  const held = pace.held ? '; it only slows down, since a repeat of one of these would count twice' : '';
  if (dryRun) {
    const most = pace.held ? '' : `, and go up to ${perSecondText(pace.most)}`;
    return [`rate: would begin with ${requests(pace.began)}${most}${takes(toSend, report)}${held}`];
  }
  const went = pace.highest > pace.began ? `, went up to ${perSecondText(pace.highest)}` : '';
  const { turnedAway, halved, borne, next } = pace;
  const away = turnedAway === 0 ? '' : `, ${plural(turnedAway, 'request')} turned away`;
  const down = halved === 0 ? '' : `, halved ${halved === 1 ? 'once' : `${halved} times`}`;
  const found =
    borne === undefined ? 'too few answers to tell what is borne' : `${perSecondText(borne)} borne`;
  const then = pace.held ? held : `; the next push begins with ${perSecondText(next)}`;
  return [`rate: began with ${requests(pace.began)}${went}${away}${down}; ${found}${then}`];
}

/** How long that many requests take at the first rate and at the last; nothing where a day's budget is less. */
function takes(toSend: number, { pace, limits }: Paced): string {
  const day = limits.find(({ per }) => per === 'day')?.requests ?? Infinity;
  if (pace === undefined || toSend > day) return '';
  const minute = limits.find(({ per }) => per === 'minute')?.requests ?? Infinity;
  const [slow, fast] = [pace.began, pace.most].map((rate) => (toSend * 1000) / Math.min(rate, minute / 60));
  const [most, least] = [seconds(slow ?? 0), seconds(fast ?? 0)];
  return `: ${plural(toSend, 'request')} in ${most === least ? most : `${least} to ${most}`}`;
}

/** The same for `--json`; null for any other rate than auto. */
export function rateData({ pace, dryRun }: Paced): PushOutput['rate'] {
  if (pace === undefined) return null;
  const { began, highest, last, most, borne, turnedAway, halved, next } = pace;
  const given = { began: rounded(began), most: rounded(most) };
  if (dryRun)
    return { ...given, highest: null, last: null, borne: null, turned_away: 0, halved: 0, next: null };
  return {
    ...given,
    ...{ highest: rounded(highest), last: rounded(last) },
    borne: borne === undefined ? null : rounded(borne),
    ...{ turned_away: turnedAway, halved, next: rounded(next) },
  };
}

function requests(rate: number): string {
  return `${perSecondText(rate)} requests a second`;
}

function rounded(rate: number): number {
  return Math.round(rate * 1000) / 1000;
}
