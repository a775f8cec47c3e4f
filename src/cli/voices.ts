import { Console } from './console.js';
import type { Host } from './host.js';

/** What several pushes say at once: lines that begin with whose they are, and one line at the bottom. */
export class Voices {
  readonly #host: Host;
  readonly #console: Console;
  readonly #all = new Map<string, Voice>();

  /** Whatever one of them hides is hidden in all that `console` says. */
  constructor(host: Host, console: Console) {
    this.#host = host;
    this.#console = console;
    console.redact = (text) => [...this.#all.values()].reduce((clean, voice) => voice.redact(clean), text);
  }

  of(name: string): Console {
    const voice = new Voice(this.#host, this.#console, name, () => this.#bottom());
    this.#all.set(name, voice);
    return voice;
  }

  /** The shorter the lines of each are, the more of them have room. */
  #bottom(): void {
    const said = [...this.#all].filter(([, { lines }]) => (lines[0] ?? '') !== '');
    const most = Math.max(1, ...said.map(([, { lines }]) => lines.length));
    const texts = Array.from({ length: most }, (_, size) =>
      said.map(([name, { lines }]) => `${name}: ${lines[size] ?? lines.at(-1) ?? ''}`).join('; '),
    );
    this.#console.status(...texts);
  }
}

class Voice extends Console {
  lines: readonly string[] = [];
  readonly #console: Console;
  readonly #name: string;
  readonly #changed: () => void;

  constructor(host: Host, console: Console, name: string, changed: () => void) {
    super(host, console.paint);
    this.#console = console;
    this.#name = name;
    this.#changed = changed;
  }

  override say(text: string): void {
    this.#console.say(text.replace(/^/gm, `${this.#name}: `));
  }

  override log(...[options, event, text, data]: Parameters<Console['log']>): void {
    if (options.logFormat === 'text') super.log(options, event, text, data);
    else this.#console.log(options, event, text, { profile: this.#name, ...data });
  }

  override status(...texts: readonly string[]): void {
    this.lines = texts;
    this.#changed();
  }

  override async print(text: string): Promise<boolean> {
    return this.#console.print(text);
  }
}
