import { request as send } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { convosoFake, type ConvosoBooks } from '../../src/sandbox/convoso.js';
import { parseFaults } from '../../src/sandbox/faults.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { tldcrmFake } from '../../src/sandbox/tldcrm.js';

const FORM = 'auth_token=tok-1&call_log_id=1&revenue=5.00';
const ACCEPTED = '{"success":true,"data":{"call_log_id":"1"}}';

async function sandbox(faults = '', latencyMs = 0): Promise<Sandbox> {
  const plan = parseFaults(faults);
  if (!plan.ok) throw new Error(plan.error);
  const fakes = [convosoFake({}), tldcrmFake({})];
  const server = await startSandbox({ fakes, port: 0, faults: plan.value, latencyMs });
  onTestFinished(() => server.close());
  return server;
}

function update({ url }: Sandbox, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/v1/revenue/update`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-secret': 's3cret' },
    body: FORM,
    signal: signal ?? null,
  });
}

async function control({ url }: Sandbox, path: string): Promise<unknown> {
  return (await fetch(`${url}/_sandbox/${path}`)).json();
}

/** What the fake Convoso has applied. */
async function applied(server: Sandbox): Promise<Record<string, string | null>> {
  return ((await control(server, 'books')) as { convoso: ConvosoBooks }).convoso.revenue;
}

/** What came of a request, byte by byte: the answer as far as it came, and whether it was whole. */
function raw({
  url,
}: Sandbox): Promise<{ status: number | undefined; body: string; whole: boolean; code: string }> {
  return new Promise((resolve) => {
    const ended = { status: undefined as number | undefined, body: '', whole: false, code: '' };
    const outgoing = send(`${url}/v1/revenue/update`, { method: 'POST', agent: false }, (incoming) => {
      ended.status = incoming.statusCode;
      incoming.setEncoding('utf8');
      incoming.on('data', (text: string) => (ended.body += text));
      incoming.on('error', (error: NodeJS.ErrnoException) => (ended.code = error.code ?? ''));
      incoming.on('close', () => resolve({ ...ended, whole: incoming.complete }));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve({ ...ended, code: error.code ?? '' }));
    outgoing.end(FORM);
  });
}

describe('the sandbox on a port', () => {
  it('hands a request to the fake of its path and shows the books of all of them', async () => {
    const server = await sandbox();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = await update(server);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'application/json',
      ACCEPTED,
    ]);
    const cost = await fetch(`${server.url}/api/ingress/calls/inbound/billable/8005550100/2125550199`, {
      method: 'POST',
      headers: { 'tld-api-id': '42', 'tld-api-key': 'k3y' },
      body: '{"cost":"1.00","call_date":"2026-11-19 10:00:00"}',
    });
    expect(await cost.json()).toMatchObject({ cost_id: '1', inserted: { cost: '1.00' } });
    const anyTime: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(await control(server, 'books')).toEqual({
      convoso: {
        revenue: { '1': '5.00' },
        updates: [{ at: anyTime, call_log_id: '1', revenue: '5.00', return: null }],
      },
      tldcrm: {
        costs: [
          {
            cost_id: 1,
            at: anyTime,
            did: '8005550100',
            cid: '2125550199',
            cost: '1.00',
            call_date: '2026-11-19 10:00:00',
            call_date_is_now: false,
            date_billed: null,
            notes: null,
            lead_id: 7001,
          },
        ],
      },
    });
  });

  it('reads parameters in the query', async () => {
    const server = await sandbox();
    await fetch(`${server.url}/v1/revenue/update?${FORM}`, { method: 'POST' });
    expect(await applied(server)).toEqual({ '1': '5.00' });
  });

  it('counts requests to vendors, those of no vendor included and its own pages left out', async () => {
    const server = await sandbox();
    await update(server);
    const lost = await fetch(`${server.url}/nowhere`);
    expect([lost.status, await lost.json()]).toEqual([404, { error: 'no such page' }]);
    expect(await control(server, 'requests')).toEqual({ requests: 2 });
    expect(server.requests()).toBe(2);
  });

  it('takes new faults while it runs, and refuses bad ones and keeps the old', async () => {
    const server = await sandbox();
    const put = async (faults: string): Promise<unknown[]> => {
      const answer = await fetch(`${server.url}/_sandbox/faults`, { method: 'PUT', body: faults });
      return [answer.status, await answer.json()];
    };
    expect(await put('503')).toEqual([200, { faults: '503' }]);
    expect((await update(server)).status).toBe(503);
    expect(await put('explode')).toEqual([
      400,
      { error: expect.stringContaining('fault "explode": use KIND') as unknown },
    ]);
    expect((await update(server)).status).toBe(503);
    expect(await put('')).toEqual([200, { faults: '' }]);
    expect((await update(server)).status).toBe(200);
  });

  it('says what its own pages are', async () => {
    const error = 'use GET /_sandbox/books, GET /_sandbox/requests or PUT /_sandbox/faults';
    const server = await sandbox();
    expect(await control(server, 'nothing')).toEqual({ error });
    expect(await control(server, 'faults')).toEqual({ error });
  });

  it('stops listening when it is closed', async () => {
    const server = await sandbox();
    await server.close();
    const code = await new Promise((resolve) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      socket.on('connect', () => resolve('connected'));
    });
    expect(code).toBe('ECONNREFUSED');
  });

  it('refuses a port that is taken', async () => {
    const port = Number(new URL((await sandbox()).url).port);
    const second = startSandbox({ fakes: [], port, faults: () => undefined, latencyMs: 0 });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('answers all the same after a latency', async () => {
    const server = await sandbox('', 1);
    expect(await (await update(server)).text()).toBe(ACCEPTED);
  });
});

describe('a fault', () => {
  it('NNN answers that status and applies nothing', async () => {
    const server = await sandbox('503');
    const answer = await update(server);
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, null, '']);
    expect(await applied(server)).toEqual({});
  });

  it('NNN=VALUE adds Retry-After', async () => {
    const server = await sandbox('429=7');
    const answer = await update(server);
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([429, '7', '']);
    expect(await applied(server)).toEqual({});
  });

  it('reset-before cuts the connection and applies nothing', async () => {
    const server = await sandbox('reset-before');
    expect(await raw(server)).toEqual({ status: undefined, body: '', whole: false, code: 'ECONNRESET' });
    expect(await applied(server)).toEqual({});
  });

  it('reset-after applies and cuts the connection', async () => {
    const server = await sandbox('reset-after');
    expect(await raw(server)).toEqual({ status: undefined, body: '', whole: false, code: 'ECONNRESET' });
    expect(await applied(server)).toEqual({ '1': '5.00' });
  });

  it('cut applies and ends in the middle of the answer', async () => {
    const server = await sandbox('cut');
    expect(await raw(server)).toEqual({
      status: 200,
      body: ACCEPTED.slice(0, ACCEPTED.length >> 1),
      whole: false,
      code: 'ECONNRESET',
    });
    expect(await applied(server)).toEqual({ '1': '5.00' });
  });

  it('hang applies and never answers', async () => {
    const server = await sandbox('hang@1');
    const client = new AbortController();
    const hanging = update(server, client.signal).then(
      () => 'answered',
      (error: unknown) => (error as Error).name,
    );
    while (Object.keys(await applied(server)).length === 0);
    expect(await Promise.race([hanging, update(server).then(() => 'nothing')])).toBe('nothing');
    client.abort();
    expect(await hanging).toBe('AbortError');
  });

  it('garbage applies and answers 200 with a page', async () => {
    const server = await sandbox('garbage');
    const answer = await update(server);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/html',
      '<html>It works!</html>',
    ]);
    expect(await applied(server)).toEqual({ '1': '5.00' });
  });

  it('fail-after applies and answers 502', async () => {
    const server = await sandbox('fail-after');
    const answer = await update(server);
    expect([answer.status, await answer.text()]).toEqual([502, 'Bad Gateway']);
    expect(await applied(server)).toEqual({ '1': '5.00' });
  });

  it('leak answers 500 with the body, the path and the headers of the request, and applies nothing', async () => {
    const server = await sandbox('leak');
    const answer = await update(server);
    expect([answer.status, answer.headers.get('x-request')]).toEqual([500, encodeURIComponent(FORM)]);
    const text = await answer.text();
    expect(text.startsWith(`${FORM} /v1/revenue/update {`)).toBe(true);
    expect(JSON.parse(text.slice(text.indexOf('{')))).toMatchObject({ 'x-secret': 's3cret' });
    expect(await applied(server)).toEqual({});
  });

  it('slow=MS applies at once and answers all the same', async () => {
    const server = await sandbox('slow=1');
    const answer = await update(server);
    expect([answer.status, await answer.text()]).toEqual([200, ACCEPTED]);
    expect(await applied(server)).toEqual({ '1': '5.00' });
  });
});
