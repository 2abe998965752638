import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { findDynamoDb } from '../../local/dynamodb/dynoxide-command.ts';
import { catalogTable } from './catalog-table.ts';
import { startDynamoDbServer } from './dynamodb-server.ts';

const TableName = 'catalog';
const key = { pk: { S: 'a' }, sk: { S: 'asset' } };
const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'mediakeep-dynamodb-test-'));

/** Processes of Dynoxide that work on a folder's files; the shells that watch them are not counted. */
const processes = (folder: string): number[] =>
  execFileSync('ps', ['-eo', 'pid=,args='])
    .toString()
    .split('\n')
    .filter((line) => line.includes(folder) && /^\s*\d+ \S*dynoxide serve/.test(line))
    .map((line) => Number.parseInt(line, 10));

describe('where DynamoDB comes from', () => {
  const packaged = () => '/packaged/dynoxide';
  const notPackaged = () => undefined;

  test('is the endpoint that was named, before anything else', () => {
    const source = findDynamoDb({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000/' }, packaged);

    expect(source).toEqual({ kind: 'endpoint', url: 'http://127.0.0.1:8000' });
  });

  test('is the installed package otherwise', () => {
    expect(findDynamoDb({ PATH: '' }, packaged)).toEqual({ kind: 'program', path: '/packaged/dynoxide' });
  });

  test('is a program on the PATH where the package is missing', () => {
    const folder = temporaryFolder();
    const program = join(folder, 'dynoxide');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);

    const source = findDynamoDb({ PATH: `/nowhere:${folder}` }, notPackaged);

    expect(source).toEqual({ kind: 'program', path: program });
    rmSync(folder, { recursive: true });
  });

  test('is an error that names all three ways where there is none', () => {
    expect(() => findDynamoDb({ PATH: '/nowhere' }, notPackaged)).toThrow(
      /@dynoxide\/linux-x64.*PATH.*DYNAMODB_ENDPOINT/s,
    );
  });

  test('must be a URL where an endpoint is named', () => {
    expect(() => findDynamoDb({ DYNAMODB_ENDPOINT: '127.0.0.1:8000' }, packaged)).toThrow(/DYNAMODB_ENDPOINT/);
  });
});

describe('Dynoxide', () => {
  test('keeps its items over a restart', async () => {
    const dataDir = temporaryFolder();
    {
      await using first = await startDynamoDbServer({ dataDir });
      await first.create('AWS::DynamoDB::GlobalTable', catalogTable());
      await first.client().send(new PutItemCommand({ TableName, Item: key }));
    }
    await using second = await startDynamoDbServer({ dataDir });
    await second.create('AWS::DynamoDB::GlobalTable', catalogTable());

    const { Item } = await second.client().send(new GetItemCommand({ TableName, Key: key }));

    expect(Item).toEqual(key);
    rmSync(dataDir, { recursive: true });
  });

  test('is started again when it is killed, and has lost nothing', async () => {
    const dataDir = temporaryFolder();
    await using server = await startDynamoDbServer({ dataDir });
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    await server.client().send(new PutItemCommand({ TableName, Item: key }));
    const [pid = 0] = processes(dataDir);

    process.kill(pid, 'SIGKILL');

    await vi.waitFor(
      async () => {
        const { Item } = await server.client().send(new GetItemCommand({ TableName, Key: key }));
        expect(Item).toEqual(key);
        expect(processes(dataDir)).not.toContain(pid);
      },
      { timeout: 10_000, interval: 50 },
    );
    rmSync(dataDir, { recursive: true });
  });

  test('ends with the platform, however that ends', async () => {
    const dataDir = temporaryFolder();
    const script = `
      const { startDynoxide } = await import(${JSON.stringify(join(import.meta.dirname, '../../local/dynamodb/dynoxide.ts'))});
      const { findDynamoDb } = await import(${JSON.stringify(join(import.meta.dirname, '../../local/dynamodb/dynoxide-command.ts'))});
      const source = findDynamoDb({ PATH: process.env.PATH });
      await startDynoxide({ program: source.path, dbPath: ${JSON.stringify(join(dataDir, 'a.sqlite'))}, log() {} });
      console.log('ready');
      setInterval(() => {}, 1000);`;
    const platform = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => platform.stdout.once('data', resolve));
    expect(processes(dataDir)).toHaveLength(1);

    platform.kill('SIGKILL');

    await vi.waitFor(() => expect(processes(dataDir)).toEqual([]), { timeout: 10_000, interval: 50 });
    rmSync(dataDir, { recursive: true });
  });

  test('leaves neither process nor folder behind where nothing is kept', async () => {
    const folder = temporaryFolder();
    vi.stubEnv('TMPDIR', folder);
    const server = await startDynamoDbServer();
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    vi.unstubAllEnvs();
    const running = processes(folder).length;

    await server[Symbol.asyncDispose]();

    expect(running).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
    await vi.waitFor(() => expect(processes(folder)).toEqual([]), { timeout: 5_000 });
    rmSync(folder, { recursive: true });
  });
});
