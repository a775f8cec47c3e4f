import type { Database } from './database.js';

/*
 * Attempts are kept as short as they can be: there is one of every row that was ever sent. `input` is the number of the
 * run's input, as a blob, and of older ones its name. `tries` is a JSON array of them; of a single one of which nothing is
 * to be said but its status, how many milliseconds before `at` it was begun. What most rows ask for is not written.
 */

export const USUAL = { action: 'create', intent: 'set' } as const;

/** To be kept of the column of a row. */
export function unusual(row: string, column: keyof typeof USUAL): string {
  return `iif(${row}.${column} = '${USUAL[column]}', '', ${row}.${column})`;
}

/** What the column says. */
export function asked(attempts: string, column: keyof typeof USUAL): string {
  return `iif(${attempts}.${column} = '', '${USUAL[column]}', ${attempts}.${column})`;
}

function isArray(attempts: string): string {
  return `substr(${attempts}.tries, 1, 1) = '['`;
}

/** How often the row was sent. */
export function countOfTries(attempts: string): string {
  return `iif(${isArray(attempts)}, json_array_length(${attempts}.tries), iif(${attempts}.tries is null, null, 1))`;
}

/** When the last try was begun. */
export function lastTryAt(attempts: string): string {
  return `iif(${isArray(attempts)}, ${attempts}.tries ->> '$[#-1].at', ${attempts}.at - ${attempts}.tries)`;
}

/** All of them, as a JSON array. */
export function triesOf(attempts: string): string {
  const only = `json_array(json_object('at', ${lastTryAt(attempts)}, 'httpStatus', ${attempts}.http_status))`;
  return `iif(${isArray(attempts)}, ${attempts}.tries, ${only})`;
}

/** The name of its input; `inputs` is the table of the ledger's. */
export function inputOf(attempts: string, inputs = 'inputs'): string {
  return `iif(typeof(${attempts}.input) = 'blob', (select name from ${inputs} as inputs where inputs.run = ${attempts}.run
    and inputs.number = cast(cast(${attempts}.input as text) as integer)), ${attempts}.input)`;
}

/** The audit trail: a dry run has none of its own, and reads that of the books beside it. */
export function attemptsIn(db: Database): string {
  return keptIn(db, 'attempts');
}

/** A table as the real ledger has it, though a dry run has one of that name beside it. */
export function keptIn(db: Database, table: 'attempts' | 'inputs' | 'rows' | 'runs'): string {
  const books = db.one(`select 1 from pragma_database_list where name = 'books'`);
  return books === undefined ? table : `books.${table}`;
}
