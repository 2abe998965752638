import { isoTime } from '../../../core/time.ts';
import type { S3Core } from '../core.ts';
import { announce, serviceActor } from '../events/announce.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { FailureReason } from './failure.ts';
import type { ReplicationTask } from './task-store.ts';

/** What S3 tells of a copy: nothing where it came in time. */
export type ReplicationEvent =
  | 'OperationFailedReplication'
  | 'OperationMissedThreshold'
  | 'OperationReplicatedAfterThreshold'
  | 'OperationNotTracked';

interface Told {
  readonly event: ReplicationEvent;
  readonly task: ReplicationTask;
  readonly at: number;
  readonly destination: string;
  readonly thresholdMinutes?: number;
  readonly reason?: FailureReason;
}

const operations = { object: 'OBJECT_PUT', marker: 'OBJECT_DELETE', attributes: 'OBJECT_PUT_TAGGING' } as const;

/** Announces an event of replication; inside a transaction. */
export const announceReplication = (
  core: S3Core,
  bucket: Bucket,
  version: ObjectVersion,
  { event, task, at, destination, thresholdMinutes, reason }: Told,
): void =>
  announce(core, {
    name: `Replication:${event}`,
    bucket,
    object: version,
    time: at,
    ...serviceActor(core.newId()),
    extra: {
      replicationEventData: {
        replicationRuleId: task.ruleId,
        destinationBucket: destination,
        s3Operation: operations[task.kind],
        requestTime: isoTime(task.since),
        ...(thresholdMinutes !== undefined && { threshold: String(thresholdMinutes * 60) }),
        ...(event === 'OperationReplicatedAfterThreshold' && {
          replicationTime: String(Math.floor((at - task.since) / 1000)),
        }),
        ...(reason !== undefined && { failureReason: reason }),
      },
    },
  });
