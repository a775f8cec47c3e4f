import { describe, it } from 'vitest';
import { QUEUED_MS } from '../../files/case.js';
import { Workspace } from '../../support/cli.js';
import { INIT } from './cases.js';
import { checkInit } from './init.js';

describe.concurrent('init and then push', () => {
  it.for(INIT)('$name', { timeout: QUEUED_MS }, async (given, { onTestFinished }) => {
    await checkInit(given, new Workspace(onTestFinished));
  });
});
