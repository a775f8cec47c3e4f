import type { FileProblem } from '../core/ports.js';
import type { Position } from '../core/row.js';
import type { ColumnMap } from './columns.js';
import type { Evidence, Findings, SeenRow } from './evidence.js';

/** Something that was said of texts in a column. */
interface Rule {
  /** What says it, such as `--only`. */
  readonly name: string;
  readonly header: string;
  readonly index: number;
  /** In lower case. */
  readonly wanted: readonly string[];
  /** Whether rows that are left out count. */
  readonly ofAllRows: boolean;
}

interface Unmet extends Rule {
  readonly texts: Set<string>;
  /** By the text as it is compared, how it is written and how many rows say it. */
  readonly found: Map<string, { readonly text: string; readonly rows: number }>;
  rows: number;
}

/** What says which rows are sent, which are taken back and what texts stand for. */
export interface Rules {
  readonly only: ReadonlySet<string> | undefined;
  readonly reversalValues: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const ONLY = '--only';
const MOST_TEXTS = 12;
const TEXTS_SHOWN = 5;

/**
 * Whether rules match any row of a file: one that matches none is misspelled, or about another file. Costs nothing once every
 * rule has matched.
 */
export class RuleEvidence implements Evidence {
  #unmet: readonly Unmet[];

  constructor(rules: Rules, map: ColumnMap) {
    this.#unmet = rulesOf(rules, map).map((rule) => ({
      ...rule,
      ...{ texts: new Set(rule.wanted), found: new Map(), rows: 0 },
    }));
  }

  see(cells: readonly string[], _line: number, _position: Position, { status }: SeenRow): void {
    for (const rule of this.#unmet) {
      if (status === 'skipped' && !rule.ofAllRows) continue;
      const text = (cells[rule.index] ?? '').trim();
      const key = text.toLowerCase();
      if (rule.texts.has(key)) {
        this.#unmet = this.#unmet.filter((other) => other !== rule);
        continue;
      }
      rule.rows += 1;
      const { rows } = rule.found.get(key) ?? { rows: 0 };
      if (rows > 0 || rule.found.size < MOST_TEXTS)
        rule.found.set(key, { text: rule.found.get(key)?.text ?? text, rows: rows + 1 });
    }
  }

  finish(): Findings {
    return { problems: this.#unmet.filter(({ rows }) => rows > 0).map(problemOf) };
  }
}

function rulesOf({ only, reversalValues, values }: Rules, map: ColumnMap): Rule[] {
  const rule = (name: string, index: number | undefined, wanted: Iterable<string>): Rule[] =>
    index === undefined
      ? []
      : [
          {
            ...{ name, index, wanted: [...wanted], header: map.header[index]?.trim() ?? '' },
            ofAllRows: name === ONLY,
          },
        ];
  return [
    ...(only === undefined ? [] : rule(ONLY, map.only, only)),
    ...rule('--reversal-values', map.reversal, reversalValues),
    ...[...values].flatMap(([field, texts]) => rule(`--value ${field}`, map.cells.get(field), texts.keys())),
  ];
}

function problemOf({ name, header, wanted, found }: Unmet): FileProblem {
  const quoted = wanted.map((text) => JSON.stringify(text)).join(' or ');
  const texts = [...found.values()].sort((left, right) => right.rows - left.rows);
  const shown = texts
    .slice(0, TEXTS_SHOWN)
    .map(({ text, rows }) => (text === '' ? `nothing (${rows})` : `${JSON.stringify(text)} (${rows})`));
  const more = texts.length > TEXTS_SHOWN ? ', …' : '';
  const message = `${name}: no row has ${quoted} in ${header}, which says ${shown.join(', ')}${more}; fix the one or the other, or say with --may-be-empty that such a file is meant`;
  return { message };
}
