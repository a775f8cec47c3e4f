import type { Clock, Transport } from '../core/ports.js';
import type { TransactionReport } from '../core/transactions.js';
import { systemClock } from '../io/clock.js';
import { HttpTransport } from '../io/http/transport.js';
import { redactor } from '../io/redact.js';
import { readSecrets, secretOnly, type Environment } from '../io/secrets.js';
import { UsageError, type Console } from './console.js';
import type { Host } from './host.js';
import { baseUrlOf, vendorOf } from './options.js';

/** A page is some megabytes. */
const PAGE_CAP_BYTES = 64 * 1024 * 1024;

/** The way to a vendor's report, with the credentials that a push has. */
export interface ReportConnection {
  readonly baseUrl: URL;
  readonly secrets: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly transport: Transport;
  close(): Promise<void>;
}

/** From here on the console shows no secret of it. */
export function reachReport(
  host: Host,
  console: Console,
  report: TransactionReport,
  env: Environment,
  { baseUrl: address, timeout }: { readonly baseUrl?: string; readonly timeout?: number },
): ReportConnection {
  const baseUrl = baseUrlOf(vendorOf(report.vendor), address, env);
  const secrets = readSecrets(report.secrets, { ...host, env });
  if (!secrets.ok) throw new UsageError(secrets.error, 'credentials');
  const hidden = secretOnly(report.secrets, secrets.value);
  console.redact = redactor(hidden, 'left');
  const transport = new HttpTransport({
    baseUrl,
    connections: 1,
    timeoutMs: (timeout ?? report.timeoutSeconds) * 1000,
    freshConnections: false,
    redact: redactor(hidden),
    env,
    replyCapBytes: PAGE_CAP_BYTES,
  });
  return { baseUrl, secrets: secrets.value, clock: systemClock, transport, close: () => transport.close() };
}
