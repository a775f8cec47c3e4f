import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The certificate authority that signed the certificates below; tls/make.sh says how each was made. */
export const CA = fileURLToPath(new URL('tls/ca.pem', import.meta.url));

export type Certificate = 'good' | 'other-host' | 'expired' | 'self-signed';

/** What a client wrote, to the letter. */
export interface RawRequest {
  /** Method, target and version as they came. */
  readonly line: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawServer {
  readonly port: number;
  readonly requests: readonly RawRequest[];
  /** Before the test is over, which closes it too. */
  close(): Promise<void>;
}

/** Bytes to answer a request with, and what becomes of the connection then. */
export interface RawAnswer {
  readonly bytes: Buffer;
  readonly then: 'keep' | 'end' | 'reset';
}

/** Convoso's, without a word of the call log: whatever was sent. */
export const ACCEPTED = rawAnswer(200, '{"success":true,"data":{}}');

export function rawAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} x\r\n${head}\r\n${body}`;
}

/**
 * A server on a loopback port that keeps what it is sent before anything parses it; with a certificate, over
 * TLS. `index` counts requests from 0. A text as answer keeps the connection; none is given where it is empty.
 */
export async function rawServer(
  answer: (request: RawRequest, index: number) => string | RawAnswer,
  certificate?: Certificate,
): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const serve = (socket: Socket): void => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let parsed = takeRequest(text); parsed !== undefined; parsed = takeRequest(text)) {
        text = parsed.rest;
        requests.push(parsed.request);
        give(socket, answer(parsed.request, requests.length - 1));
      }
    });
  };
  const server =
    certificate === undefined
      ? createServer(serve)
      : createTlsServer({ cert: pem(`${certificate}.pem`), key: pem('server.key') }, serve);
  return { ...(await listening(server)), requests };
}

function give(socket: Socket, answer: string | RawAnswer): void {
  const { bytes, then } = typeof answer === 'string' ? { bytes: answer, then: 'keep' } : answer;
  if (then === 'end') socket.end(bytes);
  else socket.write(bytes, () => (then === 'reset' ? socket.resetAndDestroy() : undefined));
}

export interface ConnectProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** The head of every request, to the letter. */
  readonly heads: readonly string[];
  /** What clients sent through tunnels, as bytes. */
  tunnelled(): Buffer;
  /** Ends every tunnel that is open. */
  hangUp(): void;
}

/** What a proxy does when it is asked for a tunnel: opens it, ends it at once, hangs up, or answers these bytes. */
export type ProxyMood = 'tunnel' | 'drop' | 'die' | { readonly answer: string };

/** A proxy on a loopback port whose every tunnel leads to one port, whatever host is asked for. */
export async function connectProxy(mood: () => ProxyMood, target: number): Promise<ConnectProxy> {
  const heads: string[] = [];
  const tunnelled: Buffer[] = [];
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    let head = '';
    client.on('error', () => undefined);
    client.on('data', function read(bytes) {
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      client.off('data', read);
      heads.push(head);
      const now = mood();
      if (now === 'die') return void client.destroy();
      if (typeof now === 'object') return void client.end(now.answer);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (now === 'drop') {
        client.destroySoon();
        return;
      }
      const upstream = connect(target, '127.0.0.1');
      clients.add(client);
      client.on('data', (chunk) => tunnelled.push(chunk));
      client.pipe(upstream).pipe(client);
      upstream.on('error', () => client.destroy());
      client.on('close', () => upstream.destroy());
    });
  });
  const { port } = await listening(server);
  return {
    host: `127.0.0.1:${port}`,
    heads,
    tunnelled: () => Buffer.concat(tunnelled),
    hangUp: () => clients.forEach((client) => client.destroy()),
  };
}

function takeRequest(text: string): { request: RawRequest; rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
    }),
  );
  const length = Number(headers['content-length'] ?? 0);
  const body = text.slice(end + 4, end + 4 + length);
  if (body.length < length) return undefined;
  return { request: { line, headers, body }, rest: text.slice(end + 4 + length) };
}

function pem(name: string): Buffer {
  return readFileSync(new URL(`tls/${name}`, import.meta.url));
}

/** Listens on a free loopback port until the test is over. */
async function listening(server: Server): Promise<{ port: number; close: () => Promise<void> }> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { port, close };
}
