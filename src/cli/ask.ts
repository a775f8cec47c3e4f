import { createInterface, type Interface } from 'node:readline';
import { isOwnColumn } from '../core/text.js';
import { namesSecret } from '../init/header-words.js';
import type { FieldProposal } from '../init/proposal.js';
import type { Proposal } from '../init/proposal.js';
import { columnsOf, type Sample } from '../init/sample.js';
import type { Host } from './host.js';
import { plain } from './plain-text.js';

/** Questions on a terminal, one after the other. Lines that come before their question are not lost. */
export class Questions {
  /** Whether Ctrl-C was the answer. */
  interrupted = false;
  readonly #lines: string[] = [];
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  readonly #readline: Interface;
  #closed = false;

  constructor({ stdin, stderr }: Host) {
    this.#readline = createInterface({ input: stdin, output: stderr, terminal: true });
    this.#readline.on('line', (line) => {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#lines.push(line);
      else waiting(line);
    });
    this.#readline.on('SIGINT', () => {
      this.interrupted = true;
      this.#readline.close();
    });
    // Ctrl-C and the end of the input both give up.
    this.#readline.on('close', () => {
      this.#closed = true;
      if (this.#waiting.length > 0) stderr.write('\n');
      for (const waiting of this.#waiting.splice(0)) waiting(undefined);
    });
  }

  /** The answer without the white space around it; undefined where nobody gives one. */
  async ask(question: string): Promise<string | undefined> {
    this.#readline.setPrompt(`${plain(question)} `);
    this.#readline.prompt();
    const line = this.#lines.shift();
    if (line !== undefined || this.#closed) return line?.trim();
    return (await new Promise<string | undefined>((resolve) => this.#waiting.push(resolve)))?.trim();
  }

  close(): void {
    this.#readline.close();
  }
}

/** What somebody says to a proposed field: another column, none, or the proposal as it is. */
export type Answer =
  { readonly kind: 'column'; readonly header: string } | { readonly kind: 'left_out' | 'taken' | 'nobody' };

/** Whether a field is for a person to decide. */
export function isOpen({ candidates, confidence, required }: FieldProposal): boolean {
  return candidates.length > 0 || confidence === 'possible' || (required && confidence === 'none');
}

/** Asks which column holds a field, until the answer is one. */
export async function askColumn(
  field: FieldProposal,
  proposal: Proposal,
  sample: Sample,
  questions: Questions,
  say: (text: string) => void,
): Promise<Answer> {
  const used = new Set(proposal.fields.flatMap(({ column }) => column ?? []));
  const own = field.column === undefined ? field.candidates : [field.column];
  const others = sample.header
    .map((name) => name.trim())
    .filter((name) => name !== '' && !isOwnColumn(name))
    .filter((name) => !used.has(name) && !own.includes(name));
  const headers = [...own, ...others];
  const default_ = field.column ?? field.constant;
  const canLeaveOut = !field.required && !field.known;
  say(plain(`${field.field}: ${field.about} (${field.reason})`));
  headers.forEach((header, index) =>
    say(plain(`  ${String(index + 1).padStart(2)}  ${JSON.stringify(header)}${examples(sample, header)}`)),
  );
  const ways = [
    ...(headers.length > 0 ? [`1 to ${headers.length}`] : []),
    ...(default_ === undefined
      ? []
      : [
          `enter takes ${field.column === undefined ? `${default_} for every row` : JSON.stringify(default_)}`,
        ]),
    ...(canLeaveOut ? ['- leaves it out'] : []),
  ];
  for (;;) {
    const answer = await questions.ask(`which column is ${field.field}? (${ways.join(', ')})`);
    if (answer === undefined) return { kind: 'nobody' };
    if (answer === '' && default_ !== undefined) return { kind: 'taken' };
    if (answer === '-' && canLeaveOut) return { kind: 'left_out' };
    const header = /^\d+$/.test(answer) ? headers[Number(answer) - 1] : undefined;
    if (header !== undefined) return { kind: 'column', header };
    say(plain(`  that is none of ${ways.join(', ')}`));
  }
}

const EXAMPLES = 3;
const LONGEST_EXAMPLE = 24;

/** A few of the column's cells, unless nobody should see them. */
function examples(sample: Sample, header: string): string {
  if (namesSecret(header)) return '';
  const cells = columnsOf(sample).find(({ name }) => name === header)?.cells ?? [];
  const texts = [...new Set(cells.map(({ text }) => text))].slice(0, EXAMPLES);
  const shown = texts.map((text) =>
    text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE)}…` : text,
  );
  return shown.length === 0 ? '  (blank)' : `  ${shown.join(', ')}`;
}
