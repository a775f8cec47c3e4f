/** A control character as text: U+2400 and on are pictures of them, and what has none becomes U+FFFD. */
export function pictured(control: string): string {
  const code = control.charCodeAt(0);
  if (code === 0x7f) return '\u2421';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
}

/** `1 row`, `2 rows`: the noun takes an s. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-11-20T14:05:00Z`, of epoch milliseconds. */
export function secondText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `2026-11-20 15:05:00`, of epoch milliseconds, where the machine is. */
export function localText(at: number): string {
  const date = new Date(at);
  const padded = (number: number): string => String(number).padStart(2, '0');
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(padded).join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(padded).join(':')}`;
}

/** `sales.csv and 2 more files`. */
export function filesText(files: readonly string[]): string {
  const [first = 'no file', ...more] = files;
  return more.length === 0 ? first : `${first} and ${plural(more.length, 'more file')}`;
}

/** A text in quotes, as messages show it: no more than the start of a long one. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** A text as it stands in a command that is there to be copied. */
export function shellText(text: string): string {
  if (/^[\w@%+=:,./][\w@%+=:,./-]*$/.test(text)) return text;
  return /["\\$`!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

/** What the columns begin with that revsync writes behind those of a source. */
export const OWN_PREFIX = 'revsync_';

/** Whether a header is one of them. */
export function isOwnColumn(name: string): boolean {
  return name.toLowerCase().startsWith(OWN_PREFIX);
}

/** Whether a header is that of a results file, which is fed back. */
export function isFedBack(header: readonly string[]): boolean {
  return header.some((name) => name.trim() === `${OWN_PREFIX}line`);
}

/** What makes a spreadsheet take a cell for a formula; some take the wide signs of East Asian keyboards too. */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const PLAIN_NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

/** An apostrophe before text that a spreadsheet would run as a formula; plain numbers are left alone. */
export function defused(cell: string): string {
  return FORMULA.test(cell) && !PLAIN_NUMBER.test(cell) ? `'${cell}` : cell;
}

/** The cell that `defused` was given. */
export function undefused(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
