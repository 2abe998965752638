import { DeleteItemCommand, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { createS3ControlClient } from '../../cli/operator/s3-control-client.ts';
import { dataClasses } from '../../config/data-classes.ts';
import { newAssetId } from '../../core/asset-id.ts';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { assetKey, type TableKey, tenantKey } from '../../core/catalog/keys.ts';
import type { LandedObject } from '../../core/compare/landing.ts';
import { encodeFacts, type Facts } from '../../core/facts.ts';
import { factsKey, parseVaultKey, vaultKey } from '../../core/key-layout.ts';
import { observe } from '../../core/observe/observe.ts';
import { type CountRow, recount } from '../../core/statistics/recount.ts';
import { hours, isoTime, utcDay } from '../../core/time.ts';
import {
  counterAdder,
  landingLister,
  linkRemover,
  reportStore,
  rowPutter,
  scratchNotes,
} from '../../lambdas/reconcile/adapters.ts';
import { catalogLists } from '../../lambdas/reconcile/catalog-lists.ts';
import { checksumJobs } from '../../lambdas/reconcile/checksum-jobs.ts';
import { packReader } from '../../lambdas/reconcile/pack-reader.ts';
import { pendingReader } from '../../lambdas/reconcile/pending-abroad.ts';
import type { ReconcileDeps } from '../../lambdas/reconcile/ports.ts';
import type { SettledFinding } from '../../lambdas/reconcile/tally.ts';
import { replicaCopier, textReader, versionReader } from '../../lambdas/reconcile/versions-io.ts';
import { createAbroadTable } from '../../lambdas/shared/abroad-table.ts';
import { assetTable } from '../../lambdas/shared/asset-table.ts';
import { createBatchRead } from '../../lambdas/shared/batch-read.ts';
import type { CopyLimits } from '../../lambdas/shared/copy-version.ts';
import { listRange } from '../../lambdas/shared/key-range.ts';
import { createPackTable } from '../../lambdas/shared/packs/pack-table.ts';
import { vaultView } from '../../lambdas/shared/vault-view.ts';
import { catalogTable } from '../local-dynamodb/catalog-table.ts';
import { startDynamoDbServer } from '../local-dynamodb/dynamodb-server.ts';
import { pairOn, rule, secondRegion } from '../local-s3/replication-world.ts';
import { accessKeyId, accountId, region, secretAccessKey, startS3 } from '../local-s3/s3-server.ts';

export const tenant = 'acme';
export const startedAt = Date.parse('2026-03-01T00:00:00.000Z');

/** An asset of the store. */
export interface StoredAsset {
  readonly assetId: string;
  readonly key: string;
  readonly versionId: string;
}

/** How a store is other than most. */
export interface StoreOptions {
  /** What S3 keeps of each content. @default SHA256 */
  readonly checksum?: 'SHA256' | 'CRC64NVME';
  /** @default what S3 asks for */
  readonly copyLimits?: CopyLimits;
}

/** The store of a deployment on the embedded S3 and a real table, without functions: vault, copy, landing, audit, catalog. */
export const startStore = async ({ checksum = 'SHA256', copyLimits }: StoreOptions = {}) => {
  const s3 = await startS3({ startMs: startedAt });
  const server = await startDynamoDbServer();
  for (const TableName of ['catalog', 'catalog-2']) {
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable({ TableName }));
  }
  const pair = pairOn(s3, [rule({ prefix: '' })]);
  const [here, there] = [plainClient(s3.url, region), plainClient(s3.url, secondRegion)];
  const vault = { s3: here, bucket: 'originals' };
  const replica = { s3: there, bucket: 'copies' };
  for (const name of ['landing', 'audit', 'scratch', 'logs']) s3.bucket(name, { versioning: 'Enabled' });
  const client = server.client();
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const counted: string[] = [];
  const resent: LandedObject[] = [];
  /** What the stream's function would have counted by now: there is none here. */
  const streamed = async (table: string, pk: string): Promise<CountRow[]> => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    const counted = recount(Items.map((item) => unmarshall(item)).filter(isAsset)).tally();
    return [...counted.values()]
      .filter(({ key }) => key.pk === pk)
      .map(({ key, tenant: of, add }) => ({ ...key, kind: 'count', tenant: of, updatedAt: '', ...add }));
  };
  const inTable = (table: string) => ({
    catalog: assetTable(client, table),
    read: createBatchRead(client, table),
    lists: { ...catalogLists(documents, table), counters: (pk: string) => streamed(table, pk) },
    removeLink: linkRemover(client, table),
    putRow: rowPutter(documents, table),
    addToCounter: counterAdder(documents, table, s3.clock),
  });
  const abroad = createAbroadTable(documents, 'catalog', { clock: s3.clock, random: Math.random });
  const deps: ReconcileDeps = {
    ...inTable('catalog'),
    inTable,
    vault: vaultView(s3.client, 'originals'),
    clock: s3.clock,
    locate: (key) => parseVaultKey(dataClasses, key),
    classes: dataClasses,
    limits: { inRow: 3, inPage: 2, companions: 99 },
    listVault: (from) => listRange(s3.client, 'originals', from),
    listReplica: (from) => listRange(pair.elsewhere, 'copies', from),
    listLanding: landingLister(s3.client, 'landing'),
    resend: async (object) => void resent.push(object),
    reports: reportStore(s3.client, 'audit'),
    notes: scratchNotes(s3.client, 'scratch'),
    pause: async () => undefined,
    readVersion: versionReader({ vault, replica }),
    readJournal: textReader(vault),
    ...packReader(vault),
    packs: createPackTable(documents, 'catalog'),
    pendingAbroad: pendingReader(abroad),
    copyFromReplica: replicaCopier({ vault, replica, ...(copyLimits && { limits: copyLimits }) }),
    ...(copyLimits && { mostCopiedAtOnce: copyLimits.atOnceBytes }),
    checksums: checksumJobs({
      s3: here,
      control: createS3ControlClient({ region, endpoint: s3.url, credentials: { accessKeyId, secretAccessKey } }),
      accountId,
      vault: vault.bucket,
      manifests: { bucket: 'scratch', prefix: 'reconcile/' },
      reports: { bucket: 'logs', prefix: 'checksums' },
      roleArn: `arn:aws:iam::${accountId}:role/checksums`,
    }),
    scrubEveryDays: 30,
    log: { debug() {}, info() {}, warn() {}, error() {} } as unknown as ReconcileDeps['log'],
    meter: {
      count: (name, value) => void (value > 0 && counted.push(name)),
      bytes() {},
      milliseconds() {},
      flush() {},
    },
  };
  let number = 0;
  return {
    s3,
    pair,
    deps,
    abroad,
    /** With the counters of the table itself. */
    depsWithCounters: { ...deps, lists: catalogLists(documents, 'catalog') },
    counted,
    resent,
    server,
    /** Stores an asset as intake does, and has the catalog see it. */
    async store(className: string, facts: Partial<Facts> = {}, content = `content ${number}`): Promise<StoredAsset> {
      number += 1;
      const dataClass = dataClasses.find(({ name }) => name === className);
      if (dataClass === undefined) throw new Error(`There is no class ${className}.`);
      const now = s3.clock.now();
      const assetId = newAssetId({ now: () => now, random: () => ((number * 7919) % 1000) / 1000 });
      const told: Facts = {
        v: 1,
        assetId,
        tenant,
        dataClass: className,
        uploader: 'u1',
        createdAt: isoTime(now),
        filename: `file-${number}.bin`,
        contentType: 'application/octet-stream',
        subject: 's1',
        case: 'c1',
        attributes: {},
        ...facts,
      };
      const key = vaultKey(dataClass, { ...told, date: utcDay(now) });
      const { VersionId = '' } = await s3.client.send(
        new PutObjectCommand({
          Bucket: 'originals',
          Key: key,
          Body: content,
          ChecksumAlgorithm: checksum,
          Metadata: { facts: encodeFacts(told) },
        }),
      );
      await observe({ tenant, assetId, key }, { kind: 'look' }, deps);
      return { assetId, key, versionId: VersionId };
    },
    /** Puts a facts object as the API does. */
    async change({ assetId, key }: StoredAsset, attributes: Record<string, unknown>): Promise<void> {
      const body = { v: 1, assetId, tenant, key, attributes, updatedAt: isoTime(s3.clock.now()), updatedBy: 'u1' };
      await s3.client.send(
        new PutObjectCommand({ Bucket: 'originals', Key: factsKey(tenant, assetId), Body: JSON.stringify(body) }),
      );
      await observe({ tenant, assetId, key }, { kind: 'look' }, deps);
    },
    observe: ({ assetId, key }: StoredAsset) => observe({ tenant, assetId, key }, { kind: 'look' }, deps),
    /** Puts anything under any key. */
    put: async (Bucket: string, Key: string, Body = 'x') =>
      (await s3.client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId ?? '',
    remove: (Key: string, VersionId?: string, Bucket = 'originals') =>
      (Bucket === 'copies' ? pair.elsewhere : s3.client).send(new DeleteObjectCommand({ Bucket, Key, VersionId })),
    content: async (Key: string) => {
      const { Body } = await here.send(new GetObjectCommand({ Bucket: 'originals', Key }));
      return await Body?.transformToString();
    },
    async row(key: TableKey): Promise<Record<string, unknown> | undefined> {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: 'catalog', Key: marshall({ pk: key.pk, sk: key.sk }), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : unmarshall(Item);
    },
    assetRow: (assetId: string) => deps.catalog.readAsset(tenant, assetId),
    putRow: (row: object) =>
      client.send(
        new PutItemCommand({ TableName: 'catalog', Item: marshall({ ...row }, { removeUndefinedValues: true }) }),
      ),
    removeRow: ({ pk, sk }: TableKey) =>
      client.send(new DeleteItemCommand({ TableName: 'catalog', Key: marshall({ pk, sk }) })),
    removeAsset: (assetId: string) =>
      client.send(new DeleteItemCommand({ TableName: 'catalog', Key: marshall({ ...assetKey(tenant, assetId) }) })),
    async rows(table = 'catalog'): Promise<Record<string, unknown>[]> {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
      return Items.map((item) => unmarshall(item));
    },
    /** Lets everything become old enough to be judged, and copied. */
    async ripen(): Promise<void> {
      await pair.replicate();
      s3.clock.move(hours(25));
    },
    /** Everything that the reports hold. */
    async reported(): Promise<SettledFinding[]> {
      const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: 'audit', Prefix: 'reports/' }));
      const found: SettledFinding[] = [];
      for (const { Key } of Contents) {
        const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'audit', Key }));
        found.push(...JSON.parse((await Body?.transformToString()) ?? '').findings);
        await s3.client.send(new DeleteObjectCommand({ Bucket: 'audit', Key }));
      }
      return found;
    },
    listTenant: () =>
      client.send(
        new PutItemCommand({ TableName: 'catalog', Item: marshall({ ...tenantKey(tenant), kind: 'tenant', tenant }) }),
      ),
    async [Symbol.asyncDispose]() {
      for (const used of [pair.elsewhere, here, there]) used.destroy();
      await s3.close();
      await server[Symbol.asyncDispose]();
    },
  };
};

export type Store = Awaited<ReturnType<typeof startStore>>;

/** Nothing else in the table is of this kind. */
const isAsset = (item: object): item is AssetRow => 'kind' in item && item.kind === 'asset';

/** A client as functions have it: what S3 answers is not compared with its checksum by the SDK. */
const plainClient = (endpoint: string, of: string): S3Client =>
  new S3Client({
    endpoint,
    region: of,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
