import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { WordRow } from '../../../core/catalog/asset-row.ts';
import { wordKey } from '../../../core/catalog/keys.ts';
import type { Words } from '../ports.ts';
import { unlessConditionFails } from './condition.ts';

const isFirstOrSameWord = 'attribute_not_exists(pk) OR sha256 = :sha256';

/** Keeps the client's SHA-256 of a multipart upload where intake finds it. */
export const createWords = (client: DynamoDBDocumentClient, table: string): Words => ({
  tell: ({ tenant, assetId, sha256, expiresAt }) => {
    const row: WordRow = { ...wordKey(tenant, assetId), kind: 'word', tenant, assetId, sha256, expiresAt };
    return unlessConditionFails(
      client.send(
        new PutCommand({
          TableName: table,
          Item: { ...row },
          ConditionExpression: isFirstOrSameWord,
          ExpressionAttributeValues: { ':sha256': sha256 },
        }),
      ),
    );
  },
});
