import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListBackupsCommand,
  PutItemCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { days } from '../../core/time.ts';
import { catalogTable } from './catalog-table.ts';
import { type DynamoDbServer, startDynamoDbServer } from './dynamodb-server.ts';

const TableName = 'catalog';
const key = (name: string) => ({ pk: { S: name }, sk: { S: 'asset' } });

const withTable = async (options: Parameters<typeof startDynamoDbServer>[0] = {}) => {
  const server = await startDynamoDbServer(options);
  await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
  return server;
};

const put = (server: DynamoDbServer, name: string, value: string) =>
  server.client().send(
    new PutItemCommand({
      TableName,
      Item: { ...key(name), g1pk: { S: 'all' }, g1sk: { S: name }, value: { S: value } },
    }),
  );

const restore = (server: DynamoDbServer, target: string, at: number) =>
  server.client().send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: TableName,
      TargetTableName: target,
      RestoreDateTime: new Date(at),
    }),
  );

const rowsOf = async (server: DynamoDbServer, name: string): Promise<Record<string, string | undefined>> => {
  const { Items = [] } = await server.client().send(new ScanCommand({ TableName: name }));
  return Object.fromEntries(Items.map((item) => [item['pk']?.S ?? '', item['value']?.S]));
};

/** An instant that nothing was written at, so that before and after are apart. */
const moment = (server: DynamoDbServer): number => {
  const at = server.clock.now();
  server.clock.advance(2_000);
  return at + 1_000;
};

const moved = async (server: DynamoDbServer) => {
  const at = moment(server);
  await server.service.clockMoved();
  return at;
};

describe('a table with point-in-time recovery', () => {
  it('is restored with what it held: before puts, updates and deletes', async () => {
    await using server = await withTable();
    await put(server, 'kept', 'first');
    await put(server, 'deleted', 'first');
    const at = await moved(server);
    await put(server, 'kept', 'second');
    await put(server, 'new', 'first');
    await server.client().send(new DeleteItemCommand({ TableName, Key: key('deleted') }));
    await server.client().send(
      new UpdateItemCommand({
        TableName,
        Key: key('kept'),
        UpdateExpression: 'SET #v = :v',
        ExpressionAttributeNames: { '#v': 'value' },
        ExpressionAttributeValues: { ':v': { S: 'third' } },
      }),
    );

    await restore(server, 'restored', at);

    expect(await rowsOf(server, 'restored')).toEqual({ kept: 'first', deleted: 'first' });
    expect(await rowsOf(server, TableName)).toEqual({ kept: 'third', new: 'first' });
  });

  it('is restored to any stop of a journey, whose rows bear the time of their stop', async () => {
    await using server = await withTable();
    const stops: number[] = [];
    for (const name of ['first', 'second', 'third']) {
      await put(server, name, name);
      stops.push(moment(server));
      server.clock.advance(days(1));
      await server.service.clockMoved();
    }

    for (const [index, at] of stops.entries()) await restore(server, `stop-${index}`, at);

    expect(Object.keys(await rowsOf(server, 'stop-0'))).toEqual(['first']);
    expect(Object.keys(await rowsOf(server, 'stop-1')).toSorted()).toEqual(['first', 'second']);
    expect(Object.keys(await rowsOf(server, 'stop-2'))).toHaveLength(3);
  });

  it('gets its indexes back, and neither TTL nor stream, recovery or protection', async () => {
    await using server = await withTable();
    await put(server, 'a', 'first');
    await restore(server, 'restored', await moved(server));
    const client = server.client();

    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'restored',
        IndexName: 'g1-kind',
        KeyConditionExpression: 'g1pk = :all',
        ExpressionAttributeValues: { ':all': { S: 'all' } },
      }),
    );
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'restored' }));
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: 'restored' }));
    const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName: 'restored' }));

    expect(Items).toHaveLength(1);
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: false });
    expect(Table?.StreamSpecification?.StreamEnabled ?? false).toBe(false);
    expect(ttl.TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED');
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'DISABLED',
    });
  });

  it('that is deleted leaves one backup, of the moment before, and a past that begins anew', async () => {
    await using server = await withTable();
    const client = server.client();
    await put(server, 'a', 'first');
    await put(server, 'b', 'second');
    const before = await moved(server);
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await client.send(new DeleteTableCommand({ TableName }));
    server.clock.advance(10_000);
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    await put(server, 'c', 'third');

    const { BackupSummaries: [backup] = [] } = await client.send(new ListBackupsCommand({ BackupType: 'SYSTEM' }));
    const { BackupArn } = backup ?? {};
    await client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: 'lost' }));

    expect(backup).toMatchObject({ BackupName: 'catalog$DeletedTableBackup', BackupType: 'SYSTEM' });
    expect(await rowsOf(server, 'lost')).toEqual({ a: 'first', b: 'second' });
    expect(await rowsOf(server, TableName)).toEqual({ c: 'third' });
    await expect(restore(server, 'older', before)).rejects.toThrow('Restore time must be between');
  });

  it('loses nothing of its past when its process is killed', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mediakeep-pitr-'));
    await using server = await withTable({ dataDir });
    await put(server, 'a', 'first');
    const at = await moved(server);
    await put(server, 'a', 'second');
    const [pid] = execFileSync('ps', ['-eo', 'pid=,args='])
      .toString()
      .split('\n')
      .filter((line) => line.includes(dataDir) && /dynoxide serve/.test(line) && !line.includes('/bin/sh'))
      .map((line) => Number.parseInt(line, 10));
    process.kill(pid ?? 0, 'SIGKILL');

    await vi.waitFor(() => restore(server, 'restored', at), { timeout: 10_000, interval: 100 });

    expect(await rowsOf(server, 'restored')).toEqual({ a: 'first' });
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps restored tables over a restart, and lets them be deleted', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mediakeep-pitr-'));
    {
      await using first = await withTable({ dataDir });
      await put(first, 'a', 'first');
      await restore(first, 'restored', await moved(first));
    }
    await using second = await withTable({ dataDir });

    expect(await rowsOf(second, 'restored')).toEqual({ a: 'first' });
    await second.client().send(new DeleteTableCommand({ TableName: 'restored' }));
    await expect(rowsOf(second, 'restored')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('refuses an instant outside of its window, a name that is taken, and its own deletion', async () => {
    await using server = await withTable();
    const at = await moved(server);

    await expect(restore(server, 'restored', at - 86_400_000)).rejects.toMatchObject({
      name: 'InvalidRestoreTimeException',
    });
    await expect(restore(server, 'restored', at + 86_400_000)).rejects.toMatchObject({
      name: 'InvalidRestoreTimeException',
    });
    await restore(server, 'restored', at);
    await expect(restore(server, 'restored', at)).rejects.toMatchObject({ name: 'TableAlreadyExistsException' });
    await expect(server.client().send(new DeleteTableCommand({ TableName }))).rejects.toThrow(
      'protected against deletion',
    );
  });

  it('asks IAM for the source, for the target and for what DynamoDB does there', async () => {
    await using server = await withTable();
    const at = await moved(server);
    server.asked.length = 0;

    await restore(server, 'restored', at);

    const asked = server.asked.map(({ action, resource }) => `${action} ${resource.split('/').at(-1)}`);
    expect(asked).toContain('dynamodb:RestoreTableToPointInTime catalog');
    expect(asked).toContain('dynamodb:RestoreTableToPointInTime restored');
    expect(asked).toContain('dynamodb:BatchWriteItem restored');
  });
});
