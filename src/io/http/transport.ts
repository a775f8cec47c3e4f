import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import type { Unanswered } from '../../core/outcome.js';
import { prefixOf } from '../../core/origin.js';
import type { Answer, Transport } from '../../core/ports.js';
import type { Reply, VendorRequest } from '../../core/vendor.js';
import type { withoutCoding } from './content-coding.js';
import { withoutAdvice } from '../certificate-fault.js';
import { withoutInterim } from './interim.js';
import type { proxyAgent } from './proxy-agent.js';
import { proxyOf } from './proxy.js';
import { encodeBody, pathOf } from './request-text.js';
import { RequestUnderWay } from './request-under-way.js';
import { redactor, redactTexts, type Redact } from '../redact.js';
import type { Environment } from '../secrets.js';

interface HttpSettings {
  /** Origin and path prefix of the vendor, without a trailing slash. */
  readonly baseUrl: URL;
  /** Requests under way at once. */
  readonly connections: number;
  readonly timeoutMs: number;
  /** A connection per request, where a stale one would look like a lost reply that counts. */
  readonly freshConnections: boolean;
  readonly redact: Redact;
  readonly env: Environment;
  /** What comes after so many bytes of an answer is not read; `REPLY_CAP_BYTES` where absent. */
  readonly replyCapBytes?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 4_000;
/** Answers to a push are a few hundred bytes, and the texts of the request where they repeat it; more is not read. */
const REPLY_CAP_BYTES = 64 * 1024;
/** An answer in ASCII spells a character of two bytes as `\u00e9`. */
const ECHO_GROWTH = 3;

/**
 * The wire: one attempt per call, no retry and no redirect. undici's own retry decides by HTTP method and
 * cuts `Retry-After` short. What is read out of a reply is cleared of secrets, and not the reply: it would be read
 * otherwise then.
 */
export class HttpTransport implements Transport {
  readonly #settings: HttpSettings;
  readonly #proxy: Promise<Dispatcher> | undefined;
  readonly #options: Client.Options;
  readonly #connections = new Set<Connection>();
  /** Those without a request, the one that had the last one last. undici's pool looks through all it has for each. */
  readonly #free: Connection[] = [];
  /** One listener each, however many requests a signal may give up. */
  readonly #heard = new WeakSet<AbortSignal>();
  readonly #origin: string;
  readonly #prefix: string;

  constructor(settings: HttpSettings) {
    const { baseUrl, connections, timeoutMs } = settings;
    const options = {
      pipelining: 1,
      // Said outright, since NODE_TLS_REJECT_UNAUTHORIZED=0 changes only the default.
      connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs), rejectUnauthorized: true },
      // Each request has a timer of its own, which looks before it is believed.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    };
    const proxy = proxyOf(baseUrl, settings.env);
    if (!proxy.ok) throw new Error(proxy.error);
    this.#settings = settings;
    this.#origin = baseUrl.origin;
    this.#prefix = prefixOf(baseUrl);
    this.#options = { ...options, connect: withoutInterim(options.connect) };
    this.#proxy = proxy.value && agentOf(proxy.value, { connections, ...options });
  }

