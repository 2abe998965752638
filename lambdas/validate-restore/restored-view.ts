import { DescribeTableCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { namedFailure } from '../shared/aws-failure.ts';
import type { RestoredView } from './judge.ts';

const rowsToLookAt = 100;
const objectsToRead = 5;
/** A sample must not take the time of the function: of a larger object only this much is read. */
const mostBytes = 32 * 1024 ** 2;

/** What was brought back, read from S3 and DynamoDB. */
export const restoredView = (dynamoDb: DynamoDBClient, s3: S3Client): RestoredView => ({
  async firstRows(TableName) {
    const { Table } = await named('DescribeTable', dynamoDb.send(new DescribeTableCommand({ TableName })));
    const { Items = [] } = await named('Scan', dynamoDb.send(new ScanCommand({ TableName, Limit: rowsToLookAt })));
    return { active: Table?.TableStatus === 'ACTIVE', rows: Items.map((item) => unmarshall(item)) };
  },
  async someObjects(Bucket) {
    const { Contents = [] } = await named(
      'ListObjectsV2',
      s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1000 })),
    );
    const readable = Contents.filter(({ Size = 0 }) => Size <= mostBytes);
    return readable.slice(0, objectsToRead).map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size }));
  },
  async readableBytes(Bucket, Key) {
    const { Body } = await named('GetObject', s3.send(new GetObjectCommand({ Bucket, Key })));
    return (await Body?.transformToByteArray())?.length ?? 0;
  },
});

const named = async <T>(operation: string, call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw namedFailure(error, operation);
  }
};
