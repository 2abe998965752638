import type { DatabaseSync } from 'node:sqlite';

/** Runs the work in one transaction; inside another it becomes a savepoint of that, so services can call each other. */
export const transaction = <T>(db: DatabaseSync, work: () => T): T => {
  const nested = db.isTransaction;
  db.exec(nested ? 'SAVEPOINT nested' : 'BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec(nested ? 'RELEASE nested' : 'COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec(nested ? 'ROLLBACK TO nested; RELEASE nested' : 'ROLLBACK');
    throw error;
  }
};
