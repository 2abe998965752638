import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AwaitedObject } from '../../core/catalog/keys.ts';
import type { VaultKey } from '../../core/key-layout.ts';
import { parsePackKey } from '../../core/pack/pack-key.ts';
import { restoredRow } from '../../core/restore/restored-row.ts';
import type { Clock } from '../../core/time.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import type { BucketEvent } from '../shared/s3-notification.ts';

/** An object of which S3 says that its copy can be read. */
export interface RestoredObject {
  readonly tenant: string;
  readonly object: AwaitedObject;
  /** When S3 says that it was; milliseconds since the epoch. */
  readonly at: number | undefined;
}

/** The object of which an event says that it is restored; undefined for every other event. */
export const restoredObjectOf = (
  { name, key, at }: Pick<BucketEvent, 'name' | 'key' | 'at'>,
  locate: (key: string) => VaultKey | undefined,
): RestoredObject | undefined => {
  if (name !== 'ObjectRestore:Completed') return undefined;
  const pack = parsePackKey(key);
  if (pack !== undefined) return { tenant: pack.tenant, object: `pack:${pack.packId}`, at };
  const place = locate(key);
  return place === undefined ? undefined : { tenant: place.tenant, object: `asset:${place.assetId}`, at };
};

/**
 * Leaves word that an object is restored, for the function that follows the table's stream: who waits for it, and how to wake
 * them, is none of the catalog's business. A row of its own, since an asset may have been deleted or packed meanwhile, and
 * then no asset row says that the copy is there.
 */
export const createTellRestored =
  (client: DynamoDBClient, table: string, clock: Clock) =>
  async (restored: RestoredObject): Promise<void> => {
    const Item = marshall({ ...restoredRow(restored, restored.at ?? clock.now()) });
    try {
      await client.send(new PutItemCommand({ TableName: table, Item }));
    } catch (error) {
      throw namedFailure(error, 'PutItem');
    }
  };
