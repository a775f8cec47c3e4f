import { err, ok, type Result } from '../core/result.js';

/** A share of revenue in millionths, so that 20 % is 200000. */
export type Rate = bigint;

/** How many decimals a rate may have, written as a number below 1. */
const RATE_DECIMALS = 6;

/** Reads `0.2` and `20%`. A number from 1 on without a sign could be meant as percent. */
export function parseRate(text: string): Result<Rate, string> {
  const shown = JSON.stringify(text.trim().slice(0, 40));
  const [, whole = '', fraction = '', percent] = /^(\d*)(?:\.(\d+))?\s*(%)?$/.exec(text.trim()) ?? [];
  if (whole + fraction === '') return err(`${shown} is not a rate; write 0.2 or 20%`);
  const decimals = percent === undefined ? RATE_DECIMALS : RATE_DECIMALS - 2;
  if (fraction.slice(decimals).replace(/0/g, '') !== '')
    return err(`${shown} has too many decimals; a rate is told to a ten-thousandth of a percent`);
  if (whole.length > 12) return err(`${shown} is more than 100%; write 0.2 or 20%`);
  const rate = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  if (percent === undefined && rate >= 1_000_000n)
    return err(`${shown} could be a number or percent; write ${whole}% if percent is meant, else 0.2 or 20%`);
  if (rate > 1_000_000n) return err(`${shown} is more than 100%; write 0.2 or 20%`);
  return ok(rate);
}
