import { convosoFake } from './convoso.js';
import type { Fake, FakeOptions } from './fake.js';
import { invocaFake } from './invoca.js';
import { invocaSignalsFake } from './invoca-signals.js';
import { ringbaFake } from './ringba.js';
import { tldcrmFake } from './tldcrm.js';
import { trackdriveFake } from './trackdrive.js';

/** Every fake vendor, by the id of the vendor it stands for. */
export const FAKES: ReadonlyMap<string, (options: FakeOptions) => Fake> = new Map([
  ['convoso', convosoFake],
  ['trackdrive', trackdriveFake],
  ['tldcrm', tldcrmFake],
  ['invoca', invocaFake],
  ['invoca-signals', invocaSignalsFake],
  ['ringba', ringbaFake],
]);
