import { expect } from 'vitest';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import type { Workspace } from './cli.js';
import { type Ended } from './cli.js';
import { workspaceOfTest } from './shared-ledger.js';
import { vendorServer, type VendorServer } from './vendor-server.js';

const FAST = ['--rate', '100000', '--retries', '2'];
const ZONE = ['--timezone', 'America/New_York'];
export const HEADER = 'call_date,did,cid,cost';
export const DID = '8005550100';

/** Sales of the 19th of November, a minute apart, from 9 o'clock on. */
export function salesOf(count: number, { hour = 9, second = 0, from = 1 } = {}): string[] {
  return Array.from({ length: count }, (_, index) => {
    const minute = String(from + index).padStart(2, '0');
    const time = `2026-11-19 ${String(hour).padStart(2, '0')}:${minute}:${String(second).padStart(2, '0')}`;
    return `${time},${DID},51255501${minute},${from + index}.50`;
  });
}

export function csv(lines: readonly string[], header = HEADER): string {
  return [header, ...lines, ''].join('\n');
}

/** A desk at which `sales.csv` was pushed to TLDCRM, and exports of it are compared. */
export class CostDesk {
  readonly space: Workspace;
  readonly server: VendorServer<TldcrmBooks>;
  readonly to: readonly string[];

  private constructor(space: Workspace, server: VendorServer<TldcrmBooks>) {
    this.space = space;
    this.server = server;
    this.to = ['--vendor', 'tldcrm', '--base-url', server.url, ...ZONE];
  }

  static async open(sales = salesOf(2)): Promise<CostDesk> {
    const desk = new CostDesk(await workspaceOfTest(), await vendorServer<TldcrmBooks>('tldcrm'));
    desk.space.write('sales.csv', csv(sales));
    return desk;
  }

  /** With `sales.csv` pushed. */
  static async pushed(sales?: string[]): Promise<CostDesk> {
    const desk = await CostDesk.open(sales);
    expect((await desk.push('sales.csv')).code).toBe(0);
    return desk;
  }

  get records(): number {
    return this.server.books().costs.length;
  }

  push(file: string, ...more: string[]): Promise<Ended> {
    return this.space.run('push', file, ...this.to, ...FAST, ...more);
  }

  /** Against an export of these lines, made now unless `more` says it. */
  async reconcile(lines: readonly string[], ...more: string[]): Promise<Ended> {
    this.space.write(
      'export.csv',
      csv(lines, more.includes('--header') ? more.splice(more.indexOf('--header'), 2)[1] : HEADER),
    );
    const made = more.includes('--export-made') ? [] : ['--export-made', new Date().toISOString()];
    const key = more.includes('--key') ? [] : ['--key', 'did,cid,call_date'];
    return this.space.run(
      'reconcile',
      'sales.csv',
      ...this.to,
      '--against',
      'export.csv',
      '--amount',
      'cost',
      ...key,
      ...made,
      ...more,
    );
  }

  results(name = 'sales.breaks.results.csv'): string[] {
    return this.space
      .rows(name)
      .map((row) => `${row['revsync_status'] ?? ''} ${row['revsync_error_code'] ?? ''}`.trim());
  }

  words(): (string | undefined)[] {
    return this.space.rows('sales.breaks.csv').map((row) => row['revsync_break']);
  }

  /** The breaks with `yes` in these rows. */
  confirm(...rows: number[]): void {
    const [header = '', ...lines] = this.space.read('sales.breaks.csv').trimEnd().split('\n');
    expect(header).toMatch(/,revsync_send_again$/);
    const told = lines.map((line, index) => (rows.includes(index) ? `${line}yes` : line));
    this.space.write('sales.breaks.csv', [header, ...told, ''].join('\n'));
  }
}
