import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { hours } from '../../core/time.ts';
import { objectAt, textAt } from '../../local/aws/json-object.ts';
import { catalogTable } from './catalog-table.ts';
import { type DynamoDbServer, startDynamoDbServer } from './dynamodb-server.ts';
import { callStreams, readStream, shardOf } from './stream-client.ts';

const TableName = 'catalog';
const key = { pk: { S: 'a' }, sk: { S: 'asset' } };

const withTable = async (options: { dataDir?: string } = {}) => {
  const server = await startDynamoDbServer(options);
  const { StreamArn = '' } = await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
  return { server, StreamArn };
};
const put = (server: DynamoDbServer, kind: string) =>
  server.client().send(new PutItemCommand({ TableName, Item: { ...key, kind: { S: kind } } }));

describe('a stream', () => {
  test('tells every change in order, with both images', async () => {
    const { server, StreamArn } = await withTable();
    await using _ = server;
    await put(server, 'one');
    await put(server, 'two');
    await server.client().send(new DeleteItemCommand({ TableName, Key: key }));

    const records = await readStream(server, StreamArn);

    expect(records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
    expect(records[1]).toMatchObject({
      eventSource: 'aws:dynamodb',
      awsRegion: 'ap-south-1',
      dynamodb: { Keys: key, OldImage: { kind: { S: 'one' } }, NewImage: { kind: { S: 'two' } } },
    });
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3);
  });

  test('says nothing of a write that changed nothing', async () => {
    const { server, StreamArn } = await withTable();
    await using _ = server;
    await put(server, 'one');
    await put(server, 'one');

    const records = await readStream(server, StreamArn);

    expect(records).toHaveLength(1);
  });

  test('has one shard, which is open', async () => {
    const { server, StreamArn } = await withTable();
    await using _ = server;
    await put(server, 'one');

    const range = objectAt(await shardOf(server, StreamArn), 'SequenceNumberRange');

    expect(range['StartingSequenceNumber']).toMatch(/^\d{21}$/);
    expect(range['EndingSequenceNumber']).toBeUndefined();
  });

  test('goes on after a sequence number', async () => {
    const { server, StreamArn } = await withTable();
    await using _ = server;
    await put(server, 'one');
    await put(server, 'two');
    const [first] = await readStream(server, StreamArn);

    const { ShardIterator } = await callStreams(server, 'GetShardIterator', {
      StreamArn,
      ShardId: textAt(await shardOf(server, StreamArn), 'ShardId'),
      ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
      SequenceNumber: objectAt(first ?? {}, 'dynamodb')['SequenceNumber'],
    });
    const { Records } = await callStreams(server, 'GetRecords', { ShardIterator });

    expect(Records).toMatchObject([{ eventName: 'MODIFY' }]);
  });

  test('forgets after 24 hours of the platform and goes on counting', async () => {
    const { server, StreamArn } = await withTable();
    await using _ = server;
    await put(server, 'one');
    await put(server, 'two');
    server.clock.advance(hours(25));
    await server.service.expireRows(server.clock.now());
    await put(server, 'three');
    await server.service.expireRows(server.clock.now());

    const records = await readStream(server, StreamArn);

    const numbers = records.map((record) => Number(objectAt(record, 'dynamodb')['SequenceNumber']));
    expect(numbers).toEqual([3]);
  });

  test('carries the time of the platform', async () => {
    const { server, StreamArn } = await withTable();
    await using _ = server;
    server.clock.advance(hours(24 * 90));
    await server.service.expireRows(server.clock.now());
    await put(server, 'one');

    const [record] = await readStream(server, StreamArn);

    const at = Number(objectAt(record ?? {}, 'dynamodb')['ApproximateCreationDateTime']) * 1000;
    expect(Math.abs(at - server.clock.now())).toBeLessThan(hours(1));
  });
});

test('the next sequence number is found by an index, however many records there were', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mediakeep-dynamodb-test-'));
  const { server } = await withTable({ dataDir });
  await server[Symbol.asyncDispose]();
  using db = new DatabaseSync(join(dataDir, 'dynamodb', 'ap-south-1.sqlite'));

  const plan = db
    .prepare(
      'EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?',
    )
    .all(TableName);

  expect(plan.map((row) => String(row['detail']))).toEqual([
    expect.stringMatching(/^SEARCH _stream_records USING (COVERING )?INDEX mediakeep_stream_sequence/),
  ]);
  rmSync(dataDir, { recursive: true });
});
