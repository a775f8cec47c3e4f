import { MONEY_PART, TAKEN_BACK, UNKNOWN_PART } from '../../core/reversal.js';

/*
 * Expressions over tables and aliases that have `intent` and `digest`.
 */

const START = TAKEN_BACK.length + 1;
const partsOf = (row: string): string =>
  `iif(${row}.digest glob '${TAKEN_BACK}*', cast(substr(${row}.digest, ${START}) as integer), ${UNKNOWN_PART})`;
const saidBy = (row: string): string =>
  `substr(${row}.digest, ${START} + instr(substr(${row}.digest, ${START}), ':'))`;

export function areReversals(row: string, held: string): string {
  return `${row}.intent = 'reverse' and ${held}.intent = 'reverse' and ${row}.digest glob '${TAKEN_BACK}*'`;
}

/** Whether a reversal takes back a part of the sale that is not its money: that stays what it was. */
export function leavesMoney(row: string): string {
  return `(${row}.intent = 'reverse' and ${row}.digest glob '${TAKEN_BACK}*' and ${partsOf(row)} <> 0 and (${partsOf(row)} & ${MONEY_PART}) = 0)`;
}

/** Cases of a reversal whose key holds one: a part is taken back once, whatever else the two say. */
export const REVERSAL_RELATION = ((): string => {
  const [parts, held] = [partsOf('staged'), partsOf('held')];
  const both = areReversals('staged', 'held');
  return `
      when ${both} and (held.digest = ${saidBy('staged')} or (${held} & ${parts}) = ${parts}) then 'same'
      when ${both} and (${held} & (${parts} | ${UNKNOWN_PART})) <> 0 then 'partly'`;
})();

/** What is held once the row has been accepted: reversals add up. */
export function digestWith(row: string, held: string): string {
  const all = `(${partsOf(row)} | ${partsOf(held)})`;
  return `iif(${areReversals(row, held)}, '${TAKEN_BACK}' || ${all} || ':' || ${saidBy(row)}, ${row}.digest)`;
}

/** Whether an attempt told what was held already; reversals have been added up by then. */
export function toldAgain(attempt: string, held: string): string {
  return `coalesce(${attempt}.digest = ${held}.digest
    or (${areReversals(attempt, held)} and ${partsOf(attempt)} = ${partsOf(held)}), 0)`;
}
