// The long form of the model test:
//   npm run test:model                                            1000 sequences per vendor
//   npm run test:model -- --sequences 50 --seed 7 --vendor tldcrm
//   npm run test:model -- --vendor tldcrm --seed 7 --sequence 17     one sequence alone
import { runLong } from '../support/long.mjs';

runLong({
  what: 'MODEL',
  many: 'sequences',
  one: 'sequence',
  usual: '1000',
  argsOf: () => ['--project', 'alone', 'test/model'],
});
