import type { DatabaseSync } from 'node:sqlite';
import type { DeployedStack, RemovedResource } from './deployed-app.ts';

/** Remembers over restarts what the template had. */
export interface ResourceHistory {
  /**
   * Records what was deployed; answers what earlier runs created and is no longer there. Of that, what the template told to
   * keep stays in the records.
   */
  record(
    stacks: readonly DeployedStack[],
    isRetained: (stackName: string, logicalId: string) => boolean,
  ): RemovedResource[];
  /** All that the records know, of stacks that are there and of what stayed of others. */
  all(): RemovedResource[];
  /** Forgets of a stack what it was not told to keep. */
  forgetStack(stackName: string): void;
}

const schema = `CREATE TABLE IF NOT EXISTS template_resources (
  stack_name TEXT NOT NULL, logical_id TEXT NOT NULL, type TEXT NOT NULL, ref TEXT NOT NULL, retained INTEGER NOT NULL,
  PRIMARY KEY (stack_name, logical_id, type)
) WITHOUT ROWID`;

export const createResourceHistory = (db: DatabaseSync): ResourceHistory => {
  db.exec(schema);
  const selectAll = db.prepare('SELECT stack_name, logical_id, type, ref, retained FROM template_resources');
  const forget = db.prepare('DELETE FROM template_resources WHERE stack_name = ? AND logical_id = ? AND type = ?');
  const remember = db.prepare(
    `INSERT INTO template_resources (stack_name, logical_id, type, ref, retained) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET ref = excluded.ref, retained = excluded.retained`,
  );
  return {
    record(stacks, isRetained) {
      const present = new Set(stacks.flatMap(keysOf));
      const removed = selectAll
        .all()
        .map(toRemoved)
        .filter((resource) => !present.has(keyOf(resource)));
      db.exec('BEGIN IMMEDIATE');
      for (const { stackName, logicalId, type, retained } of removed) {
        if (!retained) forget.run(stackName, logicalId, type);
      }
      for (const { stackName, resources } of stacks) {
        for (const { logicalId, type, ref } of resources.values()) {
          remember.run(stackName, logicalId, type, ref, isRetained(stackName, logicalId) ? 1 : 0);
        }
      }
      db.exec('COMMIT');
      return removed;
    },
    all: () => selectAll.all().map(toRemoved),
    forgetStack: (stackName) =>
      void db.prepare('DELETE FROM template_resources WHERE stack_name = ? AND retained = 0').run(stackName),
  };
};

const keyOf = ({ stackName, logicalId, type }: { stackName: string; logicalId: string; type: string }): string =>
  JSON.stringify([stackName, logicalId, type]);

const keysOf = ({ stackName, resources }: DeployedStack): string[] =>
  [...resources.values()].map(({ logicalId, type }) => keyOf({ stackName, logicalId, type }));

const toRemoved = (row: Record<string, unknown>): RemovedResource => ({
  stackName: String(row['stack_name']),
  logicalId: String(row['logical_id']),
  type: String(row['type']),
  ref: String(row['ref']),
  retained: row['retained'] === 1,
});
