import { readFileSync } from 'node:fs';
import type { Stop } from '../../src/core/events.js';
import type { RowStatus } from '../../src/core/status.js';

export const MODES = ['once', 'always', 'every third'] as const;
export type Mode = (typeof MODES)[number];

/** What becomes of a row that met the fault, as a cell of `matrix.md` says it. */
export interface Expected {
  readonly status: RowStatus;
  readonly attempts: number;
  readonly code: string | undefined;
  readonly stop: Stop['kind'] | undefined;
}

/** A line of `matrix.md`. */
export interface FaultLine {
  readonly fault: string;
  readonly vendor: 'not reached' | 'did not apply' | 'applied';
  /** HTTP status of the faulty answer; `own` is the vendor's, undefined where no whole answer comes. */
  readonly http: number | 'own' | undefined;
  readonly overwrites: Readonly<Record<Mode, Expected>>;
  readonly appends: Readonly<Record<Mode, Expected>>;
  /** Vendors with a rule of their own, in every mode. */
  readonly but: ReadonlyMap<string, Expected>;
}

const COLUMNS = [
  ...['fault', 'vendor', 'HTTP'],
  ...['overwrites, once', 'always', 'every third'],
  ...['appends, once', 'always', 'every third'],
  'but',
];

/** Every line of the tables in `matrix.md`; a cell that cannot be read is an error. */
export function faultLines(): readonly FaultLine[] {
  const text = readFileSync(new URL('./matrix.md', import.meta.url), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| --'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const isHeader = ([first]: readonly string[]): boolean => first === COLUMNS[0];
  for (const header of rows.filter(isHeader))
    if (header.join('|') !== COLUMNS.join('|')) throw new Error(`columns ${header.join(' | ')}`);
  return rows.filter((row) => !isHeader(row)).map(faultLine);
}

function faultLine(cells: readonly string[]): FaultLine {
  const [fault = '', vendor = '', http = '', ...rest] = cells;
  if (vendor !== 'not reached' && vendor !== 'did not apply' && vendor !== 'applied')
    throw new Error(`${fault}: vendor ${vendor}`);
  if (!/^(–|own|\d{3})$/.test(http)) throw new Error(`${fault}: HTTP ${http}`);
  const exceptions = (rest[6] ?? '').split(';').filter((part) => part.trim() !== '');
  return {
    fault,
    vendor,
    http: http === '–' ? undefined : http === 'own' ? http : Number(http),
    overwrites: byMode(rest.slice(0, 3)),
    appends: byMode(rest.slice(3, 6)),
    but: new Map(
      exceptions.map((part) => {
        const [id = '', cell = ''] = part.split(':').map((side) => side.trim());
        return [id, expected(cell)];
      }),
    ),
  };
}

function byMode([once = '', always = '', third = '']: readonly string[]): Record<Mode, Expected> {
  return { once: expected(once), always: expected(always), 'every third': expected(third) };
}

/** `STATUS ATTEMPTS [CODE][, stop WHY]`. */
function expected(cell: string): Expected {
  const read =
    /^(accepted|rejected|failed|unknown) (\d)(?: (\w+))?(?:, stop (account_refused|vendor_busy|redirected))?$/;
  const [, status, attempts, code, stop] = read.exec(cell) ?? [];
  if (status === undefined) throw new Error(`cell ${JSON.stringify(cell)}`);
  return {
    status: status as RowStatus,
    attempts: Number(attempts),
    code,
    stop: stop as Expected['stop'],
  };
}
