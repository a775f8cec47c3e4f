// A ledger in a database beside one in a file, on the same machine, with the same disk and the same rows. The server is
// this machine's own, started for the run, as it comes: whatever is committed is on the disk.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { timed } from './processes.mjs';
import { alternate } from './rounds.mjs';
import { BIN, dryRun, newLedger, push, rePush } from './subjects.mjs';
import { COMPARED, compared, grouped, median, notCompared } from './table.mjs';

const ROOT = '/usr/lib/postgresql';
const REFERENCE = 'a ledger in a file';

/** Resolves to what makes a new ledger and says how much the server has written, undefined where there is no server. */
async function startServer() {
  const newest = existsSync(ROOT) ? readdirSync(ROOT).sort((one, two) => Number(two) - Number(one))[0] : '';
  const bin = join(ROOT, newest, 'bin');
  if (!existsSync(join(bin, 'initdb'))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'revsync-bench-postgres-'));
  const owner = userInfo().uid === 0 ? ownerIn(folder) : {};
  const data = join(folder, 'data');
  const run = (program, ...args) => {
    const { status, stderr } = spawnSync(join(bin, program), ['-D', data, ...args], {
      ...{ ...owner, encoding: 'utf8', cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
  };
  run('initdb', '-U', 'revsync', '--auth=trust', '-E', 'UTF8');
  run('pg_ctl', '-w', '-l', join(folder, 'log'), '-o', `-c listen_addresses='' -k ${folder}`, 'start');
  process.once('exit', () => {
    run('pg_ctl', '-m', 'immediate', 'stop');
    rmSync(folder, { recursive: true, force: true });
  });
  return serverAt(folder);
}

/** The superuser may not run it. */
function ownerIn(folder) {
  const [uid, gid] = ['-u', '-g'].map((what) => Number(spawnSync('id', [what, 'postgres']).stdout));
  chownSync(folder, uid, gid);
  return { uid, gid };
}

function serverAt(folder) {
  let databases = 0;
  const ask = async (sql) => {
    const client = new pg.Client({ host: folder, user: 'revsync', database: 'postgres' });
    await client.connect();
    const { rows } = await client.query(sql);
    await client.end();
    return rows[0];
  };
  return {
    async newLedger(bench) {
      databases += 1;
      await ask(`create database ledger_${databases}`);
      const url = `postgres://revsync@localhost/ledger_${databases}?host=${encodeURIComponent(folder)}`;
      await timed(BIN, ['ledger', 'init', '--ledger', url], { cwd: bench.folder });
      await ask('checkpoint');
      return url;
    },
    written: async () => Number((await ask(`select pg_current_wal_lsn() - '0/0' as bytes`)).bytes),
  };
}

/** Rows of the table for `read` of both kinds of ledger, which is given a new one each time. */
async function both(bench, server, what, read) {
  const { shared, file } = await alternate(bench, what, bench.rounds, {
    shared: async () => read(await server.newLedger(bench)),
    file: () => read(newLedger(bench, 'shared-file')),
  });
  return (by, atLeast) =>
    compared({ what, by, revsync: shared, reference: REFERENCE, readings: file, wanted: { atLeast } });
}

export async function shared(bench, rows) {
  const server = await startServer();
  if (server === undefined)
    return { rows: [notCompared('a shared ledger', REFERENCE, 'no PostgreSQL on this machine')] };
  const few = Math.max(1, Math.round(rows / 10));
  const slow = await both(bench, server, `push, ${grouped(few)} rows, 50 ms, 64 lanes`, (ledger) =>
    push(bench, { rows: few, latencyMs: 50, ledger }),
  );
  const table = [slow('sendingSpeed', 0.97), slow('speed', 0.97)];

  const written = [];
  const fast = await both(bench, server, `push, ${grouped(rows)} rows, no latency`, async (ledger) => {
    const before = await server.written();
    const reading = await push(bench, { rows, concurrency: 256, ledger });
    if (ledger.startsWith('postgres:')) written.push(((await server.written()) - before) / rows);
    return reading;
  });
  table.push(fast('speed', 0.7));

  const fresh = await both(bench, server, `dry run, ${grouped(rows)} new rows`, (ledger) =>
    dryRun(bench, { rows, ledger }),
  );
  table.push(fresh('speed', 0.85));

  const known = { shared: await server.newLedger(bench), file: newLedger(bench, 'shared-known') };
  for (const ledger of Object.values(known)) await push(bench, { rows, concurrency: 256, ledger });
  const again = await alternate(bench, 'known rows', bench.rounds, {
    shared: () => rePush(bench, { rows, ledger: known.shared }),
    file: () => rePush(bench, { rows, ledger: known.file }),
  });
  table.push(
    compared({
      ...{ what: `re-push, ${grouped(rows)} known rows`, by: 'speed', reference: REFERENCE },
      ...{ revsync: again.shared, readings: again.file, wanted: { atLeast: 0.5 } },
    }),
  );
  const bytes = median(written);
  const wal = [
    ...[`written to the server's log for a pushed row, 256 lanes`, `${grouped(bytes)} bytes`, '–', '–', '–'],
    ...['≤ 1,200 bytes', bytes <= 1200 ? 'yes' : '**no**', ...new Array(5).fill('–')],
  ];
  return {
    tables: [
      {
        place: 'shared',
        title: 'A ledger in a database beside one in a file:',
        head: COMPARED,
        rows: [...table, wal],
      },
    ],
  };
}
