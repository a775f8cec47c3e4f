/** A control character as text: U+2400 and on are pictures of them, and what has none becomes U+FFFD. */
export function pictured(control: string): string {
  const code = control.charCodeAt(0);
  if (code === 0x7f) return '\u2421';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
}
