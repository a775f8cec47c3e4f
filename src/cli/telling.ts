import type { Console } from './console.js';
import type { Host } from './host.js';
import type { PushOptions } from './push-options.js';
import type { Telling } from './tell.js';

/** Those who are told how these pushes end, by their profiles; undefined where nobody is, as of any dry run. */
export async function tellingOf(
  host: Host,
  console: Console,
  jobs: readonly PushOptions[],
): Promise<Telling | undefined> {
  const isTold = ({ notify, ping, dryRun }: PushOptions): boolean =>
    dryRun !== true && (notify !== undefined || ping !== undefined);
  if (!jobs.some(isTold)) return undefined;
  const { Telling } = await import('./tell.js');
  return Telling.open(host, console, jobs.filter(isTold));
}
