import { scaleBand, scaleLinear, type ScaleLinear } from 'd3-scale';
import { html, type Markup } from './html.js';

/** One bar or column. */
export interface Bar {
  readonly label: string;
  /** For its length alone; the text is exact. */
  readonly value: number;
  /** What stands beside it. */
  readonly text: string;
  /** Which colour it has. */
  readonly tone?: 'main' | 'good' | 'warn' | 'bad' | 'quiet' | undefined;
}

interface Picture {
  /** Distinguishes the ids of one page. */
  readonly id: string;
  readonly title: string;
  /** What somebody who cannot see it is told. */
  readonly description: string;
  readonly bars: readonly Bar[];
}

/** Lengths are percent of the width that there is, so that texts keep their size on every screen. */
const percent = (value: number): string => `${Number(value.toFixed(3))}%`;

const ROW = 44;
const LONGEST_LABEL = 34;

/** Bars from left to right, one below the other, each with its label and text above it. */
export function barChart(picture: Picture): Markup {
  const { bars } = picture;
  const scale = scaleOf(bars, 100, false);
  const zero = scale(0);
  const content = html`${bars.map(({ label, value, text, tone = 'main' }, index) => {
    const [from, to] = [Math.min(zero, scale(value)), Math.max(zero, scale(value))];
    const y = index * ROW;
    return html`<g>
      <text class="label" x="0" y="${y + 16}">${cut(label)}</text>
      <text class="figure" x="100%" y="${y + 16}" text-anchor="end">${text}</text>
      <rect class="track" x="0" y="${y + 23}" width="100%" height="10" rx="3"></rect>
      <rect
        class="${tone}"
        x="${percent(from)}"
        y="${y + 23}"
        width="${percent(to - from)}"
        height="10"
        rx="3"
      ></rect>
    </g>`;
  })}`;
  return drawing(picture, bars.length * ROW, content);
}

const HEIGHT = 220;
const TOP = 14;
const BOTTOM = 26;
/** Percent of the width that the texts of the axis take. */
const AXIS = 11;
/** Fewer columns leave room rather than grow fat. */
const FEW = 7;
const TICKS = 4;

/** Columns side by side over an axis with round numbers; labels as many as there is room for. */
export function columnChart(picture: Picture): Markup {
  const { bars } = picture;
  const scale = scaleOf(bars, HEIGHT - TOP - BOTTOM, true);
  const y = (value: number): number => Number((HEIGHT - BOTTOM - scale(value)).toFixed(2));
  const place = scaleBand<number>()
    .domain(bars.map((_, index) => index))
    .range([AXIS, AXIS + (100 - AXIS) * Math.min(1, bars.length / FEW)])
    .paddingInner(0.25)
    .paddingOuter(0.2);
  const step = labelStep(bars.map(({ label }) => label));
  const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });
  const content = html`${scale.ticks(TICKS).map(
    (tick) =>
      html`<g>
        <line
          class="${tick === 0 ? 'axis' : 'grid'}"
          x1="${percent(AXIS)}"
          x2="100%"
          y1="${y(tick)}"
          y2="${y(tick)}"
        ></line>
        <text class="tick" x="${percent(AXIS - 1.5)}" y="${y(tick) + 4}" text-anchor="end"
          >${compact.format(tick)}</text
        >
      </g>`,
  )}
  ${bars.map(({ label, value, text, tone = 'main' }, index) => {
    const [x, width] = [place(index) ?? 0, place.bandwidth()];
    const [top, bottom] = [y(Math.max(0, value)), y(Math.min(0, value))];
    const shown = index % step === 0;
    return html`<g>
      <rect
        class="${tone}"
        x="${percent(x)}"
        y="${top}"
        width="${percent(width)}"
        height="${Number((bottom - top).toFixed(2))}"
        rx="2"
        ><title>${label}: ${text}</title></rect
      >
      ${shown ? html`<text class="tick" x="${percent(x + width / 2)}" y="${HEIGHT - 6}" text-anchor="middle">${label}</text>` : undefined}
    </g>`;
  })}`;
  return drawing(picture, HEIGHT, content);
}

/** A picture that is told as its title and description to who cannot see it. */
function drawing({ id, title, description }: Picture, height: number, content: Markup): Markup {
  return html`<svg
    class="chart"
    role="img"
    aria-labelledby="${id}-title ${id}-desc"
    width="100%"
    height="${height}"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description}</desc>
    ${content}
  </svg>`;
}

/** From the least to the most, zero among them, over a length; an axis begins and ends with round numbers. */
function scaleOf(bars: readonly Bar[], length: number, axis: boolean): ScaleLinear<number, number> {
  const values = bars.map(({ value }) => value);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const scale = scaleLinear()
    .domain(least === 0 && most === 0 ? [0, 1] : [least, most])
    .range([0, length]);
  return axis ? scale.nice(TICKS) : scale;
}

/** Every so many columns have a label: as many as there is room for on a narrow screen. */
function labelStep(labels: readonly string[]): number {
  const longest = labels.reduce((most, label) => Math.max(most, label.length), 0);
  const most = longest <= 2 ? 12 : longest <= 5 ? 6 : 4;
  return (
    [1, 2, 3, 4, 5, 7, 10, 14].find((step) => labels.length / step <= most) ?? Math.ceil(labels.length / most)
  );
}

function cut(label: string): string {
  const letters = Array.from(label);
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL - 1).join('')}…` : label;
}
