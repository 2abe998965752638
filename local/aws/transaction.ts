import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Runs the work in one transaction; inside another it becomes a savepoint of that, so services can call each other. */
export const transaction = <T>(db: DatabaseSync, work: () => T): T => {
  const { begin, commit, rollBack } = statementsOf(db)[db.isTransaction ? 'nested' : 'outer'];
  begin.run();
  try {
    const result = work();
    commit.run();
    return result;
  } catch (error) {
    if (db.isTransaction) for (const step of rollBack) step.run();
    throw error;
  }
};

interface Steps {
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly rollBack: readonly StatementSync[];
}

const prepared = new WeakMap<DatabaseSync, { readonly outer: Steps; readonly nested: Steps }>();

/** Prepared once for each database, since every change runs them. */
const statementsOf = (db: DatabaseSync): { readonly outer: Steps; readonly nested: Steps } => {
  const known = prepared.get(db);
  if (known !== undefined) return known;
  const release = db.prepare('RELEASE nested');
  const statements = {
    outer: { begin: db.prepare('BEGIN IMMEDIATE'), commit: db.prepare('COMMIT'), rollBack: [db.prepare('ROLLBACK')] },
    nested: {
      begin: db.prepare('SAVEPOINT nested'),
      commit: release,
      rollBack: [db.prepare('ROLLBACK TO nested'), release],
    },
  };
  prepared.set(db, statements);
  return statements;
};
