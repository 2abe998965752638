import { isoTime } from '../../../core/time.ts';
import { formEncode } from '../protocol/form-encode.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';

/** Something that happened to an object, as S3 announces it. */
export interface S3Event {
  /** `ObjectCreated:Put` */
  readonly name: string;
  readonly bucket: Bucket;
  readonly object: Pick<ObjectVersion, 'key' | 'versionId'> & { readonly size?: number; readonly etag?: string };
  /** Puts and deletes of one key are ordered by it; other events have none. */
  readonly sequence?: number;
  /** `AWS:AROA…`, or the service that acted. */
  readonly principalId: string;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly time: number;
  /** Further blocks of the record: `glacierEventData`, `lifecycleEventData`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The message that a queue gets. */
export const eventMessage = (event: S3Event, configurationId: string, accountId: string): string =>
  JSON.stringify({ Records: [record(event, configurationId, accountId)] });

/** The message by which S3 tests a queue when notifications are configured. */
export const testMessage = (bucket: string, time: number, requestId: string): string =>
  JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: isoTime(time),
    Bucket: bucket,
    RequestId: requestId,
    HostId: requestId,
  });

const eventVersion = (name: string): string => {
  if (name.startsWith('Replication:')) return '2.2';
  return /^Object(Created|Removed)|^ObjectRestore:(Post|Completed)/.test(name) ? '2.1' : '2.3';
};

const record = (event: S3Event, configurationId: string, accountId: string): Record<string, unknown> => {
  const { bucket, object, requestId } = event;
  const versioned = bucket.configuration.versioning !== undefined;
  return {
    eventVersion: eventVersion(event.name),
    eventSource: 'aws:s3',
    awsRegion: bucket.region,
    eventTime: isoTime(event.time),
    eventName: event.name,
    userIdentity: { principalId: event.principalId },
    requestParameters: { sourceIPAddress: event.sourceIp },
    responseElements: { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: { name: bucket.name, ownerIdentity: { principalId: accountId }, arn: bucket.arn },
      object: {
        key: formEncode(object.key),
        size: object.size,
        eTag: object.etag,
        versionId: versioned ? object.versionId : undefined,
        sequencer: event.sequence?.toString(16).toUpperCase().padStart(18, '0'),
      },
    },
    ...event.extra,
  };
};
