import type { Paint } from '../console.js';
import type { ExplainedCode } from '../explain-outputs.js';

const WHAT: Readonly<Record<Exclude<ExplainedCode['of'], 'vendor'>, string>> = {
  row: 'a code of a row: revsync_error_code',
  status: 'what became of a row: revsync_status',
  break: 'what a reconciliation found: revsync_break',
  problem: 'why a command ended as it did: problems of --json',
};

/** A word with everything that it means. */
export function codeText(codes: readonly ExplainedCode[], paint: Paint): string {
  return codes
    .map(({ code, of, vendor, ...rest }) => {
      const whose = of === 'vendor' ? `the code of ${vendor ?? 'a vendor'}` : WHAT[of];
      const { means, effect, remedy, example } = rest;
      const lines = { means, effect, 'to do': remedy, example };
      return [
        `${paint.bold(code)}  ${whose}`,
        ...Object.entries(lines).flatMap(([name, says]) =>
          says === null ? [] : [`  ${name.padEnd(9)}${says}`],
        ),
      ].join('\n');
    })
    .join('\n\n');
}
