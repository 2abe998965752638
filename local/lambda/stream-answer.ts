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
  const answer = parse(payload);
  const fields = isRecord(answer) ? answer : {};
  const { state } = fields;
  const everything = { failedFrom: 0, state };
  if (windowMs !== undefined && !isRecord(state)) return everything;
  if (!reportsBatchItemFailures || answer === null) return { failedFrom: undefined, state };
  const failures = isRecord(answer) ? (fields['batchItemFailures'] ?? []) : undefined;
  if (!Array.isArray(failures)) return everything;
  const named = failures.map((item) => (isRecord(item) ? item['itemIdentifier'] : undefined));
  const places = named.map((name) => records.findIndex(({ sequence }) => sequence === name));
  return { failedFrom: places.length === 0 ? undefined : Math.max(0, Math.min(...places)), state };
};

const parse = (payload: string): unknown => {
  if (payload === '') return null;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
