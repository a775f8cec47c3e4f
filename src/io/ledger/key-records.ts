import type { HeldEntry, KeyRecord, LastRow } from '../../core/explained.js';
import { withPlainUuids } from '../../core/uuid.js';
import { FIRST } from './by-hand.js';
import { columns, jsonOf, jsonTextOf } from './columns.js';
import type { Database } from './database.js';
import { rowsInFlight } from './in-flight.js';
import { NAMESPACE } from './namespaces.js';
import { HELD_ENTRY } from './planned-row.js';
import { INPUT_OF_ROW, runOf } from './run-rows.js';
import { inputsOf } from './runs.js';

const ACCOUNT = columns<Pick<KeyRecord, 'vendor' | 'account' | 'origin'>>(NAMESPACE, 'namespaces');

/** What is known of a key now, in every account that knows it. */
export function keyRecords(db: Database, named: string): KeyRecord[] {
  const key = withPlainUuids(named);
  const namespaces = db.all(`select id, ${ACCOUNT.list} from namespaces order by id`);
  return namespaces.flatMap(([id, ...whose]) => {
    const namespace = Number(id);
    const inFlight = rowsInFlight(db, namespace).find((row) => row.key === key);
    const [found] = db.all(
      `select ${HELD_ENTRY.list}, ${FIRST} from entries as held left join attempts on attempts.id = held.last_attempt
       where held.namespace = ? and held.key = ?`,
      namespace,
      key,
    );
    if (found === undefined && inFlight === undefined) return [];
    const held: HeldEntry | undefined = found && HELD_ENTRY.read(found);
    const last = lastRow(db, Number(found?.at(-1) ?? 0), key);
    return [{ ...ACCOUNT.read(whose), key, held, last, inFlight }];
  });
}

/** A few keys that stand next to one that nobody knows, in the order of their letters. */
export function keysNear(db: Database, key: string): string[] {
  const namespaces = db.all('select id from namespaces').map(([id]) => Number(id));
  const near = (wanted: string, order: string): string[] =>
    namespaces.flatMap((namespace) =>
      db
        .all(
          `select key from entries where namespace = ? and key ${wanted} ? order by key ${order} limit 5`,
          namespace,
          key,
        )
        .map(([one]) => String(one)),
    );
  return [...near('>', 'asc'), ...near('<', 'desc')];
}

const LAST = columns<Omit<LastRow, 'header' | 'run'> & { readonly id: number; readonly number: number }>(
  { id: Number, input: String, number: Number, line: Number, cells: jsonOf, fields: jsonOf },
  undefined,
  {
    id: 'rows.id',
    input: 'inputs.name',
    number: 'inputs.number',
    cells: jsonTextOf('rows.cells'),
    fields: jsonTextOf('rows.sale'),
  },
);

/** The row of an attempt, while its run has it. */
function lastRow(db: Database, id: number, key: string): LastRow | undefined {
  const [row] = LAST.select(db, `from rows ${INPUT_OF_ROW} where rows.id = ? and rows.key = ?`, id, key);
  if (row === undefined) return undefined;
  const run = runOf(row.id);
  const { header = [] } = inputsOf(db, run).find(({ number }) => number === row.number) ?? {};
  return { run, header, input: row.input, line: row.line, cells: row.cells, fields: row.fields };
}
