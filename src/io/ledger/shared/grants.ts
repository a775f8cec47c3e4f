import type { Connection } from './connection.js';
import { COLUMNS, SCHEMA } from './tables.js';

/** Roles of the database that may do what a push needs, and what a warehouse does. */
export interface Roles {
  readonly pusher?: string | undefined;
  readonly reader?: string | undefined;
}

/** What was sent and what is held stays: nobody but the owner of the tables deletes it, and nobody rewrites an attempt. */
const ADDED_TO = ['attempts', 'ends'];
const KEPT = ['namespaces', 'entries', 'likenesses', 'runs', 'inputs', 'plans'];

/** Gives the roles what they need and nothing else; within a transaction. */
export async function grant(db: Connection, { pusher, reader }: Roles): Promise<void> {
  if (pusher !== undefined) {
    const tables = [...Object.keys(COLUMNS), 'pages', 'holders', 'meta'];
    await db.all(`grant usage on schema ${SCHEMA} to ${named(pusher)}`);
    await db.all(`grant select on ${tables.join(', ')} to ${named(pusher)}`);
    for (const table of tables) {
      const rights = ['insert', 'update', 'delete'].slice(
        0,
        ADDED_TO.includes(table) ? 1 : KEPT.includes(table) ? 2 : 3,
      );
      const given = table === 'meta' ? 'update (place)' : rights.join(', ');
      await db.all(`revoke insert, update, delete on ${table} from ${named(pusher)}`);
      await db.all(`grant ${given} on ${table} to ${named(pusher)}`);
    }
    await db.all(`grant usage on sequence readings to ${named(pusher)}`);
  }
  for (const role of [reader, pusher]) {
    if (role === undefined) continue;
    await db.all(`grant usage on schema ${SCHEMA} to ${named(role)}`);
    await db.all(`grant select on held, trail to ${named(role)}`);
  }
}

/** A name as SQL takes it. */
function named(role: string): string {
  return `"${role.replaceAll('"', '""')}"`;
}
