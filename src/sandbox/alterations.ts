import { err, ok, type Result } from '../core/result.js';
import { asObject, jsonIn, type JsonObject } from './request-parts.js';

/** A change to what a vendor holds that no request made. */
export type Alteration<Fields = JsonObject> =
  | { readonly remove: string }
  /** Other values in a record. */
  | { readonly set: string; readonly fields: Fields }
  /** One more record, otherwise like another one. */
  | { readonly add: Fields; readonly like?: string | undefined };

/** What can be changed. */
interface Alterable {
  /** What a record is called. */
  readonly what: string;
  has(id: string): boolean;
  /** The fields by which an added record can be named afterwards; none where its id cannot be chosen. */
  readonly ids: readonly string[];
  /** What is wrong with a value that a field is to have. */
  problem(field: string, value: unknown): string | undefined;
}

const HOW = 'use {"remove": ID}, {"set": ID, "fields": {…}} or {"add": {…}, "like": ID}, or a list of these';

/** Reads one change or a list of them, in which a record may be named that an earlier one adds. */
export function readAlterations(body: string, books: Alterable): Result<readonly Alteration[], string> {
  const value = jsonIn(body);
  const changes: readonly unknown[] = Array.isArray(value) ? value : [value];
  const added = new Set<unknown>();
  for (const change of changes) {
    const { remove, set, fields, add, like, ...strange } = asObject(change) ?? { '': change };
    const [values, named] =
      remove !== undefined ? [{}, remove] : set !== undefined ? [fields, set] : [add, like];
    const wanted = asObject(values);
    if (wanted === undefined || Object.keys(strange).length > 0) return err(HOW);
    if (named !== undefined && !(typeof named === 'string' && (added.has(named) || books.has(named))))
      return err(`there is no ${books.what} ${JSON.stringify(named)}`);
    for (const [field, wish] of Object.entries(wanted)) {
      const problem = books.problem(field, wish);
      if (problem !== undefined) return err(problem);
    }
    for (const name of books.ids) added.add(asObject(add)?.[name]);
  }
  return ok(changes as readonly Alteration[]);
}
