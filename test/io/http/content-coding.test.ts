import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withoutCoding } from '../../../src/io/http/content-coding.js';

const CAP = 1024;
const ANSWER = '{"success":true,"data":{"call_log_id":"100125"}}';
const plain = Buffer.from(ANSWER);

async function read(body: Buffer, coding: string): Promise<string> {
  return (await withoutCoding(body, coding, CAP)).toString('utf8');
}

describe('an encoded answer', () => {
  it.each<[string, Buffer]>([
    ['gzip', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    [' GZIP ', gzipSync(plain)],
    ['deflate', deflateSync(plain)],
    ['deflate', deflateRawSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['deflate, gzip', gzipSync(deflateSync(plain))],
    ['identity', plain],
    ['gzip, identity', gzipSync(plain)],
    ['utf-8', plain],
  ])('is read through: %j', async (coding, body) => {
    expect(await read(body, coding)).toBe(ANSWER);
  });

  it.each(['gzip', 'deflate', 'br'])('stays as it came where it is not %s', async (coding) => {
    expect(await read(plain, coding)).toBe(ANSWER);
    expect(await read(Buffer.from('<html>It works!</html>'), coding)).toBe('<html>It works!</html>');
  });

  it('stays as it came where its end is missing', async () => {
    for (const [coding, body] of [
      ['gzip', gzipSync(plain).subarray(0, -9)],
      ['deflate', deflateSync(plain).subarray(0, -9)],
      ['br', brotliCompressSync(plain).subarray(0, -9)],
    ] as const)
      expect(await withoutCoding(body, coding, CAP)).toEqual(body);
  });

  it('is nothing where it is nothing', async () => {
    expect(await read(gzipSync(''), 'gzip')).toBe('');
    expect(await read(Buffer.alloc(0), 'gzip')).toBe('');
  });

  it('is no longer than the cap, however far it would unfold', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, 'x'));
    expect(bomb.length).toBeGreaterThan(CAP);
    expect(await read(bomb.subarray(0, CAP), 'gzip')).toBe('x'.repeat(CAP));
    expect(await read(gzipSync(Buffer.alloc(100_000, 'x')), 'gzip')).toBe('x'.repeat(CAP));
  });

  it('gives what came before it was cut at the cap', async () => {
    const noise = randomBytes(10_000).toString('hex');
    for (const [coding, body] of [
      ['gzip', gzipSync(noise)],
      ['deflate', deflateSync(noise)],
      ['br', brotliCompressSync(noise)],
    ] as const) {
      const text = await read(body.subarray(0, CAP), coding);
      expect(text.length).toBeGreaterThan(0);
      expect(noise.startsWith(text)).toBe(true);
    }
  });
});
