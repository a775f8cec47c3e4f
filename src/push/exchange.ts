import type { Exchange } from '../core/ports.js';
import type { Failure } from '../core/reply.js';
import { unreachable } from '../core/result.js';
import type { Reply } from '../core/vendor.js';
import type { Knowledge } from './retry.js';

/** No byte of the request left this machine. */
export interface NotSent {
  readonly kind: 'not_sent';
  readonly code: string;
  readonly message: string;
}

type Unsettled = NotSent | Extract<Failure, { kind: 'busy' | 'unclear' }>;

/** What came of an attempt, in the words of the vendor's reader; without a reply it is in doubt or was not sent. */
export function readExchange<T>(exchange: Exchange, read: (reply: Reply) => T): T | Unsettled {
  switch (exchange.kind) {
    case 'reply':
      return read(exchange.reply);
    case 'not_sent':
      return { kind: 'not_sent', code: 'connect_failed', message: exchange.message };
    case 'lost':
      return { kind: 'unclear', code: exchange.code, message: exchange.message };
    default:
      return unreachable(exchange);
  }
}

/** What an attempt that settled nothing leaves to decide a retry by. */
export function knowledgeOf(seen: Unsettled): Knowledge {
  switch (seen.kind) {
    case 'busy':
      return { kind: 'busy', retryAfterMs: seen.retryAfterMs };
    case 'unclear':
      return { kind: 'in_doubt' };
    case 'not_sent':
      return { kind: 'not_sent' };
    default:
      return unreachable(seen);
  }
}
