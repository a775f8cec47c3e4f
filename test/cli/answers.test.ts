import { describe, expect, it } from 'vitest';
import { sales, Workspace } from '../support/cli.js';
import { answeringServer } from '../support/vendor-server.js';

const FAST = ['--rate', '100000', '--retries', '0'];

const CALL = 'did,cid,call_date,cost\n8005550100,5125550123,2026-11-20 14:05:00,';
const INSERTED = { cost: '32.50', call_date: '2026-11-20 14:05:00' };
const COST = { cost_id: 991, updated: 1, first_contact: 1, lead: { lead_id: 7 }, inserted: INSERTED };

describe('what an answer says', () => {
  it('and what its row went through are warnings in one cell, in the order in which they came about', async () => {
    const space = new Workspace();
    const inserted = { cost: '32.50', call_date: '2026-11-21 09:00:00' };
    const server = await answeringServer(() => ({
      status: 200,
      body: JSON.stringify({ ...COST, updated: 0, inserted }),
    }));
    space.write('sales.csv', `${CALL}32.49999\n`);
    const ended = await space.run(
      ...['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, ...FAST, '--round', 'half-up'],
    );
    expect(ended.code).toBe(0);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_status: 'accepted',
      revsync_vendor_ref: '991',
      revsync_warning: 'rounded from "32.49999"; no_lead_updated; call_date_not_taken',
    });
  });

  it('is kept beside its attempt, and shown by history', async () => {
    const space = new Workspace();
    const server = await answeringServer(() => ({ status: 200, body: JSON.stringify(COST) }));
    space.write('sales.csv', `${CALL}32.5\n`);
    await space.run('push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, ...FAST);
    const key = '8005550100|5125550123|2026-11-20 14:05:00';
    const text = await space.run('history', key);
    expect(text.stdout).toContain('(answered 200, ref 991, lead_id 7, first_contact 1, updated 1)');
    const [record] = JSON.parse((await space.run('history', key, '--json')).stdout) as [{ tries: object[] }];
    expect(record.tries).toMatchObject([{ kept: { lead_id: '7', first_contact: '1', updated: '1' } }]);
  });

  it('other than was sent has the next run send it again, where that overwrites', async () => {
    const space = new Workspace();
    const held = ['5.00', '50.00'];
    const sent: string[] = [];
    const server = await answeringServer(({ body }) => {
      sent.push(body.replace(/^auth_token=[^&]*&/, ''));
      const data = { call_log_id: '1', revenue: held[sent.length - 1] };
      return { status: 200, body: JSON.stringify({ success: true, data }) };
    });
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...FAST];
    space.write('sales.csv', sales([['1', '50']]));
    expect((await space.run(...push)).code).toBe(1);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_status: 'failed',
      revsync_error_code: 'echo_mismatch',
      revsync_error:
        'the vendor accepted the row and holds something else: revenue is "5.00", "50.00" was sent',
    });
    expect((await space.run(...push)).code).toBe(0);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({ revsync_status: 'accepted' });
    expect((await space.run(...push)).code).toBe(0);
    expect(sent).toEqual(['call_log_id=1&revenue=50.00', 'call_log_id=1&revenue=50.00']);
  });

  it('about another call log is asked again, and then in doubt', async () => {
    const space = new Workspace();
    const server = await answeringServer(() => ({
      status: 200,
      body: '{"success":true,"data":{"call_log_id":"2"}}',
    }));
    space.write('sales.csv', sales([['1', '50']]));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url];
    expect((await space.run(...push, '--rate', '100000', '--retries', '1')).code).toBe(1);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_status: 'failed',
      revsync_error_code: 'unclear_answer',
      revsync_error: 'the answer is about something else: call_log_id is "2", "1" was sent',
      revsync_attempts: '2',
    });
  });

  it.each([
    [503, { error: 'TLDialer Connection Error' }, 'tldialer_connection_error'],
    [429, { error: 'Too fast' }, 'vendor_error'],
    [200, { error: 'SQLSTATE[HY000]: Lock wait timeout exceeded' }, 'vendor_error'],
    [404, '<html>Not Found</html>', 'http_404'],
    [200, { ...COST, error: 'Invalid CID' }, 'unclear_answer'],
    [200, { ...COST, cost: '99.00' }, 'cost_differs'],
    [503, '<html>Guru Meditation</html>', 'http_503'],
    [403, '<html>Forbidden</html>', 'http_403'],
  ])(
    'of a vendor that adds a record is never taken for a reason to send again: %i %j',
    async (status, body, code) => {
      const space = new Workspace();
      const server = await answeringServer(() => ({
        status,
        headers: { 'retry-after': '0' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }));
      space.write('sales.csv', `${CALL}32.5\n`);
      const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, '--rate', '100000'];
      expect((await space.run(...push)).code).toBe(5);
      expect((await space.run(...push)).code).toBe(5);
      expect(server.requests()).toBe(1);
      const history = await space.run('history', '8005550100|5125550123|2026-11-20 14:05:00');
      expect(history.stdout).toContain(code);
    },
  );
});

describe('what is said of it beforehand', () => {
  it('TLDCRM: the endpoint protection that its key needs, by doctor and by vendors', async () => {
    const space = new Workspace();
    const needs = 'the API key needs the endpoint protection /api/ingress/calls/inbound/billable*';
    expect((await space.run('doctor', '--vendor', 'tldcrm')).stdout).toContain(
      `tldcrm: not looked at: ${needs}\n`,
    );
    expect((await space.run('vendors', 'tldcrm')).stdout).toContain(`At the vendor\n  ${needs}\n`);
    expect((await space.run('doctor', '--vendor', 'convoso')).stdout).not.toContain('not looked at');
  });

  it('Convoso: that return=1 may mark the call refunded, by vendors and by the help', async () => {
    const space = new Workspace();
    const { stdout } = await space.run('vendors', 'convoso');
    const [confirm] = stdout.split('\n').filter((line) => line.includes('--confirm'));
    expect(confirm).toMatch(
      /asks for the amount \(documented: .*return=1 .*older article.*marks the call refunded/,
    );
    const help = (await space.run('push', '--help', 'all')).stdout.replace(/\s+/g, ' ');
    expect(help).toMatch(
      /--confirm .{0,200}return=1, which by an older article of theirs marks the call refunded/,
    );
  });

  it('TrackDrive: that what a repeat and a changed amount do is assumed', async () => {
    const { stdout } = await new Workspace().run('vendors', 'trackdrive');
    expect(stdout).toContain('a second identical request: overwrites (assumed: ');
    expect(stdout).toContain('a changed amount: resend (assumed: ');
  });
});
