import { namesSecret } from '../init/header-words.js';
import type { FieldProposal, Proposal, UserChoices } from '../init/proposal.js';
import { columnsOf, type Sample, type SampleColumn } from '../init/sample.js';
import type { Vendor } from '../core/vendor.js';
import type { Environment } from '../io/secrets.js';
import { plain, UsageError } from './console.js';
import { baseUrlOf } from './options.js';
import type { Questions } from './questions.js';

/** Whether a field is for a person to decide. */
function isOpen({ candidates, confidence, required }: FieldProposal): boolean {
  return candidates.length > 0 || confidence === 'possible' || (required && confidence === 'none');
}

/**
 * Asks about one open field after the other, since each answer may settle more, and proposes again. Undefined
 * where no one answers.
 */
export async function askOpenFields(
  propose: (choices: UserChoices) => Proposal,
  given: UserChoices,
  sample: Sample,
  questions: Questions,
  say: (text: string) => void,
): Promise<Proposal | undefined> {
  const columns = columnsOf(sample);
  const choices = {
    ...given,
    columns: new Map(given.columns),
    constants: new Map(given.constants),
    leftOut: new Set(given.leftOut),
  };
  const asked = new Set<string>();
  for (;;) {
    const proposal = propose(choices);
    const open = proposal.fields.find((field) => isOpen(field) && !asked.has(field.field));
    if (open === undefined) return proposal;
    const used = new Set(proposal.fields.flatMap(({ column = [] }) => column));
    const own = open.column === undefined ? open.candidates : [open.column];
    const others = columns.filter(({ name }) => !used.has(name) && !own.includes(name));
    const shown = [...own.flatMap((name) => columns.find((column) => column.name === name) ?? []), ...others];
    const answer = await askColumn(open, shown, questions, say);
    if (answer === undefined) return undefined;
    asked.add(open.field);
    const header = typeof answer === 'object' ? answer.name : open.column;
    if (answer === '-') choices.leftOut.add(open.field);
    else if (header !== undefined) choices.columns.set(open.field, header);
    else if (open.constant !== undefined) choices.constants.set(open.field, open.constant);
  }
}

/** The column that someone chose, `-` for none and blank for the proposal as it is; undefined where no one answers. */
async function askColumn(
  field: FieldProposal,
  columns: readonly SampleColumn[],
  questions: Questions,
  say: (text: string) => void,
): Promise<SampleColumn | '-' | '' | undefined> {
  const proposed =
    field.column === undefined
      ? field.constant && `${field.constant} for every row`
      : JSON.stringify(field.column);
  const ways = [
    ...(columns.length > 0 ? [`1 to ${columns.length}`] : []),
    ...(proposed === undefined ? [] : [`enter takes ${proposed}`]),
    ...(field.required || field.known ? [] : ['- leaves it out']),
  ];
  say(plain(`${field.field}: ${field.about} (${field.reason})`));
  columns.forEach((column, index) =>
    say(plain(`  ${String(index + 1).padStart(2)}  ${JSON.stringify(column.name)}${examples(column)}`)),
  );
  for (;;) {
    const answer = await questions.ask(`which column is ${field.field}? (${ways.join(', ')})`);
    if (answer === undefined) return undefined;
    if (answer === '' && proposed !== undefined) return '';
    if (answer === '-' && !field.required && !field.known) return '-';
    const column = /^\d+$/.test(answer) ? columns[Number(answer) - 1] : undefined;
    if (column !== undefined) return column;
    say(plain(`  that is none of ${ways.join(', ')}`));
  }
}

/** The address that someone wrote, as a push takes it; blank where it is left out, undefined where no one answers. */
export async function askAddress(
  vendor: Vendor,
  env: Environment,
  questions: Questions,
  say: (text: string) => void,
): Promise<string | undefined> {
  for (;;) {
    const answer = await questions.ask(
      `which host does ${vendor.title} have for your company? (such as acme.example.com, enter leaves it out)`,
    );
    if (answer === undefined || answer === '') return answer;
    const address = answer.includes('://') ? answer : `https://${answer}`;
    try {
      baseUrlOf(vendor, address, env);
      return address;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      say(plain(`  ${error.message}`));
    }
  }
}

const EXAMPLES = 3;
const LONGEST_EXAMPLE = 24;

/** A few of the column's cells, unless no one should see them. */
function examples({ name, cells }: SampleColumn): string {
  if (namesSecret(name)) return '';
  const texts = [...new Set(cells.map(({ text }) => text))].slice(0, EXAMPLES);
  const shown = texts.map((text) =>
    text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE)}…` : text,
  );
  return shown.length === 0 ? '  (blank)' : `  ${shown.join(', ')}`;
}
