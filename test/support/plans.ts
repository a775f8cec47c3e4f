import Libsql from 'libsql';

/** Tables of the ledger that have more rows with every push or pull. */
const GROWING: ReadonlySet<string> = new Set(
  'rows run_rows entries attempts likenesses runs inputs transactions told ranges'.split(' '),
);

/** What reads a table that grows from end to end, and may: the file that asks for it, and why. */
export const WHOLE_READERS: readonly {
  readonly file: string;
  readonly tables: string;
  readonly why: string;
}[] = [
  {
    file: 'schema.ts',
    tables: 'told ranges attempts entries',
    why: 'a step to a newer schema, once in the life of a ledger',
  },
  {
    file: 'spelling.ts',
    tables: 'rows attempts entries',
    why: 'a step to a newer schema, once in the life of a ledger',
  },
  { file: 'runs.ts', tables: 'runs', why: 'revsync runs lists them all' },
  { file: 'pruning.ts', tables: 'runs', why: 'what is pruned is looked for among all' },
  { file: 'health.ts', tables: 'runs entries', why: 'doctor counts what a ledger has' },
  {
    file: 'by-hand.ts',
    tables: 'entries',
    why: 'doctor lists what waits for a person, and resolve settles it by hand',
  },
];

/** What the plan of a statement does that takes longer the more the ledger has. */
export interface SlowStep {
  readonly file: string;
  readonly table: string;
  readonly step: string;
  readonly sql: string;
}

interface Step {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

type PlanRow = readonly [id: number, parent: number, notUsed: number, detail: string];

const LOOP = /^(SCAN|SEARCH) (?:books\.|main\.|temp\.)?(\w+)/;

/**
 * Steps that read all of a table that grows, or all of any table for each row of another, or make an index for the one
 * statement. What a table function such as `json_each` reads is what it is given.
 */
export function slowSteps(db: Libsql.Database, sql: string): { table: string; step: string }[] {
  const plan = shadowOf(db).prepare(`explain query plan ${sql}`).raw().all([]) as PlanRow[];
  const steps = plan.map(([id, parent, , detail]) => ({ id, parent, detail }));
  const tables = tablesOf(sql);
  return steps.flatMap(({ detail: step, ...at }, index) => {
    const [, kind, name = ''] = LOOP.exec(step) ?? [];
    // A view is read by the names of its own tables.
    const table = tables.get(name.toLowerCase()) ?? (GROWING.has(name) ? name : undefined);
    if (kind === undefined || table === undefined || step.includes('VIRTUAL TABLE')) return [];
    if (step.includes('AUTOMATIC')) return [{ table, step }];
    if (kind === 'SEARCH') return [];
    const isInner = steps
      .slice(0, index)
      .some(({ parent, detail }) => parent === at.parent && LOOP.test(detail));
    return GROWING.has(table) || isInner || isForEachRow(steps, at.parent) ? [{ table, step }] : [];
  });
}

function isForEachRow(steps: readonly Step[], parent: number): boolean {
  const step = steps.find(({ id }) => id === parent);
  if (step === undefined) return false;
  return step.detail.startsWith('CORRELATED') || isForEachRow(steps, step.parent);
}

const NAMED = /(?:\b(?:from|join|update|into)|,)\s+(?:(?:books|main|temp)\.)?(\w+)(?:\s+(?:as\s+)?(\w+))?/gi;
const NO_NAME = /^(on|where|cross|join|left|order|set|group|select|using|limit|inner|values|union|except)$/i;

/** Tables of a statement by the names that it gives them. Those of `with` are none. */
function tablesOf(sql: string): ReadonlyMap<string, string> {
  const made = new Set(
    [...sql.matchAll(/\b(\w+)(?: \([\w, ]*\))? as (?:materialized )?\(/g)].map(([, name]) => name),
  );
  const named = [...sql.matchAll(NAMED)].flatMap(([, table = '', alias = '']) =>
    made.has(table)
      ? []
      : [table, ...(NO_NAME.test(alias) || alias === '' ? [] : [alias])].map(
          (name) => [name.toLowerCase(), table.toLowerCase()] as const,
        ),
  );
  return new Map(named);
}

/** Databases without a row, by the schema that they have. */
const shadows = new Map<string, Libsql.Database>();

/**
 * A database that has the tables of another one, and none of its rows or statistics, as no ledger has any: plans are
 * told there, since one of a statement that writes would stay open where it is asked for.
 */
function shadowOf(db: Libsql.Database): Libsql.Database {
  const rows = (sql: string): string[][] => prepare.call(db, sql).raw().all([]) as string[][];
  const bases = rows('select name from pragma_database_list').map(([name = '']) => name);
  const schema = bases.flatMap((base) =>
    rows(
      `select sql from ${base}.${base === 'temp' ? 'sqlite_temp_master' : 'sqlite_master'} where sql is not null and name not like 'sqlite_%'`,
    ).map(([sql = '']) =>
      sql.replace(/^create (unique )?(table|index|view) /i, (start) => `${start}${base}.`),
    ),
  );
  const text = [
    ...bases
      .filter((base) => base !== 'main' && base !== 'temp')
      .map((base) => `attach ':memory:' as ${base}`),
    ...schema,
  ].join(';\n');
  const known = shadows.get(text);
  if (known !== undefined) return known;
  const shadow = new Libsql(':memory:');
  exec.call(shadow, text);
  shadows.set(text, shadow);
  return shadow;
}

const { prepare, exec } = Libsql.prototype;
/** What has a plan. */
const PLANNED = /^\s*(with|select|insert|update|delete|create (temp )?table (if not exists )?[\w.]+ as)\b/i;

/** The plans that it looked at: how many of a file's, and every slow step. */
export interface Watched {
  readonly slow: SlowStep[];
  readonly statements: Map<string, number>;
}

/** Looks at the plan of each statement that the program prepares from now on, until the process of the tests ends. */
export function watchPlans(): Watched {
  const watched: Watched = { slow: [], statements: new Map() };
  const seen = new Set<string>();
  const look = (db: Libsql.Database, sql: string): void => {
    if (seen.has(sql) || !PLANNED.test(sql)) return;
    seen.add(sql);
    const file = fileThatAsks();
    if (file === undefined) return;
    watched.statements.set(file, (watched.statements.get(file) ?? 0) + 1);
    const isWhole = (table: string): boolean =>
      WHOLE_READERS.some((reader) => reader.file === file && reader.tables.split(' ').includes(table));
    const steps = slowSteps(db, sql).filter(({ table }) => !isWhole(table));
    watched.slow.push(...steps.map((step) => ({ file, ...step, sql: sql.replace(/\s+/g, ' ').trim() })));
  };
  Libsql.prototype.prepare = function (this: Libsql.Database, sql: string) {
    look(this, sql);
    return prepare.call(this, sql);
  } as typeof prepare;
  Libsql.prototype.exec = function (sql: string): Libsql.Database {
    // One after the other: what one of them makes is what the next one reads.
    for (const one of sql.split(/;(?=(?:[^']*'[^']*')*[^']*$)/).filter((text) => text.trim() !== '')) {
      look(this, one);
      exec.call(this, one);
    }
    return this;
  };
  return watched;
}

/** The file in src that asks; undefined where a test does by itself. */
function fileThatAsks(): string | undefined {
  const frames = new Error().stack?.split('\n') ?? [];
  const asks = frames.find(
    (frame) => /\/(src|test)\//.test(frame) && !/\/(plans|database|columns)\.ts/.test(frame),
  );
  return /\/src\/(?:[\w-]+\/)*([\w-]+\.ts)/.exec(asks ?? '')?.[1];
}
