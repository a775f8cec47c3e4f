// Readings and ratios as Markdown.
import { loadavg } from 'node:os';

export function median(numbers) {
  const sorted = [...numbers].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

export function grouped(number, digits = 0) {
  return number.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

function secondsText(seconds) {
  return seconds < 1 ? `${grouped(seconds * 1000)} ms` : `${grouped(seconds, 2)} s`;
}

function speedText(value) {
  return `${grouped(value)} rows/s`;
}

function megabytes(megabytes) {
  return megabytes === undefined ? '–' : `${grouped(megabytes)} MB`;
}

/** What a reading is measured by: what that is called, `of` the reading, and how it is written. */
export const MEASURES = {
  cpu: { name: 'CPU', of: ({ cpuSeconds }) => cpuSeconds ?? NaN, text: secondsText },
  time: { name: 'wall', of: ({ seconds }) => seconds, text: secondsText },
  startTime: { name: 'wall', of: ({ seconds }) => seconds, text: secondsText },
  speed: { name: 'rows/s', of: ({ rows, seconds }) => rows / seconds, text: speedText },
  sendingSpeed: {
    name: 'rows/s while it sends',
    of: ({ rows, sendingSeconds }) => rows / sendingSeconds,
    text: speedText,
  },
  sending: {
    name: 'first request to last answer',
    of: ({ sendingSeconds }) => sendingSeconds,
    text: secondsText,
  },
  exit: { name: 'last answer to exit', of: ({ exitSeconds }) => exitSeconds, text: secondsText },
  memory: { name: 'peak memory', of: ({ peakMb }) => peakMb ?? NaN, text: megabytes },
};

/** What stands beside every row: CPU and wall, and what tells whether the machine or the server was the limit. */
export const COMPARED = [
  ...['what', 'revsync', 'reference', 'ratio', 'lowest to highest', 'wanted', 'met'],
  ...['CPU', 'wall', 'peak memory', 'server busy', 'load'],
];

/**
 * One row of the table: the median of the ratios of each round, revsync by reference. `wanted` may have `atLeast` and
 * `atMost` of the ratio, and `most` of the measure itself; without it nothing is. Without `readings` there is no ratio.
 */
export function compared({ what, by, revsync, reference = '–', readings = [], wanted = {} }) {
  const { name, of, text } = MEASURES[by];
  const ours = median(revsync.map(of));
  const ratios = readings.map((reading, round) => of(revsync[round]) / of(reading));
  // Judged as it is written.
  const ratio = Number(median(ratios).toFixed(2));
  const isAlone = readings.length === 0;
  const { atLeast, atMost, most } = wanted;
  const bounds = [
    atLeast === undefined ? [] : [`≥ ${atLeast}`, ratio >= atLeast],
    atMost === undefined ? [] : [`≤ ${atMost}`, ratio <= atMost],
    most === undefined ? [] : [`≤ ${text(most)}`, ours <= most],
  ].filter((bound) => bound.length > 0);
  const isMet = bounds.every(([, met]) => met) ? 'yes' : '**no**';
  const known = !Number.isNaN(ours);
  return [
    `${what}, ${name}`,
    known ? text(ours) : '–',
    isAlone ? reference : `${reference}: ${known ? text(median(readings.map(of))) : '–'}`,
    isAlone || !known ? '–' : ratio.toFixed(2),
    isAlone || !known ? '–' : `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    bounds.length === 0 ? '–' : bounds.map(([bound]) => bound).join(' and '),
    bounds.length === 0 || !known ? '–' : isMet,
    against(MEASURES.cpu, revsync, readings),
    against(MEASURES.time, revsync, readings),
    `${megabytes(peakOf(revsync))} / ${megabytes(peakOf(readings))}`,
    `${share(revsync)} / ${share(readings)}`,
    loadavg()[0].toFixed(1),
  ];
}

/** `1.77: 1.06 s / 600 ms`. */
function against({ of, text }, revsync, readings) {
  const [ours, theirs] = [revsync, readings].map((some) => median(some.map(of)));
  if (Number.isNaN(ours)) return '–';
  if (Number.isNaN(theirs)) return text(ours);
  const ratio = median(readings.map((reading, round) => of(revsync[round]) / of(reading)));
  return `${ratio.toFixed(2)}: ${text(ours)} / ${text(theirs)}`;
}

/** Why a row is missing of what should have run. */
export const NOT_MEASURED = 'could not be measured';

/** A row whose readings are missing, with why. */
export function notCompared(what, reference, why) {
  return [what, '–', reference, why, ...new Array(COMPARED.length - 4).fill('–')];
}

/** Of all rounds, in MB; undefined where no reading has it. */
function peakOf(readings) {
  const peaks = readings.flatMap(({ peakMb }) => peakMb ?? []);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

function share(readings) {
  const busy = readings.flatMap(({ busy }) => busy ?? []);
  return busy.length === 0 ? '–' : `${grouped(median(busy) * 100)} %`;
}

export function markdown(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
