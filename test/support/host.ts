import { PassThrough, Writable } from 'node:stream';
import type { Host, OutputStream } from '../../src/cli/host.js';

/** A stream that keeps what is written to it; with `columns` it looks like a terminal. */
export class Captured extends Writable {
  readonly isTTY: boolean;
  declare readonly columns: number;
  readonly #chunks: Buffer[] = [];

  constructor(columns?: number) {
    super();
    this.isTTY = columns !== undefined;
    if (columns !== undefined) this.columns = columns;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  hasColors(): boolean {
    return this.isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}

export interface TestHost extends Host {
  readonly stdin: PassThrough & { readonly isTTY: boolean };
  readonly stdout: Captured & OutputStream;
  readonly stderr: Captured & OutputStream;
}

/** Shortly after the times in the files of the tests. */
export const PRESENT = Date.UTC(2026, 10, 30);

/** What a command runs in, without a terminal unless `terminal` says how wide one is; nothing of this process is in it. */
export function testHost({
  env = {},
  cwd = '/',
  terminal,
  signal = new AbortController().signal,
  now = PRESENT,
  user = 'ann',
}: {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly terminal?: number;
  readonly signal?: AbortSignal;
  readonly now?: number;
  readonly user?: string | undefined;
} = {}): TestHost {
  return {
    argv: [],
    script: undefined,
    env,
    cwd,
    now: () => now,
    person: () => Promise.resolve({ name: user, host: 'desk' }),
    stdin: Object.assign(new PassThrough(), { isTTY: terminal !== undefined }),
    stdout: new Captured(terminal),
    stderr: new Captured(terminal),
    signal,
  };
}
