import { hostname } from 'node:os';
import { pid } from 'node:process';

/** As whom this process holds an account. */
export function thisProcess(): string {
  return `process ${pid} on ${hostname()}`;
}

/** Whose words those are. */
export function processOf(who: string): { readonly pid: number; readonly host: string } {
  const [, number = '0', host = ''] = /^process (\d+) on (.*)$/.exec(who) ?? [];
  return { pid: Number(number), host };
}
