import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectTrue, textOf } from '../support/documents.js';
import { fencesOf } from '../support/page.js';
import { PostgresServer } from '../support/postgres.js';

const PAGE = 'docs/shared-ledger.md';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
  for (const role of ['owner', 'pusher', 'warehouse']) await server.ask('postgres', `create role ${role} login`);
});
afterAll(() => server.stop());

it(`the examples of ${PAGE} print what it shows`, async () => {
  await expectTrue(PAGE, {
    places: [['@db.example.com', `@127.0.0.1:${server.port}`]],
    programs: {
      createdb: ([name = '']) => server.ask('postgres', `create database ${name} owner owner`),
    },
  });
  const queries = fencesOf(textOf(PAGE)).filter(({ language }) => language === 'sql');
  const answers = await Promise.all(
    queries.map(({ lines }) => server.ask<object>('revsync', lines.join('\n').replace(/;$/, ''))),
  );
  expect(answers).toEqual([[{ account: 'default', count: 3, sum: '235.5000' }]]);
});
