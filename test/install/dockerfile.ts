import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Instruction {
  readonly name: string;
  /** What follows the name, on one line. */
  readonly text: string;
}

export interface Stage {
  readonly base: string;
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

const KNOWN = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'ENTRYPOINT', 'CMD'];

/** The stages of the Dockerfile. */
export function dockerfile(): Stage[] {
  const lines = readFileSync(`${ROOT}Dockerfile`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .trim()
    .split('\n');
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of lines) {
    const [, name = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (!KNOWN.includes(name)) throw new Error(`the Dockerfile says ${line}, which these tests do not know`);
    if (name === 'FROM') {
      const [base = '', , stage] = text.split(' ');
      stages.push({ base, ...(stage === undefined ? {} : { name: stage }), instructions: [] });
    } else stages.at(-1)?.instructions.push({ name, text });
  }
  return stages;
}

/** `COPY [--from=STAGE] FILES… FOLDER`. */
export function copyOf(text: string): { from?: string; files: string[]; to: string } {
  const words = text.split(/\s+/);
  const from = /^--from=(.+)$/.exec(words[0] ?? '')?.[1];
  const paths = from === undefined ? words : words.slice(1);
  return { ...(from === undefined ? {} : { from }), files: paths.slice(0, -1), to: paths.at(-1) ?? '' };
}

/** `ENV NAME=VALUE…`, none of which has a blank in it. */
export function variablesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(/\s+/).map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
