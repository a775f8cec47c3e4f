import type { TestProject } from 'vitest/node';
import { PostgresServer } from './postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a server on which the tests of a project have their ledgers. */
    readonly postgres?: string;
  }
}

/** Tests that have their ledgers in files have them in a database, of a server that is there for them. */
export default async function withServer(project: TestProject): Promise<() => void> {
  const server = await PostgresServer.start(false);
  project.provide('postgres', server.url('postgres'));
  return () => {
    server.stop();
  };
}
