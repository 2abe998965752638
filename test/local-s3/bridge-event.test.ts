import { describe, expect, it } from 'vitest';
import { bridgeEvent } from '../../local/s3/events/bridge-event.ts';
import type { S3Event } from '../../local/s3/events/event-message.ts';

const event = (name: string, extra?: S3Event['extra']): S3Event => ({
  name,
  bucket: {
    name: 'vault',
    arn: 'arn:aws:s3:::vault',
    region: 'ap-south-1',
    configuration: { versioning: 'Enabled' },
  } as S3Event['bucket'],
  object: { key: 'raw/audio/t1/ä b.wav', versionId: 'v1', size: 5, etag: 'e' },
  sequence: 10,
  principalId: 'AWS:AROAX',
  sourceIp: '127.0.0.1',
  requestId: 'r1',
  time: 0,
  ...(extra && { extra }),
});

describe('what EventBridge is told of a bucket', () => {
  it('names the object as it is, with its version', () => {
    expect(bridgeEvent(event('ObjectCreated:Copy'))).toMatchObject({
      source: 'aws.s3',
      detailType: 'Object Created',
      region: 'ap-south-1',
      resources: ['arn:aws:s3:::vault'],
      detail: {
        bucket: { name: 'vault' },
        object: {
          key: 'raw/audio/t1/ä b.wav',
          size: 5,
          etag: 'e',
          'version-id': 'v1',
          sequencer: '00000000000000000A',
        },
        reason: 'CopyObject',
        requester: 'AROAX',
      },
    });
  });

  it.each([
    ['ObjectRemoved:DeleteMarkerCreated', 'Object Deleted', { 'deletion-type': 'Delete Marker Created' }],
    ['LifecycleExpiration:Delete', 'Object Deleted', { reason: 'Lifecycle Expiration' }],
    ['ObjectRestore:Post', 'Object Restore Initiated', {}],
    ['ObjectRestore:Delete', 'Object Restore Expired', {}],
    ['ObjectTagging:Put', 'Object Tags Added', {}],
    ['ObjectTagging:Delete', 'Object Tags Deleted', {}],
  ])('calls %s “%s”', (name, detailType, detail) => {
    expect(bridgeEvent(event(name))).toMatchObject({ detailType, detail });
  });

  it('says until when a restored copy stays, and where it came from', () => {
    const restoreEventData = {
      lifecycleRestorationExpiryTime: '2026-12-01T00:00:00.000Z',
      lifecycleRestoreStorageClass: 'DEEP_ARCHIVE',
    };

    expect(bridgeEvent(event('ObjectRestore:Completed', { glacierEventData: { restoreEventData } }))).toMatchObject({
      detailType: 'Object Restore Completed',
      detail: { 'restore-expiry-time': '2026-12-01T00:00:00.000Z', 'source-storage-class': 'DEEP_ARCHIVE' },
    });
  });

  it('says to which class an object moved', () => {
    const lifecycleEventData = { transitionEventData: { destinationStorageClass: 'GLACIER' } };

    expect(bridgeEvent(event('LifecycleTransition', { lifecycleEventData }))).toMatchObject({
      detailType: 'Object Storage Class Changed',
      detail: { 'destination-storage-class': 'GLACIER' },
    });
  });

  it('leaves replication to the queues', () => {
    expect(bridgeEvent(event('Replication:OperationFailedReplication'))).toBeUndefined();
  });
});
