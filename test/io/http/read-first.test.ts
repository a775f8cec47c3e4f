import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonObject, outcomeOfStatus } from '../../../src/core/reply.js';
import type { Reply } from '../../../src/core/vendor.js';
import * as sound from '../../../src/io/http/transport.js';
import { redactor } from '../../../src/io/redact.js';
import { mutated, type Mutation } from '../../support/mutated.js';

/** What an answer says of a cost, as a vendor reads it. */
function cost(reply: Reply): unknown {
  const { cost_id: ref, error } = jsonObject(reply) ?? {};
  return { ref, error };
}

/** With the secrets, an answer, how it is read, and what has to come of it. */
const CASES: readonly (readonly [
  about: string,
  secrets: Record<string, string>,
  status: number,
  body: string,
  read: (reply: Reply) => unknown,
  found: unknown,
])[] = [
  [
    'a credential that is a number of it',
    { ID: '1234' },
    200,
    '{"cost_id":1234,"error":"no 1234"}',
    cost,
    { ref: 1234, error: 'no [ID]' },
  ],
  [
    'a credential that is a name of it',
    { KEY: 'cost_id' },
    200,
    '{"cost_id":7,"error":"no cost_id"}',
    cost,
    { ref: 7, error: 'no [KEY]' },
  ],
  [
    'a credential that is a quote with what is beside it',
    { KEY: '7","error":"no' },
    200,
    '{"cost_id":"7","error":"no"}',
    cost,
    { ref: '7', error: 'no' },
  ],
  [
    'a credential in escapes',
    { KEY: 'ab-cd' },
    200,
    '{"error":"no ab\\u002dcd"}',
    cost,
    { ref: undefined, error: 'no [KEY]' },
  ],
  [
    'a credential of the row',
    {},
    200,
    '{"error":"no row-token"}',
    cost,
    { ref: undefined, error: 'no [ROW]' },
  ],
  [
    'a credential where a page is cut',
    { KEY: 'ab-cd-ef-gh' },
    500,
    `${'x'.repeat(155)}ab-cd-ef-gh`,
    (reply) => outcomeOfStatus(reply).message,
    `HTTP 500: ${'x'.repeat(155)}[KEY]`,
  ],
];

const REQUEST = { method: 'POST', path: '/', headers: {}, body: { kind: 'none' } } as const;

let url: URL;
let answer: { readonly status: number; readonly body: string };
const server = createServer((_request, response) => {
  response.writeHead(answer.status).end(answer.body);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => void server.close());

/** What comes of a request over such a transport. */
async function outcomeOf(
  { HttpTransport }: Pick<typeof sound, 'HttpTransport'>,
  secrets: Record<string, string>,
  read: (reply: Reply) => unknown,
  baseUrl = url,
): Promise<unknown> {
  const transport = new HttpTransport({
    ...{ baseUrl, connections: 1, timeoutMs: 5000, freshConnections: true },
    redact: redactor(secrets),
    env: {},
  });
  const { signal } = new AbortController();
  const { outcome } = await transport.send(REQUEST, read, signal, { ROW: 'row-token' });
  await transport.close();
  return outcome;
}

/** The cases that a transport gets wrong. */
async function wrong(transport: Pick<typeof sound, 'HttpTransport'>): Promise<string[]> {
  const found: string[] = [];
  for (const [about, secrets, status, body, read, wanted] of CASES) {
    answer = { status, body };
    const outcome = await outcomeOf(transport, secrets, read);
    if (JSON.stringify(outcome) !== JSON.stringify(wanted)) found.push(about);
  }
  const unanswered = await outcomeOf(transport, { KEY: 'ECONNREFUSED' }, cost, new URL('http://127.0.0.1:1'));
  if (JSON.stringify(unanswered).includes('ECONNREFUSED')) found.push('a credential in what no vendor said');
  return found;
}

describe('an answer is read first, and what was read is cleared of', () => {
  it.each(CASES)('%s', async (_, secrets, status, body, read, wanted) => {
    answer = { status, body };
    expect(await outcomeOf(sound, secrets, read)).toEqual(wanted);
  });

  it('a credential in what no vendor said', async () => {
    expect(await wrong(sound)).toEqual([]);
  });
});

/** The list only grows. */
const FAULTS: readonly Mutation[] = [
  ['clears an answer before it reads it', 'read({ ...answer, shown })', 'read({ ...answer, text: shown })'],
  [
    'clears an answer as it comes',
    'text: UTF8.decode(decoded)',
    'text: this.#settings.redact(UTF8.decode(decoded))',
  ],
  [
    'clears nothing of what it read',
    'redactTexts(read({ ...answer, shown }), redact)',
    'read({ ...answer, shown })',
  ],
  ['has a page cut before it is cleared', 'read({ ...answer, shown })', 'read(answer)'],
  ['knows no secret of a row', 'redact(rowRedact(text))', 'redact(text)'],
  ['shows what it says itself', 'outcome: redactTexts(answer, redact)', 'outcome: answer'],
];

describe('the cases notice a transport that', () => {
  it.each(FAULTS)('%s', async (...fault) => {
    expect(await wrong(await mutated('io/http/transport.ts', fault))).not.toEqual([]);
  });
});
