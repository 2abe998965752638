import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../aws/json-object.ts';

/** Streams count in at least 21 digits; Dynoxide counts 1, 2, 3. */
const sequenceDigits = 21;
const padded = (sequence: string): string => sequence.padStart(sequenceDigits, '0');

/** A request as Dynoxide reads it: its sequence numbers have no leading zeros. */
export const streamRequest = (input: JsonObject): JsonObject => {
  const sequence = textAt(input, 'SequenceNumber');
  return sequence === undefined ? input : { ...input, SequenceNumber: sequence.replace(/^0+(?=\d)/, '') };
};

/** An answer as DynamoDB Streams would give it: open shards have no end, and a write that changed nothing left no record. */
export const streamAnswer = (operation: string, answer: JsonObject, region: string): JsonObject => {
  if (operation === 'DescribeStream') return described(answer);
  if (operation === 'GetRecords') return records(answer, region);
  return answer;
};

const described = (answer: JsonObject): JsonObject => {
  const description = objectAt(answer, 'StreamDescription');
  const shards = listAt(description, 'Shards').filter(isJsonObject);
  return { ...answer, StreamDescription: { ...description, Shards: shards.map(openShard) } };
};

/** Dynoxide keeps one shard for a table's whole life, so it is open. */
const openShard = (shard: JsonObject): JsonObject => ({
  ...shard,
  SequenceNumberRange: {
    StartingSequenceNumber: padded(textAt(objectAt(shard, 'SequenceNumberRange'), 'StartingSequenceNumber') ?? '0'),
  },
});

const records = (answer: JsonObject, region: string): JsonObject => ({
  ...answer,
  Records: listAt(answer, 'Records')
    .filter(isJsonObject)
    .filter((record) => !changedNothing(objectAt(record, 'dynamodb')))
    .map((record) => finished(record, region)),
});

const changedNothing = (change: JsonObject): boolean =>
  change['OldImage'] !== undefined && isDeepStrictEqual(change['OldImage'], change['NewImage']);

const finished = (record: JsonObject, region: string): JsonObject => {
  const change = objectAt(record, 'dynamodb');
  const sequence = padded(textAt(change, 'SequenceNumber') ?? '0');
  return {
    ...record,
    // Dynoxide's event ids are the sequence numbers of a table and would be the same for two tables.
    eventID: createHash('md5')
      .update(JSON.stringify([change['Keys'], sequence]))
      .digest('hex'),
    awsRegion: region,
    dynamodb: { ...change, SequenceNumber: sequence },
  };
};
