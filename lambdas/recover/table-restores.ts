import type { BackupClient } from '@aws-sdk/client-backup';
import { StartRestoreJobCommand } from '@aws-sdk/client-backup';
import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  RestoreTableToPointInTimeCommand,
} from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { TableLack } from '../../core/recovery/report.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import type { AnyRow } from '../shared/batch-read.ts';
import type { ScanCursor, TableRestores } from './ports.ts';

export interface TableRestoresProps {
  readonly dynamoDb: DynamoDBClient;
  readonly rows: DynamoDBDocumentClient;
  readonly backup: BackupClient;
  readonly table: string;
  /** Encrypts what is restored. */
  readonly keyArn: string;
  /** The role in which AWS Backup restores. */
  readonly roleArn: string;
}

/** Assets of a page are each listed in the vault, so a page is small. */
const rowsOfPage = 250;

/** Tables restored beside the live one, by DynamoDB and AWS Backup. */
export const tableRestores = (props: TableRestoresProps): TableRestores => {
  const { dynamoDb, rows, backup, table, keyArn, roleArn } = props;
  return {
    async restorable() {
      const recovery = await recoveryOf(dynamoDb, table);
      const { EarliestRestorableDateTime: from, LatestRestorableDateTime: until } = recovery ?? {};
      return from && until && { fromMs: from.getTime(), untilMs: until.getTime() };
    },
    async toInstant(target, atMs) {
      try {
        await dynamoDb.send(
          new RestoreTableToPointInTimeCommand({
            SourceTableName: table,
            TargetTableName: target,
            RestoreDateTime: new Date(atMs),
            SSESpecificationOverride: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn },
          }),
        );
      } catch (error) {
        if (!isNamed(error, 'TableAlreadyExistsException')) throw namedFailure(error, 'RestoreTableToPointInTime');
      }
    },
    async fromBackup(target, RecoveryPointArn) {
      const Metadata = { targetTableName: target, encryptionType: 'KMS', kmsMasterKeyArn: keyArn };
      const command = new StartRestoreJobCommand({
        RecoveryPointArn,
        Metadata,
        IamRoleArn: roleArn,
        ResourceType: 'DynamoDB',
        IdempotencyToken: target,
      });
      return (await named('StartRestoreJob', backup.send(command))).RestoreJobId ?? '';
    },
    async isReady(target) {
      try {
        const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: target }));
        return Table?.TableStatus === 'ACTIVE';
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return false;
        throw namedFailure(error, 'DescribeTable');
      }
    },
    lacks: (target) => lacksOf(dynamoDb, table, target),
    async remove(target) {
      try {
        await dynamoDb.send(new DeleteTableCommand({ TableName: target }));
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw namedFailure(error, 'DeleteTable');
      }
    },
    async scan(target, from) {
      const { Items = [], LastEvaluatedKey } = await named(
        'Scan',
        rows.send(
          new ScanCommand({
            TableName: target,
            Limit: rowsOfPage,
            ConsistentRead: true,
            ...(from && { ExclusiveStartKey: { ...from } }),
          }),
        ),
      );
      const next = LastEvaluatedKey && cursorOf(LastEvaluatedKey);
      return { rows: Items.map(toRow), ...(next && { next }) };
    },
  };
};

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

const named = async <T>(operation: string, call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw namedFailure(error, operation);
  }
};

const cursorOf = (key: Record<string, unknown>): ScanCursor =>
  Object.fromEntries(Object.entries(key).map(([name, value]) => [name, String(value)]));

const toRow = (item: Record<string, unknown>): AnyRow => {
  const { pk, sk } = item;
  if (typeof pk === 'string' && typeof sk === 'string') return { ...item, pk, sk };
  throw new Error('A row of the restored table has no key.');
};

const recoveryOf = async (dynamoDb: DynamoDBClient, TableName: string) => {
  const command = new DescribeContinuousBackupsCommand({ TableName });
  const { ContinuousBackupsDescription } = await named('DescribeContinuousBackups', dynamoDb.send(command));
  return ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
};

/** A restored table never has these, by AWS's own rule; who would take it for the live one has to know. */
const lacksOf = async (dynamoDb: DynamoDBClient, table: string, target: string): Promise<readonly TableLack[]> => {
  const [live, restored] = await Promise.all([settingsOf(dynamoDb, table), settingsOf(dynamoDb, target)]);
  return [...live].filter((setting) => !restored.has(setting)).sort();
};

const settingsOf = async (dynamoDb: DynamoDBClient, TableName: string): Promise<ReadonlySet<TableLack>> => {
  const { Table } = await named('DescribeTable', dynamoDb.send(new DescribeTableCommand({ TableName })));
  const ttl = await named('DescribeTimeToLive', dynamoDb.send(new DescribeTimeToLiveCommand({ TableName })));
  const recovery = await recoveryOf(dynamoDb, TableName);
  const has: Readonly<Record<TableLack, boolean>> = {
    stream: Table?.StreamSpecification?.StreamEnabled === true,
    'deletion-protection': Table?.DeletionProtectionEnabled === true,
    'time-to-live': ttl.TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED',
    'point-in-time-recovery': recovery?.PointInTimeRecoveryStatus === 'ENABLED',
  };
  const all: readonly TableLack[] = ['stream', 'deletion-protection', 'time-to-live', 'point-in-time-recovery'];
  return new Set(all.filter((setting) => has[setting]));
};
