import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach } from 'vitest';
import type { ReplicationRule } from '../../local/s3/replication/rule.ts';
import {
  accessKeyId,
  accountId,
  region,
  type S3Server,
  type S3ServerOptions,
  secretAccessKey,
  startS3,
} from './s3-server.ts';

export const secondRegion = 'ap-south-2';
export const minute = 60_000;

/** A rule as ours are: everything below a prefix, with delete markers, KMS and 15 minutes promised. */
export const rule = (changes: Partial<ReplicationRule> = {}): ReplicationRule => ({
  id: 'recordings',
  enabled: true,
  priority: 1,
  prefix: 'raw/',
  tags: {},
  deleteMarkers: true,
  encryptedObjects: true,
  destination: {
    bucketArn: 'arn:aws:s3:::copies',
    replicaKeyId: `arn:aws:kms:${secondRegion}:${accountId}:alias/copies`,
    promisedMinutes: 15,
    metrics: true,
  },
  ...changes,
});

/** Two buckets in two regions, the first of which is copied into the second. */
const startPair = async (rules: readonly ReplicationRule[] = [rule()], options: S3ServerOptions = {}) => {
  const server = await startS3(options);
  return { server, ...pairOn(server, rules) };
};

/** Starts such a pair in a test, and ends it after the test. */
export const pairPerTest = () => {
  let running: S3Server | undefined;
  afterEach(async () => {
    await running?.close();
  });
  return async (...args: Parameters<typeof startPair>) => {
    const pair = await startPair(...args);
    running = pair.server;
    return { ...pair, client: pair.server.client, clock: pair.server.clock };
  };
};

/** The pair on a server that runs already. */
export const pairOn = (server: S3Server, rules: readonly ReplicationRule[] = [rule()]) => {
  const { s3, client } = server;
  const locked = { versioning: 'Enabled', objectLock: {} } as const;
  s3.configure('copies', secondRegion, (before) => ({
    ...before,
    ...locked,
    encryption: { algorithm: 'aws:kms', keyId: 'alias/copies', bucketKey: true },
  }));
  s3.configure('originals', region, (before) => ({
    ...before,
    ...locked,
    encryption: { algorithm: 'aws:kms', keyId: 'originals', bucketKey: true },
    notifications: [{ id: 'n', queueArn: 'arn:aws:sqs:q', events: ['s3:Replication:*'], prefix: '', suffix: '' }],
    replication: { role: 'arn:aws:iam::000000000000:role/copy', rules },
  }));
  const elsewhere = new S3Client({
    endpoint: server.url,
    region: secondRegion,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
  const original = { Bucket: 'originals', Key: 'raw/a.wav' };
  const copy = { ...original, Bucket: 'copies' };
  const { replication } = s3;
  // Copies are made when a test says so, unless there is a lag, which nobody waits for on the machine's clock.
  replication.set({ paused: true });
  return {
    replication,
    /** Makes all copies that are due. */
    async replicate() {
      replication.set({ paused: false });
      await replication.run();
      replication.set({ paused: true });
    },
    elsewhere,
    put: (changes: Partial<PutObjectCommandInput> = {}) =>
      client.send(new PutObjectCommand({ ...original, Body: 'sound', ...changes })),
    remove: (VersionId?: string) => client.send(new DeleteObjectCommand({ ...original, VersionId })),
    head: (VersionId?: string) => client.send(new HeadObjectCommand({ ...original, VersionId })),
    headCopy: (VersionId?: string) => elsewhere.send(new HeadObjectCommand({ ...copy, VersionId })),
    readCopy: async (VersionId?: string) => {
      const { Body } = await elsewhere.send(new GetObjectCommand({ ...copy, VersionId }));
      return await Body?.transformToString();
    },
    copies: async () => {
      const { Versions = [], DeleteMarkers = [] } = await elsewhere.send(
        new ListObjectVersionsCommand({ Bucket: 'copies' }),
      );
      return [...Versions, ...DeleteMarkers].map(({ Key, VersionId, IsLatest }) => ({ Key, VersionId, IsLatest }));
    },
    /** The names of the replication events so far, each with what it says of the copy. */
    told: () =>
      server.events
        .flatMap(({ body }) => JSON.parse(body).Records ?? [])
        .map((record) => ({ name: record.eventName, ...record.replicationEventData })),
  };
};
