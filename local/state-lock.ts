import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes a state folder for this process alone, from before the first file is written in it; undefined where another process
 * has it. SQLite locks the file, because the system takes such a lock back however a process ends.
 */
export const lockState = (stateDir: string): Disposable | undefined => {
  mkdirSync(resolve(stateDir), { recursive: true });
  const db = new DatabaseSync(join(resolve(stateDir), 'lock'), { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;');
    return { [Symbol.dispose]: () => db.close() };
  } catch (error) {
    db.close();
    if (error instanceof Error && error.message.includes('locked')) return undefined;
    throw error;
  }
};
