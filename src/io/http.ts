import { Client, type Dispatcher } from 'undici';
import type { Exchange, Transport } from '../core/ports.js';
import type { Reply, VendorRequest } from '../core/vendor.js';
import { withoutCoding } from './content-coding.js';
import { proxyAgent } from './proxy-agent.js';
import { proxyOf } from './proxy.js';
import { encodeBody, pathOf } from './request-text.js';
import { redactor, type Environment, type Redact } from './secrets.js';

export interface HttpSettings {
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
 * cuts `Retry-After` short. Replies are cleared of secrets before anyone sees them.
 */
export class HttpTransport implements Transport {
  readonly #settings: HttpSettings;
  readonly #connect: () => Dispatcher;
  readonly #connected = new Set<Dispatcher>();
  /** Those without a request, the one that had the last one last. undici's pool looks through all it has for each. */
  readonly #free: Dispatcher[] = [];
  readonly #proxied: boolean;
  readonly #origin: string;
  readonly #prefix: string;
  /** What is under way, by the signal that gives it up: one listener each, however many requests there are. */
  readonly #underWay = new WeakMap<AbortSignal, Set<Attempt>>();

  constructor(settings: HttpSettings) {
    const { baseUrl, connections, timeoutMs } = settings;
    const options = {
      pipelining: 1,
      // Said outright, since NODE_TLS_REJECT_UNAUTHORIZED=0 changes only the default.
      connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs), rejectUnauthorized: true },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    };
    const proxy = proxyOf(baseUrl, settings.env);
    if (!proxy.ok) throw new Error(proxy.error);
    this.#settings = settings;
    this.#proxied = proxy.value !== undefined;
    this.#origin = baseUrl.origin;
    this.#prefix = baseUrl.pathname.replace(/\/$/, '');
    if (proxy.value === undefined) this.#connect = () => new Client(baseUrl.origin, options);
    else {
      const agent = proxyAgent(proxy.value, { connections, ...options });
      this.#connect = () => agent;
    }
  }

  async send(
    request: VendorRequest,
    signal: AbortSignal,
    rowSecrets: Readonly<Record<string, string>> = {},
  ): Promise<Exchange> {
    const { timeoutMs, freshConnections, replyCapBytes = REPLY_CAP_BYTES } = this.#settings;
    const { text, type } = encodeBody(request.body);
    const attempt = new Attempt(replyCapBytes + ECHO_GROWTH * Buffer.byteLength(text));
    const underWay = this.#givenUpBy(signal);
    underWay.add(attempt);
    if (signal.aborted) attempt.giveUp(signal.reason);
    const timer = setTimeout(() => attempt.timeOut(), timeoutMs);
    const redact = this.#redactor(rowSecrets);
    const connection = this.#free.pop() ?? this.#another();
    try {
      connection.dispatch(
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
      return { kind: 'reply', reply: await readReply(await attempt.answer, attempt.cap, redact) };
    } catch (error) {
      const message = redact(explain(error, attempt.timedOut, timeoutMs, this.#proxied));
      if (!attempt.written) return { kind: 'not_sent', message };
      return { kind: 'lost', code: attempt.timedOut || isTimeout(error) ? 'timeout' : 'lost_reply', message };
    } finally {
      clearTimeout(timer);
      underWay.delete(attempt);
      this.#free.push(connection);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connected].map((connection) => connection.destroy()));
  }

  #another(): Dispatcher {
    const connection = this.#connect();
    this.#connected.add(connection);
    return connection;
  }

  #redactor(rowSecrets: Readonly<Record<string, string>>): Redact {
    const { redact } = this.#settings;
    if (Object.keys(rowSecrets).length === 0) return redact;
    const rowRedact = redactor(rowSecrets);
    return (text) => redact(rowRedact(text));
  }

  #givenUpBy(signal: AbortSignal): Set<Attempt> {
    const known = this.#underWay.get(signal);
    if (known !== undefined) return known;
    const attempts = new Set<Attempt>();
    this.#underWay.set(signal, attempts);
    signal.addEventListener('abort', () => {
      for (const attempt of attempts) attempt.giveUp(signal.reason);
    });
    return attempts;
  }
}

interface Head {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

interface Answer {
  readonly head: Head;
  readonly chunks: readonly Buffer[];
}

/** One request on its way: collects the answer up to `cap` bytes, and can be given up. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly cap: number;
  /** Rejects where none came. */
  readonly answer: Promise<Answer>;
  /** Until it is handed to a connected socket no byte has left, whatever the error says; then it may be applied. */
  written = false;
  timedOut = false;
  #settle!: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void };
  #controller: Dispatcher.DispatchController | undefined;
  #givenUp: { readonly reason: unknown } | undefined;
  #head: Head | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(cap: number) {
    this.cap = cap;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  giveUp(reason: unknown): void {
    this.#givenUp ??= { reason };
    this.#controller?.abort(asError(reason));
  }

  timeOut(): void {
    this.timedOut = true;
    this.giveUp(new Error('no answer in time'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#givenUp === undefined) this.written = true;
    else controller.abort(asError(this.#givenUp.reason));
  }

  onResponseStart(_: unknown, status: number, headers: Head['headers']): void {
    // Hints and the like come before the answer.
    if (status >= 200) this.#head = { status, headers, receivedAt: Date.now() };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size <= this.cap) return;
    // An endless body cannot hold the lane.
    this.onResponseEnd();
    controller.abort(new Error('the rest is not read'));
  }

  onResponseEnd(): void {
    if (this.#head !== undefined) this.#settle.resolve({ head: this.#head, chunks: this.#chunks });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#settle.reject(error);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function headersOf({ headers }: VendorRequest, type: string | undefined): Record<string, string> {
  const all: Record<string, string> = { accept: 'application/json', 'user-agent': 'revsync' };
  Object.assign(all, headers);
  if (type !== undefined) all['content-type'] = type;
  return all;
}

const UTF8 = new TextDecoder();

async function readReply(answer: Answer, cap: number, redact: Redact): Promise<Reply> {
  const { head, chunks } = answer;
  const { status, receivedAt } = head;
  const headers: Record<string, string> = {};
  for (const name in head.headers) {
    const value = head.headers[name];
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  const bytes = Buffer.concat(chunks).subarray(0, cap);
  const coding = headers['content-encoding'];
  const text = UTF8.decode(coding === undefined ? bytes : await withoutCoding(bytes, coding, cap));
  return clean({ status, headers, text, receivedAt }, redact);
}

/** Nearly every reply holds no secret, which one look at the whole of it shows. */
function clean(reply: Reply, redact: Redact): Reply {
  const { headers, text } = reply;
  const all = `${text}\n${Object.values(headers).join('\n')}`;
  if (redact(all) === all) return reply;
  const redacted = Object.entries(headers).map(([name, value]) => [name, redact(value)]);
  return { ...reply, headers: Object.fromEntries(redacted) as Reply['headers'], text: redact(text) };
}

function isTimeout(error: unknown): boolean {
  return /TIMEOUT/.test((error as { code?: string }).code ?? '');
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
  const { code, message = String(error) } = cause ?? (error as { code?: string; message?: string });
  const text = code === undefined || message.includes(code) ? message : `${message} (${code})`;
  const trust = UNTRUSTED.has(code ?? '')
    ? '; where an authority of your own signs, name its certificate in NODE_EXTRA_CA_CERTS'
    : '';
  return `${text}${trust}${hint}`;
}
