import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, parseFaults, type Fault } from '../../src/sandbox/faults.js';

/** The kind of the fault that each of the first `count` requests meets; the status where it is one. */
function met(text: string, count: number, seed?: number): (string | number | undefined)[] {
  const plan = parseFaults(text, seed);
  if (!plan.ok) throw new Error(plan.error);
  return Array.from({ length: count }, (_, index) => {
    const fault = plan.value(index + 1);
    return fault?.kind === 'status' ? fault.status : fault?.kind;
  });
}

function first(text: string): Fault | undefined {
  const plan = parseFaults(text);
  if (!plan.ok) throw new Error(plan.error);
  return plan.value(1);
}

describe('parseFaults', () => {
  it.each([
    ['503', { kind: 'status', status: 503, retryAfter: undefined }],
    ['429=2', { kind: 'status', status: 429, retryAfter: '2' }],
    ['reset-before', { kind: 'reset-before', ms: 0 }],
    ['reset-after', { kind: 'reset-after', ms: 0 }],
    ['cut', { kind: 'cut', ms: 0 }],
    ['hang', { kind: 'hang', ms: 0 }],
    ['garbage', { kind: 'garbage', ms: 0 }],
    ['fail-after', { kind: 'fail-after', ms: 0 }],
    ['leak', { kind: 'leak', ms: 0 }],
    ['slow=250', { kind: 'slow', ms: 250 }],
  ])('reads %s', (text, fault) => {
    expect(first(text)).toEqual(fault);
  });

  it('reads every kind that --help lists', () => {
    expect(FAULT_KINDS.map(({ kind }) => kind)).toEqual([
      'NNN',
      'reset-before',
      'reset-after',
      'cut',
      'hang',
      'garbage',
      'fail-after',
      'leak',
      'slow',
    ]);
  });

  it.each([
    ['cut', ['cut', 'cut', 'cut', 'cut']],
    ['cut@always', ['cut', 'cut', 'cut', 'cut']],
    ['cut@2', [undefined, 'cut', undefined, undefined]],
    ['cut@first:2', ['cut', 'cut', undefined, undefined]],
    ['cut@after:2', [undefined, undefined, 'cut', 'cut']],
    ['cut@every:2', [undefined, 'cut', undefined, 'cut']],
    ['cut@100%', ['cut', 'cut', 'cut', 'cut']],
    ['cut@0%', [undefined, undefined, undefined, undefined]],
    ['cut@first:0', [undefined, undefined, undefined, undefined]],
    ['', [undefined, undefined, undefined, undefined]],
    [' 500@1 , , hang@2 ', [500, 'hang', undefined, undefined]],
    ['500@2,hang@first:3', ['hang', 500, 'hang', undefined]],
  ])('meets requests as %j says', (text, kinds) => {
    expect(met(text, 4)).toEqual(kinds);
  });

  it('meets about as many requests as a percentage says, the same ones for the same seed', () => {
    const once = met('cut@30%', 10_000, 7);
    expect(met('cut@30%', 10_000, 7)).toEqual(once);
    expect(met('cut@30%', 10_000, 8)).not.toEqual(once);
    const share = once.filter((kind) => kind === 'cut').length / once.length;
    expect(share).toBeGreaterThan(0.27);
    expect(share).toBeLessThan(0.33);
  });

  it.each([
    'explode',
    '199',
    '600',
    '99',
    'slow',
    'slow=-1',
    'slow=soon',
    'cut=1',
    'hang=',
    '@1',
    'cut@',
    'cut@never',
    'cut@-1',
    'cut@1.5',
    'cut@first',
    'cut@first:',
    'cut@every:0',
    'cut@every:2%',
    'cut@last:2',
    'cut@1@2',
  ])('refuses %j and says what it wants', (fault) => {
    expect(parseFaults(`500@1,${fault}`)).toEqual({
      ok: false,
      error:
        `fault "${fault}": use KIND[=VALUE][@WHEN] with KIND one of NNN, reset-before, reset-after, cut, hang, ` +
        'garbage, fail-after, leak, slow; WHEN is N, first:N, every:N, after:N, P% or always',
    });
  });
});
