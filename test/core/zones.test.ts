import { describe, expect, it } from 'vitest';
import { isUtc, zoneOf } from '../../src/core/zones.js';

describe('the name of a zone', () => {
  it.each([
    ['america/new_york', 'America/New_York'],
    ['US/Eastern', 'America/New_York'],
    ['UTC', 'UTC'],
    ['gmt', 'UTC'],
    ['GB', 'Europe/London'],
    ['EST5EDT', 'America/New_York'],
  ])('%s is one', (text, zone) => {
    expect(zoneOf(text)).toEqual({ ok: true, value: zone });
  });

  it.each([
    ['EST', 'America/New_York'],
    ['edt', 'America/New_York'],
    ['ET', 'America/New_York'],
    ['CST', 'America/Chicago'],
    ['MST', 'America/Denver'],
    ['PDT', 'America/Los_Angeles'],
    ['HST', 'Pacific/Honolulu'],
    ['NST', 'America/St_Johns'],
    ['CET', 'Europe/Berlin'],
    ['BST', 'Europe/London'],
    ['IST', 'Asia/Kolkata'],
  ])('%s is none, but says which is meant: %s', (text, meant) => {
    const found = zoneOf(text);
    expect(found.ok ? found.value : found.error).toContain(` is ${meant} (`);
  });

  it.each(['', '+05:00', 'Mars/Base', 'ACT', 'SST', 'Eastern'])('%j is none', (text) => {
    expect(zoneOf(text)).toEqual({
      ok: false,
      error: 'an IANA time zone such as America/New_York or UTC',
    });
  });

  it('is UTC by any of its names', () => {
    expect(['UTC', 'Etc/UTC', 'GMT', 'Zulu', 'Europe/London'].map(isUtc)).toEqual([
      ...[true, true, true, true, false],
    ]);
  });
});
