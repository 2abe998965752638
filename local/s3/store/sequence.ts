import type { DatabaseSync } from 'node:sqlite';

/** A counter that never repeats, also over a killed process. */
export interface Sequence {
  next(): number;
}

const blockSize = 10_000;

/** Numbers are reserved in blocks before the first of a block is used, so that using one costs nothing. */
export const openSequence = (db: DatabaseSync): Sequence => {
  db.exec('INSERT OR IGNORE INTO s3_sequence (id, reserved) VALUES (1, 0)');
  const reserve = db.prepare('UPDATE s3_sequence SET reserved = max(reserved, ?) WHERE id = 1');
  const row = db.prepare('SELECT reserved FROM s3_sequence WHERE id = 1').get();
  let last = Number(row?.['reserved'] ?? 0);
  let reserved = last;
  return {
    next() {
      if (last === reserved) {
        reserved += blockSize;
        reserve.run(reserved);
      }
      last += 1;
      return last;
    },
  };
};
