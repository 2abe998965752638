import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../core/time.ts';
import type { Authorize, Caller } from '../aws/caller.ts';
import type { ServiceSource } from '../aws/caller-context.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import { transaction } from '../aws/transaction.ts';
import type { BusEvent } from '../events/event.ts';
import type { Credentials, SignatureClocks } from '../sigv4/index.ts';
import type { EventOutbox } from './events/outbox.ts';
import { openOutbox } from './events/outbox.ts';
import type { ReplicationMetric } from './replication/measure.ts';
import type { ReplicationTasks } from './replication/task-store.ts';
import { openReplicationTasks } from './replication/task-store.ts';
import type { Blobs } from './store/blobs.ts';
import { openBlobs } from './store/blobs.ts';
import type { BucketStore } from './store/buckets.ts';
import { openBuckets } from './store/buckets.ts';
import type { Garbage } from './store/garbage.ts';
import { openGarbage } from './store/garbage.ts';
import type { KeptVersions } from './store/kept-versions.ts';
import { openKeptVersions } from './store/kept-versions.ts';
import { createTables } from './store/schema.ts';
import type { Sequence } from './store/sequence.ts';
import { openSequence } from './store/sequence.ts';
import type { UploadStore } from './store/uploads.ts';
import { openUploads } from './store/uploads.ts';
import type { VersionStore } from './store/versions.ts';
import { openVersions } from './store/versions.ts';

/** A question to KMS: may this caller use the key so, through S3? */
export interface KeyUse {
  readonly caller: Caller;
  readonly keyId: string;
  readonly action: 'kms:GenerateDataKey' | 'kms:Decrypt' | 'kms:Encrypt';
  readonly viaService: string;
  readonly encryptionContext: Record<string, string>;
  readonly region: string;
}

/** What S3 is made of. */
export interface S3Deps extends ServiceDeps {
  /** Where content is kept; undefined for a temporary folder that is removed on close. */
  readonly dataDir: string | undefined;
  /** The machine's clock, beside which signatures are judged too. */
  readonly machineClock: Clock;
  /** Sends an event to a queue; throws an AwsError where the queue does not take it. */
  readonly deliver: (queueArn: string, body: string, source: ServiceSource) => void;
  /** Tells EventBridge. @default nobody listens */
  readonly putEvent?: (event: BusEvent) => void;
  /** Throws an AwsError where the key may not be used. */
  readonly useKey: (use: KeyUse) => void;
  /** The ARN of the key that an id, an alias or an alias ARN stands for; throws an AwsError where there is none. */
  readonly keyArn: (keyId: string, region: string) => string;
  /** What S3 may do with a role for a bucket; throws an AwsError where the role does not let S3 take it. */
  readonly assumeRole: (roleArn: string, by: { readonly service: string; readonly forArn?: string }) => Caller;
  /** True for a region that is lost. */
  readonly isDown: (region: string) => boolean;
  /** Takes S3's own metrics. */
  readonly putMetric: (metric: ReplicationMetric) => void;
  /** The caller behind an access key, for forms, whose signature stands in their fields. */
  readonly identify: (accessKeyId: string) => (Credentials & { readonly caller: Caller }) | undefined;
}

/** The parts of S3 that its operations share. */
export interface S3Core {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  readonly clocks: SignatureClocks;
  readonly accountId: string;
  readonly ownerId: string;
  readonly authorize: Authorize;
  readonly useKey: S3Deps['useKey'];
  readonly putEvent: NonNullable<S3Deps['putEvent']>;
  readonly identify: S3Deps['identify'];
  readonly keyArn: S3Deps['keyArn'];
  readonly assumeRole: S3Deps['assumeRole'];
  readonly isDown: S3Deps['isDown'];
  readonly newId: () => string;
  readonly buckets: BucketStore;
  readonly versions: VersionStore;
  readonly uploads: UploadStore;
  readonly blobs: Blobs;
  readonly garbage: Garbage;
  /** What backups still reach back to. */
  readonly kept: KeptVersions;
  readonly sequence: Sequence;
  readonly outbox: EventOutbox;
  readonly replicationTasks: ReplicationTasks;
  /** Says that there is something new to copy. */
  wakeReplication(): void;
  /** Runs the work in one transaction and then deletes the files that it made superfluous. */
  change<T>(work: () => T): T;
}

/** Opens tables and files. */
export const openCore = (deps: S3Deps, wakeReplication: () => void): S3Core => {
  const { db, clock, dataDir } = deps;
  createTables(db);
  const sequence = openSequence(db);
  const blobs = openBlobs(dataDir, sequence);
  const garbage = openGarbage(db, blobs);
  return {
    db,
    clock,
    clocks: { platform: clock, machine: deps.machineClock },
    accountId: deps.accountId,
    ownerId: deps.accountId.padStart(64, '0'),
    authorize: deps.authorize,
    useKey: deps.useKey,
    putEvent: deps.putEvent ?? (() => {}),
    identify: deps.identify,
    keyArn: deps.keyArn,
    assumeRole: deps.assumeRole,
    isDown: deps.isDown,
    replicationTasks: openReplicationTasks(db),
    wakeReplication,
    newId: deps.newId,
    buckets: openBuckets(db, clock),
    versions: openVersions(db),
    uploads: openUploads(db),
    blobs,
    garbage,
    kept: openKeptVersions(db),
    sequence,
    outbox: openOutbox({ db, clock, deliver: deps.deliver, accountId: deps.accountId, log: deps.log }),
    // Within another change it becomes a part of that, which may fail by itself.
    change(work) {
      const undo = garbage.mark();
      try {
        const result = transaction(db, work);
        if (!db.isTransaction) garbage.sweep();
        return result;
      } catch (error) {
        undo();
        throw error;
      }
    },
  };
};
