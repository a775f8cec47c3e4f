import type { Doubt, PlanRule } from '../core/ledger.js';
import type { Vendor } from '../core/vendor.js';
import { planRules } from '../push/plan.js';
import { actionProblem } from '../sales/prepare.js';

/** A row that a push could bring for a key, and what becomes of it. */
export interface Met {
  readonly row: string;
  readonly action: string | null;
  readonly status: string;
  readonly code: string | null;
  readonly message: string | null;
}

const ROWS: readonly (Pick<PlanRule, 'intent'> & { readonly row: string; readonly isSame: boolean })[] = [
  { row: 'the same content', intent: 'set', isSame: true },
  { row: 'other content', intent: 'set', isSame: false },
  { row: 'a reversal', intent: 'reverse', isSame: false },
  { row: 'a clear', intent: 'clear', isSame: false },
];

/** By the rules that a push goes by, where nothing is said otherwise. */
export function metBy(
  vendor: Vendor,
  held: { readonly isHeld: boolean; readonly doubt: Doubt | undefined } | undefined,
): Met[] {
  const rules = planRules(vendor, { holdCorrections: false, force: false });
  return ROWS.flatMap(({ row, intent, isSame }): Met[] => {
    const refused =
      intent === 'reverse' || intent === 'clear'
        ? actionProblem(vendor, intent, { intent, fields: {} })
        : undefined;
    if (refused !== undefined)
      return [{ row, action: null, status: 'invalid', code: refused.code, message: refused.message }];
    const relation = held?.isHeld !== true ? 'new' : isSame ? 'same' : 'changed';
    const rule = rules.find(
      (one) => one.intent === intent && one.relation === relation && one.doubt === (held?.doubt ?? 'none'),
    );
    if (rule === undefined || (relation === 'new' && isSame)) return [];
    if (rule.do === 'send')
      return [{ row, action: rule.action, status: 'planned', code: null, message: null }];
    return [
      { row, action: null, status: rule.status, code: rule.code ?? null, message: rule.message ?? null },
    ];
  });
}
