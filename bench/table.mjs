// Readings and ratios as Markdown.

export function median(numbers) {
  const sorted = [...numbers].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

export function grouped(number, digits = 0) {
  return number.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** What a reading is measured by: `of` the reading, and how it is written. */
export const MEASURES = {
  speed: { of: ({ rows, seconds }) => rows / seconds, text: (value) => `${grouped(value)} rows/s` },
  sendingSpeed: {
    of: ({ rows, sendingSeconds }) => rows / sendingSeconds,
    text: (value) => `${grouped(value)} rows/s`,
  },
  time: { of: ({ seconds }) => seconds, text: (value) => `${grouped(value, 2)} s` },
  startTime: { of: ({ seconds }) => seconds * 1000, text: (value) => `${grouped(value)} ms` },
  memory: { of: ({ peakMb }) => peakMb ?? NaN, text: (value) => `${grouped(value)} MB` },
};

/**
 * One row of the table: the median of the ratios of each round, revsync by reference. `wanted` may have `atLeast`,
 * `atMost` and `mostMb`; without it nothing is.
 */
export function compared({ what, by, revsync, reference, readings, wanted = {} }) {
  const { of, text } = MEASURES[by];
  const ratios = revsync.map((reading, round) => of(reading) / of(readings[round]));
  const ratio = median(ratios);
  const { atLeast = 0, atMost = Infinity, mostMb = Infinity } = wanted;
  const met = ratio >= atLeast && ratio <= atMost && !(peakOf(revsync) > mostMb);
  const bounds = [
    ...(wanted.atLeast === undefined ? [] : [`≥ ${atLeast}`]),
    ...(wanted.atMost === undefined ? [] : [`≤ ${atMost}`]),
    ...(wanted.mostMb === undefined ? [] : [`≤ ${mostMb} MB`]),
  ];
  return [
    what,
    text(median(revsync.map(of))),
    `${reference}: ${text(median(readings.map(of)))}`,
    ratio.toFixed(2),
    `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    bounds.length === 0 ? '–' : bounds.join(' and '),
    bounds.length === 0 ? '–' : met ? 'yes' : '**no**',
    `${megabytes(peakOf(revsync))} / ${megabytes(peakOf(readings))}`,
    `${share(revsync)} / ${share(readings)}`,
  ];
}

export const COMPARED = [
  ...['what', 'revsync', 'reference', 'ratio', 'lowest to highest', 'wanted', 'met'],
  ...['peak memory', 'server busy'],
];

/** A row whose readings are missing, with why. */
export function notCompared(what, reference, why) {
  return [what, '–', reference, why, ...new Array(COMPARED.length - 4).fill('–')];
}

/** Of all rounds, in MB; undefined where no reading has it. */
function peakOf(readings) {
  const peaks = readings.flatMap(({ peakMb }) => peakMb ?? []);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

function megabytes(peak) {
  return peak === undefined ? '–' : `${grouped(peak)} MB`;
}

function share(readings) {
  const busy = readings.flatMap(({ busy }) => busy ?? []);
  return busy.length === 0 ? '–' : `${grouped(median(busy) * 100)} %`;
}

export function markdown(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
