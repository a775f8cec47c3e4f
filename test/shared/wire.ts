import { connect, createServer, type Server, type Socket } from 'node:net';

export type Cut = 'silent' | 'one-way' | 'reset' | 'slow';

/** A way to a port of this machine that can be cut: bytes vanish, those of the answers alone, connections are reset, or each byte takes its time. */
export class Wire {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  port = 0;
  #cut: Cut | undefined;
  /** How much was asked over it. */
  asked = 0;
  /** Of what is asked for the so-manieth time nobody hears the answer: its connection is reset once the server has it. */
  losesAnswer: number | undefined;

  private constructor(to: number) {
    this.#server = createServer((near) => {
      const far = connect(to, '127.0.0.1');
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      const end = (): void => {
        this.#pairs.delete(pair);
        near.destroy();
        far.destroy();
      };
      for (const socket of pair) socket.on('error', end).on('close', end);
      let isLost = false;
      near.on('data', (bytes: Buffer) => {
        this.asked += 1;
        isLost ||= this.asked === this.losesAnswer;
        this.#pass(bytes, far, true);
      });
      far.on('data', (bytes: Buffer) => {
        if (!isLost) this.#pass(bytes, near, false);
        else near.resetAndDestroy();
      });
      if (this.#cut === 'reset') end();
    });
  }

  static async open(to: number): Promise<Wire> {
    const wire = new Wire(to);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    const address = wire.#server.address();
    wire.port = typeof address === 'object' && address !== null ? address.port : 0;
    return wire;
  }

  cut(how: Cut | undefined): void {
    this.#cut = how;
    if (how !== 'reset') return;
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  close(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    this.#server.close();
  }

  #pass(bytes: Buffer, to: Socket, asks: boolean): void {
    switch (this.#cut) {
      case undefined:
        to.write(bytes);
        return;
      case 'silent':
      case 'reset':
        return;
      case 'one-way':
        if (asks) to.write(bytes);
        return;
      case 'slow':
        setTimeout(() => to.write(bytes), 300);
    }
  }
}
