// Statements in a database in memory, by the Node package of duckdb in a folder; revsync does not depend on it.
//   node duckdb.mjs FOLDER SQL
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, sql] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(join(folder, 'package.json'))(folder);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run(sql);
connection.closeSync();
