import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk } from '../support/push.js';
import { HARNESSES } from '../vendors/harnesses.js';
import { pushedWith } from './cases.js';
import { FAULTS } from './faults.js';
import { foretold } from './foretold.js';
import { openPlaces, type Places } from './places.js';
import { Sightings } from './sightings.js';
import { faultLines, MODES } from './table.js';

const LINES = faultLines();
const sightings = new Sightings();
/** One ledger for all cases, an account for each. */
const desk = new Desk();
let places: Places;

beforeAll(async () => {
  places = await openPlaces();
});

afterAll(async () => {
  await places.close();
  desk.close();
  const path = process.env['REVSYNC_FAULT_TABLE'];
  if (path !== undefined) sightings.write(path);
});

describe('the fault matrix', () => {
  it('has a line for every fault, and each only once', () => {
    expect(LINES.map(({ fault }) => fault)).toEqual([...FAULTS.keys()]);
  });

  it('makes exceptions only of vendors that there are', () => {
    const ids = HARNESSES.map(({ vendor }) => vendor.id);
    expect(LINES.flatMap(({ but }) => [...but.keys()]).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe('a row that meets a fault', () => {
  it.each(LINES.map((line) => [line.fault, line] as const))('%s', async (name, line) => {
    const fault = FAULTS.get(name);
    if (fault === undefined) throw new Error(`no fault ${name}`);
    const cases = HARNESSES.flatMap((merchant) => MODES.map((mode) => ({ merchant, mode })));
    const found = await Promise.all(
      cases.map(async ({ merchant, mode }) => ({
        vendor: merchant.vendor.id,
        mode,
        seen: await pushedWith(merchant, fault, mode, { desk, places, account: `${name}, ${mode}` }),
        wanted: foretold(line, merchant, mode),
      })),
    );
    sightings.add(name, found);
    expect(found.map(({ vendor, mode, seen }) => ({ vendor, mode, ...seen }))).toEqual(
      found.map(({ vendor, mode, wanted }) => ({ vendor, mode, ...wanted })),
    );
    expect(places.baited()).toBe(0);
  });
});
