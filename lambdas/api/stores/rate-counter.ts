import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { rateKey } from '../../../core/catalog/keys.ts';
import type { RateCounter } from '../ports.ts';
import { unlessConditionFails } from './condition.ts';

const isBelowLimit = 'attribute_not_exists(requests) OR requests < :limit';
const keptMinutes = 5;

/** Counts the requests of a caller and minute in one row; past the limit nothing is written any more. */
export const createRateCounter = (client: DynamoDBDocumentClient, table: string): RateCounter => ({
  admit: (principal, minute, limit) =>
    unlessConditionFails(
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: rateKey(principal, minute),
          UpdateExpression: 'ADD requests :one SET expiresAt = :end, kind = :kind',
          ConditionExpression: isBelowLimit,
          ExpressionAttributeValues: {
            ':one': 1,
            ':limit': limit,
            ':end': (minute + keptMinutes) * 60,
            ':kind': 'rate',
          },
        }),
      ),
    ),
});
