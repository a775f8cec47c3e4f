/** The column that a field is given, or those of which someone has to choose. */
interface Match<C> {
  readonly best: C;
  /** Columns worth as much, the best one included. */
  readonly near: readonly C[];
  /** Whether no other column and no other field comes near. */
  readonly isCertain: boolean;
}

/** Worths that differ by less are equal. */
const TIE = 0.08;

/**
 * Gives columns to fields, no column twice, in the order of certainty: the field that would lose most without its
 * best column takes it. Where it would lose nothing, or another field as much, someone has to choose. `worth` is
 * 0 for a column that is nothing to the field, else above `TIE`.
 */
export function matchByWorth<F, C>(
  fields: readonly F[],
  columns: readonly C[],
  worth: (field: F, column: C) => number,
): ReadonlyMap<F, Match<C>> {
  const matches = new Map<F, Match<C>>();
  const free = new Set(columns);
  for (;;) {
    const wishes = fields
      .filter((field) => !matches.has(field))
      .flatMap((field) => {
        const wanted = [...free]
          .map((column) => ({ column, worth: worth(field, column) }))
          .filter(({ worth }) => worth > 0);
        const [best, second] = wanted.toSorted((left, right) => right.worth - left.worth);
        if (best === undefined) return [];
        const near = wanted.filter((one) => one.worth > best.worth - TIE).map(({ column }) => column);
        return [{ field, best: best.column, near, loss: best.worth - (second?.worth ?? 0) }];
      })
      .sort((left, right) => right.loss - left.loss);
    const [first] = wishes;
    if (first === undefined) return matches;
    const taken =
      first.loss < TIE
        ? wishes
        : wishes.filter(({ best, loss }) => best === first.best && loss > first.loss - TIE);
    for (const { field, best, near } of taken) {
      matches.set(field, { best, near, isCertain: taken.length === 1 && near.length === 1 });
      free.delete(best);
    }
  }
}
