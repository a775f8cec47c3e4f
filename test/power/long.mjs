// The long form of the power-loss test:
//   npm run test:power                                            200 images per vendor
//   npm run test:power -- --images 400 --seed 7 --vendor tldcrm
//   npm run test:power -- --vendor tldcrm --seed 7 --recording 3     the images of one recording alone
import { runLong } from '../support/long.mjs';

runLong({
  what: 'POWER',
  many: 'images',
  one: 'recording',
  usual: '200',
  argsOf: () => ['--project', 'full', 'test/power'],
});
