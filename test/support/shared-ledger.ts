import { randomBytes } from 'node:crypto';
import Libsql from 'libsql';
import { inject } from 'vitest';
import { initBooks } from '../../src/io/ledger/shared/init.js';
import { Connection } from '../../src/io/ledger/shared/connection.js';
import { isShared } from '../../src/io/ledger-address.js';
import { Workspace } from './cli.js';

/** A server on which tests have their ledgers; without one they have files. */
export const SERVER = inject('postgres') ?? process.env['REVSYNC_TEST_POSTGRES'];

/** The address of a ledger of a database of its own. */
export async function newDatabase(server: string): Promise<string> {
  const name = `t${randomBytes(8).toString('hex')}`;
  await askLedger(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await initBooks(url.toString());
  return url.toString();
}

/** A ledger that a test works on: `file`, or one of the server's. */
export async function ledgerOfTest(file: string): Promise<string> {
  return SERVER === undefined ? file : newDatabase(SERVER);
}

/** A workspace with such a ledger. */
export async function workspaceOfTest(): Promise<Workspace> {
  const space = new Workspace();
  space.ledger = await ledgerOfTest(space.ledger);
  space.env['REVSYNC_LEDGER'] = space.ledger;
  return space;
}

/** As if a process that died had died a while ago: in a file nobody waits for that. */
export async function letLeasesRunOut(ledger: string): Promise<void> {
  if (isShared(ledger)) await askLedger(ledger, `update holders set until = now() - interval '1 h'`);
}

/** One statement for the books of a ledger, whichever it is. */
export async function askLedger(ledger: string, sql: string): Promise<void> {
  if (isShared(ledger)) {
    const db = new Connection(ledger);
    await db.all(sql);
    return db.close();
  }
  const db = new Libsql(ledger);
  db.exec(sql);
  db.close();
}
