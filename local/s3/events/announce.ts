import { notificationsFor } from '../buckets/notification.ts';
import type { S3Core } from '../core.ts';
import type { S3Request } from '../protocol/request.ts';
import { bridgeEvent } from './bridge-event.ts';
import type { S3Event } from './event-message.ts';
import { eventMessage } from './event-message.ts';

/** Who did what an event tells of. */
export type EventActor = Pick<S3Event, 'principalId' | 'sourceIp' | 'requestId'>;

/** The actor of a request. */
export const requestActor = ({ aws }: S3Request): EventActor => ({
  principalId: aws.caller.accessKeyId === undefined ? 'Anonymous' : `AWS:${aws.caller.accessKeyId}`,
  sourceIp: aws.http.socket.remoteAddress ?? '127.0.0.1',
  requestId: aws.requestId,
});

/** The actor of what S3 does by itself: lifecycle and restores. */
export const serviceActor = (requestId: string): EventActor => ({
  principalId: 's3.amazonaws.com',
  sourceIp: 's3.amazonaws.com',
  requestId,
});

/** Tells an event to the queues that want it, and to EventBridge where the bucket has switched that on; to be called last inside the transaction of the change. */
export const announce = (core: S3Core, event: S3Event): void => {
  const { bucket, object, name } = event;
  for (const { id, queueArn } of notificationsFor(bucket.configuration.notifications, name, object.key)) {
    core.outbox.send(queueArn, bucket.arn, eventMessage(event, id, core.accountId));
  }
  const bridged = bucket.configuration.eventBridge ? bridgeEvent(event) : undefined;
  if (bridged !== undefined) core.putEvent(bridged);
};
