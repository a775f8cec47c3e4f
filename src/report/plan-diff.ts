import type { RunInput } from '../core/ledger.js';
import type { PlanRow } from '../core/plans.js';
import type { RowStatus } from '../core/status.js';
import { findReportColumns, type ReportField } from './columns.js';

/** What a plan would change, for whoever approves it. Money in 1/10000. */
export interface PlanDiff {
  /** What is held at the vendor changes by so much in all, but for rows of which that is not known. */
  readonly net: bigint;
  readonly unknown: number;
  /** The largest first. */
  readonly largest: readonly ChangedRow[];
  /** By the column that says who sold, the largest first; absent where no file has one. */
  readonly agents?: readonly AgentChange[];
  /** Rows that are not sent, by why, in the order in which they come. */
  readonly kept: readonly KeptRows[];
}

export interface ChangedRow extends Pick<
  PlanRow,
  'line' | 'key' | 'action' | 'amount' | 'previousAmount' | 'change'
> {
  readonly file: string;
  readonly agent: string | undefined;
}

export interface AgentChange {
  readonly agent: string;
  readonly rows: number;
  readonly change: bigint;
  readonly unknown: number;
}

export interface KeptRows {
  readonly status: RowStatus;
  readonly code: string | undefined;
  readonly rows: number;
  /** The first of them. */
  readonly file: string;
  readonly line: number;
  readonly message: string | undefined;
}

const LARGEST_SHOWN = 10;

/** Reads the rows of a plan once. `agent` is the header of the column that says who sold, where somebody named it. */
export async function planDiff(
  inputs: readonly RunInput[],
  pages: AsyncIterable<readonly PlanRow[]>,
  agent: string | undefined,
): Promise<PlanDiff> {
  const columns = new Map(inputs.map(({ number, header }) => [number, agentColumn(header, agent)]));
  const names = new Map(inputs.map(({ number, name }) => [number, name]));
  let [net, unknown] = [0n, 0];
  const largest: ChangedRow[] = [];
  const agents = new Map<string, { rows: number; change: bigint; unknown: number }>();
  const kept = new Map<string, KeptRows>();
  for await (const page of pages)
    for (const row of page) {
      const file = names.get(row.input) ?? '';
      if (row.status !== 'planned') {
        countKept(kept, file, row);
        continue;
      }
      const column = columns.get(row.input);
      const who = column === undefined ? undefined : (row.cells[column] ?? '').trim();
      const change = BigInt(row.change ?? 0);
      net += change;
      if (row.change === undefined) unknown += 1;
      keepLargest(largest, { ...row, file, agent: who });
      const own = agents.get(who ?? '') ?? { rows: 0, change: 0n, unknown: 0 };
      own.rows += 1;
      own.change += change;
      own.unknown += row.change === undefined ? 1 : 0;
      agents.set(who ?? '', own);
    }
  const found = [...columns.values()].some((column) => column !== undefined);
  const byAgent = [...agents].map(([agent, sums]) => ({ agent, ...sums }));
  byAgent.sort((one, other) => Number(sizeOf(other.change) - sizeOf(one.change)));
  return { net, unknown, largest, ...(found && { agents: byAgent }), kept: [...kept.values()] };
}

/** As `report` finds it. */
function agentColumn(header: readonly string[], chosen: string | undefined): number | undefined {
  const named = new Map<ReportField, string>(chosen === undefined ? [] : [['agent', chosen]]);
  const found = findReportColumns(header, named, true);
  return found.ok ? found.value.at.agent : undefined;
}

function countKept(
  kept: Map<string, KeptRows>,
  file: string,
  { status, code, message, line }: PlanRow,
): void {
  const why = `${status} ${code ?? ''}`;
  const { rows, ...first } = kept.get(why) ?? { rows: 0, status, code, file, line, message };
  kept.set(why, { ...first, rows: rows + 1 });
}

/** The most that is changed goes first, and what is not known before that; of equals the one that came first. */
function keepLargest(largest: ChangedRow[], row: ChangedRow): void {
  if (row.change === 0) return;
  const size = ({ change }: ChangedRow): number => (change === undefined ? Infinity : Math.abs(change));
  const last = largest.at(-1);
  if (largest.length === LARGEST_SHOWN && last !== undefined && size(row) <= size(last)) return;
  const { line, key, action, amount, previousAmount, change, file, agent } = row;
  const at = largest.findIndex((other) => size(other) < size(row));
  largest.splice(at < 0 ? largest.length : at, 0, {
    ...{ line, key, action, amount, previousAmount, change, file, agent },
  });
  largest.length = Math.min(largest.length, LARGEST_SHOWN);
}

function sizeOf(change: bigint): bigint {
  return change < 0n ? -change : change;
}
