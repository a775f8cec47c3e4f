import { onTestFinished } from 'vitest';
import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import { FAKES } from '../../src/sandbox/index.js';
import { parseFaults } from '../../src/sandbox/faults.js';
import type { FakeAnswer, FakeRequest } from '../../src/sandbox/fake.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';

export interface VendorServer<Books> extends Sandbox {
  books(): Books;
}

/** A fake vendor on a loopback port, closed after the test. */
export async function vendorServer<Books>(
  vendor: string,
  { faults = '', port = 0, latencyMs = 0 }: { faults?: string; port?: number; latencyMs?: number } = {},
): Promise<VendorServer<Books>> {
  const plan = parseFaults(faults);
  const fake = FAKES.get(vendor)?.({});
  if (!plan.ok || fake === undefined) throw new Error(`no ${vendor} with faults ${faults}`);
  const server = await startSandbox({ fakes: [fake], port, faults: plan.value, latencyMs });
  onTestFinished(() => server.close());
  return { ...server, books: () => fake.books() as Books };
}

export type ConvosoServer = VendorServer<ConvosoBooks>;

export function convosoServer(options: { faults?: string; latencyMs?: number } = {}): Promise<ConvosoServer> {
  return vendorServer('convoso', options);
}

/** A server that answers every request by hand. */
export async function answeringServer(answer: (request: FakeRequest) => FakeAnswer): Promise<Sandbox> {
  const fake = { vendor: 'by hand', serves: () => true, answer, books: () => undefined };
  const server = await startSandbox({ fakes: [fake], port: 0, faults: () => undefined, latencyMs: 0 });
  onTestFinished(() => server.close());
  return server;
}
