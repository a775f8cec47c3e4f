import type { Namespace, PushEnd } from '../../core/ledger.js';
import { columns, insertRows, jsonOf } from './columns.js';
import { numberOf, textOf, type Database } from './database.js';
import { NAMESPACE } from './namespaces.js';

/**
 * How pushes ended that came to open their books, refused files too, which leave no run. What waits for a person is found
 * without a look at all that is held, and what takes something back without one at all rows.
 */
export const ENDS = `
  create table ends (
    id integer primary key, namespace integer not null, run integer, profile text, files text not null,
    started_at integer not null, ended_at integer not null, exit_code integer not null, says text
  );
  create index ends_by_account on ends (namespace, id);
  create index ends_by_profile on ends (profile, id) where profile is not null;
  create index ends_by_run on ends (run) where run is not null;
  create index entries_in_doubt on entries (doubt, last_attempt) where doubt is not null;
  create index rows_taking_back on rows (intent, key) where intent = 'reverse';
`;

const END = columns<PushEnd>(
  {
    ...NAMESPACE,
    run: numberOf,
    profile: textOf,
    files: jsonOf,
    startedAt: Number,
    endedAt: Number,
    exitCode: Number,
    says: textOf,
  },
  undefined,
  { run: 'ends.run' },
);

export function writeEnd(db: Database, namespace: number, end: Omit<PushEnd, keyof Namespace>): void {
  const names = ['run', 'profile', 'files', 'startedAt', 'endedAt', 'exitCode', 'says'] as const;
  insertRows(db, 'insert into ends', ['namespace', ...names], [{ namespace, ...end }]);
}

/** How the last push of an account ended. */
export function lastEnd(db: Database, namespace: number): PushEnd | undefined {
  return END.select(
    db,
    `from ends cross join namespaces on namespaces.id = ends.namespace
     where ends.id = (select max(id) from ends where namespace = ?)`,
    namespace,
  )[0];
}

/** The last end of a profile's pushes. */
export function lastEndOf(db: Database, profile: string): PushEnd | undefined {
  return END.select(
    db,
    `from ends cross join namespaces on namespaces.id = ends.namespace
     where ends.id = (select max(id) from ends where profile = ?)`,
    profile,
  )[0];
}

/** When the last of them that had a file began. */
export function lastFileOf(db: Database, profile: string): number | undefined {
  const [at] =
    db.one(
      `select started_at from ends where profile = ? and files <> '[]' order by id desc limit 1`,
      profile,
    ) ?? [];
  return numberOf(at);
}
