import { expect } from 'vitest';
import type { Workspace } from '../support/cli.js';
import { check, type Case } from '../files/case.js';

/** A file in the shape of a real export, what becomes of it, and of the remedy that its message names. */
export interface FieldCase extends Case {
  /** Pushes before it, into the same books. */
  readonly before?: readonly Case[];
  /** Tried where the message names one: it must work at once. */
  readonly remedy?: Remedy;
}

interface Remedy extends Partial<Case> {
  /** The options as they stand in what was said; they are added to the command, split as a shell does. */
  readonly takes: string;
  /** The word of the command in whose place they stand. */
  readonly for?: string;
}

/** Pushes a file as a person would, then does what the message said. */
export async function checkField(
  { before = [], remedy, ...given }: FieldCase,
  space: Workspace,
): Promise<void> {
  for (const earlier of before) await check(earlier, space);
  const { stderr } = await check(given, space);
  if (remedy === undefined) return;
  const { takes, for: wrong, args = [], ...then } = remedy;
  expect(stderr).toContain(takes);
  const { name, file, vendor, config } = given;
  const said = given.args ?? [];
  const command =
    wrong === undefined
      ? [...said, ...words(takes), ...args]
      : said.map((word) => (word === wrong ? takes : word));
  await check({ ...{ name, file, vendor, config, exit: 0 }, ...then, args: command }, space);
}

/** `--column amount="Net Amount" --decimal ,` as a shell splits it. */
function words(text: string): string[] {
  const found = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return found.map((word) => word.replace(/["']/g, ''));
}
