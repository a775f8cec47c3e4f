import type { Code } from '../core/codes.js';
import { HELD_REF, HELD_RUN, type PlanRule, type KeyState } from '../core/ledger.js';
import { INTENTS, type Action } from '../core/status.js';
import { repeatOf, type Vendor } from '../core/vendor.js';
import { SEND_AGAIN_COLUMN } from '../sales/breaks-file.js';
import { actionOf } from '../sales/prepare.js';

export interface PlanPolicy {
  /** `--no-correct`: hold back whatever changes what was accepted, reversals and clears too. */
  readonly holdCorrections: boolean;
  /** `--force`: send again what is known to be held already. */
  readonly force: boolean;
  /** `--send-again`: what looks as if it had been sent is something else. */
  readonly sendAgain?: boolean;
}

/** One rule for every way in which a staged row can stand to what the vendor is known to hold. */
export function planRules(vendor: Vendor, policy: PlanPolicy): readonly PlanRule[] {
  const relations = ['new', 'same', 'changed', 'missing'] as const;
  const doubts = ['none', 'resend', 'blocked'] as const;
  return INTENTS.flatMap((intent) =>
    [...relations, ...(intent === 'reverse' ? (['partly'] as const) : [])].flatMap((relation) =>
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

/** Of a key that waits for a person. */
export const KEY_UNSETTLED = {
  status: 'unknown',
  code: 'key_unsettled',
  message:
    'an earlier run may have applied a row with this key; nothing was sent now; ' +
    'look it up at the vendor, then settle it with `revsync resolve KEY --accepted` or `--not-applied`',
} as const;

function decide({ intent, relation, doubt }: KeyState, vendor: Vendor, policy: PlanPolicy): Decision {
  if (doubt === 'blocked') return { do: 'keep', ...KEY_UNSETTLED };
  if (relation === 'missing') return decideMissing({ intent, doubt }, vendor, policy);
  const settled = doubt === 'none' && relation === 'same';
  const isOnce = intent === 'reverse' && repeatOf(vendor, intent) === 'appends' && policy.sendAgain !== true;
  if (settled && (!policy.force || intent === 'no_sale' || isOnce))
    return { do: 'keep', status: 'unchanged' };
  if (relation === 'partly' && isOnce) return { do: 'keep', status: 'not_sent', ...TAKEN_BACK_PARTLY };
  if (intent === 'no_sale') return decideNoSale({ intent, relation, doubt }, vendor);
  if (intent === 'set') return decideSale(relation, policy, vendor);
  if (policy.holdCorrections) {
    const message = 'it takes back what the vendor holds, and --no-correct held it back';
    return { do: 'keep', status: 'not_sent', code: 'correction_held', message };
  }
  // A row that asks for what the vendor does not do was found unfit when it was read, and never comes here.
  return { do: 'send', action: intent };
}

/** What a vendor that adds a record with every request confirmed once is sent again only where a person says so of the row. */
function decideMissing(state: Omit<KeyState, 'relation'>, vendor: Vendor, policy: PlanPolicy): Decision {
  if (repeatOf(vendor, actionOf(state.intent)) !== 'appends')
    return decide({ ...state, relation: 'new' }, vendor, policy);
  const message =
    `${HELD_RUN} had it accepted as ${HELD_REF}, and the reconciliation did not find it; nothing was sent, since ` +
    `${vendor.title} adds a record with every request: see that the export is whole, of this account and in the ` +
    `file's time zone. If ${vendor.title} really lacks it, write yes into ${SEND_AGAIN_COLUMN} of this row and push again`;
  return { do: 'keep', status: 'not_sent', code: 'was_accepted', message };
}

const TAKEN_BACK_PARTLY = {
  code: 'looks_sent',
  message:
    'some of what this row takes back was taken back before, and a second time could count twice; nothing was sent now; ' +
    'have the row name only the side that is left (refund_sides), or push it with --send-again',
} as const;

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
