import type { AtHand } from '../../src/cli/completions.js';

const none = (): never[] => [];

/** No profile, no ledger: what a shell completes of the program alone. */
export const NOTHING_AT_HAND: AtHand = { profiles: none, runs: none, plans: none, keys: none, fields: none };
