import { setMaxListeners } from 'node:events';
import { Pool, type Dispatcher } from 'undici';
import type { Exchange, Transport } from '../core/ports.js';
import { unreachable } from '../core/result.js';
import type { Reply, RequestBody, VendorRequest } from '../core/vendor.js';
import { withoutCoding } from './content-coding.js';
import { forward } from './dispatch.js';
import { proxyAgent } from './proxy-agent.js';
import { proxyOf } from './proxy.js';
import { redactor, type Environment, type Redact } from './secrets.js';

export interface HttpSettings {
  /** Origin and path prefix of the vendor, without a trailing slash. */
  readonly baseUrl: URL;
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
  readonly #pool: Dispatcher;
  readonly #proxied: boolean;

  constructor(settings: HttpSettings) {
    const { connections, timeoutMs } = settings;
    const options = {
      connections,
      pipelining: 1,
      // Said outright, since NODE_TLS_REJECT_UNAUTHORIZED=0 changes only the default.
      connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs), rejectUnauthorized: true },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    };
    const proxy = proxyOf(settings.baseUrl, settings.env);
    if (!proxy.ok) throw new Error(proxy.error);
    this.#settings = settings;
    this.#proxied = proxy.value !== undefined;
    const pool =
      proxy.value === undefined
        ? new Pool(settings.baseUrl.origin, options)
        : proxyAgent(proxy.value, options);
    this.#pool = pool.compose(markWhenWritten);
  }

  async send(
    request: VendorRequest,
    signal: AbortSignal,
    rowSecrets: Readonly<Record<string, string>> = {},
  ): Promise<Exchange> {
    const { baseUrl, timeoutMs, freshConnections, replyCapBytes = REPLY_CAP_BYTES } = this.#settings;
    const rowRedact = Object.keys(rowSecrets).length > 0 ? redactor(rowSecrets) : undefined;
    const redact: Redact = (text) => this.#settings.redact(rowRedact?.(text) ?? text);
    const { text, type } = encodeBody(request.body);
    const cap = replyCapBytes + ECHO_GROWTH * Buffer.byteLength(text);
    // One controller each: `AbortSignal.any` leaves a trace of every request at a signal that lives long.
    const attempt = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      attempt.abort();
    }, timeoutMs);
    const giveUp = (): void => attempt.abort(signal.reason);
    if (signal.aborted) giveUp();
    // As many listen as rows are in flight, which is no leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', giveUp, { once: true });
    let written = false;
    const options: Marked = {
      origin: baseUrl.origin,
      path: baseUrl.pathname.replace(/\/$/, '') + pathOf(request),
      method: request.method,
      headers: {
        accept: 'application/json',
        'user-agent': 'revsync',
        ...request.headers,
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      body: type === undefined ? null : text,
      reset: freshConnections,
      signal: attempt.signal,
      onWritten: () => {
        written = true;
      },
    };
    try {
      const response = await this.#pool.request(options);
      return { kind: 'reply', reply: await readReply(response, cap, redact) };
    } catch (error) {
      const message = redact(explain(error, timedOut, timeoutMs, this.#proxied));
      if (!written) return { kind: 'not_sent', message };
      return { kind: 'lost', code: timedOut || isTimeout(error) ? 'timeout' : 'lost_reply', message };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

interface Marked extends Dispatcher.DispatchOptions {
  readonly onWritten?: () => void;
  readonly signal: AbortSignal;
}

/**
 * Tells when a request is handed to a connected socket. Until then no byte of it has left, whatever the
 * error says; from then on it may have been applied. One that was given up before it had a connection is
 * dropped by the inner handler.
 */
const markWhenWritten: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, {
    ...forward(handler),
    onRequestStart(controller, context) {
      handler.onRequestStart?.(controller, context);
      if (!controller.aborted) (options as Marked).onWritten?.();
    },
  });

async function readReply(response: Dispatcher.ResponseData, cap: number, redact: Redact): Promise<Reply> {
  const receivedAt = Date.now();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop closes the socket: an endless body cannot hold the lane.
    if (size > cap) break;
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name.toLowerCase()] = redact(String(value));
  }
  const bytes = Buffer.concat(chunks).subarray(0, cap);
  const coding = headers['content-encoding'];
  const body = coding === undefined ? bytes : await withoutCoding(bytes, coding, cap);
  const text = new TextDecoder().decode(body);
  return { status: response.statusCode, headers, text: redact(text), receivedAt };
}

/** The path with its query. */
export function pathOf({ path, query }: VendorRequest): string {
  return query === undefined ? path : `${path}?${new URLSearchParams(query).toString()}`;
}

/** No `type` where there is no body. */
export function encodeBody(body: RequestBody): { text: string; type?: string } {
  switch (body.kind) {
    case 'form':
      return { text: new URLSearchParams(body.fields).toString(), type: 'application/x-www-form-urlencoded' };
    case 'json':
      return { text: JSON.stringify(body.value), type: 'application/json' };
    case 'none':
      return { text: '' };
    default:
      return unreachable(body);
  }
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
