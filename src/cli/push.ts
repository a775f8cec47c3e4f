import { Console } from './console.js';
import type { Host } from './host.js';
import { withProfile } from './profile.js';
import { sayPushed } from './push-by-ledger.js';
import { pushOne } from './push-one.js';
import type { OptionsOf } from './settings.js';
import { tellingOf } from './telling.js';

/** `revsync push`: what the files, or those of profiles, say and the vendor does not hold yet. */
export async function push(
  host: Host,
  files: readonly string[],
  written: OptionsOf<'push'>,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, written.color);
  const { all, profile: profiles = [], ...rest } = written;
  if (all === true || profiles.length > 1) {
    const { pushAll } = await import('./push-all.js');
    return pushAll(host, console, files, written, given);
  }
  const [profile] = profiles;
  const options = await withProfile(host, { ...rest, profile }, given);
  const telling = await tellingOf(host, console, [options]);
  telling?.begin();
  const pushed = await pushOne(host, console, files, options, given).catch(async (error: unknown) => {
    await telling?.failed(error as Error, options);
    throw error;
  });
  const { exitCode, data } = pushed;
  sayPushed(console, options, pushed);
  const warnings = (await telling?.end(exitCode, [{ ...pushed, options }], data)) ?? [];
  if (options.json === true) await console.printJson({ ...data, warnings });
  return exitCode;
}
