import Ajv, { type ValidateFunction } from 'ajv';
import { expect } from 'vitest';
import { outputJsonSchema } from '../../src/cli/schema.js';

const CHECKS = new Map<string, ValidateFunction>();

/** What speaks against `data` as what a command prints with `--json`; a key that the schema does not know does too. */
export function schemaErrors(command: string, data: unknown): readonly string[] {
  let check = CHECKS.get(command);
  if (check === undefined) {
    check = new Ajv({ allErrors: true }).compile(outputJsonSchema(command, true));
    CHECKS.set(command, check);
  }
  if (check(data) === true) return [];
  return (check.errors ?? []).map(
    ({ dataPath, message, params }) => `${dataPath} ${message} ${JSON.stringify(params)}`,
  );
}

/** What was printed: one object or list that the schema knows, whose exit code is the one of the command. */
export function expectOutput(args: readonly string[], code: number | null, stdout: string): unknown {
  const data = JSON.parse(stdout) as unknown;
  const command = args.find((word) => !word.startsWith('-')) ?? '';
  expect(schemaErrors(command, data), `${args.join(' ')}: ${stdout}`).toEqual([]);
  expect(stdout.endsWith('\n')).toBe(true);
  if (Array.isArray(data) || command === 'vendors') return data;
  const { exit_code: exitCode, problems } = data as { exit_code: number; problems: readonly object[] };
  expect(exitCode).toBe(code);
  expect(problems.length > 0, `${args.join(' ')}: ${stdout}`).toBe(code !== 0);
  return data;
}
