import type { Clock } from '../../core/time.ts';
import type { Operation, OperationDeps } from './operations.ts';
import { permitAccess } from './permission.ts';
import { type Table, tableName } from './tables.ts';

export interface RecoveryDeps extends OperationDeps {
  readonly clock: Clock;
}

/** Answers one operation of backup and recovery, from a request that is not yet permitted. */
export type RecoveryOperation = (deps: RecoveryDeps, operation: Operation) => Promise<unknown>;

/** The table that a request names, where its caller may do that to it. */
export const tableOf = (
  deps: RecoveryDeps,
  { request, name }: Pick<Operation, 'request' | 'name'>,
  named: string,
): Table => {
  const table = tableName(named);
  permitAccess(deps, request, { action: name, table, input: {} });
  return deps.tables.get(request.region, table);
};
