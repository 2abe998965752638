import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { closedKey, closedRow } from '../../core/recovery/closed.ts';
import { type FailoverRow, failoverKey, failoverRow } from '../../core/recovery/failover-row.ts';
import { isoTime } from '../../core/time.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';

const Row = z.object({
  startedAt: z.string(),
  jobId: z.string().optional(),
  verifiedAt: z.string().optional(),
});
/** How far a failover is. */
export type FailoverProgress = z.infer<typeof Row>;

/** How far the failover of this second region is; undefined before its first step. */
export const readProgress = async (target: OperatorTarget): Promise<FailoverProgress | undefined> => {
  const { Item } = await tableOf(target).send(
    new GetCommand({ TableName: target.catalogTable, Key: { ...failoverKey }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : Row.parse(Item);
};

/** Begins: from here to the end of the verification the API answers 503. */
export const closeAndBegin = async (target: OperatorTarget): Promise<FailoverProgress> => {
  const startedAt = isoTime(await target.now());
  const table = tableOf(target);
  await table.send(new PutCommand({ TableName: target.catalogTable, Item: { ...closedRow('failover', startedAt) } }));
  await table.send(new PutCommand({ TableName: target.catalogTable, Item: { ...failoverRow(startedAt) } }));
  return { startedAt };
};

/** Notes which rebuild is under way. */
export const noteJob = async (target: OperatorTarget, progress: FailoverProgress, jobId: string): Promise<void> => {
  const Item: FailoverRow = { ...failoverRow(progress.startedAt), jobId };
  await tableOf(target).send(new PutCommand({ TableName: target.catalogTable, Item }));
};

/** Lets the API answer: the catalog agrees with the copies. */
export const openVerified = async (target: OperatorTarget, progress: FailoverProgress): Promise<FailoverProgress> => {
  const verified = { ...progress, verifiedAt: isoTime(await target.now()) };
  const table = tableOf(target);
  const Item: FailoverRow = { ...failoverRow(progress.startedAt), ...verified };
  await table.send(new PutCommand({ TableName: target.catalogTable, Item }));
  await table.send(new DeleteCommand({ TableName: target.catalogTable, Key: { ...closedKey } }));
  return verified;
};

const tableOf = (target: OperatorTarget): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(target.aws()));
