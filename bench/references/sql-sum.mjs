// The least that a figure about a whole ledger costs: one SQL statement over its entries.
//   node sql-sum.mjs LEDGER        prints how many there are and the sum of their amounts
import Libsql from 'libsql';

const [ledger] = process.argv.slice(2);
const db = new Libsql(ledger, { readonly: true });
console.log(JSON.stringify(db.prepare('select count(*), sum(amount) from entries').raw().get()));
db.close();
