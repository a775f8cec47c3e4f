import type { Column, Basis, RateLimit, Semantics, Vendor } from '../core/vendor.js';
import { VENDORS } from '../vendors/index.js';
import { Console, type Paint } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { vendorOf } from './options.js';
import type { OptionsOf } from './settings.js';

/** `revsync vendors [ID]`: what a vendor needs and does, from the data that the push itself goes by. */
export async function vendors(
  host: Host,
  id: string | undefined,
  options: OptionsOf<'vendors'>,
): Promise<number> {
  const console = await Console.open(host, options.color);
  const shown = id === undefined ? VENDORS : [vendorOf(id)];
  if (options.json === true) {
    const data = shown.map(
      ({ prepare: _prepare, authorize: _authorize, readReply: _readReply, ...data }) => data,
    );
    await console.print(`${JSON.stringify(id === undefined ? data : data[0], null, 2)}\n`);
    return EXIT.done;
  }
  const paint = console.paint;
  await console.print(
    id === undefined ? semanticsTable(shown) : shown.map((vendor) => page(vendor, paint)).join('\n'),
  );
  return EXIT.done;
}

/** The table of docs/vendors.md, one vendor a row. */
export function semanticsTable(vendors: readonly Vendor[]): string {
  const head = [
    'vendor',
    'request',
    'a second identical request',
    'a changed amount',
    'reversal',
    'clear',
    '0.00',
    'decimals',
  ];
  const rows = vendors.map(({ id, request, semantics, limits }) => [
    id,
    request,
    { overwrites: 'sets it again', upserts: 'updates it', appends: 'adds another record' }[
      semantics.repeat.kind
    ],
    semantics.correct.kind === 'resend' ? 'is sent again' : 'cannot be sent',
    reversalText(semantics),
    semantics.clear.kind === 'supported' ? 'yes' : 'no',
    semantics.zero.kind === 'amount' ? 'is sent' : 'is no sale',
    String(limits.decimals),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function reversalText({ reverse, repeatedReversal: again }: Semantics): string {
  if (reverse.kind === 'unsupported') return 'no';
  return again?.kind === 'appends' ? 'yes, once' : 'yes';
}

function page(vendor: Vendor, paint: Paint): string {
  const { id, title, request, baseUrl, columns, limits, semantics, secrets, errorCodes, setup = [] } = vendor;
  const { amount, echo, missingCallDate: missing, looksSent, repeatedReversal: again } = semantics;
  const lines = [
    paint.bold(`${title} (--vendor ${id}): ${request}`),
    '',
    paint.bold('Columns'),
    ...columns.map(({ field, required, about }) => `  ${field}${required ? ' (required)' : ''}: ${about}`),
    '',
    paint.bold(
      'Headers that are known, whatever their case and punctuation; any other with --column FIELD=HEADER',
    ),
    ...headerTable(columns),
    '',
    paint.bold('Semantics'),
    semantic('a second identical request', semantics.repeat.kind, semantics.repeat),
    ...(again === undefined ? [] : [semantic('a second identical reversal', again.kind, again)]),
    semantic('a changed amount', semantics.correct.kind, semantics.correct),
    semantic('reversal', semantics.reverse.kind, semantics.reverse),
    semantic('clear', semantics.clear.kind, semantics.clear),
    semantic('a row without an amount', semantics.noAmount.kind, semantics.noAmount),
    ...(amount === undefined ? [] : [semantic('an amount', `a ${amount.kind}, and no revenue`, amount)]),
    semantic('0.00, unless --zero says it', semantics.zero.kind, semantics.zero),
    ...(missing === undefined ? [] : [semantic('--allow-missing-call-date', missing.kind, missing)]),
    ...(looksSent === undefined ? [] : [semantic('a row that looks sent', looksSent.kind, looksSent)]),
    ...(echo === undefined
      ? []
      : [semantic('--confirm', 'add' in echo ? 'asks for the amount' : 'every answer has the amount', echo)]),
    `  amounts: at most ${limits.decimals} decimals; negative ones are ${limits.negativeAmounts}`,
    `  defaults: ${limits.concurrency} rows in flight, ${rateText(limits.rate)}, ${limits.timeoutSeconds} s for an answer`,
    '',
    paint.bold("Vendor's error codes"),
    ...errorCodes.map(({ code, means, effect }) => `  ${code}: ${means} (${effect})`),
    '',
    ...(setup.length === 0 ? [] : [paint.bold('At the vendor'), ...setup.map((says) => `  ${says}`), '']),
    paint.bold('Environment'),
    ...secrets.map(({ name, about }) => `  ${name}, or ${name}_FILE with the path of a file: ${about}`),
    `  ${baseUrl.env}: the vendor's address${baseUrl.default === undefined ? ' (required)' : `, ${baseUrl.default} if not set`}`,
  ];
  return `${lines.join('\n')}\n`;
}

function rateText(limits: readonly RateLimit[]): string {
  const [first, ...more] = limits.map(({ requests, per }) => `${requests} requests a ${per}`);
  return [first, ...more.map((text) => text.replace(' requests', ''))].join(', ');
}

/** Field and headers side by side, the headers wrapped. */
function headerTable(columns: readonly Column[]): string[] {
  const width = Math.max(...columns.map(({ field }) => field.length));
  return columns.flatMap(({ field, names }) => {
    const lines = [''];
    for (const name of [field, ...names]) {
      const last = lines.at(-1) ?? '';
      if (last === '') lines[lines.length - 1] = name;
      else if (last.length + name.length < 90) lines[lines.length - 1] = `${last}, ${name}`;
      else lines.push(name);
    }
    return lines.map((line, index) => `  ${(index === 0 ? field : '').padEnd(width)}  ${line}`);
  });
}

function semantic(what: string, kind: string, basis: Basis): string {
  const rests = 'documented' in basis ? `documented: ${basis.documented}` : `assumed: ${basis.assumed}`;
  return `  ${what}: ${kind} (${rests})`;
}
