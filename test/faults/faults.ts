import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { FakeAnswer } from '../../src/sandbox/fake.js';
import type { Scene } from './server.js';

type Meet = (scene: Scene) => Promise<void> | void;

/** How a fault comes about; what it leads to is in `matrix.md`. */
export type Fault =
  /** The attempt is aimed at a place where no vendor is. */
  | { readonly kind: 'elsewhere'; readonly place: 'no name' | 'closed port' | 'full queue' | 'plain port' }
  /** The server meets the request so. `waits`: no whole answer ever comes. */
  | { readonly kind: 'met'; readonly waits: boolean; readonly meet: Meet };

const JSON_TYPE = { 'content-type': 'application/json' };
const PAGE = '<!doctype html>\n<html><body><h1>It works!</h1></body></html>\n';
const PADDING = '{"padding":"';
const MEGABYTE = Buffer.alloc(1024 * 1024, ' ');
const HUNDRED = Array.from({ length: 100 }, (_, index) => index);

export const FAULTS: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ['name lookup fails', { kind: 'elsewhere', place: 'no name' }],
  ['connection refused', { kind: 'elsewhere', place: 'closed port' }],
  ['connect timeout', { kind: 'elsewhere', place: 'full queue' }],
  ['TLS failure', { kind: 'elsewhere', place: 'plain port' }],

  ['reset before the request is read', met(({ response }) => void response.socket?.resetAndDestroy())],
  ['reset after applying', applied(({ response }) => void response.socket?.resetAndDestroy())],
  [
    'reset in the middle of the answer',
    applied(({ response }, answer) => startOf(response, answer, () => response.socket?.resetAndDestroy())),
  ],
  [
    'closed in the middle of the answer',
    applied(({ response }, answer) => startOf(response, answer, () => response.socket?.end())),
  ],
  [
    'something that is not HTTP',
    applied(({ response }) => void response.socket?.end('SSH-2.0-vendor_9\r\n')),
  ],
  [
    'headers of 1 MB',
    applied(({ response }, { status, body }) => {
      const lines = Array.from({ length: 1024 }, (_, index) => `x-${index}: ${'y'.repeat(1024)}\r\n`).join(
        '',
      );
      const head = `HTTP/1.1 ${status} OK\r\n${lines}content-length: ${body.length}\r\n\r\n`;
      response.socket?.end(head + body);
    }),
  ],
  ['headers never come', neverEnding(() => undefined)],
  ['body stops and never ends', neverEnding(({ response }, answer) => startOf(response, answer))],
  [
    'body trickles without end',
    neverEnding(({ response }, answer) => {
      startOf(response, answer);
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    }),
  ],
  [
    'whole answer that never ends',
    neverEnding(({ response }, { status, headers, body }) => {
      response.writeHead(status, headers).write(body);
    }),
  ],

  [
    'early hints before the answer',
    applied(({ response }, { status, headers, body }) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      response.writeHead(status, headers).end(body);
    }),
  ],
  ['answer as gzip', encoded('gzip', gzipSync)],
  ['answer as deflate', encoded('deflate', deflateSync)],
  ['answer as raw deflate', encoded('deflate', deflateRawSync)],
  ['answer as br', encoded('br', brotliCompressSync)],
  ['answer marked gzip that is not', encoded('gzip', (body) => Buffer.from(body))],
  [
    'invalid UTF-8 in a text of the answer',
    applied(({ response }, { status, headers, body }) => {
      const rest = body === '{}' ? '"}' : `",${body.slice(1)}`;
      const latin1 = Buffer.concat([Buffer.from('{"agent":"Jos'), Buffer.from([0xe9]), Buffer.from(rest)]);
      response.writeHead(status, headers).end(latin1);
    }),
  ],

  ['HTML page with 200', answering(200, PAGE)],
  [
    'HTML page as gzip',
    applied(({ response }) => {
      response
        .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
        .end(gzipSync(PAGE));
    }),
  ],
  ['JSON of the wrong shape', answering(200, '{"status":"ok"}')],
  ['JSON list', answering(200, '["ok"]')],
  [
    'truncated JSON',
    applied(({ response }, { status, headers, body }) => {
      response.writeHead(status, headers).end(body.slice(0, body.length >> 1));
    }),
  ],
  ['truncated gzip', encoded('gzip', (body) => half(gzipSync(body)))],
  ['bytes that are no text', answering(200, Buffer.from([0xff, 0xfe, 0x00, 0x9d, 0xc3, 0x28, 0xf0, 0x80]))],
  ['empty 200', answering(200, '')],
  ['204', answering(204, '')],
  [
    '100 MB body',
    applied(async ({ response }) => {
      response.writeHead(200, JSON_TYPE).write(PADDING);
      await pipeline(Readable.from(HUNDRED.map(() => MEGABYTE)), response).catch(() => undefined);
    }),
  ],
  [
    '100 MB body as gzip',
    applied(({ response }) => {
      const member = gzipSync(MEGABYTE);
      const members = [gzipSync(PADDING), ...HUNDRED.map(() => member)];
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(Buffer.concat(members));
    }),
  ],

  ...[301, 302, 303, 307, 308].map((status): [string, Fault] => [
    `${status}`,
    met(({ response, bait }) => void response.writeHead(status, { location: bait }).end()),
  ]),

  ...[400, 401, 403, 404, 408, 409, 413, 422, 425].map((status): [string, Fault] => [
    `${status}`,
    turnedAway(status),
  ]),
  ['429 with seconds', turnedAway(429, () => '2')],
  ['429 with a date', turnedAway(429, () => new Date(Date.now() + 2000).toUTCString())],
  ['429 without Retry-After', turnedAway(429)],
  ['429 with 0', turnedAway(429, () => '0')],
  ['429 with "soon"', turnedAway(429, () => 'soon')],
  ['429 with a day', turnedAway(429, () => '86400')],
  [
    '503 with seconds alone',
    met(({ response }) => void response.writeHead(503, { 'retry-after': '2' }).end()),
  ],
  ['503 with seconds', turnedAway(503, () => '2')],
  ['503 with a date', turnedAway(503, () => new Date(Date.now() + 2000).toUTCString())],
  ['503 with a day', turnedAway(503, () => '86400')],

  ['500', answering(500, PAGE)],
  [
    '500 with a good answer',
    applied(({ response }, { headers, body }) => void response.writeHead(500, headers).end(body)),
  ],
  ['502', answering(502, PAGE)],
  ['503 without Retry-After', answering(503, PAGE)],
  ['503 with "soon"', answering(503, PAGE, { 'retry-after': 'soon' })],
  ['504', answering(504, PAGE)],
]);

