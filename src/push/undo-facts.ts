import { isObject } from '../core/reply.js';
import type { Sale } from '../core/sale.js';
import type { Action } from '../core/status.js';
import type { Prepared, Vendor } from '../core/vendor.js';

/** What a vendor holds of a sale once it has taken it, by the names of its request; null where it was taken away. */
export type Facts = ReadonlyMap<string, string | null>;

/** What a sale tells the vendor. */
export function toldBy(vendor: Vendor, action: Action, sale: Sale): Facts {
  const prepared = vendor.prepare(action, sale);
  return prepared.ok ? factsOf(prepared.value) : new Map();
}

/** What has to differ for a row to count as changed, and what an answer would repeat; where neither is known, all that is sent. */
export function factsOf({ content, request, echoes = {} }: Prepared): Facts {
  const repeated = Object.entries(echoes).map(([name, { sent }]): [string, string | null] => [name, sent]);
  const own = content ?? (repeated.length > 0 ? undefined : request.body);
  return new Map([...leavesOf(own), ...repeated]);
}

/** The leaves of a body, by their last names; of a list of named values by what each is called. */
function leavesOf(part: unknown, name = ''): [string, string | null][] {
  if (part === undefined) return [];
  if (part === null) return [[name, null]];
  if (Array.isArray(part))
    return part.flatMap((item) =>
      isNamedValue(item) ? leavesOf(item.value, item.name) : leavesOf(item, name),
    );
  if (isObject(part)) return Object.entries(part).flatMap(([key, value]) => leavesOf(value, key));
  return [[name, typeof part === 'string' ? part : JSON.stringify(part)]];
}

function isNamedValue(item: unknown): item is { readonly name: string; readonly value: unknown } {
  return isObject(item) && typeof item['name'] === 'string' && Object.keys(item).join(' ') === 'name value';
}
