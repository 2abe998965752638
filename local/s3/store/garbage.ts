import type { DatabaseSync } from 'node:sqlite';
import type { Blobs, Segment } from './blobs.ts';

/** Files whose object is gone: named inside the transaction that removes it, deleted once that has been committed. */
export interface Garbage {
  add(segments: readonly Segment[]): void;
  /** Forgets what was named since the last sweep, because its transaction was rolled back. */
  forget(): void;
  /** Deletes what is named unless somebody still reads; what a killed process left is deleted at the next start. */
  sweep(): void;
  /** Keeps all files in place until the answered function is called. */
  hold(): () => void;
}

/** Opens the list and deletes what is on it from before. */
export const openGarbage = (db: DatabaseSync, blobs: Blobs): Garbage => {
  const insert = db.prepare('INSERT OR IGNORE INTO s3_garbage (blob) VALUES (?)');
  const erase = db.prepare('DELETE FROM s3_garbage WHERE blob = ?');
  let named: string[] = [];
  const doomed = db
    .prepare('SELECT blob FROM s3_garbage')
    .all()
    .map((row) => String(row['blob']));
  let readers = 0;
  const sweep = (): void => {
    doomed.push(...named.splice(0));
    if (readers > 0) return;
    for (const blob of doomed.splice(0)) {
      blobs.remove(blob);
      erase.run(blob);
    }
  };
  sweep();
  return {
    add(segments) {
      for (const [blob] of segments) {
        insert.run(blob);
        named.push(blob);
      }
    },
    forget() {
      named = [];
    },
    sweep,
    hold() {
      readers += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        readers -= 1;
        if (readers === 0) sweep();
      };
    },
  };
};
