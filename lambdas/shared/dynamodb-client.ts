import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { withoutRequestLog } from './without-request-log.ts';

/** A call that hangs is given up and repeated while the function still has time. */
const timeouts = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** The table's client in plain values; undefined fields are left out of rows. */
export const createTableClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(withoutRequestLog(new DynamoDBClient({ maxAttempts: 4, requestHandler: timeouts })), {
    marshallOptions: { removeUndefinedValues: true },
  });

/** True for a write whose condition did not hold. */
export const isConditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';
