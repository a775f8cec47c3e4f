import { describe, it } from 'vitest';
import { json, type Fake } from '../../src/sandbox/fake.js';
import { BATTERY, type Harness } from './battery.js';
import { ringbooks } from './invented.js';

function ringbooksFake(): Fake {
  const held: Record<string, string> = {};
  return {
    vendor: 'ringbooks',
    serves: (path) => path.startsWith('/v3/calls/'),
    books: () => held,
    answer({ path, body, headers }) {
      if (headers['x-token'] === 'bad') return json(401, { error: 'token' });
      const call = decodeURIComponent(path.split('/')[3] ?? '');
      if (call.startsWith('404404')) return json(404, { error: 'no_call' });
      held[call] = (JSON.parse(body) as { value: string }).value;
      return json(200, { ok: true });
    },
  };
}

const HARNESS: Harness = {
  vendor: ringbooks,
  fake: ringbooksFake,
  header: 'Call Number,Value',
  good: 'C 1/2,{amount}',
  goodKey: 'C 1/2',
  spelledOtherwise: ' C 1/2,{amount}',
  another: 'C 1/3,{amount}',
  unknown: { row: '404404,{amount}', status: 'rejected', code: 'no_call' },
  secrets: { RINGBOOKS_TOKEN: 'NEEDLE-ring' },
  badSecrets: { RINGBOOKS_TOKEN: 'bad' },
  held: (books) =>
    Object.entries(books as Record<string, string>).flatMap(([call, value]) =>
      call === 'C 1/2' ? [value] : [],
    ),
  amountIn: ({ body }) => (body.kind === 'json' ? (body.value['value'] as string) : undefined),
  decimals: 3,
  zero: '0.00',
  lostReply: 'accepted',
  emptyObject: 'in_doubt',
  rejection: { status: 404, body: '{"error":"no_call"}' },
  missingColumns: ['call', 'amount'],
  replies: [
    { name: 'taken', status: 200, body: { ok: true }, outcome: { kind: 'applied' } },
    {
      name: 'no such call',
      status: 404,
      body: { error: 'no_call' },
      outcome: { kind: 'rejected', code: 'no_call' },
    },
    { name: 'no token', status: 401, body: '', outcome: { kind: 'refused' } },
    { name: 'busy', status: 429, body: '', outcome: { kind: 'busy' } },
  ],
};

describe('a sixth vendor, of one file and one harness', () => {
  it.each(BATTERY.map((check) => [check.name, check] as const))('%s', async (_name, check) => {
    await check.run(HARNESS);
  });
});
