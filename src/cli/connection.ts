import type { Vendor } from '../core/vendor.js';
import { HttpTransport } from '../io/http/transport.js';
import { redactor } from '../io/redact.js';
import { secretOnly, type Environment } from '../io/secrets.js';
import type { Connection, PushJob } from '../push/run.js';
import type { Sandbox } from '../sandbox/server.js';
import type { PushOptions } from './push-options.js';
import { sandboxBooks } from './ledger-path.js';

/** Where a push goes, and by which ledger. */
export interface Target {
  /** Not read with `--sandbox`. */
  readonly baseUrl: URL;
  readonly env: Environment;
  /** The ledger's path: the sandbox keeps its books beside it. */
  readonly path: string;
}

/** The way to the vendor, or to the sandbox, which is up as long as the connection. */
export async function connect(
  { vendor, settings, secrets }: Pick<PushJob, 'vendor' | 'settings' | 'secrets'>,
  options: PushOptions,
  { baseUrl, env, path }: Target,
  freshConnections: boolean,
): Promise<Connection> {
  const sandbox =
    options.sandbox === true
      ? await ownSandbox(vendor, sandboxBooks(path, vendor.id, options.account))
      : undefined;
  const transport = new HttpTransport({
    baseUrl: sandbox === undefined ? baseUrl : new URL(sandbox.url),
    connections: settings.auto?.lanes.most ?? settings.concurrency,
    timeoutMs: (options.timeout ?? vendor.limits.timeoutSeconds) * 1000,
    freshConnections,
    redact: redactor(secretOnly(vendor.secrets, secrets)),
    env,
  });
  return {
    transport,
    close: async () => {
      await transport.close();
      await sandbox?.close();
    },
  };
}

async function ownSandbox({ id }: Vendor, journal: string): Promise<Sandbox> {
  const [{ FAKES }, { startSandbox }] = await Promise.all([
    import('../sandbox/index.js'),
    import('../sandbox/server.js'),
  ]);
  const make = FAKES.get(id);
  if (make === undefined) throw new Error(`no fake for ${id}`);
  return startSandbox({ fakes: [make({ journal })], port: 0, faults: () => undefined, latencyMs: 0 });
}
