import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/io/ledger/database.js';
import {
  advance,
  beginBeside,
  doubtAbout,
  generationPath,
  keepBeside,
} from '../../../src/io/ledger/generation.js';
import { migrate } from '../../../src/io/ledger/schema.js';
import { Workspace } from '../../support/cli.js';

const CLAIMS = 5;

/** A ledger with what is beside it as it was begun and after each claim. */
function claimed(): { db: Database; beside: string; kept: Buffer[] } {
  const path = new Workspace().path('l.db');
  const db = migrate(Database.open(path));
  const beside = generationPath(db.path);
  beginBeside(db);
  const kept = [readFileSync(beside)];
  for (let claim = 0; claim < CLAIMS; claim += 1) {
    keepBeside(
      db,
      db.transaction(() => advance(db)),
    );
    kept.push(readFileSync(beside));
  }
  return { db, beside, kept };
}

/** What a write changed of a file. */
function writeOf(before: Buffer, after: Buffer): { at: number; bytes: Buffer } {
  const at = after.findIndex((byte, index) => byte !== before[index]);
  return { at, bytes: after.subarray(at) };
}

describe('what is kept beside a ledger', () => {
  it('refuses nothing after a loss of power, whatever became of what was not synced', () => {
    const { db, beside, kept } = claimed();
    const [begun = Buffer.alloc(0)] = kept;
    for (let claim = 0; claim < CLAIMS; claim += 1)
      for (const from of [begun, kept[claim] ?? begun])
        for (let cut = 0; cut <= begun.length; cut += 3) {
          // The last write is torn, or the last two at the same place; the writes before them are there or are not.
          let found = from;
          for (const last of [claim - 1, claim]) {
            const [before, after] = [kept[last], kept[last + 1]];
            if (before === undefined || after === undefined) continue;
            const { at, bytes } = writeOf(before, after);
            const torn = bytes.subarray(0, cut);
            const next = Buffer.alloc(Math.max(found.length, at + torn.length));
            found.copy(next);
            torn.copy(next, at);
            found = next;
          }
          writeFileSync(beside, found);
          expect([claim, cut, doubtAbout(db, db.path, 'main')]).toEqual([claim, cut, undefined]);
        }
    db.close();
  });

  it('is made anew where it was not on the disk before anything was claimed', () => {
    const { db, beside, kept } = claimed();
    db.run('update generation set number = 0', []);
    writeFileSync(beside, '');
    beginBeside(db);
    expect(readFileSync(beside, 'latin1').split(' ')[1]).toBe('0');
    expect(readFileSync(beside)).toHaveLength(kept[0]?.length ?? 0);
    db.close();
  });
});
