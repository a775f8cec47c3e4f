import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { main } from '../../src/cli/main.js';
import { parseFaults, type FaultPlan } from '../../src/sandbox/faults.js';
import { FAKES } from '../../src/sandbox/index.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { FIXTURES, type Ended } from './cli.js';
import { CREDENTIALS } from './credentials.js';
import { testHost } from './host.js';
import { letTimePass } from './pull.js';

const HOSTS = ['CONVOSO', 'TRACKDRIVE', 'TLDCRM', 'INVOCA', 'RINGBA'];

const PROFILES = `profiles:
  nightly:
    vendor: convoso
    files: exports/*.csv
    rate: 0
`;

/** As they lie in the folder; whatever else an example names belongs here. */
const FILES: Readonly<Record<string, string>> = {
  'sales.csv': salesFile(),
  'my sales.csv': salesFile(),
  'invoca.csv': firstLines('invoca/sales.csv', 3),
  'tldcrm.csv': firstLines('tldcrm/sales.csv', 3),
  'trackdrive.csv': firstLines('trackdrive/sales.csv', 3),
  'exports/2026-11-29.csv': 'Call Log ID,Sale Amount\n100125,40.50\n',
  'exports/2026-11-30.csv': 'Call Log ID,Sale Amount\n100140,10.00\n',
  'revsync.yaml': PROFILES,
  '.env': Object.entries(CREDENTIALS)
    .map(([name, token]) => `${name}=${token}\n`)
    .join(''),
};

/** Fifteen calls of three agents in two campaigns. */
function salesFile(): string {
  const rows = Array.from({ length: 15 }, (_, index) =>
    [
      `2026-11-28 ${9 + (index % 8)}:0${index % 6}:00`,
      String(100_125 + index),
      ['Alma Reyes', "Ben O'Neill", 'Dev Patel'][index % 3],
      ['Final Expense - TX', 'Medicare T65'][index % 2],
      `${40 + index}.50`,
    ].join(','),
  );
  return `Call Date,Call Log ID,Agent,Campaign,Sale Amount\n${rows.join('\n')}\n`;
}

function firstLines(fixture: string, count: number): string {
  return `${readFileSync(join(FIXTURES, fixture), 'utf8').split('\n').slice(0, count).join('\n')}\n`;
}

/**
 * Where examples are run: a folder with files, a profile, credentials, a plan (run-13), results and a ledger in which run-10 has
 * a row that is unknown, run-11 one whose answer was lost, and run-12 was the last push; the vendors are those of the
 * sandbox, on a loopback port. Each example has a copy of it to itself.
 */
export class ExampleDesk {
  readonly #root = mkdtempSync(join(tmpdir(), 'revsync-examples-'));
  readonly #server: Sandbox;
  #copies = 0;

  private constructor(server: Sandbox) {
    this.#server = server;
  }

  static async open(): Promise<ExampleDesk> {
    let faults: FaultPlan = () => undefined;
    const fakes = [...FAKES.values()].map((fake) => fake({}));
    const server = await startSandbox({ fakes, port: 0, faults: (request) => faults(request), latencyMs: 0 });
    const desk = new ExampleDesk(server);
    const folder = desk.#folder('desk');
    mkdirSync(join(folder, 'exports'), { recursive: true });
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const prepare = async (exit: number, line: string): Promise<void> => {
      const { code, stderr } = await desk.#call(folder, line);
      expect([line, code, code === exit ? '' : stderr]).toEqual([line, exit, '']);
    };
    await prepare(0, 'revsync push trackdrive.csv --vendor trackdrive --rate 0');
    await prepare(0, 'revsync push exports/2026-11-29.csv --profile nightly');
    for (let run = 3; run < 10; run += 1)
      await prepare(0, 'revsync push exports/2026-11-29.csv --vendor convoso');
    const lost = parseFaults('reset-after');
    if (!lost.ok) throw new Error(lost.error);
    const lostOnce = (): FaultPlan => {
      let isFirst = true;
      return (request) => {
        const fault = isFirst ? lost.value(request) : undefined;
        isFirst = false;
        return fault;
      };
    };
    faults = lostOnce();
    await prepare(5, 'revsync push tldcrm.csv --vendor tldcrm --rate 0 --new-ledger');
    faults = lostOnce();
    await prepare(1, 'revsync push invoca.csv --vendor invoca --rate 0 --retries 0');
    await prepare(0, 'revsync push sales.csv --vendor convoso --rate 0');
    await prepare(0, 'revsync push exports/2026-11-30.csv --profile nightly --plan plan.json');
    await prepare(0, 'revsync pull invoca --network 33');
    await letTimePass(join(folder, 'ledger.db'));
    await prepare(0, 'revsync ledger backup --out other.db');
    return desk;
  }

  /** Runs what is typed, in a copy of the folder. */
  async tryLine(line: string): Promise<Ended> {
    this.#copies += 1;
    const folder = this.#folder(`copy-${this.#copies}`);
    cpSync(this.#folder('desk'), folder, { recursive: true });
    return this.#call(folder, line);
  }

  /** The same, where it is no mistake in how revsync is called: what stands in help and documents. */
  async run(line: string): Promise<Ended> {
    const ended = await this.tryLine(line);
    expect(ended.code === 2 ? `${line}\n${ended.stderr}` : '').toBe('');
    return ended;
  }

  async close(): Promise<void> {
    await this.#server.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #folder(name: string): string {
    return join(this.#root, name);
  }

  async #call(folder: string, line: string): Promise<Ended> {
    const [program, ...typed] = wordsOf(line);
    if (program !== 'revsync') throw new Error(`not a command of revsync: ${line}`);
    const addresses = Object.fromEntries(HOSTS.map((name) => [`${name}_BASE_URL`, this.#server.url]));
    const env = { ...CREDENTIALS, ...addresses, REVSYNC_LEDGER: join(folder, 'ledger.db'), HOME: folder };
    const isServed = typed[0] === 'sandbox' && !typed.includes('--reset');
    const argv = isServed ? typed.map((word, at) => (typed[at - 1] === '--port' ? '0' : word)) : typed;
    const signal = isServed ? AbortSignal.abort('SIGINT') : new AbortController().signal;
    const isAsked = typed[0] === 'init' && !typed.includes('--yes');
    const host = testHost({ env, cwd: folder, signal, ...(isAsked ? { terminal: 80 } : {}) });
    host.stdin.end(isAsked ? 'y\n' : '');
    const code = await main({ ...host, argv });
    return { code, signal: null, stdout: host.stdout.text, stderr: host.stderr.text };
  }
}

/** The words of a line as a shell reads them; what else a shell does is none of them. */
export function wordsOf(line: string): string[] {
  const plain = line.replace(/'[^']*'|"[^"$`\\]*"/g, '');
  if (/[|&;<>()$`\\"'*?]/.test(plain)) throw new Error(`a shell is needed for ${line}`);
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}
