import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FakeAnswer, FakeRequest } from '../../src/sandbox/fake.js';

/** When every request of these tests is made, unless it says otherwise. */
export const NOON = Date.UTC(2026, 10, 20, 12);
export const NOON_TEXT = '2026-11-20T12:00:00.000Z';

/** A request as the sandbox's server would hand it on; `target` is a path with or without a query. */
export function request(
  method: string,
  target: string,
  {
    headers = {},
    body = '',
    at = NOON,
  }: { headers?: Record<string, string>; body?: string; at?: number } = {},
): FakeRequest {
  const [path = '', query = ''] = target.split('?');
  return { method, path, query: new URLSearchParams(query), headers, body, at };
}

/** The whole of a JSON answer. */
export function told({ status, headers, body }: FakeAnswer): { status: number; body: unknown } {
  if (headers?.['content-type'] !== 'application/json') throw new Error(`not JSON: ${body}`);
  return { status, body: JSON.parse(body) as unknown };
}

/** A file that is not there yet, in a folder that is removed after the test. */
export function newJournal(): string {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-books-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'deeper', 'books.jsonl');
}
