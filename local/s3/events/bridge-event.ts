import type { BusEvent } from '../../events/event.ts';
import type { S3Event } from './event-message.ts';

type Detail = Readonly<Record<string, unknown>>;

interface BridgeKind {
  readonly detailType: string;
  readonly detail: Detail;
}

const created = (reason: string): BridgeKind => ({ detailType: 'Object Created', detail: { reason } });
const deleted = (reason: string, deletionType: string): BridgeKind => ({
  detailType: 'Object Deleted',
  detail: { reason, 'deletion-type': deletionType },
});
const plain = (detailType: string): BridgeKind => ({ detailType, detail: {} });

/** What EventBridge calls the events of a bucket; events on replication go to queues only. */
const kinds: Readonly<Record<string, BridgeKind>> = {
  'ObjectCreated:Put': created('PutObject'),
  'ObjectCreated:Post': created('POST Object'),
  'ObjectCreated:Copy': created('CopyObject'),
  'ObjectCreated:CompleteMultipartUpload': created('CompleteMultipartUpload'),
  'ObjectRemoved:Delete': deleted('DeleteObject', 'Permanently Deleted'),
  'ObjectRemoved:DeleteMarkerCreated': deleted('DeleteObject', 'Delete Marker Created'),
  'LifecycleExpiration:Delete': deleted('Lifecycle Expiration', 'Permanently Deleted'),
  'LifecycleExpiration:DeleteMarkerCreated': deleted('Lifecycle Expiration', 'Delete Marker Created'),
  'ObjectRestore:Post': plain('Object Restore Initiated'),
  'ObjectRestore:Completed': plain('Object Restore Completed'),
  'ObjectRestore:Delete': plain('Object Restore Expired'),
  'ObjectTagging:Put': plain('Object Tags Added'),
  'ObjectTagging:Delete': plain('Object Tags Deleted'),
  'ObjectAcl:Put': plain('Object ACL Updated'),
  LifecycleTransition: plain('Object Storage Class Changed'),
  IntelligentTiering: plain('Object Access Tier Changed'),
};

/** The event as EventBridge gets it, with the key as it is; undefined for events that EventBridge is not told. */
export const bridgeEvent = (event: S3Event): BusEvent | undefined => {
  const kind = kinds[event.name];
  if (kind === undefined) return undefined;
  const { bucket, object, requestId, principalId, sourceIp } = event;
  return {
    source: 'aws.s3',
    detailType: kind.detailType,
    region: bucket.region,
    resources: [bucket.arn],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: objectOf(event),
      'request-id': requestId,
      requester: principalId.replace(/^AWS:/, ''),
      ...(object.size !== undefined && sourceIp !== 's3.amazonaws.com' && { 'source-ip-address': sourceIp }),
      ...kind.detail,
      ...moreOf(event.extra),
    },
  };
};

const objectOf = ({ bucket, object, sequence }: S3Event): Detail => ({
  key: object.key,
  ...(object.size !== undefined && { size: object.size }),
  ...(object.etag !== undefined && { etag: object.etag }),
  ...(bucket.configuration.versioning !== undefined && { 'version-id': object.versionId }),
  ...(sequence !== undefined && { sequencer: sequence.toString(16).toUpperCase().padStart(18, '0') }),
});

/** What a queue's message says in blocks of its own, EventBridge says in fields. */
const moreOf = (extra: Readonly<Record<string, unknown>> = {}): Detail => {
  const { lifecycleRestorationExpiryTime, lifecycleRestoreStorageClass } = at(
    extra,
    'glacierEventData',
    'restoreEventData',
  );
  const { destinationStorageClass } = at(extra, 'lifecycleEventData', 'transitionEventData');
  return {
    ...(lifecycleRestorationExpiryTime !== undefined && { 'restore-expiry-time': lifecycleRestorationExpiryTime }),
    ...(lifecycleRestoreStorageClass !== undefined && { 'source-storage-class': lifecycleRestoreStorageClass }),
    ...(destinationStorageClass !== undefined && { 'destination-storage-class': destinationStorageClass }),
  };
};

const at = (value: unknown, ...path: readonly string[]): Detail =>
  path.reduce<Detail>(
    (inner, name) => {
      const next: unknown = inner[name];
      return typeof next === 'object' && next !== null ? { ...next } : {};
    },
    typeof value === 'object' && value !== null ? { ...value } : {},
  );
