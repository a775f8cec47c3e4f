import type { Staging } from '../../core/ledger.js';
import type { StagedRow } from '../../core/row.js';
import { writeRows, type Database, type SqlValue } from './database.js';

/** `place` is the file and the line. */
const EXPORTED = `
  create table exported (id integer primary key, key text, amount integer, place text, line integer, ref text,
    status text, error text)`;

/** An export while it is read: of each row, whose position is its id, what it is compared by. */
export function stagedExport(db: Database, ref: string): Omit<Staging, 'vendorOfRun'> {
  db.exec(EXPORTED);
  let name = '';
  const valuesOf = ({ line, key, sale, status, message }: StagedRow): SqlValue[] => {
    const [amount, own] = [sale?.amount, sale?.fields[ref]];
    return [
      key ?? null,
      amount ?? null,
      `${name}:${line}`,
      line,
      own ?? null,
      status ?? null,
      message ?? null,
    ];
  };
  return {
    addInput: async (_, input) => void (name = input.name),
    stage: async (_, rows) =>
      db.transaction(() => {
        writeRows(
          db,
          (list) => `insert into exported (key, amount, place, line, ref, status, error) values ${list}`,
          rows.map(valuesOf),
        );
      }),
    dropInput: async () => db.exec('delete from exported'),
    endInput: async () => undefined,
    update: async (_, updates) =>
      db.transaction(() => {
        for (const { position, status, message } of updates)
          db.run('update exported set status = ?, error = ? where id = ?', [
            status ?? null,
            message ?? null,
            position,
          ]);
      }),
  };
}

/** The texts of fields of a sale in `rows` as `joinedKey` joins them; null where one is blank. */
export function joinedOf(fields: readonly string[]): string {
  return fields
    .map((field) => `replace(replace(nullif(sale ->> '${field}', ''), '%', '%25'), '|', '%7C')`)
    .join(` || '|' || `);
}
