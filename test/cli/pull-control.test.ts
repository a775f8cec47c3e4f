import { describe, expect, it } from 'vitest';
import { workspaceOfTest } from '../support/shared-ledger.js';
import { rawAnswer, rawServer } from '../support/wire.js';

const DAY = ['--from', '2026-11-20', '--to', '2026-11-20', '--timezone', 'UTC'];
const CALL = {
  ...{ id: 501, uuid: '00000000-0000-4000-8000-000000000501', created_at: '2026-11-20 12:00:00 +0000' },
  ...{ buyer_converted: 'Converted', revenue: '5.00' },
};

/** A TrackDrive that lists one call and counts `counted`. */
async function desk(counted: unknown) {
  const space = await workspaceOfTest();
  const server = await rawServer(({ line }) =>
    rawAnswer(
      200,
      JSON.stringify(line.includes('/stats?') ? counted : { calls: [CALL], metadata: { next_cursor: 0 } }),
    ),
  );
  const url = ['--base-url', `http://127.0.0.1:${server.port}`];
  space.write('sales.csv', 'Call ID,Revenue\n501,5.00\n');
  return {
    pull: () => space.run('pull', 'trackdrive', ...DAY, ...url),
    reconcile: () => space.run('reconcile', 'sales.csv', '--vendor', 'trackdrive', ...DAY, ...url),
  };
}

describe('what a vendor counts itself', () => {
  it('is compared with what came: more calls than were listed end a pull with 1, and nothing is reconciled with it', async () => {
    const { pull, reconcile } = await desk({ stats: { completed: 2 } });
    const pulled = await pull();
    expect(pulled.stderr).toContain(
      'control total: TrackDrive counts 2 rows, and 1 row came\nTHE PULL IS NOT COMPLETE',
    );
    expect(pulled.code).toBe(1);
    const compared = await reconcile();
    expect(compared.code).toBe(2);
    expect(compared.stderr).toContain('its pull of 2026-11-20 to 2026-11-20 is not complete');
  });

  it('ties out with what came', async () => {
    const { pull, reconcile } = await desk({ stats: { completed: 1 } });
    expect((await pull()).code).toBe(0);
    expect((await reconcile()).code).toBe(0);
  });

  it('is no fault where it cannot be read', async () => {
    const { pull, reconcile } = await desk({ stats: 'see the page' });
    expect((await pull()).code).toBe(0);
    expect((await reconcile()).code).toBe(0);
  });
});
