import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';

/** One change of a row. */
export interface StreamRecord {
  readonly sequence: string;
  /** When the row was written, in milliseconds; the stream knows whole seconds. */
  readonly at: number;
  readonly before: Readonly<Record<string, unknown>> | undefined;
  readonly after: Readonly<Record<string, unknown>> | undefined;
}

/** What a call brings: changes of one shard in order, none at the end of a window. */
export interface StreamBatch {
  readonly shardId: string;
  /** The stream's label: when it was switched on. */
  readonly stream: string;
  readonly records: readonly RawRecord[];
}

const Image = z.record(z.string(), z.unknown());

const RawRecord = z.looseObject({
  dynamodb: z.looseObject({
    SequenceNumber: z.string().regex(/^\d{1,64}$/),
    ApproximateCreationDateTime: z.number(),
    OldImage: Image.optional(),
    NewImage: Image.optional(),
  }),
});

/** A record whose images are still in the table's own notation. */
export type RawRecord = z.infer<typeof RawRecord>;

const StreamEvent = z.looseObject({
  Records: z.array(RawRecord),
  // Only there because the mapping has a tumbling window.
  shardId: z.string().min(1),
  eventSourceARN: z.string().regex(/:table\/[^/]+\/stream\/.+$/),
});

/** Takes an event apart. Throws where it is none of a stream with a window, so that the whole batch comes again. */
export const streamBatch = (event: unknown): StreamBatch => {
  const parsed = StreamEvent.safeParse(event);
  if (!parsed.success) throw new Error('The function was not called with a batch of a table’s stream and its window.');
  const { Records: records, shardId, eventSourceARN } = parsed.data;
  return { records, shardId, stream: eventSourceARN.slice(eventSourceARN.lastIndexOf('/') + 1) };
};

export const sequenceOf = ({ dynamodb }: RawRecord): string => dynamodb.SequenceNumber;

/** The record with its images in plain values. */
export const openRecord = ({ dynamodb }: RawRecord): StreamRecord => ({
  sequence: dynamodb.SequenceNumber,
  at: dynamodb.ApproximateCreationDateTime * 1000,
  before: openImage(dynamodb.OldImage),
  after: openImage(dynamodb.NewImage),
});

/** What is not the table's notation makes unmarshall throw. */
const openImage = (image: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> | undefined =>
  image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>);
