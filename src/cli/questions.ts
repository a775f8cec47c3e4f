import { createInterface, type Interface } from 'node:readline';
import type { Host, OutputStream } from './host.js';
import { plain } from './console.js';

/** Whether the answer was yes; undefined where there is no terminal to ask on. */
export async function isYes(host: Host, question: string): Promise<boolean | undefined> {
  if (host.stdin.isTTY !== true || host.stderr.isTTY !== true) return undefined;
  const questions = new Questions(host);
  try {
    return /^y(es)?$/i.test((await questions.ask(question)) ?? '');
  } finally {
    questions.close();
  }
}

/** Questions on a terminal, one after the other. Lines that come before their question are not lost. */
export class Questions {
  /** Whether Ctrl-C was the answer. */
  interrupted = false;
  readonly #stderr: OutputStream;
  readonly #readline: Interface;
  readonly #lines: AsyncIterator<string>;
  /** The input has ended; lines of it may still wait for their question. */
  #hasEnded = false;

  constructor({ stdin, stderr }: Host) {
    this.#stderr = stderr;
    this.#readline = createInterface({ input: stdin, output: stderr, terminal: true });
    this.#lines = this.#readline[Symbol.asyncIterator]();
    this.#readline.on('close', () => {
      this.#hasEnded = true;
    });
    this.#readline.on('SIGINT', () => {
      this.interrupted = true;
      this.#readline.close();
    });
  }

  /** The answer without the white space around it; undefined after Ctrl-C and at the end of the input. */
  async ask(question: string): Promise<string | undefined> {
    if (this.interrupted) return undefined;
    const prompt = `${plain(question)} `;
    if (this.#hasEnded) this.#stderr.write(prompt);
    else {
      this.#readline.setPrompt(prompt);
      this.#readline.prompt();
    }
    const line = await this.#lines.next();
    if (line.done !== true) return line.value.trim();
    this.#stderr.write('\n');
    return undefined;
  }

  /** The word that was chosen of a list, by its number or as it is; undefined where no one answers. */
  async choose(
    words: readonly (readonly [word: string, about: string])[],
    question: string,
    say: (text: string) => void,
  ): Promise<string | undefined> {
    const width = Math.max(...words.map(([word]) => word.length));
    words.forEach(([word, about], index) =>
      say(plain(`  ${String(index + 1).padStart(2)}  ${word.padEnd(width)}  ${about}`)),
    );
    for (;;) {
      const answer = await this.ask(`${question} (1 to ${words.length})`);
      if (answer === undefined) return undefined;
      const [chosen] = words[Number(answer) - 1] ?? words.find(([word]) => word === answer) ?? [];
      if (chosen !== undefined) return chosen;
      say(plain(`  that is none of 1 to ${words.length}`));
    }
  }

  close(): void {
    this.#readline.close();
  }
}
