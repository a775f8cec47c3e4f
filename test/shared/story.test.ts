import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.js';
import { STORIES } from './stories.js';
import { Story } from './story.js';

/** Of the account that a process had which died; its requests may take a second. */
const [LEASE_MS, LATE_MS] = [1500, 100];

describe('a shared ledger tells of', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start(false);
  });
  afterAll(() => server.stop());

  it.each(STORIES)('$name what a file tells', async ({ tell, ...of }) => {
    const ledgers = [undefined, await server.ledger(LEASE_MS, LATE_MS)];
    const [file = [], shared = []] = await Promise.all(
      ledgers.map(async (ledger) => {
        const desk = await Story.begin(of, ledger);
        await tell(desk);
        return desk.said;
      }),
    );
    for (const [index, said] of file.entries()) expect.soft(shared[index]).toBe(said);
    expect(shared).toHaveLength(file.length);
  });
});
