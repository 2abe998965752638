import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../../local/aws/json-object.ts';
import type { DynamoDbServer } from './dynamodb-server.ts';

/** Calls an operation of DynamoDB Streams as an SDK writes it. */
export const callStreams = async (server: DynamoDbServer, operation: string, input: unknown): Promise<JsonObject> => {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/ap-south-1/dynamodb/aws4_request',
    },
    body: JSON.stringify(input),
  });
  const value: unknown = await response.json();
  if (!response.ok || !isJsonObject(value)) throw new Error(JSON.stringify(value));
  return value;
};

/** The one shard of a stream. */
export const shardOf = async (server: DynamoDbServer, StreamArn: string): Promise<JsonObject> => {
  const description = objectAt(await callStreams(server, 'DescribeStream', { StreamArn }), 'StreamDescription');
  const [shard] = listAt(description, 'Shards').filter(isJsonObject);
  if (shard === undefined) throw new Error('The stream has no shard.');
  return shard;
};

/** All records of a stream from its begin. */
export const readStream = async (server: DynamoDbServer, StreamArn: string): Promise<JsonObject[]> => {
  const ShardId = textAt(await shardOf(server, StreamArn), 'ShardId');
  const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
  const { ShardIterator } = await callStreams(server, 'GetShardIterator', start);
  return listAt(await callStreams(server, 'GetRecords', { ShardIterator }), 'Records').filter(isJsonObject);
};
