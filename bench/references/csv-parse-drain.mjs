// The least that reading a CSV file with csv-parse costs: every record is made, and dropped.
//   node csv-parse-drain.mjs objects|arrays FILES…        prints how many there were, with headers where as arrays
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

const [shape, ...files] = process.argv.slice(2);
let records = 0;
for (const file of files) {
  const drained = createReadStream(file).pipe(parse({ columns: shape === 'objects' }));
  for await (const _ of drained) records += 1;
}
console.log(records);
