import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/io/clock.js';

describe('the clock', () => {
  it('ends every wait at once when its signal is aborted, and takes no number of them for a leak', async () => {
    const stopping = new AbortController();
    const warned = once(process, 'warning', { signal: AbortSignal.timeout(200) }).catch(() => 'nothing');
    const waits = Array.from({ length: 64 }, () => systemClock.sleep(600_000, stopping.signal));
    expect(await warned).toBe('nothing');
    stopping.abort();
    await Promise.all([...waits, systemClock.sleep(600_000, stopping.signal)]);
  });
});
