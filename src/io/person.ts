import { hostname, userInfo } from 'node:os';
import type { Person } from '../core/plans.js';
import type { Environment } from './secrets.js';

/**
 * Whom the process works for: who called sudo, where it runs by that, else its user. Whoever may become another user, or
 * write to the ledger's file, may pass for somebody else.
 */
export function personOf(env: Environment, own = process.getuid?.()): Person {
  const { SUDO_USER: caller = '', SUDO_UID: uid = '' } = env;
  const isBySudo = caller !== '' && uid !== '' && Number(uid) !== own;
  return { name: isBySudo ? caller : ownName(), host: hostname() };
}

/** In a container a user may have no name. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
