import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unreachable } from '../core/result.js';
import { json, type Fake, type FakeAnswer, type FakeRequest } from './fake.js';
import { parseFaults, type Fault, type FaultPlan } from './faults.js';

export interface SandboxSettings {
  readonly fakes: readonly Fake[];
  /** 0 takes a free one. */
  readonly port: number;
  readonly faults: FaultPlan;
  readonly latencyMs: number;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT`, the base URL of every fake: their paths differ. */
  readonly url: string;
  /** Requests to vendors so far, whatever became of them. */
  requests(): number;
  close(): Promise<void>;
}

/** Serves the fake vendors on a loopback port, with `/_sandbox/books` to look at and to alter, `/_sandbox/requests` and `/_sandbox/faults`. */
export async function startSandbox({ fakes, port, faults, latencyMs }: SandboxSettings): Promise<Sandbox> {
  const state = { requests: 0, faults };
  const server = createServer({ keepAliveTimeout: 30_000 }, (incoming, response) => {
    void readBody(incoming).then((body) => {
      if (body === undefined) return;
      const request = describe(incoming, body);
      const control = request.path.startsWith('/_sandbox/')
        ? answerControl(request, fakes, state)
        : undefined;
      if (control !== undefined) return write(response, control);
      state.requests += 1;
      const fault = state.faults(state.requests);
      const fake = fakes.find((fake) => fake.serves(request.path));
      const serve = (): void => serveFaulty(request, response, fake, fault);
      if (latencyMs > 0) setTimeout(serve, latencyMs);
      else serve();
    });
  });
  await listen(server, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    requests: () => state.requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Faults by which the vendor never sees the request. */
const NOT_APPLIED: ReadonlySet<Fault['kind']> = new Set(['status', 'reset-before', 'leak']);

function serveFaulty(
  request: FakeRequest,
  response: ServerResponse,
  fake: Fake | undefined,
  fault: Fault | undefined,
): void {
  const applies = fault === undefined || !NOT_APPLIED.has(fault.kind);
  const answer = (applies ? fake?.answer(request) : undefined) ?? json(404, { error: 'no such page' });
  switch (fault?.kind) {
    case undefined:
      return write(response, answer);
    case 'status': {
      const { status, retryAfter: value } = fault;
      const headers: FakeAnswer['headers'] =
        value === undefined ? {} : { 'retry-after': retryAfter(value, request.at) };
      return write(response, { status, headers, body: '' });
    }
    case 'reset-before':
    case 'reset-after':
      return void response.socket?.destroy();
    case 'cut': {
      const { status, headers, body } = answer;
      response.writeHead(status, { ...headers, 'content-length': body.length });
      return void response.write(body.slice(0, body.length >> 1), () => response.socket?.destroy());
    }
    case 'hang':
      return;
    case 'garbage': {
      const headers = { 'content-type': 'text/html' };
      return write(response, { status: 200, headers, body: '<html>It works!</html>' });
    }
    case 'fail-after':
      return write(response, { status: 502, body: 'Bad Gateway' });
    case 'leak': {
      const body = `${request.body} ${request.path} ${JSON.stringify(request.headers)}`;
      const headers = { 'x-request': encodeURIComponent(request.body) };
      return write(response, { status: 500, headers, body });
    }
    case 'slow':
      return void setTimeout(() => write(response, answer), fault.ms);
    default:
      return unreachable(fault);
  }
}

/** Seconds as they are; `+S` as the HTTP date that is S seconds away. */
function retryAfter(value: string, now: number): string {
  return value.startsWith('+') ? new Date(now + Number(value.slice(1)) * 1000).toUTCString() : value;
}

function answerControl(
  { path, method, body }: FakeRequest,
  fakes: readonly Fake[],
  state: { requests: number; faults: FaultPlan },
): FakeAnswer {
  if (path === '/_sandbox/requests') return json(200, { requests: state.requests });
  if (path === '/_sandbox/books')
    return json(200, Object.fromEntries(fakes.map((fake) => [fake.vendor, fake.books()])));
  if (path === '/_sandbox/faults' && method === 'PUT') {
    const faults = parseFaults(body);
    if (!faults.ok) return json(400, { error: faults.error });
    state.faults = faults.value;
    return json(200, { faults: body });
  }
  const altered = fakes.find(({ vendor }) => method === 'PUT' && path === `/_sandbox/books/${vendor}`)?.alter;
  if (altered !== undefined) {
    const done = altered(body);
    return done.ok ? json(200, {}) : json(400, { error: done.error });
  }
  const pages = [
    'GET /_sandbox/books',
    'GET /_sandbox/requests',
    'PUT /_sandbox/faults',
    ...alterable(fakes).map((vendor) => `PUT /_sandbox/books/${vendor}`),
  ];
  return json(404, { error: `use ${pages.slice(0, -1).join(', ')} or ${pages.at(-1)}` });
}

/** The vendors whose books can be changed without a request. */
export function alterable(fakes: readonly Fake[]): string[] {
  return fakes.filter(({ alter }) => alter !== undefined).map(({ vendor }) => vendor);
}

function describe(incoming: IncomingMessage, body: string): FakeRequest {
  const url = new URL(incoming.url ?? '/', 'http://sandbox');
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ),
    body,
    at: Date.now(),
  };
}

function write(response: ServerResponse, { status, headers, body }: FakeAnswer): void {
  response.writeHead(status, headers).end(body);
}

/** The whole body, or undefined where the client went away in the middle: half a request is none. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
