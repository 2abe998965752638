import type { DatabaseSync } from 'node:sqlite';
import type { Blobs, Segment } from './blobs.ts';

/** Files whose object is gone: named inside the transaction that removes it, deleted once that has been committed. */
export interface Garbage {
  add(segments: readonly Segment[]): void;
  /** Answers a function that forgets what was named from here on, because its transaction was rolled back. */
  mark(): () => void;
  /** Deletes what is named unless somebody still reads; what a killed process left is deleted at the next start. */
  sweep(): void;
  /** Keeps all files in place until the answered function is called. */
  hold(): () => void;
}

/** Opens the list and deletes what is on it from before. */
export const openGarbage = (db: DatabaseSync, blobs: Blobs): Garbage => {
  const insert = db.prepare('INSERT OR IGNORE INTO s3_garbage (blob) VALUES (?)');
  const erase = db.prepare('DELETE FROM s3_garbage WHERE blob = ?');
  const named: string[] = [];
  /** Files that are gone and still on the list. Their names go with the next change: a transaction of their own would cost as much. */
  const removed: string[] = [];
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
      removed.push(blob);
    }
  };
  sweep();
  return {
    add(segments) {
      for (const blob of removed.splice(0)) erase.run(blob);
      for (const [blob] of segments) {
        insert.run(blob);
        named.push(blob);
      }
    },
    mark() {
      const { length } = named;
      return () => void named.splice(length);
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
