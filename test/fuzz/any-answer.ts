import fc from 'fast-check';
import type { Harness } from '../vendors/battery.js';
import type { RawAnswer } from '../support/wire.js';

/** An answer on the wire. `turnedAway` is the vendor's certain word that nothing was applied, so ask again. */
export interface AnyAnswer extends RawAnswer {
  readonly turnedAway: boolean;
}

/** Waits that pass at once, that are too long, and what is no wait at all. */
const goodWaits = ['0', '1', ' 2 ', '86400', '99999999999999999999', 'Thu, 01 Jan 1970 00:00:10 GMT'];
const badWaits = ['', '-1', '1.5', '1e3', 'soon', '0x10', '1, 2', '\u00bd', '12:00', 'Infinity', '٣'];

const junkBytes = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));

/** As deep as an answer that is read can be. */
function nested(field: string, open: string, close: string): string {
  const levels = Math.floor(60_000 / (open.length + close.length));
  return `{"${field}":${open.repeat(levels)}1${close.repeat(levels)}}`;
}

/** Documented answers of the vendor, whole, cut, with a byte changed or a value of another kind. */
function bodies({ replies }: Harness): fc.Arbitrary<Buffer> {
  const texts = replies.map(({ body }) => (typeof body === 'string' ? body : JSON.stringify(body)));
  const documented = fc.constantFrom(...texts);
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('\0', '\ud800', 'x'.repeat(5000), 1e400, '=1+1'));
  const fields = [
    'success',
    'data',
    'code',
    'text',
    'error',
    'errors',
    'message',
    'cost_id',
    'updated',
    'lead',
    'id',
  ];
  const nearly = fc.dictionary(
    fc.constantFrom(...fields, 'call_log_id', 'call_outcome', 'transaction_id', 'class', '__proto__'),
    value,
    { maxKeys: 4 },
  );
  const text = fc.oneof(
    documented,
    fc.tuple(documented, fc.nat()).map(([whole, place]) => whole.slice(0, place % (whole.length + 1))),
    fc
      .tuple(documented, fc.nat(), fc.string({ unit: 'binary', maxLength: 2 }))
      .map(
        ([whole, place, put]) =>
          whole.slice(0, place % (whole.length + 1)) + put + whole.slice((place % (whole.length + 1)) + 1),
      ),
    nearly.map((object) => JSON.stringify(object)),
    documented.map((whole) => `\ufeff${whole}`),
    documented.map((whole) => whole + whole),
    documented.map((whole) => `[${whole}]`),
    fc.constantFrom(
      '',
      'null',
      '{}',
      '[]',
      '<html>It works!</html>',
      '['.repeat(60_000),
      '{"a":'.repeat(9000),
    ),
    fc
      .tuple(fc.constantFrom('error', 'errors', 'message'), fc.boolean())
      .map(([field, list]) => (list ? nested(field, '[', ']') : nested(field, '{"a":', '}'))),
    fc.constant(`{"error":"${'no '.repeat(40_000)}"}`),
  );
  return fc.oneof(
    { arbitrary: text.map((one) => Buffer.from(one)), weight: 6 },
    { arbitrary: junkBytes, weight: 1 },
  );
}

const headerLines = fc.array(
  fc.oneof(
    fc.constantFrom(
      'content-type: text/html',
      'location: http://127.0.0.1:1/',
      'set-cookie: a=b',
      'connection: close',
    ),
    fc.constantFrom(
      'content-encoding: gzip',
      'transfer-encoding: chunked',
      'content-length: 5',
      'upgrade: h2c',
    ),
    fc
      .tuple(fc.stringMatching(/^[a-zA-Z-]{1,8}$/), fc.string({ maxLength: 8 }))
      .map(([name, text]) => `${name}: ${text}`),
    fc.string({ maxLength: 10 }),
  ),
  { maxLength: 2 },
);

const statuses = fc.oneof(
  { arbitrary: fc.constantFrom(200, 200, 201, 429, 503, 401, 500), weight: 3 },
  { arbitrary: fc.integer({ min: 200, max: 599 }), weight: 2 },
);

/** A failure shows what was answered, and not its bytes one by one. */
function shown<T extends RawAnswer>(answer: T): T {
  const { bytes, then } = answer;
  const value = (): string =>
    JSON.stringify({ text: bytes.toString('latin1').slice(0, 500), size: bytes.length, then });
  return Object.defineProperty(answer, fc.toStringMethod, { value });
}

/** Any answer of a server that answers HTTP, well or badly, and of one that does not. */
export function anyAnswer(harness: Harness): fc.Arbitrary<AnyAnswer> {
  const waits = fc.oneof(fc.constant(undefined), fc.constantFrom(...goodWaits), fc.constantFrom(...badWaits));
  const then = fc.constantFrom('keep', 'end', 'end', 'reset' as const);
  const wellFormed = fc
    .record({ status: statuses, body: bodies(harness), wait: waits, then })
    .map(({ status, body, wait, then }): AnyAnswer => {
      const waitLine = wait === undefined ? '' : `retry-after: ${wait}\r\n`;
      const head = `HTTP/1.1 ${status} Any\r\n${waitLine}content-length: ${body.length}\r\n\r\n`;
      const turnedAway =
        status === 429 ||
        status === 425 ||
        (status === 503 && wait !== undefined && goodWaits.includes(wait));
      return { bytes: Buffer.concat([Buffer.from(head), body]), then, turnedAway };
    });
  const badlyFormed = fc
    .record({
      status: statuses,
      body: bodies(harness),
      lines: headerLines,
      start: fc.constantFrom('', 'HTTP/1.1 100 Go\r\n\r\n', '\r\n'),
    })
    .map(({ status, body, lines, start }): AnyAnswer => {
      const head = `${start}HTTP/1.1 ${status} \r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
      const turnedAway = status === 429 || status === 425;
      return { bytes: Buffer.concat([Buffer.from(head, 'latin1'), body]), then: 'end', turnedAway };
    });
  const noHttp = junkBytes.map((bytes): AnyAnswer => ({ bytes, then: 'end', turnedAway: false }));
  return fc
    .oneof(
      { arbitrary: wellFormed, weight: 6 },
      { arbitrary: badlyFormed, weight: 2 },
      { arbitrary: noHttp, weight: 1 },
    )
    .map(shown);
}
