// Where a command spends its time: what V8's profiles of all its threads and runs say, put together.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOP = 10;
const ROOT = new URL('..', import.meta.url).href;
/** Waiting for the vendor or for work. */
const IDLE = '(idle)';

/** How a program that names its Node in its first line is run so that it writes profiles into a folder. */
export function profiled(program, folder) {
  const [, ...own] = /^#!.*\bnode\b(.*)/.exec(readFileSync(program, 'utf8'))?.[1].split(/\s+/) ?? [];
  return [process.execPath, ['--cpu-prof', `--cpu-prof-dir=${folder}`, ...own, program]];
}

/** A table of the functions that took most, themselves; undefined where there is no profile. */
export function topOf(name, folder) {
  if (!existsSync(folder)) return undefined;
  const self = new Map();
  for (const file of readdirSync(folder)) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, frameOf(callFrame)]));
    for (const [index, id] of samples.entries())
      self.set(frames.get(id), (self.get(frames.get(id)) ?? 0) + timeDeltas[index]);
  }
  self.delete(IDLE);
  const total = [...self.values()].reduce((sum, one) => sum + one, 0);
  const top = [...self].sort(([, left], [, right]) => right - left).slice(0, TOP);
  return {
    title: `Profile of ${name}: what took most of ${(total / 1e6).toFixed(2)} s, itself:`,
    head: ['share', 'function'],
    rows: top.map(([frame, time]) => [`${((time / total) * 100).toFixed(1)} %`, frame]),
  };
}

function frameOf({ functionName, url, lineNumber }) {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const path = url.startsWith(ROOT)
    ? url.slice(ROOT.length)
    : url.startsWith('file:')
      ? fileURLToPath(url)
      : url;
  return `${name} ${path}:${lineNumber + 1}`;
}