function met(meet: Meet): Fault {
  return { kind: 'met', waits: false, meet };
}

/** The vendor applies the request, then this happens to its answer. */
function applied(meet: (scene: Scene, answer: FakeAnswer) => Promise<void> | void): Fault {
  return met(async (scene) => meet(scene, await scene.apply()));
}

function neverEnding(meet: (scene: Scene, answer: FakeAnswer) => void): Fault {
  return { kind: 'met', waits: true, meet: async (scene) => meet(scene, await scene.apply()) };
}

/** Applied, and answered with something else than the vendor's own answer. */
function answering(status: number, body: string | Buffer, headers: Record<string, string> = {}): Fault {
  return applied(({ response }) => void response.writeHead(status, headers).end(body));
}

/** Not applied, with a page that says nothing more than the status and `Retry-After`. */
function turnedAway(status: number, retryAfter?: () => string): Fault {
  return met(({ response }) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter() };
    response.writeHead(status, headers).end(`<html><h1>${status} ${STATUS_CODES[status]}</h1></html>`);
  });
}

/** The vendor's own answer in a coding that nobody asked for. */
function encoded(coding: string, encode: (body: string) => Buffer): Fault {
  return applied(({ response }, { status, headers, body }) => {
    response.writeHead(status, { ...headers, 'content-encoding': coding }).end(encode(body));
  });
}

/** The head and the first half of an answer that says it is as long as all of it. */
function startOf(response: Scene['response'], answer: FakeAnswer, then: () => void = () => undefined): void {
  const { status, headers, body } = answer;
  response
    .writeHead(status, { ...headers, 'content-length': 1024 })
    .write(body.slice(0, body.length >> 1), then);
}

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length >> 1);
}
