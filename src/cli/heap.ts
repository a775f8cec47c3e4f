import { setFlagsFromString } from 'node:v8';

/**
 * Has what is no longer used collected once it is half as much as what is. V8 by itself waits until there is several
 * times as much, which only long runs come to: they would take a quarter more memory than short ones.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
