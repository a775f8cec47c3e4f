import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanRule } from '../../src/core/ledger.js';
import type { Vendor } from '../../src/core/vendor.js';
import { planRules, type PlanPolicy } from '../../src/push/plan.js';
import { convoso } from '../../src/vendors/convoso.js';

const PUSH: PlanPolicy = { holdCorrections: false, force: false };

type ClaimKinds = {
  readonly repeat?: 'overwrites' | 'upserts' | 'appends';
  readonly correct?: 'resend' | 'unsupported';
  readonly reverse?: 'supported' | 'unsupported';
  readonly clear?: 'supported' | 'unsupported';
};

/** Convoso, were it to claim something else. */
function claiming({ repeat, correct, reverse, clear }: ClaimKinds): Vendor {
  const { semantics } = convoso;
  return {
    ...convoso,
    semantics: {
      ...semantics,
      repeat: { ...semantics.repeat, kind: repeat ?? semantics.repeat.kind },
      correct: { ...semantics.correct, kind: correct ?? semantics.correct.kind },
      reverse: { ...semantics.reverse, kind: reverse ?? semantics.reverse.kind },
      clear: { ...semantics.clear, kind: clear ?? semantics.clear.kind },
    },
  };
}

/** Rules as lines: intent, relation, doubt, then what is done. */
function table(rules: readonly PlanRule[]): string[] {
  return rules.map((rule) => {
    const done = rule.do === 'send' ? `send ${rule.action}` : `${rule.status} ${rule.code ?? ''}`;
    return `${rule.intent} ${rule.relation} ${rule.doubt}: ${done.trim()}`;
  });
}

function lines(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/ +/g, ' '));
}

function rule(vendor: Vendor, policy: PlanPolicy, standing: string): PlanRule[] {
  return planRules(vendor, policy).filter(
    ({ intent, relation, doubt }) => `${intent} ${relation} ${doubt}` === standing,
  );
}

describe('the plan for a vendor that corrects', () => {
  it('has a rule for each of the 51 standings', () => {
    expect(table(planRules(convoso, PUSH))).toEqual(
      lines(`
        set     new     none:    send create
        set     new     resend:  send create
        set     new     blocked: unknown key_unsettled
        set     same    none:    unchanged
        set     same    resend:  send correct
        set     same    blocked: unknown key_unsettled
        set     changed none:    send correct
        set     changed resend:  send correct
        set     changed blocked: unknown key_unsettled
        set     missing none:    send create
        set     missing resend:  send create
        set     missing blocked: unknown key_unsettled
        reverse new     none:    send reverse
        reverse new     resend:  send reverse
        reverse new     blocked: unknown key_unsettled
        reverse same    none:    unchanged
        reverse same    resend:  send reverse
        reverse same    blocked: unknown key_unsettled
        reverse changed none:    send reverse
        reverse changed resend:  send reverse
        reverse changed blocked: unknown key_unsettled
        reverse missing none:    send reverse
        reverse missing resend:  send reverse
        reverse missing blocked: unknown key_unsettled
        reverse partly  none:    send reverse
        reverse partly  resend:  send reverse
        reverse partly  blocked: unknown key_unsettled
        clear   new     none:    send clear
        clear   new     resend:  send clear
        clear   new     blocked: unknown key_unsettled
        clear   same    none:    unchanged
        clear   same    resend:  send clear
        clear   same    blocked: unknown key_unsettled
        clear   changed none:    send clear
        clear   changed resend:  send clear
        clear   changed blocked: unknown key_unsettled
        clear   missing none:    send clear
        clear   missing resend:  send clear
        clear   missing blocked: unknown key_unsettled
        no_sale new     none:    skipped no_sale
        no_sale new     resend:  invalid zero_takes_back
        no_sale new     blocked: unknown key_unsettled
        no_sale same    none:    unchanged
        no_sale same    resend:  invalid zero_takes_back
        no_sale same    blocked: unknown key_unsettled
        no_sale changed none:    invalid zero_takes_back
        no_sale changed resend:  invalid zero_takes_back
        no_sale changed blocked: unknown key_unsettled
        no_sale missing none:    skipped no_sale
        no_sale missing resend:  invalid zero_takes_back
        no_sale missing blocked: unknown key_unsettled
      `),
    );
  });
});

describe('the plan for a vendor that claims something else', () => {
  it('says cannot_correct for a changed amount and for nothing else', () => {
    expect(table(planRules(claiming({ correct: 'unsupported' }), PUSH)).slice(0, 9)).toEqual(
      lines(`
        set new     none:    send create
        set new     resend:  send create
        set new     blocked: unknown key_unsettled
        set same    none:    unchanged
        set same    resend:  send correct
        set same    blocked: unknown key_unsettled
        set changed none:    invalid cannot_correct
        set changed resend:  invalid cannot_correct
        set changed blocked: unknown key_unsettled
      `),
    );
  });
});

describe('the plan for a vendor that adds a record with every request', () => {
  it('sends nothing again that was accepted and that a reconciliation did not find', () => {
    const missing = table(planRules(claiming({ repeat: 'appends' }), { ...PUSH, force: true }));
    expect(missing.filter((line) => line.includes(' missing '))).toEqual(
      ['set', 'reverse', 'clear', 'no_sale'].flatMap((intent) => [
        `${intent} missing none: not_sent was_accepted`,
        `${intent} missing resend: not_sent was_accepted`,
        `${intent} missing blocked: unknown key_unsettled`,
      ]),
    );
  });
});

