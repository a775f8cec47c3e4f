import { describe, expect, it } from 'vitest';
import { VENDORS } from '../../src/vendors/index.js';
import { FAKES } from '../../src/sandbox/index.js';
import { BATTERY, modesOf } from './battery.js';
import { HARNESSES } from './harnesses.js';

describe('the battery', () => {
  it('has a harness and a fake for every vendor', () => {
    const ids = VENDORS.map(({ id }) => id);
    expect(HARNESSES.map(({ vendor }) => vendor.id)).toEqual(ids);
    expect([...FAKES.keys()]).toEqual(ids);
  });
});

describe.each(HARNESSES.flatMap(modesOf))('%s', (_name, harness) => {
  it.each(BATTERY.map((check) => [check.name, check] as const))('%s', async (_name, check) => {
    await check.run(harness);
  });
});
