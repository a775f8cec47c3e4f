import type { Socket } from 'node:net';
import type { buildConnector as Connectors } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';

type Connector = Connectors.connector;

/**
 * A connector to sockets that show no interim answers: a server or a proxy may send any number of 1xx ahead of the
 * answer, asked for or not, and undici ends the connection at a 100 or 101, so that the answer behind it is lost.
 */
export function withoutInterim(connect: Connector | Connectors.BuildOptions): Connector {
  const connector = typeof connect === 'function' ? connect : buildConnector(connect);
  return (options, callback) => {
    connector(options, (...ended: Parameters<typeof callback>) => {
      // With an error there is no second one, whatever its type says.
      if (ended.length > 1 && ended[1] !== null) skipInterim(ended[1]);
      callback(...ended);
    });
  };
}

const NOTHING = Buffer.alloc(0);
const INTERIM = ['HTTP/1.1 1', 'HTTP/1.0 1'];
const HEAD_END = '\r\n\r\n';
/** A longer head is the parser's to refuse. */
const LONGEST_HEAD = 64 * 1024;

/** One request is under way at a time: whatever is read after it is written, up to the answer's first line, comes before the answer. */
function skipInterim(socket: Socket): void {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  const write = socket.write.bind(socket) as (...all: unknown[]) => boolean;
  let isAhead = true;
  let held: Buffer = NOTHING;
  socket.write = (...all: unknown[]) => {
    isAhead = true;
    return write(...all);
  };
  socket.read = (size?: number) => {
    const chunk = read(size);
    if (chunk === null || !isAhead) return chunk;
    held = withoutHeads(held.length === 0 ? chunk : Buffer.concat([held, chunk]));
    if (mayBeInterim(held)) return null;
    isAhead = false;
    const answer = held;
    held = NOTHING;
    return answer;
  };
}

/** What comes after the interim answers that are whole. */
function withoutHeads(bytes: Buffer): Buffer {
  let rest = bytes;
  while (mayBeInterim(rest)) {
    const end = rest.indexOf(HEAD_END);
    if (end < 0) break;
    rest = rest.subarray(end + HEAD_END.length);
  }
  return rest;
}

/** As far as it has come. */
function mayBeInterim(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 10);
  return bytes.length <= LONGEST_HEAD && INTERIM.some((line) => line.startsWith(start) || start === line);
}
