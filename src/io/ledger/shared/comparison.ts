import type { PulledScope, Span } from '../../../core/breaks.js';
import type { Namespace } from '../../../core/ledger.js';
import type { BookedRow } from '../../../core/transactions.js';
import { SqliteComparison } from '../comparison.js';
import { findNamespace } from '../namespaces.js';
import type { BookReader } from './book-reader.js';
import type { Mirror } from './mirror.js';
import { PulledMirror } from './pulled-mirror.js';

/** The comparison with what books have that machines share, in the scratch file of a dry run. */
export class SharedComparison extends SqliteComparison {
  readonly #mirror: Mirror;
  readonly #pulled: PulledMirror;
  readonly #account: Namespace;

  constructor(mirror: Mirror, books: BookReader, account: Namespace) {
    super(mirror.db, account);
    this.#mirror = mirror;
    this.#pulled = new PulledMirror(mirror.db, books);
    this.#account = account;
  }

  override async pulled(source: string): Promise<readonly PulledScope[]> {
    await this.#pulled.scopes();
    return super.pulled(source);
  }

  override async *transactions(scope: number): AsyncGenerator<readonly BookedRow[]> {
    await this.#pulled.all(scope);
    yield* super.transactions(scope);
  }

  override async holdEntries(span: Span): Promise<void> {
    await this.#mirror.entries(findNamespace(this.#mirror.db, this.#account));
    return super.holdEntries(span);
  }
}
