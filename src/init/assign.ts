/** A column for each field, or none: the choice with the best total in which no column is used twice. */
export interface Assignment {
  /** By field, the index of its column; undefined where it has none. */
  readonly columns: readonly (number | undefined)[];
  readonly total: number;
}

/**
 * `scores[field][column]` is what the pair is worth, 0 where it is none. The method of Kuhn and Munkres, with
 * a column of its own for each field that goes without.
 */
export function assign(scores: readonly (readonly number[])[]): Assignment {
  const fields = scores.length;
  const width = scores[0]?.length ?? 0;
  const columns = width + fields;
  const cost = (field: number, column: number): number => -(scores[field - 1]?.[column - 1] ?? 0);
  const ofField = new Float64Array(fields + 1);
  const ofColumn = new Float64Array(columns + 1);
  const fieldOf = new Int32Array(columns + 1);
  for (let field = 1; field <= fields; field += 1) {
    const before = new Int32Array(columns + 1);
    const slack = new Float64Array(columns + 1).fill(Infinity);
    const done = new Uint8Array(columns + 1);
    let column = 0;
    fieldOf[0] = field;
    do {
      done[column] = 1;
      const current = fieldOf[column] ?? 0;
      let delta = Infinity;
      let next = 0;
      for (let other = 1; other <= columns; other += 1) {
        if (done[other] === 1) continue;
        const reduced = cost(current, other) - (ofField[current] ?? 0) - (ofColumn[other] ?? 0);
        if (reduced < (slack[other] ?? 0)) {
          slack[other] = reduced;
          before[other] = column;
        }
        if ((slack[other] ?? 0) < delta) {
          delta = slack[other] ?? 0;
          next = other;
        }
      }
      for (let other = 0; other <= columns; other += 1) {
        if (done[other] === 1) {
          const owner = fieldOf[other] ?? 0;
          ofField[owner] = (ofField[owner] ?? 0) + delta;
          ofColumn[other] = (ofColumn[other] ?? 0) - delta;
        } else slack[other] = (slack[other] ?? 0) - delta;
      }
      column = next;
    } while ((fieldOf[column] ?? 0) !== 0);
    while (column !== 0) {
      const previous = before[column] ?? 0;
      fieldOf[column] = fieldOf[previous] ?? 0;
      column = previous;
    }
  }
  const chosen: (number | undefined)[] = Array.from({ length: fields }, () => undefined);
  for (let column = 1; column <= width; column += 1) {
    const field = fieldOf[column] ?? 0;
    if (field > 0 && (scores[field - 1]?.[column - 1] ?? 0) > 0) chosen[field - 1] = column - 1;
  }
  const total = chosen.reduce(
    (sum: number, column, field) => sum + (column === undefined ? 0 : (scores[field]?.[column] ?? 0)),
    0,
  );
  return { columns: chosen, total };
}
