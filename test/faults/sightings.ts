import { isDeepStrictEqual } from 'node:util';
import { writeFileSync } from 'node:fs';
import type { Seen } from './cases.js';
import { MODES, type Mode } from './table.js';

export interface Sighting {
  readonly vendor: string;
  readonly mode: Mode;
  readonly seen: Seen;
  readonly wanted: Seen;
}

/** What was seen of every fault, as a Markdown table. */
export class Sightings {
  readonly #lines: string[] = [];

  /** Vendors that fared alike share a line. */
  add(fault: string, sightings: readonly Sighting[]): void {
    const alike = new Map<string, string[]>();
    for (const vendor of new Set(sightings.map(({ vendor }) => vendor))) {
      const cells = MODES.map((mode) => {
        const sighting = sightings.find((one) => one.vendor === vendor && one.mode === mode);
        if (sighting === undefined) return '–';
        const { seen, wanted } = sighting;
        return told(seen, mode) + (isDeepStrictEqual(seen, wanted) ? '' : ' **not as foretold**');
      }).join(' | ');
      alike.set(cells, [...(alike.get(cells) ?? []), vendor]);
    }
    for (const [cells, vendors] of alike) this.#lines.push(`| ${fault} | ${vendors.join(', ')} | ${cells} |`);
  }

  write(path: string): void {
    const header = [`| fault | vendors | ${MODES.join(' | ')} |`, '| --- | --- | --- | --- | --- |'];
    writeFileSync(path, `${[...header, ...this.#lines].join('\n')}\n`);
  }
}

/** The first row that met the fault, and what it came to in all. */
function told({ rows, stop, requests, books }: Seen, mode: Mode): string {
  const first = { once: 2, always: 1, 'every third': 3 }[mode];
  const { status = '', attempts = 0, code = '' } = rows[first - 1] ?? {};
  const held = books.filter((records) => records.length > 0).length;
  return [
    `${status} ${attempts} ${code}`.trim(),
    ...(stop === undefined ? [] : [`stop ${stop}`]),
    `${requests} requests`,
    `${held}/${rows.length} booked`,
  ].join(', ');
}
