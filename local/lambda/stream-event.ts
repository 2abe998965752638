import { isoTime } from '../../core/time.ts';
import { type JsonObject, objectAt, textAt } from '../aws/json-object.ts';
import type { OpenWindow } from './stream-checkpoints.ts';
import type { StreamMapping } from './stream-mapping.ts';

/** A record on its way to a function. */
export interface StreamRecord {
  readonly sequence: string;
  readonly createdMs: number;
  /** The record in JSON, as the event carries it. */
  readonly text: string;
}

/** A record as Lambda hands it over: with the stream's ARN, and the identity of a service in lower case. */
export const streamRecord = (record: JsonObject, streamArn: string): StreamRecord => {
  const change = objectAt(record, 'dynamodb');
  const identity = objectAt(record, 'userIdentity');
  const { userIdentity: _, ...rest } = record;
  return {
    sequence: textAt(change, 'SequenceNumber') ?? '',
    createdMs: Number(change['ApproximateCreationDateTime']) * 1000,
    text: JSON.stringify({
      ...rest,
      ...(Object.keys(identity).length > 0 && {
        userIdentity: { type: textAt(identity, 'Type'), principalId: textAt(identity, 'PrincipalId') },
      }),
      eventSourceARN: streamArn,
    }),
  };
};

/** One call of the function: records of one window of one shard, or none at the window's end. */
export interface StreamBatch {
  readonly shardId: string;
  readonly records: readonly StreamRecord[];
  readonly window?: OpenWindow;
  readonly isFinal?: boolean;
  readonly isTerminatedEarly?: boolean;
}

/** The event as JSON text. {@link https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html} */
export const streamEvent = (
  { shardId, records, window, isFinal = false, isTerminatedEarly = false }: StreamBatch,
  { streamArn, windowMs }: StreamMapping,
): string => {
  const list = `"Records":[${records.map(({ text }) => text).join(',')}]`;
  if (window === undefined || windowMs === undefined) return `{${list}}`;
  const about = {
    window: { start: wholeSeconds(window.startMs), end: wholeSeconds(window.startMs + windowMs) },
    state: window.state,
    shardId,
    eventSourceARN: streamArn,
    isFinalInvokeForWindow: isFinal,
    isWindowTerminatedEarly: isTerminatedEarly,
  };
  return `{${list},${JSON.stringify(about).slice(1)}`;
};

const wholeSeconds = (ms: number): string => isoTime(ms).replace('.000Z', 'Z');
