import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What somebody who is told was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Until it was asked so often. */
  until(times: number): Promise<void>;
}

/** A receiver on a loopback port; `answer` may leave the response open, which hangs. */
export async function receiver(
  answer: (response: ServerResponse) => void = (response) => response.end('ok'),
): Promise<Receiver> {
  const asked: Asked[] = [];
  const heard = new EventTarget();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
      heard.dispatchEvent(new Event('asked'));
      answer(response);
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    until: async (times) => {
      while (asked.length < times) await once(heard, 'asked');
    },
  };
}
