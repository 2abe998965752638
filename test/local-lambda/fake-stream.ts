import type { JsonObject } from '../../local/aws/json-object.ts';
import type { StreamSource } from '../../local/dynamodb/stream-source.ts';
import { accountId, region } from './small-platform.ts';

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
