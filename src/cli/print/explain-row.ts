import { grouped } from '../../core/amount.js';
import { localText } from '../../core/text.js';
import { plain, problemText, type Paint } from '../console.js';
import type { ExplainedHeld, ExplainedRow, Problem } from '../explain-outputs.js';

/** A row as people read it: how it was read, what is held, what would happen and why. */
export function rowText(row: ExplainedRow, refused: readonly Problem[], paint: Paint): string {
  const { file, line, first_line: first, last_line: last, vendor, account, origin, stands } = row;
  const lines = first === null || first === last ? '' : `, lines ${first} to ${last}`;
  const head = `${file}:${line}${lines}, to ${vendor} (account ${account}, ${origin})`;
  const refusal = refused.map(
    ({ file, line, message }) => `  ${problemText(file ?? '', { message, ...(line !== null && { line }) })}`,
  );
  const part = (title: string, says: readonly string[]): string[] =>
    says.length === 0 ? [] : ['', paint.bold(title), ...says.map(plain)];
  return [
    paint.bold(plain(head)),
    ...part('The file is refused, and nothing of it is sent', refusal),
    ...(stands === null ? [] : part('What stands there', [`  ${stands}`])),
    ...part('How it is read', [...row.fields.flatMap(fieldLines), ...missingLines(row)]),
    ...part(
      'Columns that are no field',
      row.columns.map(({ header, cell, says }) => `  ${quote(header)}: ${quote(cell)}  ${says}`),
    ),
    ...part('What it asks', [
      ...(row.key === null ? [] : [`  key   ${row.key}`]),
      ...(row.asks === null ? [] : [`  asks  ${row.asks}`]),
    ]),
    ...(row.key === null ? [] : part('What the ledger holds of the key', [`  ${heldText(row.held)}`])),
    ...part('What a push does with it, and why', [
      ...resultLines(row),
      ...whyLines(row),
      ...row.problems.flatMap(problemLines),
    ]),
    ...(row.request === null ? [] : part('The request', requestLines(row.request))),
    ...part(
      'To look further',
      row.commands.map((command) => `  ${command}`),
    ),
  ].join('\n');
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function fieldLines({
  field,
  headers,
  found,
  cell,
  read,
  by,
  problems,
}: ExplainedRow['fields'][number]): string[] {
  const from = cell === null ? found : `${headers.map(quote).join(' + ')}: ${quote(cell)}, ${found}`;
  return [
    `  ${field}${read === null ? ' is not sent' : ` = ${read}`}`,
    ...[from, ...by, ...problems.map(({ code, message }) => `${code}: ${message}`)].map(
      (says) => `    ${says}`,
    ),
  ];
}

function missingLines({ missing }: ExplainedRow): string[] {
  return missing.length === 0 ? [] : [`  no column for ${missing.join(', ')}`];
}

export function heldText(held: ExplainedHeld | null): string {
  if (held === null) return 'nothing';
  const { amount, since, run, ref, doubt, intent } = held;
  const doubts = {
    resend: 'something is in doubt, and a push sends it again',
    blocked: 'an attempt is in doubt, and the key waits until somebody settles it',
  };
  const money = amount === null ? 'no amount' : grouped(amount);
  const what =
    intent === 'reverse'
      ? 'a sale that was taken back'
      : intent === 'clear'
        ? 'an amount that was emptied'
        : money;
  const when = since === null ? '' : ` since ${localText(Date.parse(since))}`;
  const parts = [
    ...(held.held
      ? [`${what}${when}${run === null ? '' : `, by ${run}`}${ref === null ? '' : `, ref ${ref}`}`]
      : ['nothing that was accepted']),
    ...(doubt === null ? [] : [doubts[doubt]]),
  ];
  return parts.join('; ');
}

function resultLines({ result }: ExplainedRow): string[] {
  if (result === null) return [];
  const { status, action, amount, previous_amount: before, error_code: code } = result;
  const money = amount === null ? '' : ` ${before === null ? '' : `${grouped(before)} → `}${grouped(amount)}`;
  const what = action === null ? '' : `, ${action}`;
  return [
    `  ${status === 'planned' ? 'would be sent' : status}${what}${money}${code === null ? '' : `, ${code}`}`,
  ];
}

/** What the problems say one by one is not said again. */
function whyLines({ why, problems, result }: ExplainedRow): string[] {
  const told = problems.length > 0 ? result?.error : undefined;
  return why.filter((says) => says !== told).map((says) => `  ${says}`);
}

function problemLines({ field, code, message, remedy }: ExplainedRow['problems'][number]): string[] {
  return [`  ${code}: ${field}: ${message}`, ...(remedy === null ? [] : [`    to do: ${remedy}`])];
}

function requestLines({ method, url, headers, body }: NonNullable<ExplainedRow['request']>): string[] {
  const fields = Object.entries(headers).map(([name, value]) => `    ${name}: ${value}`);
  return [`  ${method} ${url}`, ...fields, ...(body === '' ? [] : [`    ${body}`])];
}
