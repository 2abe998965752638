import type { BusEvent } from '../events/event.ts';
import type { AwsRequest } from './service.ts';

/** Calls that CloudTrail tells the bus of, as far as somebody may want to hear of them. */
const told: Readonly<Record<string, ReadonlySet<string>>> = {
  kms: new Set(['CancelKeyDeletion', 'DisableKey', 'EnableKey', 'PutKeyPolicy', 'ScheduleKeyDeletion']),
  s3: new Set(['DeleteBucketPolicy', 'PutBucketPolicy', 'PutBucketVersioning']),
};

/**
 * The event of a call that was answered well; undefined for one that changes nothing about who may do what. Of the parameters
 * it has the bucket alone. What the template makes is no call, as little as CloudFormation's calls are somebody's own.
 */
export const trailEvent = (request: AwsRequest, service: string, operation: string): BusEvent | undefined => {
  if (told[service]?.has(operation) !== true) return undefined;
  const bucketName = decodeURIComponent(new URL(request.url, 'http://s3').pathname.split('/')[1] ?? '');
  return {
    source: `aws.${service}`,
    detailType: 'AWS API Call via CloudTrail',
    region: request.region,
    detail: {
      eventSource: `${service}.amazonaws.com`,
      eventName: operation,
      awsRegion: request.region,
      sourceIPAddress: request.http.socket.remoteAddress ?? '127.0.0.1',
      userIdentity: { arn: request.caller.arn, accountId: request.caller.accountId },
      requestParameters: service === 's3' ? { bucketName } : {},
      requestID: request.requestId,
    },
  };
};
