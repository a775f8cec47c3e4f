import type { Column } from '../core/vendor.js';
import { isTime, type ColumnMap } from './columns.js';
import type { SeenRow } from './evidence.js';
import { fieldText, styleOf, type MapOptions } from './read-row.js';
import { readInstant, type TimeStyle } from './read-time.js';

/** The newest time of a file. */
export interface Newest {
  /** Epoch milliseconds; of a day without a time its end. */
  readonly at: number;
  /** Whether it is certain; else it is the wall clock's of a zone that nobody named, told as if it were UTC. */
  readonly hasZone: boolean;
  readonly text: string;
  readonly header: string;
  readonly line: number;
}

interface TimeColumn {
  readonly header: string;
  readonly style: TimeStyle;
  readonly textOf: (cells: readonly string[]) => string;
  /** The newest text that sorts as its time does. */
  newest: string;
}

/** Headers of times, where no field of the vendor has one. */
const TIMES = /date|time|(?:^|[\s_])(?:at|on|day|when)$|created|stamp|datum|zeit|fecha|hora|datetime/i;
const NO_SALE_TIMES =
  /birth|dob|effective|expir|renew|due|paid|next|follow|callback|duration|zone|export|print/i;

/** Finds the newest time in the columns of the vendor's times, or where it has none in those that are called so. */
export class NewestTime {
  readonly #columns: readonly TimeColumn[];
  newest: Newest | undefined;

  constructor(columns: readonly Column[], map: ColumnMap, options: MapOptions) {
    const own = columns.filter(isTime).flatMap(({ field }): TimeColumn[] => {
      const index = map.cells.get(field);
      if (index === undefined) return [];
      const style = { ...styleOf(field, map, options), now: undefined };
      const textOf = (cells: readonly string[]): string => fieldText(field, cells, map, options) ?? '';
      return [{ header: map.header[index]?.trim() ?? field, style, textOf, newest: '' }];
    });
    const style = { ...options.style, now: undefined };
    const others = map.others.flatMap((index): TimeColumn[] => {
      const header = map.header[index]?.trim() ?? '';
      if (!TIMES.test(header) || NO_SALE_TIMES.test(header)) return [];
      return [{ header, style, textOf: (cells) => (cells[index] ?? '').trim(), newest: '' }];
    });
    this.#columns = own.length > 0 ? own : others;
  }

  see(cells: readonly string[], line: number, { status }: SeenRow): void {
    if (status === 'skipped') return;
    for (const column of this.#columns) {
      const text = column.textOf(cells);
      if (text === '' || isOlder(text, column.newest)) continue;
      const read = readAt(text, column.style);
      if (read === undefined) continue;
      if (ISO.test(text)) column.newest = text;
      const { header } = column;
      if (this.newest === undefined || read.at > this.newest.at)
        this.newest = { ...read, text, header, line };
    }
  }
}

const ISO = /^\d{4}-\d\d-\d\d/;

/** Times of one shape and offset sort as they are. */
function isOlder(text: string, newest: string): boolean {
  return (
    text.length === newest.length && text.slice(19) === newest.slice(19) && text <= newest && ISO.test(text)
  );
}

const DAY = /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}$/;

function readAt(text: string, style: TimeStyle): Pick<Newest, 'at' | 'hasZone'> | undefined {
  const whole = DAY.test(text) ? `${text} 23:59:59` : text;
  const read = readInstant(whole, style);
  if (read.ok) return { at: milliseconds(read.value), hasZone: true };
  if (read.error.code !== 'time_needs_zone') return undefined;
  const wall = readInstant(whole, { ...style, timezone: 'UTC' });
  return wall.ok ? { at: milliseconds(wall.value), hasZone: false } : undefined;
}

/** Of what `readInstant` says: seconds, or milliseconds where they count. */
function milliseconds(unix: string): number {
  const time = Number(unix);
  return Math.abs(time) < 1e11 ? time * 1000 : time;
}
