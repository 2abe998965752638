import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type AwaitedObject, jobKey } from '../../core/catalog/keys.ts';
import type { VaultKey } from '../../core/key-layout.ts';
import { parsePackKey } from '../../core/pack/pack-key.ts';
import type { AwaitRows } from '../shared/await-rows.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { isConditionFailed } from '../shared/dynamodb-client.ts';
import type { BucketEvent } from '../shared/s3-notification.ts';
import type { WakeJob } from '../shared/wake-job.ts';

/** An object of which S3 says that its copy can be read. */
export interface RestoredObject {
  readonly tenant: string;
  readonly object: AwaitedObject;
}

/** The object of which an event says that it is restored; undefined for every other event. */
export const restoredObjectOf = (
  { name, key }: Pick<BucketEvent, 'name' | 'key'>,
  locate: (key: string) => VaultKey | undefined,
): RestoredObject | undefined => {
  if (name !== 'ObjectRestore:Completed') return undefined;
  const pack = parsePackKey(key);
  if (pack !== undefined) return { tenant: pack.tenant, object: `pack:${pack.packId}` };
  const place = locate(key);
  return place === undefined ? undefined : { tenant: place.tenant, object: `asset:${place.assetId}` };
};

/** Adds one to what a job shows of its progress. */
export type CountRestored = (tenant: string, jobId: string) => Promise<void>;

export interface RestoredDeps {
  readonly rows: AwaitRows;
  readonly count: CountRestored;
  readonly wake: WakeJob;
}

/** Tells every job that waits for the object, and wakes those that wait for nothing more. Safe to repeat. */
export const tellRestored = async ({ tenant, object }: RestoredObject, { rows, count, wake }: RestoredDeps) => {
  for (const jobId of await rows.jobsWaitingFor(tenant, object)) {
    if (await rows.remove({ tenant, jobId, object })) await count(tenant, jobId);
    if ((await rows.left(tenant, jobId, 1)).length > 0) continue;
    // A job that has not gone to sleep yet looks at its rows when it does.
    const callbackId = await rows.callback(tenant, jobId);
    if (callbackId !== undefined) await wake(callbackId);
  }
};

const jobIsRunning = 'attribute_exists(pk) AND summary.#state = :running';

/** Counts in the job's row; a count that is lost with a crash is made good when the job ends. */
export const createCountRestored =
  (client: DynamoDBDocumentClient, table: string): CountRestored =>
  async (tenant, jobId) => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: jobKey(tenant, jobId),
          UpdateExpression:
            'SET progress.restored = if_not_exists(progress.restored, :none) + :one, revision = revision + :one',
          ConditionExpression: jobIsRunning,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':none': 0, ':one': 1, ':running': 'running' },
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw namedFailure(error, 'UpdateItem');
    }
  };
