import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Books } from '../../src/io/ledger/shared/books.js';
import { SharedLedger } from '../../src/io/ledger/shared/ledger.js';
import { PostgresServer } from '../support/postgres.js';

const ACCOUNT = { vendor: 'tldcrm', account: 'test', origin: 'http://127.0.0.1:1' };

describe('a shared ledger that was restored', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start(false);
  });
  afterAll(() => {
    server.stop();
  });

  const doubtAt = async (url: string): Promise<string | undefined> => {
    const ledger = await SharedLedger.push(url, ACCOUNT, 1000, true);
    const { doubt } = ledger;
    await ledger.close();
    return doubt;
  };

  it('is known by its database, until it is accepted', async () => {
    const url = await server.ledger();
    const [name, copy] = [new URL(url).pathname.slice(1), 'restored'];
    expect(await doubtAt(url)).toBeUndefined();
    expect(await doubtAt(url)).toBeUndefined();
    await server.ask('postgres', `create database ${copy} template ${name}`);
    const restored = server.url(copy);
    expect(await doubtAt(restored)).toBe('restored');
    expect(await doubtAt(restored)).toBe('restored');
    await Books.accept(restored);
    expect(await doubtAt(restored)).toBeUndefined();
    expect(await doubtAt(url)).toBeUndefined();
  });
});
