import { defused } from '../core/text.js';
import { allMeasures, figureText, type Figures, type Measure } from './measures.js';
import type { Report } from './report.js';

/** What stands where a group has no name, for people. */
export const NO_LABEL = '(none)';

/** The last row of a table. */
export const TOTAL = 'total';

/**
 * The report as records for a CSV: a header, a record for each group and the total, whose first cell says so and whose
 * other labels are blank. A group without a name has a blank cell, a figure that nobody knows too.
 */
export function csvRecords({ table, asked }: Report): string[][] {
  const measures = allMeasures(asked);
  const figures = (of: Figures): string[] => measures.map((measure) => figureText(measure, of, table.total));
  const [, ...others] = table.by;
  return [
    [...table.by, ...measures.map(({ name }) => name)],
    ...table.groups.map((group) => [
      ...group.labels.map((label) => defused(label ?? '')),
      ...figures(group.figures),
    ]),
    [TOTAL, ...others.map(() => ''), ...figures(table.total)],
  ];
}

/** The report as one object: counts are numbers, money and percent decimal text, what nobody knows is null. */
export function jsonReport({ table, asked, basis, notes, inputs, vendors, timeSource }: Report): object {
  const measures = allMeasures(asked);
  const figures = (of: Figures): object =>
    Object.fromEntries(measures.map((measure) => [measure.name, jsonFigure(measure, of, table.total)]));
  return {
    files: inputs,
    vendors,
    basis,
    time: timeSource,
    by: table.by,
    groups: table.groups.map((group) => ({
      ...Object.fromEntries(table.by.map((dimension, index) => [dimension, group.labels[index] ?? null])),
      ...figures(group.figures),
    })),
    total: figures(table.total),
    notes,
  };
}

function jsonFigure(measure: Measure, figures: Figures, total: Figures): string | number | null {
  const text = figureText(measure, figures, total);
  if (text === '') return null;
  return measure.kind === 'count' ? Number(text) : text;
}
