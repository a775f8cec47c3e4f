// The long form of the test of two machines and one ledger:
//   npm run test:shared                                          100 instants per vendor and fault
//   npm run test:shared -- --instants 200 --seed 7 --vendor tldcrm
// REVSYNC_SHARED_FAULT=stopped names one fault, REVSYNC_SHARED_LANES how many meetings go on at once.
import { runLong } from '../support/long.mjs';

runLong({
  what: 'SHARED',
  many: 'instants',
  one: 'instant',
  usual: '100',
  argsOf: () => ['test/shared/meetings.test.ts'],
});
