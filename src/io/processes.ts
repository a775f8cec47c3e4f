import { readFileSync, readlinkSync } from 'node:fs';

/** Whether a process of this number is there, in the space of numbers that this one is in. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** What tells one start of this system from another; empty where it does not say. */
export function bootId(): string {
  return told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

/** The space in which process numbers mean what they do here, such as that of a container; empty where it does not say. */
export function pidSpace(): string {
  return told(() => readlinkSync('/proc/self/ns/pid'));
}

function told(ask: () => string): string {
  try {
    return ask();
  } catch {
    return '';
  }
}
