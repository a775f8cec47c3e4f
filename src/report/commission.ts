import { type Result, err, ok } from '../core/result.js';
import { parseTotal } from '../core/amount.js';
import type { FileProblem, SourceRecord } from '../core/ports.js';
import { normalized } from '../sales/columns.js';

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

/** Commission rates: of single agents, and of all others where there is one. */
export interface Rates {
  readonly byAgent: ReadonlyMap<string, Rate>;
  readonly other: Rate | undefined;
}

/** What each campaign cost, in 1/10000. */
export type Costs = ReadonlyMap<string, bigint>;

/** Rates of agents from a CSV with the columns `agent` and `rate`; every fault with its line. */
export function readRates(table: NamedValues): Result<ReadonlyMap<string, Rate>, readonly FileProblem[]> {
  return readNamed(table, 'agent', 'rate', parseRate);
}

/** Costs of campaigns from a CSV with the columns `campaign` and `cost`; every fault with its line. */
export function readCosts(table: NamedValues): Result<Costs, readonly FileProblem[]> {
  return readNamed(table, 'campaign', 'cost', (text) => {
    const cost = parseTotal(text, {});
    const shown = JSON.stringify(text.slice(0, 40));
    if (cost === undefined)
      return err(`${shown} is not an amount like 1250.50; use digits and one point, and at most 4 decimals`);
    return cost >= 0n ? ok(cost) : err(`${shown} is negative; write what the campaign cost`);
  });
}

/** A small CSV: its header and its records. */
export interface NamedValues {
  readonly header: readonly string[];
  readonly headerLine: number;
  readonly records: readonly SourceRecord[];
}

function readNamed<T>(
  { header, headerLine, records }: NamedValues,
  nameColumn: string,
  valueColumn: string,
  read: (text: string) => Result<T, string>,
): Result<ReadonlyMap<string, T>, readonly FileProblem[]> {
  const problems: FileProblem[] = [];
  const indexOf = (wanted: string): number => {
    const found = header.flatMap((name, index) => (normalized(name) === wanted ? [index] : []));
    if (found.length === 1) return found[0] ?? -1;
    const names = header.map((name) => JSON.stringify(name.trim())).join(', ');
    const what = found.length === 0 ? 'there is no column' : 'there are two columns';
    problems.push({
      line: headerLine,
      message: `${what} ${wanted}; the headers are ${names}; wanted are ${nameColumn} and ${valueColumn}`,
    });
    return -1;
  };
  const [nameAt, valueAt] = [indexOf(nameColumn), indexOf(valueColumn)];
  if (problems.length > 0) return err(problems);

  const values = new Map<string, T>();
  const lines = new Map<string, number>();
  for (const { line, cells } of records) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const fault = (message: string): void => void problems.push({ line, message });
    const [name, text] = [(cells[nameAt] ?? '').trim(), (cells[valueAt] ?? '').trim()];
    const before = lines.get(name);
    if (cells.length !== header.length) {
      fault(
        `the row has ${cells.length} cells and the header ${header.length}; a cell with a comma needs quotes`,
      );
    } else if (name === '') fault(`${nameColumn}: is blank; write whose ${valueColumn} it is`);
    else if (before !== undefined) {
      fault(`${nameColumn}: ${JSON.stringify(name)} stands in line ${before} already; keep one of them`);
    } else if (text === '') fault(`${valueColumn}: is blank, which is not 0; write it, or take the row out`);
    else {
      const value = read(text);
      if (value.ok) values.set(name, value.value);
      else fault(`${valueColumn}: ${value.error}`);
    }
    if (name !== '' && before === undefined) lines.set(name, line);
  }
  return problems.length > 0 ? err(problems) : ok(values);
}