describe('the plan for a vendor that takes a sale back twice', () => {
  /** As of every record that a reconciliation did not find. */
  const MISSING = ['none', 'resend'].map((doubt) => `reverse missing ${doubt}: not_sent was_accepted`);
  const twice = claiming({ reverse: 'supported' });
  const repeatedReversal = { kind: 'appends', assumed: 'for these tests' } as const;
  const vendor: Vendor = { ...twice, semantics: { ...twice.semantics, repeatedReversal } };
  const differs = (policy: PlanPolicy): string[] => {
    const usual = table(planRules(twice, { ...policy, force: false }));
    const planned = table(planRules(vendor, policy)).filter((line, index) => line !== usual[index]);
    expect(planned).toEqual(expect.arrayContaining(MISSING));
    return planned.filter((line) => !MISSING.includes(line));
  };

  it('sends no reversal of which a part was sent before', () => {
    const held = ['reverse partly none: not_sent looks_sent', 'reverse partly resend: not_sent looks_sent'];
    expect(differs(PUSH)).toEqual(held);
    expect(differs({ ...PUSH, force: true })).toEqual([
      'set same none: send correct',
      ...held,
      'clear same none: send clear',
    ]);
  });

  it('sends it where it is said to be another one', () => {
    expect(differs({ ...PUSH, sendAgain: true })).toEqual([]);
    expect(differs({ ...PUSH, sendAgain: true, force: true })).toContain('reverse same none: send reverse');
  });
});

describe('what the user asked of the plan', () => {
  it('--no-correct holds changed amounts, reversals and clears back, and no new sales', () => {
    const held = table(planRules(claiming({ reverse: 'supported' }), { ...PUSH, holdCorrections: true }));
    expect(held.filter((line) => line.includes(' changed ') && !line.includes('blocked'))).toEqual(
      lines(`
        set     changed none:   not_sent correction_held
        set     changed resend: not_sent correction_held
        reverse changed none:   not_sent correction_held
        reverse changed resend: not_sent correction_held
        clear   changed none:   not_sent correction_held
        clear   changed resend: not_sent correction_held
        no_sale changed none:   invalid zero_takes_back
        no_sale changed resend: invalid zero_takes_back
      `),
    );
    expect(held.slice(0, 2)).toEqual(['set new none: send create', 'set new resend: send create']);
  });

  it('--force sends again what is known to be held, and changes nothing else', () => {
    const vendor = claiming({ reverse: 'supported' });
    const forced = table(planRules(vendor, { ...PUSH, force: true }));
    const usual = table(planRules(vendor, PUSH));
    expect(forced.filter((line, index) => line !== usual[index])).toEqual([
      'set same none: send correct',
      'reverse same none: send reverse',
      'clear same none: send clear',
    ]);
  });
});

describe('a row that is not sent', () => {
  it.each<[string, Vendor, PlanPolicy, PlanRule]>([
    [
      'the vendor cannot correct',
      claiming({ correct: 'unsupported' }),
      PUSH,
      {
        intent: 'set',
        relation: 'changed',
        doubt: 'none',
        do: 'keep',
        status: 'invalid',
        code: 'cannot_correct',
        message: 'Convoso documents no way to change what it holds; correct it there by hand',
      },
    ],
    [
      'the correction is held',
      convoso,
      { ...PUSH, holdCorrections: true },
      {
        intent: 'set',
        relation: 'changed',
        doubt: 'none',
        do: 'keep',
        status: 'not_sent',
        code: 'correction_held',
        message: 'the amount differs from what was accepted before and --no-correct held it back',
      },
    ],
    [
      'the key is not settled',
      convoso,
      PUSH,
      {
        intent: 'set',
        relation: 'new',
        doubt: 'blocked',
        do: 'keep',
        status: 'unknown',
        code: 'key_unsettled',
        message:
          'an earlier run may have applied a row with this key; nothing was sent now; ' +
          'look it up at the vendor, then settle it with `revsync resolve KEY --accepted` or `--not-applied`',
      },
    ],
    [
      'it is held already',
      convoso,
      PUSH,
      { intent: 'set', relation: 'same', doubt: 'none', do: 'keep', status: 'unchanged' },
    ],
  ])('says why: %s', (_, vendor, policy, wanted) => {
    expect(rule(vendor, policy, `${wanted.intent} ${wanted.relation} ${wanted.doubt}`)).toEqual([wanted]);
  });
});

describe('a key in doubt that repeating would count twice', () => {
  it('is never sent, whatever the vendor claims and the user asks', () => {
    const kinds = fc.record({
      repeat: fc.constantFrom('overwrites' as const, 'upserts' as const, 'appends' as const),
      correct: fc.constantFrom('resend' as const, 'unsupported' as const),
      reverse: fc.constantFrom('supported' as const, 'unsupported' as const),
      clear: fc.constantFrom('supported' as const, 'unsupported' as const),
    });
    const policy = fc.record({ holdCorrections: fc.boolean(), force: fc.boolean() });
    fc.assert(
      fc.property(kinds, policy, (claims, asked) => {
        const blocked = planRules(claiming(claims), asked).filter(({ doubt }) => doubt === 'blocked');
        expect(table(blocked)).toEqual(
          ['set', 'reverse', 'clear', 'no_sale'].flatMap((intent) =>
            ['new', 'same', 'changed', 'missing', ...(intent === 'reverse' ? ['partly'] : [])].map(
              (relation) => `${intent} ${relation} blocked: unknown key_unsettled`,
            ),
          ),
        );
      }),
    );
  });
});
