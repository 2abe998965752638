import { days } from '../../core/time.ts';
import type { RecoveryDeps } from './recovery-deps.ts';
import { deleteTable, restoreTable } from './restore-table.ts';
import type { Table } from './tables.ts';

/** What AWS Backup does with tables: a backup is an instant to which the undo log leads back. */
export interface TableBackups {
  /** The table of an ARN; undefined where there is none. */
  find(arn: string): Table | undefined;
  /** Keeps the way back of a table that has no recovery of its own; answers since when there is one. */
  watch(table: Table): Promise<number>;
  restore(
    table: Table,
    target: { readonly name: string; readonly atMs: number; readonly kmsKeyId?: string },
  ): Promise<Table>;
  remove(table: Table): Promise<void>;
  /** Forgets what neither recovery nor the oldest backup of a table needs. */
  trim(nowMs: number, oldestBackup: (arn: string) => number | undefined): Promise<void>;
}

export const tableBackups = (deps: RecoveryDeps): TableBackups => {
  const fileOf = async (table: Table) => (await deps.backends.forRegion(table.homeRegion)).file;
  return {
    find: (arn) => deps.tables.all().find((table) => table.arn === arn),
    async watch(table) {
      const nowMs = deps.clock.now();
      return (await fileOf(table))?.undo.keep(table.name, nowMs) ?? nowMs;
    },
    restore: (source, { name, atMs, kmsKeyId }) =>
      restoreTable(deps, {
        source,
        target: name,
        atMs,
        accountId: source.arn.split(':')[4] ?? '',
        ...(kmsKeyId !== undefined && { kmsKeyId }),
      }),
    remove: (table) => deleteTable(deps, table, deps.clock.now()),
    async trim(nowMs, oldestBackup) {
      for (const table of deps.tables.all()) {
        const undo = (await fileOf(table))?.undo;
        if (undo?.since(table.name) === undefined) continue;
        const recovery = nowMs - days(table.pointInTimeRecoveryDays ?? 0);
        undo.trim(table.name, Math.min(recovery, oldestBackup(table.arn) ?? recovery));
      }
    },
  };
};
