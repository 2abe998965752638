import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { rateKey } from '../../../core/catalog/keys.ts';
import type { RateRows } from '../ports.ts';
import { unlessConditionFails } from './condition.ts';

const hasRoom = 'attribute_not_exists(requests) OR requests <= :room';
const keptMinutes = 5;

/** Counts the requests of a caller and minute in one row; past the limit nothing is written any more. */
export const createRateRows = (client: DynamoDBDocumentClient, table: string): RateRows => ({
  take: (principal, { minute, requests, limit }) =>
    unlessConditionFails(
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: rateKey(principal, minute),
          UpdateExpression: 'ADD requests :taken SET expiresAt = :end, kind = :kind',
          ConditionExpression: hasRoom,
          ExpressionAttributeValues: {
            ':taken': requests,
            ':room': limit - requests,
            ':end': (minute + keptMinutes) * 60,
            ':kind': 'rate',
          },
        }),
      ),
    ),
});
