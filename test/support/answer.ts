import type { Unanswered } from '../../src/core/outcome.js';
import type { Answer } from '../../src/core/ports.js';
import type { Reply } from '../../src/core/vendor.js';

/** What a scripted vendor gives back for a request. */
export type Scripted = Reply | Unanswered;

/** As a transport tells it. */
export function answered<T>(scripted: Scripted, read: (reply: Reply) => T): Answer<T> {
  return 'kind' in scripted
    ? { outcome: scripted }
    : { outcome: read(scripted), httpStatus: scripted.status };
}

/** Reads a reply as itself. */
export function whole(reply: Reply): Reply {
  return reply;
}
