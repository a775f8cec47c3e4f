import type { FileProblem } from '../../core/ports.js';

/** What is wrong with a line: what was found, and what to do. */
export interface Fault {
  readonly found: string;
  readonly remedy: string;
}

/** Lines that are named of one fault. */
const LINES_NAMED = 20;

interface Lines {
  readonly first: number;
  /** Of the others. */
  readonly named: number[];
  more: number;
  last: number;
  readonly fault: () => Fault;
}

/** All lines of a file that cannot be read, by what is wrong with them. */
export class Faults {
  readonly #lines = new Map<string, Lines>();

  get any(): boolean {
    return this.#lines.size > 0;
  }

  /**
   * A line may be added again; lines with one fault come in their order. `fault` is asked at the end, when it is known
   * what reads the whole file.
   */
  add(kind: string, line: number, fault: () => Fault): void {
    const lines = this.#lines.get(kind);
    if (lines === undefined) this.#lines.set(kind, { first: line, named: [], last: line, more: 0, fault });
    else if (lines.last !== line) {
      lines.last = line;
      if (lines.named.length < LINES_NAMED - 1) lines.named.push(line);
      else lines.more += 1;
    }
  }

  /** One problem for each fault, in the order of the file. */
  problems(): FileProblem[] {
    return [...this.#lines.values()]
      .sort((left, right) => left.first - right.first)
      .map(({ first, named, more, fault }) => {
        const { found, remedy } = fault();
        const same = named.length === 0 ? '' : `; the same on ${linesText(named, more)}`;
        return { line: first, message: `${found}; ${remedy}${same}` };
      });
  }
}

/** `line 4`, `lines 4 and 7`, `lines 4, 7 and 12 more`. */
function linesText(lines: readonly number[], more: number): string {
  const parts = more > 0 ? [...lines.map(String), `${more} more`] : lines.map(String);
  const last = parts.pop() ?? '';
  return parts.length === 0 ? `line ${last}` : `lines ${parts.join(', ')} and ${last}`;
}
