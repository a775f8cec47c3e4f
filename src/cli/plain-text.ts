import { pictured } from '../core/text.js';
import type { FileProblem } from '../core/ports.js';

/** Control characters, and those that turn the direction of what follows. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const CONTROLS = new RegExp(CONTROL, 'g');
/** The colours of `Console.paint` and line ends; else a control character. */
const LINES = new RegExp(`(\\u001b\\[(?:1|22|31|32|33|39)m|\\n)|${CONTROL.source}`, 'g');

/**
 * Text from a file, its name or a vendor as one line of text: a control character in it could rewrite the
 * terminal, and a line end could pass for a line of revsync's own.
 */
export function plain(text: string): string {
  return text.replace(CONTROLS, pictured);
}

/** What is wrong with a file, and on which line of it. */
export function problemText(input: string, { line, message }: FileProblem): string {
  return `${input}${line === undefined ? '' : `:${line}`}: ${message}`;
}

/** Lines that may be painted, with nothing else in them that a terminal would act on. */
export function plainLines(text: string): string {
  return text.replace(LINES, (found, own?: string) => own ?? pictured(found));
}
