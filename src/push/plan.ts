import type { Code } from '../core/codes.js';
import type { PlanRule, KeyState } from '../core/ledger.js';
import { INTENTS, type Action } from '../core/status.js';
import type { Vendor } from '../core/vendor.js';

export interface PlanPolicy {
  /** `--no-correct`: hold changed amounts back. */
  readonly holdCorrections: boolean;
  /** `--force`: send again what is known to be held already. */
  readonly force: boolean;
}

/** One rule for every way in which a staged row can stand to what the vendor is known to hold. */
export function planRules(vendor: Vendor, policy: PlanPolicy): readonly PlanRule[] {
  const relations = ['new', 'same', 'changed'] as const;
  const doubts = ['none', 'resend', 'blocked'] as const;
  return INTENTS.flatMap((intent) =>
    relations.flatMap((relation) =>
      doubts.map((doubt) => {
        const state = { intent, relation, doubt };
        return { ...state, ...decide(state, vendor, policy) };
      }),
    ),
  );
}

type Decision =
  | { readonly do: 'send'; readonly action: Action }
  | { readonly do: 'keep'; readonly status: 'unchanged' }
  | {
      readonly do: 'keep';
      readonly status: 'invalid' | 'unknown' | 'not_sent' | 'skipped';
      readonly code: Code;
      readonly message: string;
    };

function decide({ intent, relation, doubt }: KeyState, vendor: Vendor, policy: PlanPolicy): Decision {
  if (doubt === 'blocked') {
    const message =
      'an earlier run may have applied a row with this key; nothing was sent now; ' +
      'look it up at the vendor, then settle it with `revsync resolve KEY --accepted` or `--not-applied`';
    return { do: 'keep', status: 'unknown', code: 'key_unsettled', message };
  }
  const settled = doubt === 'none' && relation === 'same';
  if (settled && (!policy.force || intent === 'no_sale')) return { do: 'keep', status: 'unchanged' };
  if (intent === 'no_sale') return decideNoSale({ intent, relation, doubt }, vendor);
  if (intent === 'set') return decideSale(relation, policy, vendor);
  // A row that asks for what the vendor does not do was found unfit when it was read, and never comes here.
  return { do: 'send', action: intent };
}

/** 0.00 where it is no sale: it must not make one, nor take one back in silence that was accepted. */
function decideNoSale({ relation, doubt }: KeyState, { semantics }: Vendor): Decision {
  if (semantics.zero.tellsNoSale === true && relation !== 'changed') return { do: 'send', action: 'create' };
  if (relation === 'new' && doubt === 'none') {
    const message = '0.00 is no sale, and nothing is held for it; --zero amount sends it';
    return { do: 'keep', status: 'skipped', code: 'no_sale', message };
  }
  const way =
    semantics.reverse.kind === 'supported' ? 'a reversal takes the sale back' : 'take it back there by hand';
  const message = `0.00 is no sale, and something is held for it; ${way}, --zero amount sends 0.00`;
  return { do: 'keep', status: 'invalid', code: 'zero_takes_back', message };
}

function decideSale(
  relation: KeyState['relation'],
  policy: PlanPolicy,
  { semantics, title }: Vendor,
): Decision {
  if (relation === 'new') return { do: 'send', action: 'create' };
  if (relation === 'same') return { do: 'send', action: 'correct' };
  if (semantics.correct.kind === 'unsupported') {
    const message = `${title} documents no way to change what it holds; correct it there by hand`;
    return { do: 'keep', status: 'invalid', code: 'cannot_correct', message };
  }
  if (policy.holdCorrections) {
    const message = 'the amount differs from what was accepted before and --no-correct held it back';
    return { do: 'keep', status: 'not_sent', code: 'correction_held', message };
  }
  return { do: 'send', action: 'correct' };
}
