import type { JsonObject } from '../aws/json-object.ts';

/** An event source mapping between a table's stream and a function. */
export interface StreamMapping {
  readonly uuid: string;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  /** How long records are gathered before the function is called. */
  readonly batchingWindowMs: number;
  /** The length of a tumbling window; undefined: none. */
  readonly windowMs?: number;
  readonly reportsBatchItemFailures: boolean;
  readonly bisects: boolean;
  /** Calls after the first; undefined: until the records are too old. */
  readonly maximumRetries?: number;
  /** Older records are given up; undefined: when the stream forgets them. */
  readonly maximumAgeMs?: number;
  /** The queue that is told of what was given up. */
  readonly failureQueueArn?: string;
  /** The patterns as the template has them. */
  readonly patterns: readonly string[];
  /** Whether a record passes one of the patterns; all do where there is none. */
  readonly admits: (record: JsonObject) => boolean;
  readonly enabled: boolean;
}
