import type { Vendor } from '../core/vendor.js';
import { convoso } from './convoso.js';

/** Every vendor, written out. */
export const VENDORS: readonly Vendor[] = [convoso];
