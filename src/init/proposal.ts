import type { FieldStyle } from '../sales/fields.js';

/**
 * How sure it is that a column holds a field: someone said so; its header is a name the field is known by; the
 * name means the same and the cells fit; it is a guess, which someone has to confirm; or nothing was found.
 */
export type Confidence = 'chosen' | 'certain' | 'likely' | 'possible' | 'none';

export interface FieldProposal {
  readonly field: string;
  readonly about: string;
  readonly required: boolean;
  /** The header of its column. */
  readonly column?: string;
  /** What every row has in place of a column. */
  readonly constant?: string;
  readonly confidence: Confidence;
  readonly reason: string;
  /** Headers of which someone has to choose one. */
  readonly candidates: readonly string[];
  /** Whether a push would find the field without being told, so that it cannot be left out. */
  readonly known: boolean;
}

/** What the user has said. */
export interface UserChoices {
  /** Field to header. */
  readonly columns: ReadonlyMap<string, string>;
  /** Field to what every row has. */
  readonly constants: ReadonlyMap<string, string>;
  /** Optional fields for which no column is looked for. */
  readonly leftOut: ReadonlySet<string>;
  /** Headers of columns that are no field. */
  readonly ignored: readonly string[];
  /** Headers of columns that say which rows are sent or taken back. */
  readonly marking: readonly string[];
  /** How the file is written, as far as somebody said it. */
  readonly style: FieldStyle;
}

/** A line of the profile that says how the file is written. */
export interface Setting {
  readonly key: 'date_format' | 'decimal' | 'currency';
  readonly value: string;
  readonly reason: string;
}

/** Something that only a person can decide, with the lines of the profile that would say it. */
export interface Hint {
  readonly about: string;
  readonly lines?: readonly string[];
}

export interface Proposal {
  /** In the order of the vendor's columns. */
  readonly fields: readonly FieldProposal[];
  readonly settings: readonly Setting[];
  readonly hints: readonly Hint[];
  /** Why no profile comes of it. */
  readonly problems: readonly string[];
}
