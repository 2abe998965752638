import * as z from 'zod';
import { days } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';
import { objectAt } from '../aws/json-object.ts';
import type { Backend, BackendAnswer } from './backend.ts';
import { listBackups, restoreFromBackup, updateTable } from './deleted-tables.ts';
import type { DynoxideFile } from './dynoxide-file.ts';
import type { Operation } from './operations.ts';
import { permitAccess } from './permission.ts';
import { type RecoveryDeps, type RecoveryOperation, tableOf } from './recovery-deps.ts';
import { deleteTable, restoreTable, undoFile } from './restore-table.ts';
import type { Table } from './tables.ts';

/** Answers an operation of backup and recovery; undefined for any other. */
export const recoveryOperation = async (
  deps: RecoveryDeps,
  operation: Operation,
): Promise<BackendAnswer | undefined> => {
  const operate = operations[operation.name];
  if (operate === undefined) return undefined;
  return { status: 200, body: Buffer.from(JSON.stringify(await operate(deps, operation))) };
};

/** Between which instants a table can be wound back; AWS answers whole seconds, and is about five minutes behind. */
export const restorableWindow = (
  { pointInTimeRecoveryDays }: Pick<Table, 'pointInTimeRecoveryDays'>,
  sinceMs: number | undefined,
  nowMs: number,
): { readonly earliestMs: number; readonly latestMs: number } | undefined =>
  pointInTimeRecoveryDays === undefined || sinceMs === undefined
    ? undefined
    : { earliestMs: Math.max(sinceMs, nowMs - days(pointInTimeRecoveryDays)), latestMs: nowMs };

const describeContinuousBackups: RecoveryOperation = async (deps, { request, name, input }) => {
  const table = tableOf(deps, { request, name }, String(input['TableName'] ?? ''));
  const backend = await deps.backends.forRegion(table.homeRegion);
  return { ContinuousBackupsDescription: await continuousBackups(deps, table, backend) };
};

const continuousBackups = async ({ clock }: RecoveryDeps, table: Table, { file }: Backend) => {
  const window = restorableWindow(table, file && recoverableSince(file, table.name), clock.now());
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription:
      window === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: table.pointInTimeRecoveryDays,
            EarliestRestorableDateTime: Math.ceil(window.earliestMs / 1000),
            LatestRestorableDateTime: Math.floor(window.latestMs / 1000),
          },
  };
};

const RecoveryInput = z.object({
  PointInTimeRecoverySpecification: z.object({
    PointInTimeRecoveryEnabled: z.boolean(),
    RecoveryPeriodInDays: z.int().min(1).max(35).optional(),
  }),
});

/** What the undo log kept for backups meanwhile is there again once recovery is on again; AWS would begin anew. */
const updateContinuousBackups: RecoveryOperation = async (deps, { request, name, input }) => {
  const table = tableOf(deps, { request, name }, String(input['TableName'] ?? ''));
  const parsed = RecoveryInput.safeParse(input);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  const { PointInTimeRecoveryEnabled, RecoveryPeriodInDays = 35 } = parsed.data.PointInTimeRecoverySpecification;
  const changed = { ...table, pointInTimeRecoveryDays: PointInTimeRecoveryEnabled ? RecoveryPeriodInDays : undefined };
  const backend = await deps.backends.forRegion(table.homeRegion);
  if (PointInTimeRecoveryEnabled) backend.file?.undo.keep(table.name, deps.clock.now());
  deps.tables.put(changed);
  return { ContinuousBackupsDescription: await continuousBackups(deps, changed, backend) };
};

const RestoreInput = z.object({
  SourceTableName: z.string().optional(),
  SourceTableArn: z.string().optional(),
  TargetTableName: z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/),
  UseLatestRestorableTime: z.boolean().optional(),
  RestoreDateTime: z.number().optional(),
  SSESpecificationOverride: z.object({ KMSMasterKeyId: z.string().optional() }).loose().optional(),
  BillingModeOverride: z.literal('PAY_PER_REQUEST').optional(),
});

/** What DynamoDB does in the caller's name while it fills the new table. */
const neededOnTarget = ['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'];

const restoreToPointInTime: RecoveryOperation = async (deps, { request, name, input }) => {
  const parsed = RestoreInput.safeParse(input);
  if (!parsed.success) throw invalid(`${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`);
  const { SourceTableName, SourceTableArn, TargetTableName: target } = parsed.data;
  const source = tableOf(deps, { request, name }, SourceTableName ?? SourceTableArn ?? '');
  for (const action of [name, ...neededOnTarget]) permitAccess(deps, request, { action, table: target, input: {} });
  const file = undoFile(await deps.backends.forRegion(source.homeRegion));
  const window = restorableWindow(source, recoverableSince(file, source.name), deps.clock.now());
  if (window === undefined) {
    throw new AwsError(
      'PointInTimeRecoveryUnavailableException',
      400,
      `Point in time recovery is not enabled for table '${source.name}'`,
    );
  }
  const atMs = parsed.data.UseLatestRestorableTime ? window.latestMs : (parsed.data.RestoreDateTime ?? 0) * 1000;
  if (atMs < window.earliestMs || atMs > deps.clock.now()) {
    throw new AwsError(
      'InvalidRestoreTimeException',
      400,
      `Restore time must be between ${new Date(window.earliestMs).toISOString()} and ${new Date(window.latestMs).toISOString()}.`,
    );
  }
  const kmsKeyId = parsed.data.SSESpecificationOverride?.KMSMasterKeyId;
  const table = await restoreTable(deps, {
    source,
    target,
    atMs,
    accountId: request.accountId,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  });
  return { TableDescription: await description(deps, table, 'CREATING') };
};

const deleteOne: RecoveryOperation = async (deps, { request, name, input }) => {
  const table = tableOf(deps, { request, name }, String(input['TableName'] ?? ''));
  const described = await description(deps, table, 'DELETING');
  await deleteTable(deps, table, deps.clock.now());
  return { TableDescription: described };
};

/** A table that was deleted and made again goes back to its second beginning only. */
const recoverableSince = ({ undo }: DynoxideFile, table: string): number | undefined => {
  const since = undo.since(table);
  return since === undefined ? undefined : Math.max(since, undo.bornAgain(table) ?? since);
};

const operations: Readonly<Record<string, RecoveryOperation>> = {
  DescribeContinuousBackups: describeContinuousBackups,
  UpdateContinuousBackups: updateContinuousBackups,
  RestoreTableToPointInTime: restoreToPointInTime,
  DeleteTable: deleteOne,
  ListBackups: listBackups,
  RestoreTableFromBackup: restoreFromBackup,
  UpdateTable: updateTable,
};

const description = async ({ backends }: RecoveryDeps, table: Table, TableStatus: string) => {
  const backend = await backends.forRegion(table.homeRegion);
  const described = objectAt(await backend.call('DescribeTable', { TableName: table.name }), 'Table');
  return { ...described, TableArn: table.arn, TableStatus };
};

const invalid = (problem: string): AwsError => new AwsError('ValidationException', 400, problem);
