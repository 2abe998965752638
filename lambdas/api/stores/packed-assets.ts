import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { joinKey, packedDeletedPartition, packedKey } from '../../../core/catalog/keys.ts';
import type { PackedAssets } from '../ports.ts';
import { unlessConditionFails } from './condition.ts';

const isInPack = 'attribute_exists(pk) AND attribute_not_exists(erasedAt)';
const isNotHidden = `${isInPack} AND attribute_not_exists(deletedAt)`;

/** Says of assets in packs whether they are deleted; where their content stands is packing's own. */
export const createPackedAssets = (client: DynamoDBDocumentClient, table: string): PackedAssets => ({
  hide: (tenant, assetId, at) =>
    unlessConditionFails(
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: packedKey(tenant, assetId),
          UpdateExpression: 'SET deletedAt = :at, g2pk = :pk, g2sk = :sk',
          ConditionExpression: isNotHidden,
          ExpressionAttributeValues: {
            ':at': at,
            ':pk': packedDeletedPartition(tenant),
            ':sk': joinKey(at, assetId),
          },
        }),
      ),
    ),
  show: (tenant, assetId) =>
    unlessConditionFails(
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: packedKey(tenant, assetId),
          UpdateExpression: 'REMOVE deletedAt, g2pk, g2sk',
          ConditionExpression: isInPack,
        }),
      ),
    ),
});
