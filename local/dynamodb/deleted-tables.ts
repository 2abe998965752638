import * as z from 'zod';
import { AwsError } from '../aws/aws-error.ts';
import { permitAccess, permitListing } from './permission.ts';
import { type RecoveryOperation, tableOf } from './recovery-deps.ts';
import { restoreTable, undoFile } from './restore-table.ts';
import { type Table, tableArn } from './tables.ts';

/**
 * What DynamoDB keeps of a table with point-in-time recovery that was deleted: one system backup, of the moment before. The
 * history from before is lost to point-in-time recovery, also when a table of that name is made again.
 */
export const listBackups: RecoveryOperation = async (deps, { request, name, input }) => {
  permitListing(deps, request, name);
  const { undo } = undoFile(await deps.backends.forRegion(request.region));
  const isWanted = input['BackupType'] === 'SYSTEM' || input['BackupType'] === 'ALL';
  const summaries = (isWanted ? undo.buried() : [])
    .filter(({ table }) => input['TableName'] === undefined || input['TableName'] === table)
    .map(({ table, atMs }) => ({
      TableName: table,
      TableArn: tableArn(request.region, request.accountId, table),
      BackupArn: backupArn(tableArn(request.region, request.accountId, table), atMs),
      BackupName: `${table}$DeletedTableBackup`,
      BackupType: 'SYSTEM',
      BackupStatus: 'AVAILABLE',
      BackupCreationDateTime: Math.floor(atMs / 1000),
    }));
  return { BackupSummaries: summaries };
};

const RestoreInput = z.object({
  BackupArn: z.string(),
  TargetTableName: z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/),
  SSESpecificationOverride: z.object({ KMSMasterKeyId: z.string().optional() }).loose().optional(),
});

/** Restores a system backup; its keys and indexes are those of the table that was made again under its name. */
export const restoreFromBackup: RecoveryOperation = async (deps, { request, name, input }) => {
  const parsed = RestoreInput.safeParse(input);
  if (!parsed.success) throw new AwsError('ValidationException', 400, z.prettifyError(parsed.error));
  const { BackupArn, TargetTableName: target, SSESpecificationOverride } = parsed.data;
  const [, source = '', at] = /:table\/([^/]+)\/backup\/(\d+)$/.exec(BackupArn) ?? [];
  permitAccess(deps, request, { action: name, table: target, input: {} });
  const { undo } = undoFile(await deps.backends.forRegion(request.region));
  const backup = undo.buried().find(({ table, atMs }) => table === source && atMs === Number(at));
  if (backup === undefined) throw new AwsError('BackupNotFoundException', 400, `Backup not found: ${BackupArn}`);
  const again = tableOf(deps, { request, name }, source);
  const kmsKeyId = SSESpecificationOverride?.KMSMasterKeyId;
  const table = await restoreTable(deps, {
    source: again,
    target,
    atMs: backup.atMs - 1,
    accountId: request.accountId,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  });
  return { TableDescription: { TableName: table.name, TableArn: table.arn, TableStatus: 'CREATING' } };
};

const UpdateInput = z.strictObject({ TableName: z.string(), DeletionProtectionEnabled: z.boolean() });

/** Only the protection against deletion can be changed; whatever else a table has comes from the template. */
export const updateTable: RecoveryOperation = async (deps, { request, name, input }) => {
  const table = tableOf(deps, { request, name }, String(input['TableName'] ?? ''));
  const parsed = UpdateInput.safeParse(input);
  if (!parsed.success) {
    throw new AwsError('ValidationException', 400, 'The embedded platform updates DeletionProtectionEnabled only.');
  }
  const changed: Table = { ...table, deletionProtection: parsed.data.DeletionProtectionEnabled };
  deps.tables.put(changed);
  const { name: TableName, arn: TableArn, deletionProtection: DeletionProtectionEnabled } = changed;
  return { TableDescription: { TableName, TableArn, TableStatus: 'ACTIVE', DeletionProtectionEnabled } };
};

const backupArn = (arn: string, atMs: number): string => `${arn}/backup/${atMs}`;
