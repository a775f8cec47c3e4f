import { err, ok, type Result } from '../core/result.js';
import { asObject, jsonIn, type JsonObject } from './request-parts.js';

/** A change to the calls of a vendor that no request made. */
export type CallAlteration =
  | { readonly remove: string }
  /** Other values in a call. */
  | { readonly set: string; readonly fields: JsonObject }
  /** One more call, otherwise like another one; its id is new where it names none. */
  | { readonly add: JsonObject; readonly like?: string | undefined };

const HOW = 'use {"remove": ID}, {"set": ID, "fields": {…}} or {"add": {…}, "like": ID}, or a list of these';

/** What is to be known of the calls: which there are, and what is wrong with a value of one of their fields. */
interface Calls {
  has(id: string): boolean;
  problem(field: string, value: unknown): string | undefined;
}

/** Reads one change or a list of them; a call may be named that an earlier change of the list adds. */
export function readCallAlterations(body: string, calls: Calls): Result<readonly CallAlteration[], string> {
  const value = jsonIn(body);
  const changes: readonly unknown[] = Array.isArray(value) ? value : [value];
  const added = new Set<unknown>();
  for (const change of changes) {
    const { remove, set, fields, add, like, ...strange } = asObject(change) ?? { '': change };
    const [values, named] =
      remove !== undefined ? [{}, remove] : set !== undefined ? [fields, set] : [add, like];
    const wanted = asObject(values);
    if (wanted === undefined || Object.keys(strange).length > 0) return err(HOW);
    if (named !== undefined && !added.has(named) && !(typeof named === 'string' && calls.has(named)))
      return err(`there is no call ${JSON.stringify(named)}`);
    for (const [field, text] of Object.entries(wanted)) {
      const problem = calls.problem(field, text);
      if (problem !== undefined) return err(problem);
    }
    for (const id of Object.values(asObject(add) ?? {})) added.add(id);
  }
  return ok(changes as readonly CallAlteration[]);
}
