import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommanderError } from 'commander';
import { expect } from 'vitest';
import { explainFile, type Explainer } from '../../src/cli/explain-row.js';
import { saidBy } from '../../src/cli/explain-said.js';
import { asDryRun } from '../../src/cli/explain.js';
import type { ExplainedRow } from '../../src/cli/explain-outputs.js';
import { Console, UsageError } from '../../src/cli/console.js';
import type { Host } from '../../src/cli/host.js';
import { withProfile } from '../../src/cli/profile.js';
import { buildProgram } from '../../src/cli/program.js';
import { COMMANDS } from '../../src/cli/commands.js';
import type { OptionsOf } from '../../src/cli/settings.js';
import { defused } from '../../src/core/text.js';
import { FAKES } from '../../src/sandbox/index.js';
import type { Fake, FakeOptions, FakeRequest } from '../../src/sandbox/fake.js';
import { testHost } from '../support/host.js';
import type { Workspace } from '../support/cli.js';

/** What the sandboxes of pushes received, by where they keep their books. */
const RECEIVED = new Map<string, FakeRequest[]>();

for (const [vendor, make] of FAKES) {
  const recorded = (options: FakeOptions): Fake => {
    const fake = make(options);
    return {
      ...fake,
      answer: (request) => {
        const { journal = '' } = options;
        RECEIVED.set(journal, [...(RECEIVED.get(journal) ?? []), request]);
        return fake.answer(request);
      },
    };
  };
  (FAKES as Map<string, (options: FakeOptions) => Fake>).set(vendor, recorded);
}

/** Takes what was received of a workspace since it was last asked. */
export function receivedBy(space: Workspace): readonly FakeRequest[] {
  const journals = [...RECEIVED.keys()].filter((path) => path.startsWith(space.folder));
  const requests = journals.flatMap((path) => RECEIVED.get(path) ?? []);
  for (const path of journals) RECEIVED.delete(path);
  return requests;
}

export interface Explained {
  /** Why the file is refused. */
  readonly refused: Explainer['refused'];
  readonly rows: readonly ExplainedRow[];
}

/** Every row of a file by one reading, through what `explain FILE:LINE` calls for one; undefined where it is called wrongly. */
export async function explainAll(
  space: Workspace,
  input: string | Buffer,
  name: string,
  args: readonly string[],
): Promise<Explained | undefined> {
  mkdirSync(dirname(space.ledger), { recursive: true });
  const host = testHost({ env: space.env, cwd: space.folder });
  host.stdin.end(input);
  try {
    const [written, given] = await parsed(host, [...args, '--', `${name}:1`]);
    const options = asDryRun(await withProfile(host, written, given));
    const console = await Console.open(host, false);
    const call = { host, console, name, line: undefined, options, said: saidBy(written, options, given) };
    return await explainFile(call, async ({ refused, lines, at }) => {
      const rows: ExplainedRow[] = [];
      for (const line of lines) rows.push(await at(line));
      return { refused, rows };
    });
  } catch (error) {
    if (error instanceof UsageError || isRefusedUsage(error)) return undefined;
    throw error;
  }
}

/** Of a value or a second file; options that it does not know are a fault of the test. */
function isRefusedUsage(error: unknown): boolean {
  return (
    error instanceof CommanderError &&
    ['commander.invalidArgument', 'commander.excessArguments'].includes(error.code)
  );
}

/** As the program reads them; options that only a push takes are left out. */
async function parsed(
  host: Host,
  args: readonly string[],
): Promise<[OptionsOf<'explain'>, ReadonlySet<string>]> {
  let found: [OptionsOf<'explain'>, ReadonlySet<string>] | undefined;
  const commands = COMMANDS.map((command) => ({
    ...command,
    load: () =>
      Promise.resolve(
        (_host: Host, _what: string, options: OptionsOf<'explain'>, given: ReadonlySet<string>) => {
          found = [options, given];
          return Promise.resolve(0);
        },
      ),
  }));
  const argv = ['explain', ...args];
  await buildProgram({ ...host, argv }, () => undefined, commands).parseAsync(argv, { from: 'user' });
  if (found === undefined) throw new UsageError('explain was not called');
  return found;
}

/** What a push wrote of a row, in the words of both. */
function ofResults(row: Readonly<Record<string, string>>) {
  const cell = (name: string): string => row[`revsync_${name}`] ?? '';
  return {
    line: cell('line'),
    ...{ key: cell('key'), action: cell('action'), status: cell('status'), amount: cell('amount') },
    previous_amount: cell('previous_amount'),
    ...{ error_code: cell('error_code'), error: cell('error'), warning: cell('warning') },
  };
}

/** What a row may be that was sent. */
const ANSWERED = new Set(['accepted', 'rejected', 'failed', 'unknown']);

/** Compares what was explained before a push with what that wrote of the same rows, and with what the vendor received. */
export function expectToAgree(
  explained: Explained,
  results: readonly Readonly<Record<string, string>>[],
  received?: readonly FakeRequest[],
): void {
  const planned = explained.rows.filter(({ result }) => result?.status === 'planned');
  const sent = new Set(received === undefined ? [] : planned.map(({ first_line: line }) => line));
  // What the vendor said of it is added.
  const ofPush = (row: ReturnType<typeof ofResults>): object =>
    sent.has(Number(row.line)) && ANSWERED.has(row.status)
      ? { ...row, status: 'planned', error_code: '', error: '', warning: undefined }
      : row;
  const told = explained.rows.map(({ result }) =>
    Object.fromEntries(
      Object.entries(result ?? {}).map(([name, value]) => [name, defused(String(value ?? ''))]),
    ),
  );
  expect(told.map((row) => (sent.has(Number(row['line'])) ? { ...row, warning: undefined } : row))).toEqual(
    results.map(ofResults).map(ofPush),
  );
  if (received !== undefined) expect(received).toHaveLength(planned.length);
  for (const { request } of received === undefined ? [] : planned)
    expect([request, received?.some((one) => request !== null && isSame(request, one))]).toEqual([
      request,
      true,
    ]);
  for (const { fields, asks, result, problems, why } of explained.rows) {
    expect(why).not.toEqual([]);
    if (result?.status === 'planned')
      expect([asks, fields.flatMap(({ problems }) => problems), problems]).toEqual([
        expect.any(String),
        [],
        [],
      ]);
  }
}

/** Credentials are named in the one and stand in the other. */
function isSame({ method, url, body }: NonNullable<ExplainedRow['request']>, request: FakeRequest): boolean {
  const { pathname, search } = new URL(url);
  const query = request.query.size === 0 ? '' : `?${request.query.toString()}`;
  return (
    method === request.method &&
    patternOf(pathname).test(request.path) &&
    (search === '' ? query === '' : patternOf(search).test(query)) &&
    patternOf(body).test(request.body)
  );
}

function patternOf(text: string): RegExp {
  const parts = text
    .split(/(?:\[|%5B)[A-Z_]{4,}(?:\]|%5D)/i)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`, 's');
}
