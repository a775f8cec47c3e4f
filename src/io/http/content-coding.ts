import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/**
 * The body without its `Content-Encoding`, at most `cap` bytes of it: a server may encode though nobody asked
 * it to. A body of `cap` bytes counts as cut there, and gives what came before the cut. One that is not what
 * the header says, or in a coding that is not known here, stays as it came.
 */
export async function withoutCoding(body: Buffer, contentEncoding: string, cap: number): Promise<Buffer> {
  let text = body;
  const codings = contentEncoding.split(',').map((coding) => coding.trim().toLowerCase());
  for (const coding of codings.reverse()) {
    const decoder = decoderOf(coding, text, text.length >= cap);
    if (decoder === undefined) continue;
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      decoder.end(text);
      for await (const chunk of decoder as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= cap) break;
      }
    } catch {
      return body;
    }
    text = Buffer.concat(chunks).subarray(0, cap);
  }
  return text;
}

function decoderOf(coding: string, body: Buffer, isCut: boolean): Transform | undefined {
  const zlib = { finishFlush: isCut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH };
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(zlib);
    case 'deflate':
      // Meant to have zlib's header, and often sent without it.
      return ((body[0] ?? 0) & 0x0f) === 8 ? createInflate(zlib) : createInflateRaw(zlib);
    case 'br': {
      const { BROTLI_OPERATION_FLUSH: flush, BROTLI_OPERATION_FINISH: finish } = constants;
      return createBrotliDecompress({ finishFlush: isCut ? flush : finish });
    }
    default:
      return undefined;
  }
}
