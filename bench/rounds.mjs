/**
 * Reads every subject once a round, in an order that turns round with every round, so that a machine that slows down
 * slows all of them down. Resolves to the readings of each, by its name.
 */
export async function alternate(bench, what, rounds, read) {
  const names = Object.keys(read);
  const readings = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const reading = await read[name](round);
      readings[name].push(reading);
      bench.say(`${what}, round ${round + 1} of ${rounds}: ${name} ${reading.seconds.toFixed(2)} s`);
    }
  }
  return readings;
}
