// Makes a ledger in which sales have been accepted for years, by SQL alone; the sales are those of files.mjs from
// number 0 on. Their keys come in no order, as they do in life, so that the tree of entries is as wide as a real one.
//   node ledger-behind.mjs LEDGER ORIGIN ENTRIES
import { fromSource } from '../test/support/from-source.mjs';

const { Database, SqliteLedger } = await fromSource('io/ledger/database', 'io/ledger/ledger');

const ENTRIES_PER_RUN = 100_000;
const FIRST_RUN_AT = Date.parse('2020-01-01T00:00:00Z');
const DAY_MS = 86_400_000;

const [path, origin, text] = process.argv.slice(2);
const entries = Number(text);

SqliteLedger.open(path, { vendor: 'convoso', account: 'default', origin }).close();
const db = Database.open(path);
db.exec('pragma cache_size = -262144; pragma synchronous = off');
const [namespace] = db.one('select id from namespaces');

for (let from = 0, run = 1; from < entries; from += ENTRIES_PER_RUN, run += 1) {
  const to = Math.min(entries, from + ENTRIES_PER_RUN) - 1;
  const at = FIRST_RUN_AT + run * DAY_MS;
  const totals = JSON.stringify([{ status: 'accepted', rows: to - from + 1, amount: '0' }]);
  db.transaction(() => {
    db.run(
      `insert into runs (id, namespace, state, started_at, ended_at, totals) values (?, ?, 'finished', ?, ?, ?)`,
      [run, namespace, at, at + 600_000, totals],
    );
    db.exec(`
      create temp table sales as
        select value as number, 5000000000 + ((value * 2654435761) & 4294967295) as id,
          1000000 + ((value * 40503) & 16777215) * 100 as amount, substr(hex(randomblob(11)), 1, 22) as digest
        from generate_series(${from}, ${to});
      insert into attempts (id, namespace, key, run, input, line, action, intent, amount, digest, status, tries,
          http_status, ref, at)
        select number + 1, ${namespace}, id, ${run}, 'sales-${run}.csv', number - ${from} + 2, 'create', 'set', amount, digest,
          'accepted', '[{"at":${at},"httpStatus":200}]', 200, id, ${at}
        from sales;
      insert into entries (namespace, key, digest, amount, intent, ref, run, at, last_attempt)
        select ${namespace}, id, digest, amount, 'set', id, ${run}, ${at}, number + 1 from sales;
      drop table sales;
    `);
  });
}

db.all('pragma wal_checkpoint(truncate)');
db.close();
