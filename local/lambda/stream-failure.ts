import { isoTime } from '../../core/time.ts';
import type { StreamRecord } from './stream-event.ts';

/** Records that were given up. */
export interface GivenUp {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly streamArn: string;
  readonly shardId: string;
  readonly records: readonly StreamRecord[];
  readonly functionArn: string;
  readonly requestId: string;
  readonly executedVersion: string;
  readonly attempts: number;
  readonly nowMs: number;
}

/** What the destination is told: where the records stand, never what they say. */
export const failureRecord = (given: GivenUp): string => {
  const { condition, streamArn, shardId, records, functionArn, requestId, attempts, nowMs } = given;
  const [first, last] = [records[0], records.at(-1)];
  return JSON.stringify({
    version: '1.0',
    timestamp: isoTime(nowMs),
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: attempts },
    ...(attempts > 0 && {
      responseContext: { statusCode: 200, executedVersion: given.executedVersion, functionError: 'Unhandled' },
    }),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.sequence,
      endSequenceNumber: last?.sequence,
      approximateArrivalOfFirstRecord: isoTime(first?.createdMs ?? nowMs),
      approximateArrivalOfLastRecord: isoTime(last?.createdMs ?? nowMs),
      batchSize: records.length,
      streamArn,
    },
  });
};
