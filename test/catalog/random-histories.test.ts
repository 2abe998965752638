import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { canonicalJson, encodeFacts } from '../../core/facts.ts';
import { vaultView } from '../../lambdas/shared/vault-view.ts';
import { startCatalogServer } from '../local-dynamodb/catalog-server.ts';
import type { DynamoDbServer } from '../local-dynamodb/dynamodb-server.ts';
import { type S3Server, startS3 } from '../local-s3/s3-server.ts';
import { type Random, randomOf } from '../observe/model/random.ts';
import { assets, type ModelAsset, modelClass, tenant } from '../observe/model/world.ts';
import { type CatalogWorld, createCatalogWorld } from './catalog-world.ts';
import { bucketName } from './fake-vault.ts';

const queueArn = 'arn:aws:sqs:ap-south-1:000000000000:keep-catalog';
const events = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'];
const histories = 12;

let table: DynamoDbServer;
let s3: S3Server;
beforeAll(async () => {
  table = await startCatalogServer();
  s3 = await startS3();
  s3.bucket(bucketName, {
    versioning: 'Enabled',
    notifications: [{ id: 'catalog', queueArn, events, prefix: '', suffix: '' }],
  });
});
afterAll(async () => {
  await s3.close();
  await table[Symbol.asyncDispose]();
});

const listOf = (asset: ModelAsset, key = asset.key): Promise<ListObjectVersionsCommandOutput> =>
  s3.client.send(new ListObjectVersionsCommand({ Bucket: bucketName, Prefix: key }));

const headerOf = ({ assetId }: ModelAsset, said: string): string =>
  encodeFacts({
    v: 1,
    assetId,
    tenant,
    dataClass: modelClass.name,
    uploader: 'u',
    createdAt: '2026-05-01T08:00:00.000Z',
    filename: 'a.wav',
    contentType: 'audio/wav',
    attributes: { said },
  });

/** Does one thing to the vault over HTTP; answers whether it was possible. */
const change = async (random: Random, asset: ModelAsset): Promise<boolean> => {
  const dice = random.below(10);
  if (dice < 4) return put(asset, random);
  if (dice < 6) return putFacts(asset, random);
  if (dice < 8) return send(new DeleteObjectCommand({ Bucket: bucketName, Key: asset.key }));
  const { Versions = [], DeleteMarkers = [] } = await listOf(asset);
  const all = [...Versions, ...DeleteMarkers];
  if (all.length === 0) return false;
  return send(new DeleteObjectCommand({ Bucket: bucketName, Key: asset.key, VersionId: random.pick(all).VersionId }));
};

const put = (asset: ModelAsset, random: Random): Promise<boolean> => {
  const Body = `content ${random.below(3)}`;
  const Metadata = { facts: headerOf(asset, Body) };
  return send(
    new PutObjectCommand({ Bucket: bucketName, Key: asset.key, Body, Metadata, ChecksumAlgorithm: 'SHA256' }),
  );
};

const putFacts = ({ assetId, key, factsKey }: ModelAsset, random: Random): Promise<boolean> => {
  const attributes = { said: `later ${random.below(100)}` };
  const Body = canonicalJson({ v: 1, assetId, tenant, key, attributes, updatedAt: '', updatedBy: '' });
  return send(new PutObjectCommand({ Bucket: bucketName, Key: factsKey, Body }));
};

const send = async (command: PutObjectCommand | DeleteObjectCommand): Promise<boolean> => {
  await (command instanceof PutObjectCommand ? s3.client.send(command) : s3.client.send(command));
  return true;
};

/** Delivers all messages in any order, some of them twice, in batches side by side, until none is given back. */
const deliverAll = async (world: CatalogWorld, bodies: readonly string[], random: Random): Promise<void> => {
  const overrides = { vault: vaultView(s3.client, bucketName) };
  let waiting = bodies.flatMap((body) => (random.chance(0.3) ? [body, body] : [body]));
  while (waiting.length > 0) {
    const shuffled = waiting.map((body) => [random.below(1e6), body] as const).sort(([a], [b]) => a - b);
    const batches = Array.from({ length: Math.ceil(shuffled.length / 3) }, (_, index) =>
      shuffled.slice(index * 3, index * 3 + 3).map(([, body]) => body),
    );
    const answers = await Promise.all(batches.map((batch) => world.deliver(batch, overrides)));
    waiting = answers.flatMap(({ batchItemFailures }, index) =>
      batchItemFailures.map(({ itemIdentifier }) => batches[index]?.[Number(itemIdentifier.slice(1))] ?? ''),
    );
  }
};

const expectAgreement = async (world: CatalogWorld, asset: ModelAsset): Promise<void> => {
  const { Versions = [], DeleteMarkers = [] } = await listOf(asset);
  const row = await world.row(asset.assetId);
  const found = row?.versions ?? [];
  expect(found.filter(({ marker }) => !marker).map(({ versionId }) => versionId)).toEqual(
    Versions.map(({ VersionId }) => VersionId),
  );
  expect(found.filter(({ marker }) => marker).map(({ versionId }) => versionId)).toEqual(
    DeleteMarkers.map(({ VersionId }) => VersionId),
  );
  const latest = [...Versions, ...DeleteMarkers].find(({ IsLatest }) => IsLatest);
  expect(found[0]?.versionId).toBe(latest?.VersionId);
  if (Versions.length === 0) return expect(row?.summary.state ?? 'gone').toBe('gone');
  expect(row?.summary.state).toBe(DeleteMarkers.includes(latest ?? {}) ? 'deleted' : 'stored');
  expect(row?.detail.currentVersionId).toBe(Versions[0]?.VersionId);
  const facts = await vaultView(s3.client, bucketName).readText(asset.factsKey);
  expect(row?.detail.factsEtag).toBe(facts?.etag);
  if (facts !== undefined) expect(row?.summary.attributes).toEqual(JSON.parse(facts.body).attributes);
};

describe('the catalog of a vault behind HTTP', () => {
  it.each(Array.from({ length: histories }, (_, index) => index + 1))(
    'agrees with it after any history and any order of its events: seed %i',
    async (seed) => {
      await using world = createCatalogWorld(table);
      const random = randomOf(seed);
      const before = s3.events.length;
      let changes = 0;
      for (let count = 3 + random.below(9); count > 0; count--) {
        if (await change(random, random.pick(assets))) changes++;
      }
      await vi.waitFor(() => expect(s3.events.length).toBe(before + changes));

      await deliverAll(
        world,
        s3.events.slice(before).map(({ body }) => body),
        random,
      );

      for (const asset of assets) await expectAgreement(world, asset);
      await emptyVault();
    },
  );
});

const emptyVault = async (): Promise<void> => {
  const before = s3.events.length;
  const { Versions = [], DeleteMarkers = [] } = await s3.client.send(
    new ListObjectVersionsCommand({ Bucket: bucketName }),
  );
  const all = [...Versions, ...DeleteMarkers];
  for (const { Key, VersionId } of all) {
    await s3.client.send(new DeleteObjectCommand({ Bucket: bucketName, Key, VersionId }));
  }
  await vi.waitFor(() => expect(s3.events.length).toBe(before + all.length));
};
