import { gzipSync } from 'node:zlib';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Exchange } from '../../../src/core/ports.js';
import { HttpTransport } from '../../../src/io/http/transport.js';
import { redactor } from '../../../src/io/secrets.js';

const REQUEST = {
  method: 'POST',
  path: '/',
  headers: {},
  body: { kind: 'form', fields: { a: 'b' } },
} as const;

/** A transport to a server that answers by hand, and the requests that the server saw. */
async function wired(
  answer: (response: Parameters<NonNullable<Parameters<typeof createServer>[1]>>[1]) => void,
): Promise<{ transport: HttpTransport; requests: () => number }> {
  let requests = 0;
  const server: Server = createServer((_request, response) => {
    requests += 1;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = new HttpTransport({
    baseUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    connections: 1,
    timeoutMs: 5000,
    freshConnections: false,
    redact: redactor({ TOKEN: 'NEEDLE-token' }),
    env: {},
  });
  onTestFinished(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
  });
  return { transport, requests: () => requests };
}

describe('an attempt that is given up', () => {
  const never = new AbortController();

  it('before it has a connection never left', async () => {
    const { transport, requests } = await wired((response) => void response.end('{}'));
    expect(await transport.send(REQUEST, AbortSignal.abort(), {})).toMatchObject({ kind: 'not_sent' });
    const giveUp = new AbortController();
    const exchange = transport.send(REQUEST, giveUp.signal, {});
    giveUp.abort();
    expect(await exchange).toMatchObject({ kind: 'not_sent' });
    expect(requests()).toBe(0);
    expect(await transport.send(REQUEST, never.signal, {})).toMatchObject({ kind: 'reply' });
    expect(requests()).toBe(1);
  });

  it('may be one of many that one signal gives up', async () => {
    const { transport } = await wired((response) => void response.end('{}'));
    const warned: Error[] = [];
    const note = (warning: Error): number => warned.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    await Promise.all(Array.from({ length: 40 }, () => transport.send(REQUEST, never.signal, {})));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warned).toEqual([]);
  });

  it('while the vendor has it may have been applied', async () => {
    const giveUp = new AbortController();
    const { transport } = await wired(() => giveUp.abort());
    const exchange: Exchange = await transport.send(REQUEST, giveUp.signal, {});
    expect(exchange).toMatchObject({ kind: 'lost', code: 'lost_reply' });
  });
});

describe('an answer', () => {
  const send = async (coding: string, body: Buffer): Promise<Exchange> => {
    const { transport } = await wired(
      (response) => void response.writeHead(200, { 'content-encoding': coding }).end(body),
    );
    return transport.send(REQUEST, new AbortController().signal, {});
  };

  it('in a coding that was not asked for is read, and cleared of secrets', async () => {
    expect(await send('gzip', gzipSync('{"echo":"NEEDLE-token"}'))).toMatchObject({
      kind: 'reply',
      reply: { status: 200, text: expect.not.stringContaining('NEEDLE') as string },
    });
    const exchange = await send('gzip', gzipSync('{"success":true}'));
    expect(exchange).toMatchObject({ kind: 'reply', reply: { status: 200, text: '{"success":true}' } });
  });

  it('that unfolds without measure is read to its cap', async () => {
    const exchange = await send('gzip', gzipSync(Buffer.alloc(10_000_000, 'x')));
    expect(exchange).toMatchObject({
      kind: 'reply',
      reply: { text: expect.stringMatching(/^x{65536,66000}$/) as string },
    });
  });

  it('that repeats a long request is read to its end, and of any other the first 64 KiB', async () => {
    const read = async (note: string, answer: string): Promise<number> => {
      const { transport } = await wired((response) => void response.end(JSON.stringify({ answer })));
      const body = { kind: 'json', value: { note } } as const;
      const exchange = await transport.send({ ...REQUEST, body }, new AbortController().signal, {});
      return exchange.kind === 'reply' ? exchange.reply.text.length : 0;
    };
    const long = 'é'.repeat(70_000);
    expect(await read(long, long)).toBe('{"answer":""}'.length + 70_000);
    expect(await read('', 'x'.repeat(200_000))).toBeLessThan(66_000);
  });
});
