import type { JsonObject } from '../../local/aws/json-object.ts';
import type { StreamSource } from '../../local/dynamodb/stream-source.ts';
import { accountId, createFunction, type Platform, region } from './small-platform.ts';

/** The queue that is told of what was given up. */
export const failuresArn = `arn:aws:sqs:${region}:${accountId}:failures`;

export const tableArn = `arn:aws:dynamodb:${region}:${accountId}:table/rows`;
export const streamArn = `${tableArn}/stream/2026-01-01T00:00:00.000`;
export const shardId = 'shardId-00000001-rows';

/** A stream in memory, to which a test adds what it likes. */
export interface FakeStream extends StreamSource {
  /** Adds records of these kinds, written at an instant, and tells who follows. */
  add(kinds: readonly string[], atMs: number): void;
  /** How often it was read. */
  reads: number;
}

export const fakeStream = (): FakeStream => {
  const records: JsonObject[] = [];
  const listeners = new Set<() => void>();
  const stream: FakeStream = {
    reads: 0,
    permit: () => {},
    async read(_, position) {
      stream.reads += 1;
      const from = Number(position?.sequence ?? 0);
      const found = records.slice(from, from + 1_000);
      const sequence = found.length === 0 ? position?.sequence : String(from + found.length);
      return { position: { shardId, sequence }, records: found, isLast: found.length < 1_000 };
    },
    onWrite(_, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    written() {
      for (const listener of listeners) listener();
    },
    add(kinds, atMs) {
      for (const kind of kinds) records.push(record(records.length + 1, kind, atMs));
      for (const listener of listeners) listener();
    },
  };
  return stream;
};

const record = (sequence: number, kind: string, atMs: number): JsonObject => ({
  eventID: `event-${sequence}`,
  eventName: 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: region,
  dynamodb: {
    ApproximateCreationDateTime: Math.floor(atMs / 1000),
    Keys: { pk: { S: String(sequence) } },
    NewImage: { pk: { S: String(sequence) }, kind: { S: kind } },
    SequenceNumber: String(sequence),
    SizeBytes: 10,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
});

/** A mapping of the stream to a function with this code. */
export const followStream = async (
  on: Platform,
  code: string,
  mapping: Record<string, unknown> = {},
): Promise<void> => {
  await on.create('AWS::SQS::Queue', 'Failures', { QueueName: 'failures' });
  const { name } = await createFunction(on, code, { Timeout: 5 });
  await on.create('AWS::Lambda::EventSourceMapping', 'Mapping', {
    FunctionName: name,
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: failuresArn } },
    ...mapping,
  });
};

/** Prints what it is called with, and answers as a function of a window does. */
export const narrator = `export const handler = async (event) => {
  console.log('event ' + JSON.stringify(event));
  return { state: { seen: (event.state?.seen ?? 0) + event.Records.length } };
};`;