  async send<T>(
    request: VendorRequest,
    read: (reply: Reply) => T,
    signal: AbortSignal,
    rowSecrets: Readonly<Record<string, string>> = {},
    mayGo: () => boolean = () => true,
  ): Promise<Answer<T>> {
    const redact = this.#redactor(rowSecrets);
    const answer = await this.#exchange(request, signal, mayGo);
    if ('kind' in answer) return { outcome: redactTexts(answer, redact) };
    const { status: httpStatus, text } = answer;
    const shown = redact(text);
    // Nearly no reply has a secret in it; then nothing that is read out of it has one.
    if (shown === text) return { outcome: read(answer), httpStatus };
    return { outcome: redactTexts(read({ ...answer, shown }), redact), httpStatus };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => this.#drop(connection)));
    await (await this.#proxy)?.destroy();
  }

  async #exchange(
    request: VendorRequest,
    signal: AbortSignal,
    mayGo: () => boolean,
  ): Promise<Reply | Unanswered> {
    const { timeoutMs, freshConnections, replyCapBytes = REPLY_CAP_BYTES } = this.#settings;
    const { text, type } = encodeBody(request.body);
    const connection = this.#free.pop() ?? this.#another(this.#proxy && (await this.#proxy));
    const cap = replyCapBytes + ECHO_GROWTH * Buffer.byteLength(text);
    const attempt = new RequestUnderWay(cap, signal, mayGo);
    this.#hear(signal);
    const timer = setTimeout(() => attempt.timeOut(), timeoutMs);
    connection.attempt = attempt;
    try {
      connection.wire.dispatch(
        {
          origin: this.#origin,
          path: this.#prefix + pathOf(request),
          method: request.method,
          headers: headersOf(request, type),
          body: type === undefined ? null : text,
          reset: freshConnections,
        },
        attempt,
      );
      const { head, chunks } = await attempt.answer;
      const { status, receivedAt } = head;
      const headers = textsOf(head.headers);
      const body = Buffer.concat(chunks).subarray(0, attempt.cap);
      const coding = headers['content-encoding'];
      const decoded = coding === undefined ? body : await plainBody(body, coding, attempt.cap);
      return { status, headers, text: UTF8.decode(decoded), receivedAt };
    } catch (error) {
      const message = explain(error, attempt.timedOut, timeoutMs, this.#proxy !== undefined);
      if (!attempt.written) return { kind: 'not_sent', code: 'connect_failed', message };
      const isLate = attempt.timedOut || /TIMEOUT/.test((error as { code?: string }).code ?? '');
      const code = isLate ? 'timeout' : 'lost_reply';
      return { kind: 'in_doubt', code, message };
    } finally {
      clearTimeout(timer);
      connection.attempt = undefined;
      // A client of undici that could not connect hangs when it is used again.
      if (attempt.written) this.#free.push(connection);
      else await this.#drop(connection);
    }
  }

  #another(proxy: Dispatcher | undefined): Connection {
    const wire = proxy ?? new Client(this.#origin, this.#options);
    const connection = { wire, attempt: undefined };
    this.#connections.add(connection);
    return connection;
  }

  async #drop(connection: Connection): Promise<void> {
    this.#connections.delete(connection);
    if (connection.wire instanceof Client) await connection.wire.destroy();
  }

  #redactor(rowSecrets: Readonly<Record<string, string>>): Redact {
    const { redact } = this.#settings;
    if (Object.keys(rowSecrets).length === 0) return redact;
    const rowRedact = redactor(rowSecrets);
    return (text) => redact(rowRedact(text));
  }

  #hear(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    signal.addEventListener('abort', () => {
      for (const { attempt } of this.#connections)
        if (attempt?.signal === signal) void attempt.giveUp(signal.reason);
    });
  }
}

/** Loaded where there is a proxy. */
async function agentOf(...call: Parameters<typeof proxyAgent>): Promise<Dispatcher> {
  return (await import('./proxy-agent.js')).proxyAgent(...call);
}

/** Loaded where a body is encoded, though nobody asked for it. */
async function plainBody(...call: Parameters<typeof withoutCoding>): Promise<Buffer> {
  return (await import('./content-coding.js')).withoutCoding(...call);
}

/** What carries one request at a time, and the one that it carries. All of them lead to the one agent of a proxy. */
interface Connection {
  readonly wire: Dispatcher;
  attempt: RequestUnderWay | undefined;
}

function headersOf({ headers }: VendorRequest, type: string | undefined): Record<string, string> {
  const all: Record<string, string> = { accept: 'application/json', 'user-agent': 'revsync' };
  Object.assign(all, headers);
  if (type !== undefined) all['content-type'] = type;
  return all;
}

const UTF8 = new TextDecoder();

function textsOf(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) texts[name.toLowerCase()] = String(value);
  }
  return texts;
}

/** A chain of certificates that ends in nobody this machine trusts. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function explain(error: unknown, timedOut: boolean, timeoutMs: number, proxied: boolean): string {
  const hint = proxied ? '; a proxy variable is set, check it and NO_PROXY' : '';
  if (timedOut) return `no answer within ${timeoutMs / 1000} s${hint}`;
  const { cause } = error as { cause?: { code?: string; message?: string } };
  const { code, message: told = String(error) } = cause ?? (error as { code?: string; message?: string });
  const message = withoutAdvice(told);
  const text = code === undefined || message.includes(code) ? message : `${message} (${code})`;
  const trust = UNTRUSTED.has(code ?? '')
    ? '; where an authority of your own signs, name its certificate in NODE_EXTRA_CA_CERTS'
    : '';
  return `${text}${trust}${hint}`;
}
