import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import {
  type AwaitedObject,
  awaitedPartition,
  awaitKey,
  indexKeys,
  indexNames,
  jobKey,
  joinKey,
} from '../../core/catalog/keys.ts';
import { namedFailure } from './aws-failure.ts';
import { isConditionFailed } from './dynamodb-client.ts';
import { putRow, type RowItem } from './row-writes.ts';

/** An object whose restore a job waits for. */
export interface Awaited {
  readonly tenant: string;
  readonly jobId: string;
  readonly object: AwaitedObject;
  /** Key and version in the vault. */
  readonly key: string;
  readonly versionId: string;
}

/**
 * What restore jobs wait for: a row for each object that is not there yet, put before S3 is asked, and removed by whoever
 * learns that it is there. A job has everything when none of its rows is left, so nothing is counted and an event that comes
 * twice, or never, changes nothing but the time. Beside them stands how to wake the job.
 */
export interface AwaitRows {
  add(row: Awaited): Promise<void>;
  /** False where it was not there any more. */
  remove(row: Pick<Awaited, 'tenant' | 'jobId' | 'object'>): Promise<boolean>;
  /** Some of what a job still waits for, strongly consistent. */
  left(tenant: string, jobId: string, limit: number): Promise<readonly Awaited[]>;
  /** The jobs that wait for an object. */
  jobsWaitingFor(tenant: string, object: AwaitedObject): Promise<readonly string[]>;
  setCallback(tenant: string, jobId: string, callbackId: string): Promise<void>;
  callback(tenant: string, jobId: string): Promise<string | undefined>;
}

const Row = z.object({
  tenant: z.string(),
  jobId: z.string(),
  object: z.custom<AwaitedObject>((value) => typeof value === 'string' && /^(asset|pack):/.test(value)),
  key: z.string(),
  versionId: z.string(),
});

const rowIsThere = 'attribute_exists(pk)';
const callbackKey = (tenant: string, jobId: string) => ({ ...jobKey(tenant, jobId), sk: 'callback' });

/** The rows of the catalog table. */
export const createAwaitRows = (client: DynamoDBDocumentClient, table: string): AwaitRows => {
  const put = (row: RowItem): Promise<void> => putRow(client, table, row);
  return {
    add: ({ tenant, jobId, object, key, versionId }) =>
      put({
        ...awaitKey(tenant, jobId, object),
        kind: 'await',
        tenant,
        jobId,
        object,
        key,
        versionId,
        g1pk: awaitedPartition(tenant, object),
        g1sk: jobId,
        summary: { jobId },
      }),
    async remove({ tenant, jobId, object }) {
      try {
        const Key = awaitKey(tenant, jobId, object);
        await client.send(new DeleteCommand({ TableName: table, Key, ConditionExpression: rowIsThere }));
        return true;
      } catch (error) {
        if (isConditionFailed(error)) return false;
        throw namedFailure(error, 'DeleteItem');
      }
    },
    async left(tenant, jobId, limit) {
      const request = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': jobKey(tenant, jobId).pk, ':sk': `${joinKey('await')}#` },
        ConsistentRead: true,
        Limit: limit,
      };
      try {
        const { Items = [] } = await client.send(new QueryCommand(request));
        return Items.map((item) => Row.parse(item));
      } catch (error) {
        throw namedFailure(error, 'Query');
      }
    },
    async jobsWaitingFor(tenant, object) {
      const { pk } = indexKeys[indexNames.byKind];
      const jobs: string[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const request = {
          TableName: table,
          IndexName: indexNames.byKind,
          KeyConditionExpression: `${pk} = :pk`,
          ExpressionAttributeValues: { ':pk': awaitedPartition(tenant, object) },
          ExclusiveStartKey,
        };
        const page = await client.send(new QueryCommand(request)).catch((error: unknown) => {
          throw namedFailure(error, 'Query');
        });
        jobs.push(...(page.Items ?? []).map(({ g1sk }) => String(g1sk)));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return jobs;
    },
    setCallback: (tenant, jobId, callbackId) =>
      put({ ...callbackKey(tenant, jobId), kind: 'callback', tenant, jobId, callbackId }),
    async callback(tenant, jobId) {
      try {
        const request = { TableName: table, Key: callbackKey(tenant, jobId), ConsistentRead: true };
        const { Item } = await client.send(new GetCommand(request));
        return Item === undefined ? undefined : String(Item['callbackId']);
      } catch (error) {
        throw namedFailure(error, 'GetItem');
      }
    },
  };
};
