import { formatTotal, parseTotal, type AmountStyle } from '../core/amount.js';

/** The sum of the amounts of a file as they are written, before anything is rounded or left out. */
export class ControlTotal {
  /** In 1/10000. */
  sum = 0n;
  #unread = 0;
  #firstUnread = 0;

  /** What the amount is read as; undefined where it is blank or cannot be read. */
  add(text: string, line: number, style: AmountStyle): bigint | undefined {
    if (text === '') return undefined;
    const read = readTotal(text, style);
    if (read === undefined) this.addUnread(line);
    else this.sum += read;
    return read;
  }

  /** A row of which nobody can say what it comes to. */
  addUnread(line: number): void {
    this.#unread += 1;
    if (this.#unread === 1) this.#firstUnread = line;
  }

  /** The first amount that could not be read, if there is one. */
  get unread(): string | undefined {
    if (this.#unread === 0) return undefined;
    const others = this.#unread === 1 ? '' : ` and ${this.#unread - 1} more`;
    return `the amount on line ${this.#firstUnread}${others} cannot be read`;
  }

  /** Says so where the amounts do not come to what `text` says. */
  differsFrom(text: string, style: AmountStyle): string | undefined {
    const wanted = readTotal(text, style);
    if (wanted === undefined)
      return `has ${JSON.stringify(text)}, which is not an amount to check the rows against; mend it, or take the total row out`;
    if (this.unread !== undefined)
      return `cannot be checked: ${this.unread}; mend it, or take the total row out`;
    if (this.sum === wanted) return undefined;
    return `says ${formatTotal(wanted)} and the rows come to ${formatTotal(this.sum)}, a difference of ${formatTotal(this.sum - wanted)}; find out which is right`;
  }
}

/** A negative amount is one in every spelling: what it is taken for is decided elsewhere. */
export function readTotal(text: string, style: AmountStyle): bigint | undefined {
  return parseTotal(text, style, true);
}
