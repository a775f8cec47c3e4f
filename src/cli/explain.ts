import { nearest } from '../io/nearest.js';
import { Console, plain, UsageError } from './console.js';
import { EXIT } from './exit-codes.js';
import { explainCode, knownCodes } from './explain-code.js';
import type { Host } from './host.js';
import { vendorOf } from './options.js';
import type { ExplainOutput } from './explain-outputs.js';
import { codeText } from './print/explain-code.js';
import { headOf } from './problems.js';
import type { OptionsOf } from './settings.js';

/** `revsync explain CODE`: what a word means that revsync or a vendor says, and what to do. */
export async function explain(host: Host, what: string, options: OptionsOf<'explain'>): Promise<number> {
  const console = await Console.open(host, options.color);
  const vendors = options.vendor === undefined ? undefined : [vendorOf(options.vendor)];
  const codes = explainCode(what, vendors);
  if (codes.length === 0) throw unknown(what, knownCodes(vendors));
  const data: ExplainOutput = { ...headOf('explain', EXIT.done), codes, problems: [] };
  if (options.json === true) await console.printJson(data);
  else await console.print(`${codeText(codes, console.paint)}\n`);
  return EXIT.done;
}

function unknown(what: string, known: readonly string[]): UsageError {
  const near = nearest(what, known);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  return new UsageError(
    `nothing is called ${JSON.stringify(plain(what))}${meant} Codes stand in the column revsync_error_code`,
  );
}
