import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpTransport } from '../../../src/io/http/transport.js';
import { whole } from '../../support/answer.js';
import { rawAnswer } from '../../support/wire.js';

const REQUEST = {
  method: 'POST',
  path: '/',
  headers: {},
  body: { kind: 'json', value: { note: 'x'.repeat(100_000) } },
} as const;

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n';
const PROCESSING = 'HTTP/1.1 102 Processing\r\n\r\n';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n';
const ANSWER = rawAnswer(200, '{"ok":"HTTP/1.1 100 Continue\\r\\n\\r\\n"}');

/** Two requests on a connection whose server answers each with these parts, one after the other. */
async function twoRequests(parts: readonly string[]): Promise<unknown[]> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (!text.endsWith('"}')) return;
      text = '';
      void (async () => {
        for (const part of parts) {
          socket.write(part);
          await sleep(2);
        }
      })();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = new HttpTransport({
    baseUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    connections: 1,
    timeoutMs: 2000,
    freshConnections: false,
    redact: (text) => text,
    env: {},
  });
  onTestFinished(async () => {
    await transport.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const answers: unknown[] = [];
  for (let index = 0; index < 2; index += 1) {
    const { outcome } = await transport.send(REQUEST, whole, new AbortController().signal, {});
    answers.push('text' in outcome ? [outcome.status, outcome.text] : outcome);
  }
  if (parts.includes(ANSWER)) expect(sockets.size).toBe(1);
  return answers;
}

describe('answers of 1xx', () => {
  it.each([
    ['none', [ANSWER]],
    ['100 that nobody asked for', [CONTINUE, ANSWER]],
    ['100 together with the answer', [CONTINUE + ANSWER]],
    ['103', [HINTS, ANSWER]],
    ['102, 103 and 100, one of them twice', [PROCESSING + HINTS, HINTS, CONTINUE, ANSWER]],
    ['101 that nobody asked for', [SWITCHING, ANSWER]],
    ['100 of HTTP/1.0', ['HTTP/1.0 100 x\r\n\r\n', ANSWER]],
    [
      '100 in every piece that there is',
      [...CONTINUE.split(''), ...ANSWER.slice(0, 20).split(''), ANSWER.slice(20)],
    ],
    ['cut in the middle of a line end', [HINTS.slice(0, -1), `${HINTS.slice(-1)}${ANSWER}`]],
    ['a hundred of them', [HINTS.repeat(100), ANSWER]],
  ])('are skipped: %s', async (_, parts) => {
    const answer = [200, '{"ok":"HTTP/1.1 100 Continue\\r\\n\\r\\n"}'];
    expect(await twoRequests(parts)).toEqual([answer, answer]);
  });

  it('are no answer: where nothing else comes, none has come', async () => {
    expect((await twoRequests([HINTS])).slice(0, 1)).toEqual([
      { kind: 'in_doubt', code: 'timeout', message: 'no answer within 2 s' },
    ]);
  });
});
