import type { RunReader } from '../../core/ledger.js';
import type { LedgerRecords } from '../../core/records.js';
import type { Database } from './database.js';
import { bookedAccounts, heldRows } from './entries.js';
import { lastEndOf, lastFileOf } from './ends.js';
import { movedTo, refuseMoved } from './generation.js';
import { historyOf } from './history.js';
import { accountsNow, heldRefunds } from './accounts-now.js';
import { firstUnsettled, inDoubt, resolve, settledByHand, takeBack, unsettled } from './by-hand.js';
import { heldPlan, planRows, plansWaiting } from './held-plans.js';
import { keyRecords, keysNear } from './key-records.js';
import { correctedRows, problemRows, resultRows, totalsOf } from './run-rows.js';
import { forgetOrigin, pruneRuns } from './pruning.js';
import { inputsOf, listRuns, recordOf, takePlace } from './runs.js';

/** The rows of runs in a SQLite ledger. */
export class SqliteRuns implements RunReader {
  readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  inputs: RunReader['inputs'] = async (run) => inputsOf(this.db, run);
  rows: RunReader['rows'] = (run, input) => resultRows(this.db, run, input);
  totals: RunReader['totals'] = async (run) => totalsOf(this.db, run);
  problems: RunReader['problems'] = async (...which) => problemRows(this.db, ...which);
  plan: RunReader['plan'] = async (run) => heldPlan(this.db, run);
  planRows: RunReader['planRows'] = (run) => planRows(this.db, run);
  corrections: RunReader['corrections'] = async (run, limit) => correctedRows(this.db, run, limit);
  takePlace: RunReader['takePlace'] = async (...which) => takePlace(this.db, ...which);
}

/** Everything in a SQLite ledger, of every account. */
export class SqliteRecords extends SqliteRuns implements LedgerRecords {
  movedTo: LedgerRecords['movedTo'] = async () => movedTo(this.db);
  holdStill: LedgerRecords['holdStill'] = async () => this.db.exec('begin');
  record: LedgerRecords['record'] = async (run) => recordOf(this.db, run);
  runs: LedgerRecords['runs'] = async (last) => listRuns(this.db, last);
  accountsNow: LedgerRecords['accountsNow'] = async () => accountsNow(this.db);
  plansWaiting: LedgerRecords['plansWaiting'] = async () => plansWaiting(this.db);
  waiting: LedgerRecords['waiting'] = async () => firstUnsettled(this.db);
  heldRefunds: LedgerRecords['heldRefunds'] = async () => heldRefunds(this.db);
  lastEndOf: LedgerRecords['lastEndOf'] = async (profile) => lastEndOf(this.db, profile);
  lastFileOf: LedgerRecords['lastFileOf'] = async (profile) => lastFileOf(this.db, profile);
  history: LedgerRecords['history'] = async (key) => historyOf(this.db, key);
  keyRecords: LedgerRecords['keyRecords'] = async (key) => keyRecords(this.db, key);
  keysNear: LedgerRecords['keysNear'] = async (key) => keysNear(this.db, key);
  inDoubt: LedgerRecords['inDoubt'] = async (target) => inDoubt(this.db, target);
  unsettled: LedgerRecords['unsettled'] = async (target) => unsettled(this.db, target);
  resolve: LedgerRecords['resolve'] = async (key, resolution) => resolve(this.db, key, resolution);
  settledByHand: LedgerRecords['settledByHand'] = async (target) => settledByHand(this.db, target);
  takeBack: LedgerRecords['takeBack'] = async (key, words) => takeBack(this.db, key, words);
  accounts: LedgerRecords['accounts'] = async () => bookedAccounts(this.db);
  entries: LedgerRecords['entries'] = (...which) => heldRows(this.db, ...which);
  prune: LedgerRecords['prune'] = async (which) => {
    refuseMoved(this.db);
    return pruneRuns(this.db, which);
  };
  forget: LedgerRecords['forget'] = async (origin) => forgetOrigin(this.db, origin);
  close: LedgerRecords['close'] = async () => this.db.close();
}
