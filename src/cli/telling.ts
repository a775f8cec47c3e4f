import type { Console } from './console.js';
import type { Host } from './host.js';
import { sendsNothing, type PushOptions } from './push-options.js';
import type { Telling } from './tell.js';

/** Those who are told how these pushes end, by their profiles; undefined where nobody is, as of any dry run or plan. */
export async function tellingOf(
  host: Host,
  console: Console,
  jobs: readonly PushOptions[],
): Promise<Telling | undefined> {
  const isTold = (job: PushOptions): boolean =>
    !sendsNothing(job) && (job.notify !== undefined || job.ping !== undefined);
  if (!jobs.some(isTold)) return undefined;
  const { Telling } = await import('./tell.js');
  return Telling.open(host, console, jobs.filter(isTold));
}
