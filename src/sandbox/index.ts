import { convosoFake } from './convoso.js';
import type { Fake, FakeOptions } from './fake.js';
import { invocaFake } from './invoca.js';
import { InvocaAccount } from './invoca-account.js';
import { invocaSignalsFake } from './invoca-signals.js';
import { ringbaFake } from './ringba.js';
import { tldcrmFake } from './tldcrm.js';
import { trackdriveFake } from './trackdrive.js';

/** Makes a fake; those of Invoca, of an account that they may share. */
type Make = (options: FakeOptions, account?: InvocaAccount) => Fake;

/** Every fake vendor, by the id of the vendor it stands for. */
export const FAKES: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['convoso', convosoFake],
  ['trackdrive', trackdriveFake],
  ['tldcrm', tldcrmFake],
  ['invoca', invocaFake],
  ['invoca-signals', invocaSignalsFake],
  ['ringba', ringbaFake],
]);

/** All of them, for one sandbox: what one of Invoca's holds the other one shows. */
export function allFakes(optionsOf: (vendor: string) => FakeOptions): Fake[] {
  const account = new InvocaAccount(optionsOf('invoca'));
  return [...FAKES].map(([vendor, make]) => make(optionsOf(vendor), account));
}
