import { STATUS_CODES } from 'node:http';
import { BREAKS } from '../core/breaks.js';
import { CODES, type Code } from '../core/codes.js';
import type { Outcome } from '../core/outcome.js';
import { STATUSES } from '../core/status.js';
import type { ErrorCode, Vendor } from '../core/vendor.js';
import { readAnswer } from '../push/believed.js';
import { VENDORS } from '../vendors/index.js';
import { CODE_EXAMPLES } from './code-examples.js';
import type { ExplainedCode } from './explain-outputs.js';
import { PROBLEMS } from './problems.js';

/** What a word means wherever revsync says it: several meanings where vendors share it, none where nobody has it. */
export function explainCode(word: string, vendors: readonly Vendor[] = VENDORS): readonly ExplainedCode[] {
  const wanted = word.toLowerCase();
  const own = ownWords().filter(({ code }) => code === wanted);
  const known = vendors.flatMap((vendor) =>
    vendor.errorCodes
      .filter(({ code }) => code.toLowerCase() === wanted)
      .map((code) => ofVendor(vendor, code)),
  );
  return [...own, ...known, ...ofStatus(wanted, vendors, known)];
}

/** Every word that has a meaning of its own. */
export function knownCodes(vendors: readonly Vendor[] = VENDORS): readonly string[] {
  const theirs = vendors.flatMap(({ errorCodes }) => errorCodes.map(({ code }) => code));
  return [...new Set([...ownWords().map(({ code }) => code), ...theirs])];
}

function ownWords(): ExplainedCode[] {
  const entries = <V>(table: Readonly<Record<string, V>>): [string, V][] => Object.entries(table);
  const nobody = { vendor: null, effect: null, example: null };
  return [
    ...entries(CODES).map(([code, { means, remedy }]) => {
      const example = CODE_EXAMPLES[code as Code] ?? null;
      return { ...nobody, code, of: 'row' as const, means, remedy, example };
    }),
    ...STATUSES.map(({ status, means, again }) => {
      const effect = again === '-' ? null : `sent again by the next push of the same file: ${again}`;
      return { ...nobody, code: status, of: 'status' as const, means, effect, remedy: null };
    }),
    ...BREAKS.map(({ word, means, disputes }) => {
      const remedy =
        disputes === undefined ? 'nothing that a push could do' : 'push the breaks CSV, which sends the row';
      return { ...nobody, code: word, of: 'break' as const, means, remedy };
    }),
    ...entries(PROBLEMS).map(([code, remedy]) => {
      const means = 'a command did not do all that it should; the message beside it says what was wrong';
      return { ...nobody, code, of: 'problem' as const, means, remedy };
    }),
  ];
}

const REMEDIES: Readonly<Record<ErrorCode['effect'], string>> = {
  'row rejected': 'mend the row, or what it names at the vendor, and push again: the row is sent again',
  'run stopped': 'mend the credential or the account, and push again: what was not sent is sent then',
  'row unknown': 'look the row up at the vendor, then `revsync resolve`',
};

function ofVendor({ id }: Vendor, { code, means, effect }: ErrorCode): ExplainedCode {
  return { code, of: 'vendor', vendor: id, means, effect, remedy: REMEDIES[effect], example: null };
}

/** `http_404`, where a vendor's answer says no more than its status: it is read as a push would read it. */
function ofStatus(
  word: string,
  vendors: readonly Vendor[],
  known: readonly ExplainedCode[],
): ExplainedCode[] {
  const [, digits] = /^http_([1-5]\d\d)$/.exec(word) ?? [];
  const phrase = STATUS_CODES[Number(digits)];
  if (digits === undefined) return [];
  const reply = { status: Number(digits), headers: {}, text: '', receivedAt: 0 };
  return vendors.flatMap((vendor) => {
    if (known.some((one) => one.vendor === vendor.id)) return [];
    const { kind } = readAnswer(vendor, 'create', reply);
    const named = phrase === undefined ? '' : ` (${phrase})`;
    return [
      {
        ...{ code: word, of: 'vendor', vendor: vendor.id, example: null },
        means: `the answer had the HTTP status ${digits}${named} and said no more that could be read`,
        ...READ_AS[kind],
      } as const,
    ];
  });
}

const AGAIN = 'nothing: the row is sent again after a while; push again where it failed in the end';
const READ_AS: Readonly<Record<Outcome['kind'], Pick<ExplainedCode, 'effect' | 'remedy'>>> = {
  applied: { effect: 'row accepted', remedy: 'nothing' },
  rejected: { effect: 'row rejected', remedy: REMEDIES['row rejected'] },
  refused: { effect: 'run stopped', remedy: REMEDIES['run stopped'] },
  busy: { effect: 'row turned away, and sent again', remedy: AGAIN },
  in_doubt: {
    effect: 'row may have been applied',
    remedy: `${AGAIN}; where a repeat would count twice the row is unknown: \`revsync resolve\``,
  },
  not_sent: { effect: 'row not sent', remedy: AGAIN },
};
