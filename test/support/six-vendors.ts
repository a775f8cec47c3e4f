import { mkdirSync } from 'node:fs';
import { VENDORS } from '../../src/vendors/index.js';
import type { Workspace } from './cli.js';

/** The header of a file for each vendor, and one of its rows by a number of one digit. */
export const FILES: Readonly<Record<string, { readonly header: string; row(number: number): string }>> = {
  convoso: { header: 'call_log_id,revenue', row: (n) => `10${n},${n}.25` },
  trackdrive: { header: 'call_id,revenue', row: (n) => `7d1f0a52-000${n},${n}.25` },
  tldcrm: {
    header: 'did,cid,call date,revenue',
    row: (n) => `8005550100,512555010${n},2026-11-19 09:0${n}:00,${n}.25`,
  },
  invoca: {
    header: 'Transaction ID,Call Start Time,Outcome,Order ID,Sale Amount',
    row: (n) => `00000E1C-00${n},2026-11-19T09:0${n}:00-05:00,Sale,SO-${n},${n}.25`,
  },
  'invoca-signals': {
    header: 'Transaction ID,Signal,Order ID,Revenue',
    row: (n) => `00000E1C-00${n},Sale,SO-${n},${n}.25`,
  },
  ringba: {
    header: 'Inbound Call ID,Call Date,Conversion Amount',
    row: (n) => `RGB1F2E3D4C5B6${n},2026-11-19 09:0${n}:00,${n}.25`,
  },
};

/** A file for a vendor, in the folder of its name: rows of these numbers. */
export function writeFile(space: Workspace, vendor: string, numbers: readonly number[], name = 'one'): void {
  const { header, row } = FILES[vendor] ?? { header: '', row: () => '' };
  mkdirSync(space.path(vendor), { recursive: true });
  space.write(`${vendor}/${name}.csv`, `${[header, ...numbers.map(row)].join('\n')}\n`);
}

/** A profile for each vendor, called as it is, with its own `files:`. */
export function writeProfiles(space: Workspace, more: (vendor: string) => string = () => ''): void {
  const profiles = VENDORS.map(
    ({ id }) =>
      `  ${id}:\n    vendor: ${id}\n    files: ${id}/*.csv\n    timezone: America/New_York\n    rate: 1000\n${more(id).replace(/^(?=.)/gm, '    ')}`,
  );
  space.write('revsync.yaml', `profiles:\n${profiles.join('\n')}\n`);
}
