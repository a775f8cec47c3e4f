import { convosoFake } from './convoso.js';
import type { Fake, FakeOptions } from './fake.js';

/** Every fake vendor, by the id of the vendor it stands for. */
export const FAKES: ReadonlyMap<string, (options: FakeOptions) => Fake> = new Map([['convoso', convosoFake]]);
