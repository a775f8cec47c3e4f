import { describe, expect, it } from 'vitest';
import { FAKES } from '../../src/sandbox/index.js';

describe('the fakes', () => {
  it('stand under the id of the vendor they name', () => {
    expect([...FAKES].map(([id, fake]) => [id, fake({}).vendor])).toEqual([
      ['convoso', 'convoso'],
      ['trackdrive', 'trackdrive'],
      ['tldcrm', 'tldcrm'],
      ['invoca', 'invoca'],
      ['invoca-signals', 'invoca-signals'],
      ['ringba', 'ringba'],
    ]);
  });

  it.each([
    ['/v1/revenue/update', ['convoso']],
    ['/api/v1/calls/77', ['trackdrive']],
    ['/api/v1/secure/t0ken/calls/0b7c', ['trackdrive']],
    ['/api/ingress/calls/inbound/billable/8005550100/2125550199', ['tldcrm']],
    ['/api/2015-08-17/call_outcomes.json', ['invoca']],
    ['/api/2020-10-01/networks/transactions/33.json', ['invoca']],
    ['/api/2020-10-01/advertisers/transactions/33.json', ['invoca']],
    ['/api/2020-10-01/affiliates/transactions/33.json', ['invoca']],
    ['/api/2018-02-01/transactions.json', ['invoca-signals']],
    ['/api/v1/transactions.json', ['invoca-signals']],
    ['/v2/RA1F2E/calls/payments/override', ['ringba']],
    ['/api/v1/calls', ['trackdrive']],
    ['/api/v1/calls/stats', ['trackdrive']],
    ['/v2/RA1/calls/payments/override', ['ringba']],
    ['/v2/RA1/calls/payments', ['ringba']],
    ['/v2/RA1/calls/void', ['ringba']],
    ['/v2/RA1/calllogs', ['ringba']],
    ['/v2/RA1/calls', []],
    ['/api/v1/calls/77/recording', []],
    ['/api/2020-10-01/agents/transactions/33.json', []],
    ['/', []],
  ])('share no path: %s is served by %j', (path, vendors) => {
    const serving = [...FAKES.values()].map((fake) => fake({})).filter((fake) => fake.serves(path));
    expect(serving.map(({ vendor }) => vendor)).toEqual(vendors);
  });
});
