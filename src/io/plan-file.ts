import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { formatAmount } from '../core/amount.js';
import { policyData, type HeldPlan, type PlanRow } from '../core/plans.js';
import { runName, type RunId } from '../core/row.js';
import { err, ok, type Result } from '../core/result.js';
import type { RowStatus } from '../core/status.js';

/** Rows of which a plan says no more than how many there are: nothing is to be done about them. */
export const LEFT_AS_THEY_ARE: ReadonlySet<RowStatus> = new Set(['unchanged', 'duplicate', 'skipped']);

/** A plan to be written: the rows are read twice, since what is at the top is made of them too. */
export interface PlanSource {
  readonly plan: HeldPlan;
  rows(): AsyncIterable<readonly PlanRow[]>;
}

/** The lines of a plan's file: one JSON object, first what it is, then a row a line. */
export async function* planLines({ plan, rows }: PlanSource): AsyncGenerator<string> {
  const { run, ledger, vendor, account, origin, who, at, terms, files } = plan;
  const sum = createHash('sha256');
  for await (const line of rowLines(plan, rows())) sum.update(`${line}\n`);
  const head = {
    revsync_plan: 1,
    ...{ run: runName(run), ledger, vendor, account, origin },
    planned_by: who ?? null,
    planned_at: new Date(at).toISOString(),
    policy: { ...policyData(terms.policy), approve: terms.approve ?? null },
    files,
    checksum: `sha256:${sum.digest('hex')}`,
  };
  yield '{';
  for (const [name, value] of Object.entries(head))
    yield `${JSON.stringify(name)}: ${JSON.stringify(value)},`;
  yield '"rows": [';
  let last: string | undefined;
  for await (const line of rowLines(plan, rows())) {
    if (last !== undefined) yield `${last},`;
    last = line;
  }
  if (last !== undefined) yield last;
  yield ']}';
}

async function* rowLines(
  { files }: HeldPlan,
  pages: AsyncIterable<readonly PlanRow[]>,
): AsyncGenerator<string> {
  for await (const rows of pages)
    for (const row of rows) if (!LEFT_AS_THEY_ARE.has(row.status)) yield JSON.stringify(rowData(row, files));
}

function rowData(row: PlanRow, files: readonly string[]): object {
  const { input, line, key, status, action, amount, previousAmount, code, message, warning, fields } = row;
  return {
    ...{ file: files[input - 1], line, key, status, action },
    amount: amount === undefined ? undefined : formatAmount(amount),
    previous_amount: previousAmount === undefined ? undefined : formatAmount(previousAmount),
    ...{ code, message, warning },
    fields: status === 'planned' ? fields : undefined,
  };
}

/** What a plan's file says it is. */
export interface PlanFileHead {
  readonly run: RunId;
  readonly ledger: string;
}

const HEAD_LINES = 20;

/** What the file at `path` is the plan of, or what is wrong with it. */
export async function readPlanHead(path: string): Promise<Result<PlanFileHead, string>> {
  const said = new Map<string, string>();
  for await (const line of linesOf(path, HEAD_LINES)) {
    const [, name = '', value = ''] = /^"(\w+)": "?(.*?)"?,$/.exec(line) ?? [];
    said.set(name, value);
  }
  const [, run] = /^run-(\d+)$/.exec(said.get('run') ?? '') ?? [];
  const ledger = said.get('ledger');
  if (said.get('revsync_plan') !== '1' || run === undefined || ledger === undefined)
    return err(
      'is not a plan as `revsync push --plan` writes it, or was edited; name the run, such as run-12',
    );
  return ok({ run: Number(run), ledger });
}

/** The first line of the file at `path` that is not as the plan has it; undefined where all are. */
export async function firstEdited(path: string, source: PlanSource): Promise<number | undefined> {
  const expected = planLines(source);
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    const next = await expected.next();
    if (next.done === true || next.value !== line) return number;
  }
  return (await expected.next()).done === true ? undefined : number + 1;
}

async function* linesOf(path: string, most = Infinity): AsyncGenerator<string> {
  const stream = createReadStream(path, 'utf8');
  try {
    let number = 0;
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      yield line;
      number += 1;
      if (number >= most) return;
    }
  } finally {
    stream.destroy();
  }
}
