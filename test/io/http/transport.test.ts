import { gzipSync } from 'node:zlib';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Answer } from '../../../src/core/ports.js';
import type { Reply } from '../../../src/core/vendor.js';
import { HttpTransport } from '../../../src/io/http/transport.js';
import { redactor } from '../../../src/io/redact.js';
import { whole } from '../../support/answer.js';

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

describe('an attempt that may not go once it has a connection', () => {
  it('never left', async () => {
    const { transport, requests } = await wired((response) => void response.end('{}'));
    let isAsked = false;
    const mayGo = (): boolean => {
      isAsked = true;
      return false;
    };
    const answer = transport.send(REQUEST, whole, new AbortController().signal, {}, mayGo);
    expect(isAsked).toBe(false);
    expect(await answer).toMatchObject({ outcome: { kind: 'not_sent', code: 'connect_failed' } });
    expect([isAsked, requests()]).toEqual([true, 0]);
  });
});

describe('an attempt that is given up', () => {
  const never = new AbortController();

  it('before it has a connection never left', async () => {
    const { transport, requests } = await wired((response) => void response.end('{}'));
    expect(await transport.send(REQUEST, whole, AbortSignal.abort(), {})).toMatchObject({
      outcome: { kind: 'not_sent' },
    });
    const giveUp = new AbortController();
    const answer = transport.send(REQUEST, whole, giveUp.signal, {});
    giveUp.abort();
    expect(await answer).toMatchObject({ outcome: { kind: 'not_sent', code: 'connect_failed' } });
    expect(requests()).toBe(0);
    expect(await transport.send(REQUEST, whole, never.signal, {})).toMatchObject({ httpStatus: 200 });
    expect(requests()).toBe(1);
  });

  it('may be one of many that one signal gives up', async () => {
    const { transport } = await wired((response) => void response.end('{}'));
    const warned: Error[] = [];
    const note = (warning: Error): number => warned.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    await Promise.all(Array.from({ length: 40 }, () => transport.send(REQUEST, whole, never.signal, {})));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warned).toEqual([]);
  });

  it('while the vendor has it may have been applied', async () => {
    const giveUp = new AbortController();
    const { transport } = await wired(() => giveUp.abort());
    const answer = await transport.send(REQUEST, whole, giveUp.signal, {});
    expect(answer).toMatchObject({ outcome: { kind: 'in_doubt', code: 'lost_reply' } });
  });
});

describe('an answer', () => {
  const send = async (coding: string, body: Buffer): Promise<Answer<Reply>> => {
    const { transport } = await wired(
      (response) => void response.writeHead(200, { 'content-encoding': coding }).end(body),
    );
    return transport.send(REQUEST, whole, new AbortController().signal, {});
  };

  it('in a coding that was not asked for is read, and cleared of secrets', async () => {
    expect(await send('gzip', gzipSync('{"echo":"NEEDLE-token"}'))).toMatchObject({
      outcome: { status: 200, text: expect.not.stringContaining('NEEDLE') as string },
    });
    const answer = await send('gzip', gzipSync('{"success":true}'));
    expect(answer).toMatchObject({ outcome: { status: 200, text: '{"success":true}' } });
  });

  it('that unfolds without measure is read to its cap', async () => {
    const answer = await send('gzip', gzipSync(Buffer.alloc(10_000_000, 'x')));
    expect(answer).toMatchObject({
      outcome: { text: expect.stringMatching(/^x{65536,66000}$/) as string },
    });
  });

  it('that repeats a long request is read to its end, and of any other the first 64 KiB', async () => {
    const read = async (note: string, answer: string): Promise<number> => {
      const { transport } = await wired((response) => void response.end(JSON.stringify({ answer })));
      const body = { kind: 'json', value: { note } } as const;
      const { outcome } = await transport.send({ ...REQUEST, body }, whole, new AbortController().signal, {});
      return 'text' in outcome ? outcome.text.length : 0;
    };
    const long = 'é'.repeat(70_000);
    expect(await read(long, long)).toBe('{"answer":""}'.length + 70_000);
    expect(await read('', 'x'.repeat(200_000))).toBeLessThan(66_000);
  });
});
