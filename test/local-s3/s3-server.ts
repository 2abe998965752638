import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../core/time.ts';
import { AwsError } from '../../local/aws/aws-error.ts';
import type { AuthorizationRequest, Caller } from '../../local/aws/caller.ts';
import { createEndpoint } from '../../local/aws/endpoint.ts';
import type { BucketConfiguration } from '../../local/s3/buckets/configuration.ts';
import type { KeyUse } from '../../local/s3/core.ts';
import type { ReplicationMetric } from '../../local/s3/replication/measure.ts';
import type { S3 } from '../../local/s3/s3.ts';
import { createS3 } from '../../local/s3/s3.ts';
import type { Credentials } from '../../local/sigv4/index.ts';

export const region = 'ap-south-1';
export const accountId = '000000000000';
export const accessKeyId = 'AKIATESTTESTTESTTEST';
export const secretAccessKey = 'secret+of/the/test/user0000000000000000';

/** Credentials of a session, which need their token. */
export const session = {
  accessKeyId: 'ASIATESTTESTTESTTEST',
  secretAccessKey: 'secret+of/the/test/session000000000000000',
  sessionToken: 'token/of+the=session',
};

const secrets: Readonly<Record<string, Credentials>> = {
  [accessKeyId]: { secretAccessKey },
  [session.accessKeyId]: session,
};

const caller: Caller = {
  kind: 'user',
  arn: `arn:aws:iam::${accountId}:user/test`,
  accountId,
  accessKeyId,
  identityPolicies: [],
};

/** One S3 behind the platform's endpoint, and what it asked of the others. */
export interface S3Server {
  readonly s3: S3;
  readonly server: Server;
  readonly url: string;
  readonly host: string;
  readonly client: S3Client;
  readonly events: { queueArn: string; body: string }[];
  readonly keyUses: KeyUse[];
  readonly authorized: AuthorizationRequest[];
  readonly log: string[];
  readonly clock: Clock & { move(ms: number): void };
  /** Actions that are refused. */
  readonly denied: Set<string>;
  /** Queues that take nothing. */
  readonly deafQueues: Set<string>;
  /** Regions that cannot be reached. */
  readonly lostRegions: Set<string>;
  readonly metrics: ReplicationMetric[];
  bucket(name: string, change?: Partial<BucketConfiguration>): string;
  close(): Promise<void>;
}

export interface S3ServerOptions {
  readonly dataDir?: string;
  readonly database?: string;
  readonly startMs?: number;
}

/** Starts S3 on a free port. */
export const startS3 = async ({ dataDir, database = ':memory:', startMs }: S3ServerOptions = {}): Promise<S3Server> => {
  const db = new DatabaseSync(database);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  let offset = startMs === undefined ? 0 : startMs - Date.now();
  const clock = {
    now: () => Date.now() + offset,
    move(ms: number) {
      offset += ms;
    },
  };
  const denied = new Set<string>();
  const deafQueues = new Set<string>();
  const lostRegions = new Set<string>();
  const metrics: ReplicationMetric[] = [];
  const events: S3Server['events'] = [];
  const keyUses: KeyUse[] = [];
  const authorized: AuthorizationRequest[] = [];
  const log: string[] = [];
  const s3 = createS3({
    db,
    dataDir,
    clock,
    machineClock: { now: () => Date.now() },
    newId: randomUUID,
    accountId,
    log: (line) => log.push(line),
    authorize(request) {
      authorized.push(request);
      if (denied.has(request.action) || (request.caller.kind === 'anonymous' && request.resourcePolicy === undefined)) {
        throw new AwsError('AccessDenied', 403, `${request.action} is denied.`);
      }
    },
    deliver(queueArn, body) {
      if (deafQueues.has(queueArn)) throw new AwsError('AccessDenied', 403, 'The queue takes nothing.');
      events.push({ queueArn, body });
    },
    useKey(use) {
      keyUses.push(use);
      if (denied.has(use.action)) throw new AwsError('KMS.AccessDeniedException', 400, `${use.action} is denied.`);
    },
    keyArn: (keyId, keyRegion) => `arn:aws:kms:${keyRegion}:${accountId}:key/of-${keyId.split('/').at(-1)}`,
    assumeRole(roleArn) {
      if (denied.has('sts:AssumeRole')) throw new AwsError('AccessDenied', 403, 'S3 may not assume the role.');
      return { kind: 'role', arn: roleArn, roleArn, accountId, identityPolicies: [] };
    },
    isDown: (name) => lostRegions.has(name),
    putMetric: (metric) => metrics.push(metric),
    identify: (id) => (secrets[id] === undefined ? undefined : { ...secrets[id], caller }),
  });
  const server = createEndpoint({
    services: [s3],
    lookup: (id) => secrets[id],
    callerOf: () => caller,
    clocks: { platform: clock, machine: { now: () => Date.now() } },
    accountId,
    homeRegion: region,
    newId: randomUUID,
    control: async () => undefined,
    log: (line) => log.push(line),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const host = `127.0.0.1:${address.port}`;
  const url = `http://${host}`;
  const client = new S3Client({
    endpoint: url,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
  return {
    s3,
    server,
    url,
    host,
    client,
    events,
    keyUses,
    authorized,
    log,
    clock,
    denied,
    deafQueues,
    lostRegions,
    metrics,
    bucket(name, change = {}) {
      s3.configure(name, region, (before) => ({ ...before, ...change }));
      return name;
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      s3.close();
      db.close();
    },
  };
};
