import type { Vendor } from '../core/vendor.js';
import type { Proposal } from './proposal.js';

/** A line of a profile. */
export interface ProfileEntry {
  /** Such as `['columns', 'call_id']` or `['decimal']`. */
  readonly entry: readonly string[];
  readonly value: unknown;
  /** Why it is there. */
  readonly text: string;
}

/** What the proposal puts into a profile; columns that a push finds by themselves are not named. */
export function profileEntries(vendor: Vendor, { fields, settings }: Proposal): ProfileEntry[] {
  const own = fields.filter(({ field }) => vendor.columns.some((column) => column.field === field));
  const held = own.flatMap(({ field, column, constant, confidence, reason }): ProfileEntry[] => {
    const value = column ?? constant;
    const place = column === undefined ? 'constants' : 'columns';
    return value === undefined ? [] : [{ entry: [place, field], value, text: `${confidence}: ${reason}` }];
  });
  return [...held, ...settings.map(({ key, value, reason }) => ({ entry: [key], value, text: reason }))];
}

/** The profile as it is read from a file. */
export function profileContent(vendor: Vendor, entries: readonly ProfileEntry[]): Record<string, unknown> {
  const content: Record<string, unknown> = { vendor: vendor.id };
  for (const place of ['columns', 'constants']) {
    const inside = entries.filter(({ entry }) => entry.length === 2 && entry[0] === place);
    if (inside.length > 0)
      content[place] = Object.fromEntries(inside.map(({ entry, value }) => [entry[1], value]));
  }
  for (const { entry, value } of entries) if (entry.length === 1) content[entry.join()] = value;
  return content;
}
