import { pictured } from '../../core/text.js';

/** Text that is markup already: what `html` makes, or a style or script of the project's own, with no text from anywhere else. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. Everything but markup is escaped. */
export type Content = string | number | bigint | Markup | undefined | readonly Content[];

/**
 * A template whose values cannot become markup, neither between tags nor in a quoted attribute. Nothing is written
 * for undefined; lists are written one after the other.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + written(values[index - 1]) + string));
}

function written(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(written).join('');
  return escaped(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters, line separators, and those that turn the direction of what follows. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** Pictures stand for control characters, so that nobody is shown another text than the one that is there. */
function escaped(text: string): string {
  return text.replace(CONTROL, pictured).replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '');
}
