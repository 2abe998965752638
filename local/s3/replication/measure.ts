import type { S3Core } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ReplicationRule } from './rule.ts';

/** A value of S3's own metrics. */
export interface ReplicationMetric {
  readonly namespace: 'AWS/S3';
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: string;
  readonly timestamp: number;
}

/** What each rule with metrics has still to copy. Rules without a backlog say so once, and then nothing until there is one. */
export const createReplicationMeter = (core: S3Core, put: (metric: ReplicationMetric) => void) => {
  const busy = new Set<string>();
  return (now: number): void => {
    const backlog = new Map(
      core.replicationTasks.backlog().map((entry) => [`${entry.bucketId} ${entry.ruleId}`, entry]),
    );
    for (const source of core.buckets.all()) {
      for (const rule of source.configuration.replication?.rules ?? []) {
        const id = `${source.id} ${rule.id}`;
        const waiting = backlog.get(id);
        if (!rule.destination.metrics || (waiting === undefined && !busy.has(id))) continue;
        if (waiting === undefined) busy.delete(id);
        else busy.add(id);
        const metric = metricOf(source, rule, now);
        const seconds = waiting === undefined ? 0 : Math.max(0, Math.floor((now - waiting.oldest) / 1000));
        put({ ...metric, name: 'ReplicationLatency', unit: 'Seconds', value: seconds });
        put({ ...metric, name: 'BytesPendingReplication', unit: 'Bytes', value: waiting?.bytes ?? 0 });
        put({ ...metric, name: 'OperationsPendingReplication', unit: 'Count', value: waiting?.operations ?? 0 });
      }
    }
  };
};

/** Counts a copy that S3 gave up. */
export const failedCopy = (source: Bucket, rule: ReplicationRule, now: number): ReplicationMetric => ({
  ...metricOf(source, rule, now),
  name: 'OperationsFailedReplication',
  unit: 'Count',
  value: 1,
});

const metricOf = (source: Bucket, rule: ReplicationRule, timestamp: number) => ({
  namespace: 'AWS/S3' as const,
  dimensions: {
    SourceBucket: source.name,
    DestinationBucket: rule.destination.bucketArn.slice('arn:aws:s3:::'.length),
    RuleId: rule.id,
  },
  timestamp,
});
