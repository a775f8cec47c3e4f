// The long form of the crash test:
//   npm run test:crash                                          200 instants per vendor
//   npm run test:crash -- --instants 500 --seed 7 --vendor tldcrm
//   npm run test:crash -- --vendor tldcrm --seed 7 --instant 17    one instant alone
//   npm run test:crash -- --vendor pull --instants 50           pulls instead of pushes
//   npm run test:crash -- --vendor undo --instants 100          undos, of each vendor in turn
//   npm run test:crash -- --vendor apply --instants 100         plans applied, of Convoso and of TLDCRM
import { runLong } from '../support/long.mjs';

runLong({
  what: 'CRASH',
  many: 'instants',
  one: 'instant',
  usual: '200',
  argsOf: (vendor = '') => {
    if (['pull', 'undo'].includes(vendor)) return [`test/crash/${vendor}.test.ts`];
    return [vendor === '' ? 'test/crash' : 'test/crash/crash.test.ts'];
  },
});
