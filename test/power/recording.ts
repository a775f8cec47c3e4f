import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import { CREDENTIALS } from '../support/credentials.js';
import type { Fate, World } from '../model/world.js';
import { startRevsync } from '../support/cli.js';

/** What a process asked of the files of its folder, by their names there; the folder itself has none. */
export type FileEvent =
  | { readonly do: 'open' | 'empty' | 'sync' | 'remove'; readonly name: string }
  | { readonly do: 'write'; readonly name: string; readonly at: number; readonly bytes: Buffer }
  | { readonly do: 'cut'; readonly name: string; readonly at: number }
  | { readonly do: 'rename'; readonly name: string; readonly to: string };

export interface Recording {
  /** The files before the first event, all of which are on the disk. */
  readonly before: ReadonlyMap<string, Buffer>;
  readonly events: readonly FileEvent[];
  /** What the vendor applied, with the number of events that had happened when it came. */
  readonly requests: readonly { readonly request: FakeRequest; readonly after: number }[];
  readonly code: number | null;
  readonly stderr: string;
}

/** Builds the library that is preloaded. It takes a C compiler and the GNU C library. */
export function buildRecorder(folder: string): string {
  const library = join(folder, 'recorder.so');
  const source = fileURLToPath(new URL('recorder.c', import.meta.url));
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (built.status !== 0)
    throw new Error(
      `the power-loss test needs a C compiler, as cc, on Linux: ${built.error?.message ?? built.stderr}`,
    );
  return library;
}

/** Runs revsync as a process in the world's folder, with every write and sync of its files on record. */
export async function recorded(
  world: World,
  args: readonly string[],
  fate: Fate,
  recorder: string,
): Promise<Recording> {
  const journal = join(world.root, 'journal');
  rmSync(journal, { force: true });
  const before = filesIn(world.folder);
  const env = {
    PATH: process.env['PATH'] ?? '',
    REVSYNC_LEDGER: join(world.folder, 'ledger.db'),
    REVSYNC_POWER_ROOT: world.folder,
    REVSYNC_POWER_JOURNAL: journal,
    LD_PRELOAD: recorder,
    ...CREDENTIALS,
  };
  const requests: { request: FakeRequest; bytes: number }[] = [];
  const push = async (): Promise<{ code: number | null; stderr: string }> => {
    const running = startRevsync(args, world.folder, env);
    running.process.stdin.end();
    return running.ended;
  };
  const { code, stderr } = await world.serve(push, fate, (request) =>
    requests.push({ request, bytes: existsSync(journal) ? statSync(journal).size : 0 }),
  );
  const { events, ends } = eventsIn(readFileSync(journal), world.folder);
  // What was on record as the request came had happened before it was sent, or while it was on its way.
  const timed = requests.map(({ request, bytes }) => ({
    request,
    after: ends.filter((end) => end <= bytes).length,
  }));
  return { before, events, requests: timed, code, stderr };
}

export function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

const HEAD = 21;

/** Of a journal of recorder.c: the events, and where each ends in it. */
function eventsIn(journal: Buffer, folder: string): { events: FileEvent[]; ends: number[] } {
  const events: FileEvent[] = [];
  const ends: number[] = [];
  const names = new Map<number, string>();
  const nameOf = (path: Buffer): string => path.toString().slice(folder.length + 1);
  for (let place = 0; place < journal.length;) {
    const operation = String.fromCharCode(journal.readUInt8(place));
    const file = journal.readInt32LE(place + 1);
    const at = Number(journal.readBigUInt64LE(place + 5));
    const middle = place + HEAD + journal.readUInt32LE(place + 13);
    const one = journal.subarray(place + HEAD, middle);
    const two = journal.subarray(middle, middle + journal.readUInt32LE(place + 17));
    place = middle + two.length;
    if (operation === 'O' || operation === 'T') names.set(file, nameOf(one));
    const name = names.get(file) ?? '';
    events.push(
      eventOf(operation, operation === 'U' || operation === 'R' ? nameOf(one) : name, at, one, nameOf(two)),
    );
    ends.push(place);
  }
  return { events, ends };
}

function eventOf(operation: string, name: string, at: number, bytes: Buffer, to: string): FileEvent {
  switch (operation) {
    case 'O':
      return { do: 'open', name };
    case 'T':
      return { do: 'empty', name };
    case 'S':
      return { do: 'sync', name };
    case 'U':
      return { do: 'remove', name };
    case 'W':
      return { do: 'write', name, at, bytes };
    case 'C':
      return { do: 'cut', name, at };
    case 'R':
      return { do: 'rename', name, to };
    default:
      throw new Error(`the recorder wrote ${operation}`);
  }
}
