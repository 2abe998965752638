import type { Clock } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/caller.ts';
import { callerContext } from '../aws/caller-context.ts';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../aws/json-object.ts';
import { type Backend, streamsTarget } from './backend.ts';
import type { OperationDeps } from './operations.ts';
import { permitStream } from './permission.ts';
import { streamAnswer, streamRequest } from './stream-answers.ts';
import type { Table } from './tables.ts';

/** How far a stream was read. */
export interface StreamPosition {
  readonly shardId: string;
  /** Of the last record that was read; undefined: nothing of the shard was. */
  readonly sequence: string | undefined;
}

/** Some records of one shard in order, and how far they reach. Records of writes that changed nothing are left out. */
export interface StreamPage {
  readonly position: StreamPosition;
  /** As GetRecords answers them. */
  readonly records: readonly JsonObject[];
  /** Nothing more is there at this moment. */
  readonly isLast: boolean;
}

/** The streams of the tables as event sources: who reads is told of writes instead of asking again and again. */
export interface StreamSource {
  /** Refuses what the caller may not read, and an ARN of no stream. */
  permit(streamArn: string, caller: Caller, action: string): void;
  /** What follows a position; undefined: from the oldest record that is kept. */
  read(streamArn: string, position: StreamPosition | undefined, caller: Caller): Promise<StreamPage>;
  /** Told after each write to the table, before the writer has its answer. */
  onWrite(streamArn: string, listener: () => void): () => void;
  /** A table was written. */
  written(table: Table): void;
}

const recordsAtOnce = 1_000;

export const createStreamSource = (deps: OperationDeps & { readonly clock: Clock }): StreamSource => {
  const listeners = new Map<string, Set<() => void>>();
  const shards = new Map<string, readonly string[]>();
  const permit: StreamSource['permit'] = (streamArn, caller, action) => {
    const table = tableOf(deps, streamArn);
    const context = callerContext(caller, deps.clock.now());
    permitStream(
      deps,
      { caller, accountId: accountOf(table), region: table.region, baseContext: context },
      action,
      table,
    );
  };
  return {
    permit,
    async read(streamArn, position, caller) {
      permit(streamArn, caller, 'GetRecords');
      const { homeRegion, region } = tableOf(deps, streamArn);
      const backend = await deps.backends.forRegion(homeRegion);
      const known = shards.get(streamArn) ?? (await shardsOf(backend, streamArn));
      const from = position?.shardId ? position : { shardId: known[0] ?? '', sequence: undefined };
      if (from.shardId === '') return { position: from, records: [], isLast: true };
      shards.set(streamArn, known);
      const page = await readShard(backend, { streamArn, from, region });
      if (!page.isClosed) return page;
      // Only somebody else's DynamoDB closes shards; their children are listed after them.
      const all = await shardsOf(backend, streamArn);
      shards.set(streamArn, all);
      const next = all[all.indexOf(from.shardId) + 1];
      return next === undefined ? page : { ...page, position: { shardId: next, sequence: undefined }, isLast: false };
    },
    onWrite(streamArn, listener) {
      const known = listeners.get(streamArn) ?? new Set();
      listeners.set(streamArn, known.add(listener));
      return () => known.delete(listener);
    },
    written(table) {
      for (const listener of listeners.get(streamArnOf(table)) ?? []) listener();
    },
  };
};

const streamArnOf = ({ arn, streamLabel }: Table): string => `${arn}/stream/${streamLabel ?? ''}`;

const tableOf = ({ tables }: OperationDeps, streamArn: string): Table => {
  const table = tables.all().find((candidate) => streamArnOf(candidate) === streamArn);
  if (table !== undefined) return table;
  throw new AwsError('ResourceNotFoundException', 400, `Requested resource not found: Stream: ${streamArn} not found`);
};

const accountOf = ({ arn }: Table): string => arn.split(':')[4] ?? '';

const shardsOf = async (backend: Backend, StreamArn: string): Promise<readonly string[]> => {
  const description = objectAt(await call(backend, 'DescribeStream', { StreamArn }), 'StreamDescription');
  return listAt(description, 'Shards')
    .filter(isJsonObject)
    .flatMap((shard) => textAt(shard, 'ShardId') ?? []);
};

const readShard = async (
  backend: Backend,
  { streamArn, from, region }: { streamArn: string; from: StreamPosition; region: string },
): Promise<StreamPage & { readonly isClosed: boolean }> => {
  const place =
    from.sequence === undefined
      ? { ShardIteratorType: 'TRIM_HORIZON' }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: from.sequence };
  const input = { StreamArn: streamArn, ShardId: from.shardId, ...place };
  const { ShardIterator } = await call(backend, 'GetShardIterator', streamRequest(input));
  const found = await call(backend, 'GetRecords', { ShardIterator, Limit: recordsAtOnce });
  const raw = listAt(found, 'Records').filter(isJsonObject);
  const last = textAt(objectAt(raw.at(-1) ?? {}, 'dynamodb'), 'SequenceNumber');
  return {
    position: { shardId: from.shardId, sequence: last ?? from.sequence },
    records: listAt(streamAnswer('GetRecords', found, region), 'Records').filter(isJsonObject),
    // Dynoxide answers as many as were asked for; others may answer fewer although more are there.
    isLast: raw.length === 0 || (backend.file !== undefined && raw.length < recordsAtOnce),
    isClosed: raw.length === 0 && found['NextShardIterator'] === undefined,
  };
};

const call = async (backend: Backend, operation: string, input: unknown): Promise<JsonObject> => {
  const { status, body } = await backend.forward(`${streamsTarget}.${operation}`, JSON.stringify(input));
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (status === 200 && isJsonObject(value)) return value;
  throw new AwsError(
    'InternalServerError',
    500,
    `${operation} of a stream failed: ${body.toString('utf8').slice(0, 500)}`,
  );
};
