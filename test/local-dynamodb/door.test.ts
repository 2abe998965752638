import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Admit, ArrivedRequest } from '../../local/aws/admission.ts';
import { AwsError } from '../../local/aws/aws-error.ts';
import { createPlatformClock } from '../../local/clock.ts';
import { type Door, openDoor } from '../../local/dynamodb/door/open-door.ts';
import { catalogTable } from './catalog-table.ts';
import { accountId, type DynamoDbServer, home, startDynamoDbServer } from './dynamodb-server.ts';

const TableName = 'catalog';
const arn = `arn:aws:sts::${accountId}:assumed-role/writer/writer`;
const caller = { kind: 'role', arn, accountId, identityPolicies: [] } as const;
const arrived: ArrivedRequest[] = [];
const letIn: Admit = () => 'pass';
let admit = letIn;
let isExpired = false;
let server: DynamoDbServer;
let door: Door;

beforeAll(async () => {
  server = await startDynamoDbServer();
  await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
  door = await openDoor({
    dynamoDb: server.service,
    credentials: {
      lookup(accessKeyId) {
        if (isExpired) throw new AwsError('ExpiredToken', 403, 'The security token is expired.');
        return accessKeyId === 'AKIAWRITER' ? { secretAccessKey: 'secret', caller } : undefined;
      },
    },
    admit(request) {
      arrived.push(request);
      return admit(request);
    },
    clockOffset: createPlatformClock().offset,
    accountId,
    log: () => {},
  });
});
afterEach(() => {
  admit = letIn;
  isExpired = false;
});
afterAll(async () => {
  await door.close();
  await server[Symbol.asyncDispose]();
});

const clientWith = (accessKeyId: string, secretAccessKey: string) =>
  new DynamoDBClient({
    endpoint: door.url,
    region: home,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
const client = () => clientWith('AKIAWRITER', 'secret');
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'asset' } });
const put = (pk: string) => client().send(new PutItemCommand({ TableName, Item: key(pk) }));
const find = async (pk: string) => (await client().send(new GetItemCommand({ TableName, Key: key(pk) }))).Item;

describe('the door to DynamoDB', () => {
  it('writes and reads, with IAM asked in the name of whoever signed', async () => {
    const before = server.asked.length;

    await put('door#1');

    expect(await find('door#1')).toEqual(key('door#1'));
    expect(server.asked.slice(before).map(({ caller: { arn: by }, action }) => [by, action])).toEqual([
      [arn, 'dynamodb:PutItem'],
      [arn, 'dynamodb:GetItem'],
    ]);
    expect(arrived.at(-1)).toEqual({ caller, service: 'dynamodb', operation: 'GetItem', region: home });
  });

  it('tells who follows the stream before the writer has its answer', async () => {
    const { Table } = await client().send(new DescribeTableCommand({ TableName }));
    let told = 0;
    const stop = server.service.streams.onWrite(`${Table?.TableArn}/stream/${Table?.LatestStreamLabel}`, () => {
      told += 1;
    });

    await put('door#2');
    await find('door#2');
    stop();

    expect(told).toBe(1);
  });

  it('answers what concerns no items', async () => {
    expect((await client().send(new ListTablesCommand({}))).TableNames).toEqual([TableName]);
  });

  it.each([
    ['a wrong secret', () => clientWith('AKIAWRITER', 'guessed'), 'InvalidSignatureException'],
    ['an unknown key', () => clientWith('AKIANOBODY', 'secret'), 'UnrecognizedClientException'],
  ])('refuses %s', async (_, wrong, name) => {
    await expect(wrong().send(new GetItemCommand({ TableName, Key: key('door#1') }))).rejects.toMatchObject({ name });
  });

  it('refuses a signature for another service', async () => {
    const credential = `AKIAWRITER/20260101/${home}/s3/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

    const answer = await fetch(door.url, { method: 'POST', headers: { authorization }, body: '{}' });

    expect([answer.status, await answer.json()]).toMatchObject([400, { __type: 'MissingAuthenticationToken' }]);
  });

  it('refuses a key that it knows once its session is over', async () => {
    await find('door#1');
    isExpired = true;

    await expect(find('door#1')).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it('lets faults strike: before anything is done, or in place of the answer', async () => {
    admit = () => {
      throw new AwsError('ThrottlingException', 400, 'Rate exceeded');
    };
    await expect(put('door#3')).rejects.toMatchObject({ name: 'ThrottlingException' });
    admit = () => 'cut';
    await expect(put('door#4')).rejects.toMatchObject({ code: 'ECONNRESET' });
    admit = () => 'cut-after';
    await expect(put('door#5')).rejects.toMatchObject({ code: 'ECONNRESET' });
    admit = letIn;

    expect([await find('door#3'), await find('door#4'), await find('door#5')]).toEqual([
      undefined,
      undefined,
      key('door#5'),
    ]);
  });
});
