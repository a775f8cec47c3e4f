import { err, ok, type Result } from '../core/result.js';

/** What goes wrong with a request. `applies` tells whether the vendor has applied it by then. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: NamedFault; readonly ms: number };

type NamedFault = Exclude<(typeof FAULT_KINDS)[number]['kind'], 'NNN'>;

/** Written out, for `--help` and docs/sandbox.md. */
export const FAULT_KINDS = [
  {
    kind: 'NNN',
    does: 'answers that HTTP status without applying; NNN=VALUE adds Retry-After: VALUE, NNN=+S as a date S seconds from now',
  },
  { kind: 'reset-before', does: 'cuts the connection, not applied' },
  { kind: 'reset-after', does: 'applies, then cuts the connection' },
  { kind: 'cut', does: 'applies, then cuts the connection in the middle of the answer' },
  { kind: 'hang', does: 'applies and never answers' },
  { kind: 'garbage', does: 'applies and answers 200 with an HTML page' },
  { kind: 'fail-after', does: 'applies and answers 502' },
  { kind: 'leak', does: 'answers 500 with the whole request repeated, headers and body' },
  { kind: 'slow', does: 'slow=MS applies and answers after so many milliseconds' },
] as const;

/** Picks the fault of a request by its number, from 1. */
export type FaultPlan = (request: number) => Fault | undefined;

interface Rule {
  readonly fault: Fault;
  readonly meets: (request: number) => boolean;
}

/**
 * Reads `KIND[=VALUE][@WHEN],…`. WHEN is a request number, `first:N`, `every:N`, `after:N`, `P%` (seeded)
 * or `always`, the default. The first rule that meets a request decides.
 */
export function parseFaults(text: string, seed = 1): Result<FaultPlan, string> {
  const rules: Rule[] = [];
  for (const part of text.split(',').map((part) => part.trim())) {
    if (part === '') continue;
    const [, kind = '', value, when = 'always'] = /^([^=@]+)(?:=([^@]*))?(?:@(.+))?$/.exec(part) ?? [];
    const fault = faultOf(kind, value);
    const meets = meeting(when, seed);
    if (fault === undefined || meets === undefined) {
      const kinds = FAULT_KINDS.map(({ kind }) => kind).join(', ');
      return err(
        `fault ${JSON.stringify(part)}: use KIND[=VALUE][@WHEN] with KIND one of ${kinds}; WHEN is N, first:N, every:N, after:N, P% or always`,
      );
    }
    rules.push({ fault, meets });
  }
  return ok((request) => rules.find(({ meets }) => meets(request))?.fault);
}

function faultOf(kind: string, value: string | undefined): Fault | undefined {
  if (value === '') return undefined;
  if (/^[2-5]\d\d$/.test(kind)) return { kind: 'status', status: Number(kind), retryAfter: value };
  const named = FAULT_KINDS.find((known) => known.kind === kind)?.kind;
  if (named === undefined || named === 'NNN' || (named === 'slow') !== (value !== undefined))
    return undefined;
  const ms = Number(value ?? 0);
  return Number.isInteger(ms) && ms >= 0 ? { kind: named, ms } : undefined;
}

function meeting(when: string, seed: number): Rule['meets'] | undefined {
  if (when === 'always') return () => true;
  const [, word = '', digits = '', percent = ''] = /^(?:(first|every|after):)?(\d+)(%?)$/.exec(when) ?? [];
  const number = Number(digits);
  if (digits === '' || (word !== '' && percent !== '')) return undefined;
  if (percent !== '') return (request) => chance(request, seed) * 100 < number;
  switch (word) {
    case 'first':
      return (request) => request <= number;
    case 'after':
      return (request) => request > number;
    case 'every':
      return number > 0 ? (request) => request % number === 0 : undefined;
    default:
      return (request) => request === number;
  }
}

/** The same number in [0, 1) for the same request and seed. */
function chance(request: number, seed: number): number {
  let mixed = Math.imul(request ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
