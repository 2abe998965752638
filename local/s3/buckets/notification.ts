import { AwsError } from '../../aws/aws-error.ts';

/** A queue that is told of events on keys between a prefix and a suffix. */
export interface QueueNotification {
  readonly id: string;
  readonly queueArn: string;
  /** `s3:ObjectCreated:*` */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

/** Every event that a bucket can be told to announce to a queue. */
const eventNames = [
  's3:TestEvent',
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
  's3:ObjectRestore:*',
  's3:ObjectRestore:Post',
  's3:ObjectRestore:Completed',
  's3:ObjectRestore:Delete',
  's3:ReducedRedundancyLostObject',
  's3:Replication:*',
  's3:Replication:OperationFailedReplication',
  's3:Replication:OperationMissedThreshold',
  's3:Replication:OperationReplicatedAfterThreshold',
  's3:Replication:OperationNotTracked',
  's3:LifecycleExpiration:*',
  's3:LifecycleExpiration:Delete',
  's3:LifecycleExpiration:DeleteMarkerCreated',
  's3:LifecycleTransition',
  's3:IntelligentTiering',
  's3:ObjectTagging:*',
  's3:ObjectTagging:Put',
  's3:ObjectTagging:Delete',
  's3:ObjectAcl:Put',
];

/** The queues that an event on a key goes to. The event is named as in a message: `ObjectCreated:Put`. */
export const notificationsFor = (
  notifications: readonly QueueNotification[],
  event: string,
  key: string,
): readonly QueueNotification[] =>
  notifications.filter(
    ({ events, prefix, suffix }) =>
      key.startsWith(prefix) && key.endsWith(suffix) && events.some((pattern) => covers(pattern, `s3:${event}`)),
  );

/** Refuses what S3 refuses: unknown events, and two configurations that would both announce one event on one key. */
export const requireValidNotifications = (notifications: readonly QueueNotification[]): void => {
  for (const { events } of notifications) {
    const unknown = events.find((event) => !eventNames.includes(event));
    if (unknown !== undefined) {
      throw new AwsError('InvalidArgument', 400, 'The event is not supported for notifications', {
        ArgumentName: 'Event',
        ArgumentValue: unknown,
      });
    }
  }
  const pairs = notifications.flatMap((a, index) => notifications.slice(index + 1).map((b) => [a, b] as const));
  if (pairs.some(([a, b]) => overlap(a, b))) {
    throw new AwsError(
      'InvalidArgument',
      400,
      'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
    );
  }
};

const covers = (pattern: string, event: string): boolean =>
  pattern === event || (pattern.endsWith('*') && event.startsWith(pattern.slice(0, -1)));

const overlap = (a: QueueNotification, b: QueueNotification): boolean =>
  a.events.some((one) => b.events.some((other) => covers(one, other) || covers(other, one))) &&
  (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
  (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix));
