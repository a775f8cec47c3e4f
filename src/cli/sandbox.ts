import { readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { interruptedBy } from '../core/events.js';
import { openRecords } from '../io/open-ledger.js';
import { parseFaults } from '../sandbox/faults.js';
import { allFakes } from '../sandbox/index.js';
import { alterable, startSandbox } from '../sandbox/server.js';
import { Console, UsageError } from './console.js';
import { EXIT, interruptCode } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { ledgerPath, sandboxFolder } from './ledger-path.js';
import { SANDBOX_ORIGIN } from './options.js';
import type { OptionsOf } from './settings.js';

/** `revsync sandbox`: the fake vendors on a loopback port until interrupted, or `--reset` of the built-in ones. */
export async function sandbox(host: Host, options: OptionsOf<'sandbox'>): Promise<number> {
  const console = await Console.open(host, options.color);
  if (options.reset === true) return reset(host, console, options.ledger);
  const faults = parseFaults(options.faults);
  if (!faults.ok) throw new UsageError(faults.error);
  const known = options.known === undefined ? undefined : new Set(knownIds(host, options.known));
  const fakes = allFakes((vendor) => ({
    known,
    journal: options.books === undefined ? undefined : join(pathOf(host, options.books), `${vendor}.jsonl`),
  }));
  const settings = { fakes, port: options.port, faults: faults.value, latencyMs: options.latency };
  const running = await startSandbox(settings).catch((error: unknown) => {
    throw new UsageError(
      `port ${options.port} cannot be taken: ${(error as Error).message}; use --port 0 for a free one`,
    );
  });
  await console.print(`${running.url}\n`);
  console.say(
    `fake vendors: ${fakes.map(({ vendor }) => vendor).join(', ')}; use --base-url ${running.url}, end with Ctrl-C`,
  );
  console.say(
    `GET ${running.url}/_sandbox/books shows their books, PUT /_sandbox/books/VENDOR changes them without a push: ${alterable(fakes).join(', ')}`,
  );
  const { signal } = host;
  if (!signal.aborted) await once(signal, 'abort');
  await running.close();
  return interruptCode(interruptedBy(signal).signal);
}

/** Books and memory go together: one without the other would make the next push say what is not so. */
async function reset(host: Host, console: Console, ledgerOption: string | undefined): Promise<number> {
  const path = ledgerPath(ledgerOption, host);
  rmSync(sandboxFolder(path), { recursive: true, force: true });
  const ledger = openRecords(path);
  await ledger?.forget(SANDBOX_ORIGIN);
  await ledger?.close();
  console.say('the books of the sandbox are empty');
  return EXIT.done;
}

function knownIds(host: Host, path: string): string[] {
  try {
    return readFileSync(pathOf(host, path), 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch (error) {
    throw new UsageError(`--known ${path}: ${(error as Error).message}`);
  }
}
