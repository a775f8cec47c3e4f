import { describe, expect, it } from 'vitest';
import type { Reply, Vendor } from '../../src/core/vendor.js';
import { readAnswer } from '../../src/push/believed.js';
import { convoso } from '../../src/vendors/convoso.js';
import { tldcrm } from '../../src/vendors/tldcrm.js';

function reply(status: number, text: string, seconds?: string): Reply {
  const headers: Record<string, string> = seconds === undefined ? {} : { 'retry-after': seconds };
  return { status, text, headers, receivedAt: 0 };
}

/** Convoso, were each request to make another record. */
const appending: Vendor = {
  ...convoso,
  semantics: { ...convoso.semantics, repeat: { kind: 'appends', assumed: 'for these tests' } },
  errorCodes: [
    ...convoso.errorCodes,
    { code: 'http_404', means: 'no such call log', effect: 'row rejected' },
  ],
};

const kindOf = (vendor: Vendor, one: Reply): string => readAnswer(vendor, 'create', one).kind;

describe('an answer that turns a row away', () => {
  it.each([
    '',
    ' \n',
    'Too Many Requests',
    '429 Too Many Requests',
    '"slow down"',
    '{}',
    '{"message":"Too Many Attempts."}',
    '{"status":429,"title":"Too Many Requests","detail":"Rate limit exceeded. Please try again later."}',
    '{"code":"rate_limited","retry_after":30,"errors":[]}',
    '<html><h1>429 Too Many Requests</h1><hr>nginx</html>',
  ])('is believed where it says no more than 429 does: %j', (text) => {
    expect(kindOf(tldcrm, reply(429, text))).toBe('busy');
  });

  it.each([
    'OK',
    '3',
    '[]',
    'The cost was added, too many requests',
    '{"message":"Cost added"}',
    '{"message":"Too Many Requests","inserted":{}}',
    '{"status":"ok"}',
    '{"cost_id":0}',
    '{"success":true}',
    '{"cost_id":991,',
    '<html>It works!</html>',
    '<br /><b>Notice</b>: too many requests in cost.php<br />{"cost_id":991}',
  ])('is in doubt where a record may have been added, and it says more: %j', (text) => {
    expect(kindOf(tldcrm, reply(429, text))).toBe('in_doubt');
    expect(kindOf(tldcrm, reply(503, text, '0'))).toBe('in_doubt');
    expect(kindOf(convoso, reply(429, text))).not.toBe('in_doubt');
  });

  it('is in doubt under 503 where a page of something between says it', () => {
    const page = '<html><h1>503 Service Unavailable</h1></html>';
    expect(kindOf(tldcrm, reply(503, page, '5'))).toBe('in_doubt');
    expect(kindOf(tldcrm, reply(503, 'Service Unavailable', '5'))).toBe('busy');
    expect(kindOf(convoso, reply(503, page, '5'))).toBe('busy');
  });
});

describe('a status alone, where each request makes another record', () => {
  it('rejects a row only where the vendor documents it, and nothing between them wrote the page', () => {
    expect(kindOf(tldcrm, reply(404, ''))).toBe('in_doubt');
    expect(kindOf(appending, reply(404, ''))).toBe('rejected');
    expect(kindOf(appending, reply(404, '{"message":"No such Call Log"}'))).toBe('rejected');
    expect(kindOf(appending, reply(404, '{"call_log_id":"1"}'))).toBe('in_doubt');
    expect(kindOf(appending, reply(404, '<html>Not Found</html>'))).toBe('in_doubt');
    expect(kindOf(convoso, reply(404, '<html>Not Found</html>'))).toBe('rejected');
  });

  it('stops the run at 401 and 403, and leaves the row open where the answer goes beyond them', () => {
    expect(readAnswer(tldcrm, 'create', reply(403, 'Forbidden'))).not.toHaveProperty('mayBeApplied');
    for (const text of ['<html>403 Forbidden</html>', '{"error":"Deadlock found"}', 'Blocked by policy'])
      expect(readAnswer(tldcrm, 'create', reply(403, text))).toMatchObject({
        kind: 'refused',
        mayBeApplied: true,
      });
    expect(readAnswer(convoso, 'create', reply(403, 'Blocked'))).not.toHaveProperty('mayBeApplied');
  });
});
