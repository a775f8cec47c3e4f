import { PostgresServer } from './postgres.js';

/** Tests that have their ledgers in files have them in a database, of a server that is there for them. */
export default async function withServer(): Promise<(() => void) | undefined> {
  if (process.env['REVSYNC_TEST_POSTGRES'] !== undefined) return undefined;
  const server = await PostgresServer.start(false);
  process.env['REVSYNC_TEST_POSTGRES'] = server.url('postgres');
  return () => {
    server.stop();
  };
}
