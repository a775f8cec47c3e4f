/** A quotient rounded to a whole number, a half away from zero. The divisor is above zero. */
export function divided(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const rounded = (size * 2n + divisor) / (divisor * 2n);
  return dividend < 0n ? -rounded : rounded;
}

/** Money for each of a number of things, in 1/10000 and of whole cents; undefined where there are none. */
export function perPiece(money: bigint, pieces: number): bigint | undefined {
  return pieces === 0 ? undefined : divided(money, BigInt(pieces) * 100n) * 100n;
}

/** A part in tenths of a percent of the whole; undefined where the whole is not above zero. */
export function tenthsOfPercent(part: bigint, whole: bigint): bigint | undefined {
  return whole > 0n ? divided(part * 1000n, whole) : undefined;
}

/** Commission to the cent, in 1/10000. */
export function roundedCommission(exact: bigint): bigint {
  return divided(exact, 100_000_000n) * 100n;
}

/** `12.5` of 125 tenths. */
export function formatTenths(tenths: bigint): string {
  const size = tenths < 0n ? -tenths : tenths;
  return `${tenths < 0n ? '-' : ''}${size / 10n}.${size % 10n}`;
}
