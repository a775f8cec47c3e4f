import stringWidth from 'string-width';
import { shownFigure, shownMeasures, type Figures, type Measure } from '../../report/measures.js';
import { NO_LABEL, TOTAL } from '../../report/output.js';
import type { Report } from '../../report/report.js';
import { type Paint, plain } from '../console.js';

/** Between two columns. */
const GAP = '  ';
/** A name is not cut to less, however narrow the terminal. */
const LEAST_NAME = 12;
const UNKNOWN = '-';

/** A column of figures, as wide as its widest text. */
interface FigureColumn {
  readonly title: string;
  readonly texts: readonly string[];
  readonly width: number;
}

/**
 * The report as a table for a terminal of `columns` characters; undefined where nobody's terminal bounds it. Names
 * are cut first, then figures that say the least are left out, which the last line tells.
 */
export function textTable(
  { table, asked }: Report,
  { columns = Infinity, paint }: { columns: number | undefined; paint: Paint | undefined },
): string {
  const { by, groups, total } = table;
  const all = shownMeasures(asked, total, by).map((measure) =>
    figureColumn(measure, [...groups.map(({ figures }) => figures), total], total),
  );
  const shown = fitting(all, columns - (LEAST_NAME + GAP.length) * by.length + GAP.length);
  const taken = shown.reduce((sum, { width }) => sum + GAP.length + width, 0);
  const labels = [
    ...groups.map((group) => group.labels.map((label) => plain(label ?? NO_LABEL))),
    [TOTAL, ...by.slice(1).map(() => '')],
  ];
  const widths = nameWidths(by, labels, columns - taken);
  const line = (names: readonly string[], figures: readonly string[]): string =>
    [
      ...names.map((name, index) => fitted(name, widths[index] ?? 0)),
      ...figures.map((text, index) => text.padStart(shown[index]?.width ?? 0)),
    ]
      .join(GAP)
      .trimEnd();
  const lines = labels.map((names, row) =>
    line(
      names,
      shown.map(({ texts }) => texts[row] ?? ''),
    ),
  );
  const head = line(
    by,
    shown.map(({ title }) => title),
  );
  const [last = ''] = lines.splice(-1);
  const bold = (text: string): string => (paint === undefined ? text : paint.bold(text));
  const left = all.filter((column) => !shown.includes(column)).map(({ title }) => title);
  const missing = left.length > 0 ? [`(no room for ${left.join(', ')}; --format csv has them)`] : [];
  return [bold(head), ...lines, bold(last), ...missing].join('\n');
}

function figureColumn(measure: Measure, rows: readonly Figures[], total: Figures): FigureColumn {
  const texts = rows.map((figures) => shownFigure(measure, figures, total) ?? UNKNOWN);
  const width = texts.reduce((most, text) => Math.max(most, text.length), measure.title.length);
  return { title: measure.title, texts, width };
}

/** The first of them that have room; the very first one stays. */
function fitting(columns: readonly FigureColumn[], room: number): readonly FigureColumn[] {
  let used = 0;
  return columns.filter(({ width }, index) => {
    used += GAP.length + width;
    return index === 0 || used <= room;
  });
}

/** What each column of names needs, or an equal share where there is no room for all. */
function nameWidths(
  by: readonly string[],
  labels: readonly (readonly string[])[],
  room: number,
): readonly number[] {
  const gaps = GAP.length * (by.length - 1);
  const natural = by.map((title, index) =>
    labels.reduce((most, names) => Math.max(most, stringWidth(names[index] ?? '')), title.length),
  );
  if (natural.reduce((sum, width) => sum + width, gaps) <= room) return natural;
  const share = Math.max(LEAST_NAME, Math.floor((room - gaps) / by.length));
  return natural.map((width) => Math.min(width, share));
}

const GRAPHEMES = new Intl.Segmenter('en');

/** Exactly so wide on a terminal: an ellipsis stands where letters had to go. */
function fitted(name: string, width: number): string {
  const own = stringWidth(name);
  if (own <= width) return name + ' '.repeat(width - own);
  let kept = '';
  let used = 0;
  for (const { segment } of GRAPHEMES.segment(name)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…${' '.repeat(width - stringWidth(kept) - 1)}`;
}
