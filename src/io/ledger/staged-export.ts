import type { Staging } from '../../core/ledger.js';
import type { RowUpdate, StagedRow } from '../../core/row.js';
import { writeRows, type Database, type SqlValue } from './database.js';

/** One file, `name`, whose rows have their positions as ids. */
const EXPORTED = `
  create table exported (id integer primary key, key text, amount integer, line integer, ref text, status text,
    error text);
  create table exported_from (name text not null);`;

/** An export while it is read: of each row what it is compared by. */
export function stagedExport(db: Database, ref: string): Omit<Staging, 'vendorOfRun'> {
  db.exec(EXPORTED);
  let staged = 0;
  const valuesOf = ({ key, sale, line }: StagedRow): SqlValue[] => {
    const own = sale?.fields[ref];
    return [key ?? null, sale?.amount ?? null, line, own ?? null];
  };
  const update = (updates: readonly Pick<RowUpdate, 'position' | 'status' | 'message'>[]): void => {
    for (const { position, status = null, message = null } of updates)
      db.run('update exported set status = ?, error = ? where id = ?', [status, message, position]);
  };
  return {
    addInput: async (_, { name }) => db.run('insert into exported_from values (?)', [name]),
    stage: async (_, rows) =>
      db.transaction(() => {
        const cells = rows.map(valuesOf);
        writeRows(db, (list) => `insert into exported (key, amount, line, ref) values ${list}`, cells);
        const placed = rows.map(({ status, message }, index) => {
          return { position: staged + index + 1, status, message };
        });
        update(placed.filter(({ status }) => status !== undefined));
        staged += rows.length;
      }),
    dropInput: async () => {
      db.exec('delete from exported; delete from exported_from');
      staged = 0;
    },
    endInput: async () => undefined,
    update: async (_, updates) => db.transaction(() => update(updates)),
  };
}

/** The texts of fields of a sale in `rows` as `joinedKey` joins them; null where one is blank. */
export function joinedOf(fields: readonly string[]): string {
  return fields
    .map((field) => `replace(replace(nullif(sale ->> '${field}', ''), '%', '%25'), '|', '%7C')`)
    .join(` || '|' || `);
}
