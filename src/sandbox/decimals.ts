/** Decimal text of any length, such as `150.50`, `.5` or `-3`. */
export const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** The exact sum of two decimals, with the decimals of the longer one. */
export function sumOf(left: string, right: string): string {
  const decimals = Math.max(decimalsOf(left), decimalsOf(right));
  const units = String(unitsOf(left, decimals) + unitsOf(right, decimals));
  const digits = units.replace('-', '').padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  return `${units.startsWith('-') ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

export function negated(text: string): string {
  return text.startsWith('-') ? text.slice(1) : `-${text}`;
}

export function isNegative(text: string): boolean {
  return text.startsWith('-') && /[1-9]/.test(text);
}

export function isZero(text: string): boolean {
  return !/[1-9]/.test(text);
}

function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

function unitsOf(text: string, decimals: number): bigint {
  const [whole = '', fraction = ''] = text.replace(/^[-+]/, '').split('.');
  const units = BigInt(whole + fraction.padEnd(decimals, '0'));
  return text.startsWith('-') ? -units : units;
}
