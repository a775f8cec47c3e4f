import { existsSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { expect } from 'vitest';
import { check, type Row, type Vendor } from '../../files/case.js';
import type { Workspace } from '../../support/cli.js';

/** A file, the profile that `init` makes of it, and what a push by that profile comes to. */
export interface InitCase {
  readonly name: string;
  readonly vendor?: Vendor;
  readonly file: string;
  /** Of `init`. */
  readonly args?: readonly string[];
  readonly exit: 0 | 1 | 3;
  /** Every line but those about the file, the requests and what is next. */
  readonly says: readonly string[];
  /** Options as they stand in what was said: with them, `init` has to come to the profile. */
  readonly takes?: string;
  /** What the profile has beside the vendor. Absent: none may be written. */
  readonly profile?: object;
  /** Of the push, of which every row is there. */
  readonly rows?: readonly Row[];
  readonly pushExit?: 0 | 1;
}

export async function checkInit(given: InitCase, space: Workspace): Promise<void> {
  const { name, vendor = 'convoso', file, args = [], exit, says, takes, profile, rows = [] } = given;
  space.write('sales.csv', file);
  const init = ['init', 'sales.csv', '--vendor', vendor, '--yes', ...args];
  const ended = await space.run(...init);
  expect({ code: ended.code, says: told(ended.stderr) }).toEqual({ code: exit, says });
  if (takes !== undefined) {
    expect(existsSync(space.path('revsync.yaml'))).toBe(false);
    expect(ended.stderr).toContain(takes);
    const again = await space.run(...init, ...words(takes));
    expect({ code: again.code, stderr: again.stderr }).toMatchObject({ code: 0 });
  }
  if (profile === undefined) {
    expect(existsSync(space.path('revsync.yaml'))).toBe(false);
    return;
  }
  const { profiles } = parseYaml(space.read('revsync.yaml')) as { profiles: object };
  expect(profiles).toEqual({ [vendor]: { vendor, ...profile } });
  await check({ name, vendor, file, args: ['--profile', vendor], exit: given.pushExit ?? 0, rows }, space);
}

const ABOUT =
  /^(profile convoso|profile [\w-]+ (of|is in) |the header is on|the first requests:|  sales\.csv:\d+: (create|reverse|clear) |    (authorization: |tld-api-|.*=|\{")|of the rows |next: |nothing was written$)/;

function told(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !ABOUT.test(line));
}

/** As a shell splits them. */
function words(text: string): string[] {
  const found = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return found.map((word) => word.replace(/["']/g, ''));
}
