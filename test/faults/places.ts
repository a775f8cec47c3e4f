import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';

/** Where no vendor is to be reached, each for another reason. No request ever leaves for one of them. */
export interface Places {
  readonly urls: Readonly<Record<'no name' | 'closed port' | 'full queue' | 'plain port', string>>;
  /** A URL that sees no request, and those that it saw. */
  readonly bait: string;
  baited(): number;
  close(): Promise<void>;
}

/** Listens with room for one connection and never takes one: its event loop stands still. */
const DEAF = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write(server.address().port + '\\n', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600_000);
      process.exit();
    });
  });`;
const MOST_WAITING = 64;

export async function openPlaces(): Promise<Places> {
  let baited = 0;
  const plain = createServer((_request, response) => {
    baited += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const port = await listen(plain);
  const deaf = await fullQueue();
  return {
    urls: {
      'no name': 'http://vendor.invalid',
      'closed port': `http://127.0.0.1:${await closedPort()}`,
      'full queue': `http://127.0.0.1:${deaf.port}`,
      'plain port': `https://127.0.0.1:${port}`,
    },
    bait: `http://127.0.0.1:${port}/elsewhere`,
    baited: () => baited,
    close: async () => {
      deaf.close();
      plain.closeAllConnections();
      await new Promise((resolve) => plain.close(resolve));
    },
  };
}

function listen(server: ReturnType<typeof createTcpServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A port at which connecting takes for ever. */
async function fullQueue(): Promise<{ port: number; close: () => void }> {
  const child = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  const waiting: Socket[] = [];
  const close = (): void => {
    child.kill('SIGKILL');
    for (const socket of waiting) socket.destroy();
  };
  while (waiting.length < MOST_WAITING) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    waiting.push(socket);
    const connected = once(socket, 'connect').then(() => true);
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500));
    if (!(await Promise.race([connected, late]))) return { port, close };
  }
  close();
  throw new Error('the queue of a server that takes no connection never filled up');
}
