import { failedIdentifiers, isRecord, parseAnswer } from './answer-json.ts';
import type { StreamBatch } from './stream-event.ts';
import type { StreamMapping } from './stream-mapping.ts';

/** What a function's answer means. */
export interface StreamAnswer {
  /** Where the first record stands that has to come again; undefined: none has. */
  readonly failedFrom: number | undefined;
  /** What the window keeps. */
  readonly state: unknown;
}

/**
 * Reads a function's answer to a batch of a stream. With `ReportBatchItemFailures` the lowest sequence number that it names is
 * where it goes on; an empty or strange name is a failure of all. With a window an answer without `state` is a failed call.
 * {@link https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html}
 */
export const streamAnswer = (
  payload: string,
  { records }: StreamBatch,
  { reportsBatchItemFailures, windowMs }: StreamMapping,
): StreamAnswer => {
  const answer = parseAnswer(payload);
  const fields = isRecord(answer) ? answer : {};
  const { state } = fields;
  const everything = { failedFrom: 0, state };
  if (windowMs !== undefined && !isRecord(state)) return everything;
  if (!reportsBatchItemFailures || answer === null) return { failedFrom: undefined, state };
  const named = isRecord(answer) ? failedIdentifiers(answer) : undefined;
  if (named === undefined) return everything;
  const places = named.map((name) => records.findIndex(({ sequence }) => sequence === name));
  return { failedFrom: places.length === 0 ? undefined : Math.max(0, Math.min(...places)), state };
};
