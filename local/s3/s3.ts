import type { AwsService } from '../aws/service.ts';
import { createBatch } from './batch/batch.ts';
import { isBatchRequest } from './batch/batch-operations.ts';
import type { BucketConfiguration } from './buckets/configuration.ts';
import { configureBucket } from './buckets/configure-bucket.ts';
import type { S3Core, S3Deps } from './core.ts';
import { openCore } from './core.ts';
import { answering, dispatch } from './dispatch.ts';
import { announceRestores } from './lifecycle/restore-events.ts';
import { runLifecycle } from './lifecycle/run-lifecycle.ts';
import { s3OperationName } from './operation-name.ts';
import { createReplicationMeter, failedCopy } from './replication/measure.ts';
import { replicationSettings } from './replication/settings.ts';
import type { Backlog } from './replication/task-store.ts';
import type { ReplicationSettings } from './replication/worker.ts';
import { createReplicationWorker } from './replication/worker.ts';
import type { Bucket } from './store/buckets.ts';
import type { Damage } from './store/corrupt.ts';
import { corruptContent } from './store/corrupt.ts';

/** S3 on one machine: an AWS service, and what the platform asks of it in process. */
export interface S3 extends AwsService {
  readonly core: S3Core;
  /** Makes a bucket or changes one; its objects stay. */
  configure(name: string, region: string, change: (before: BucketConfiguration) => BucketConfiguration): Bucket;
  bucketsInRegion(region: string): readonly Bucket[];
  /** Does what S3 does by itself as time goes by: lifecycle rules at each midnight, restores. Cheap where nothing is due. */
  runLifecycle(nowMs: number): void;
  readonly replication: Replication;
  /** Breaks a byte of an object on the disk; throws a RangeError where there is none. */
  corrupt(damage: Damage): void;
  close(): void;
}

/** Copying to other buckets, as the platform steers it. */
export interface Replication {
  settings(): ReplicationSettings;
  set(change: Partial<ReplicationSettings>): void;
  /** Says that a region is back: what waited is late. */
  released(): void;
  /** Makes the copies that are due. */
  run(): Promise<void>;
  /** Works through the batch jobs. */
  runBatch(): Promise<void>;
  /** What is still to be copied, by rule. */
  backlog(): readonly Backlog[];
  /** Publishes S3's metrics of replication. */
  measure(nowMs: number): void;
}

/** Opens S3 with what it kept. */
export const createS3 = (deps: S3Deps): S3 => {
  const core = openCore(deps, () => worker.wake());
  const settings = replicationSettings(deps.db);
  const worker = createReplicationWorker({
    core,
    settings: settings.read,
    isDown: deps.isDown,
    failed: (source, rule) => deps.putMetric(failedCopy(source, rule, core.clock.now())),
    log: deps.log,
  });
  const batch = createBatch(core, worker.copyNow, deps.log);
  const measure = createReplicationMeter(core, deps.putMetric);
  worker.wake();
  batch.wake();
  return {
    signingName: 's3',
    core,
    operationOf: s3OperationName,
    handle: (request, response) =>
      isBatchRequest(request)
        ? answering(request, response, deps.log, () => batch.handle(request, response))
        : dispatch(core, request, response, deps.log),
    configure: (name, region, change) => configureBucket(core, { name, region }, change),
    bucketsInRegion: (region) => core.buckets.all().filter((bucket) => bucket.region === region),
    runLifecycle(nowMs) {
      announceRestores(core, nowMs);
      runLifecycle(core, nowMs);
    },
    replication: {
      settings: settings.read,
      set(change) {
        settings.write({ ...settings.read(), ...change });
        worker.released();
      },
      released() {
        worker.released();
        batch.wake();
      },
      runBatch: batch.run,
      run: worker.run,
      backlog: core.replicationTasks.backlog,
      measure,
    },
    corrupt: (damage) => corruptContent(core, damage),
    close() {
      worker.close();
      batch.close();
      core.outbox.close();
      core.blobs.close();
    },
  };
};
