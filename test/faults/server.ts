import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fake, FakeAnswer } from '../../src/sandbox/fake.js';

/** A request that meets a fault, before anything of its body has been read. */
export interface Scene {
  readonly response: ServerResponse;
  /** Has the vendor apply the request to its books; gives what it would have answered. */
  apply(): Promise<FakeAnswer>;
  /** A place on another server, which is to see no request. */
  readonly bait: string;
}

export interface FaultyServer {
  readonly url: string;
  /** Requests so far, whatever became of them. */
  requests(): number;
  /** Bytes of the longest answer that left. */
  longestAnswer(): number;
  /** No further request meets the fault. */
  heal(): void;
  close(): Promise<void>;
}

/** A vendor whose requests meet a fault where `meets` says so of their number, from 1. */
export async function startFaultyServer(
  fake: Fake,
  bait: string,
  fault: ((scene: Scene) => Promise<void> | void) | undefined,
  meets: (request: number) => boolean,
): Promise<FaultyServer> {
  let requests = 0;
  let healed = fault === undefined;
  let longest = 0;
  const server = createServer({ keepAliveTimeout: 30_000 }, (incoming, response) => {
    requests += 1;
    const { socket } = incoming;
    const before = socket.bytesWritten;
    response.on('close', () => (longest = Math.max(longest, socket.bytesWritten - before)));
    const apply = async (): Promise<FakeAnswer> => fake.answer(await requestOf(incoming));
    const answer =
      healed || !meets(requests)
        ? apply().then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
        : Promise.resolve(fault?.({ response, apply, bait }));
    // A client that went away in the middle of its request.
    answer.catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    longestAnswer: () => longest,
    heal: () => (healed = true),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function requestOf(incoming: IncomingMessage): Promise<Parameters<Fake['answer']>[0]> {
  const url = new URL(incoming.url ?? '/', 'http://vendor');
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
    at: Date.now(),
  };
}
