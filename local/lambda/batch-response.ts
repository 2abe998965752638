/** Which messages of a batch failed; `everything` where the answer itself cannot be trusted. */
export type BatchFailures = 'everything' | ReadonlySet<string>;

/**
 * Reads a function's answer to a batch as Lambda does with `ReportBatchItemFailures`. Success of all: no answer, `null`, an
 * empty object, or `batchItemFailures` that is null or empty. Failure of all: anything that is no such object, an item
 * whose `itemIdentifier` is missing, null, empty or not of this batch.
 * {@link https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html}
 */
export const batchFailures = (payload: string, messageIds: ReadonlySet<string>): BatchFailures => {
  const answer = parse(payload);
  if (answer === null) return new Set();
  if (!isRecord(answer)) return 'everything';
  const failures = answer['batchItemFailures'] ?? [];
  if (!Array.isArray(failures)) return 'everything';
  const identifiers = failures.map((item) => (isRecord(item) ? item['itemIdentifier'] : undefined));
  const failed = identifiers.filter((id): id is string => typeof id === 'string' && messageIds.has(id));
  return failed.length === identifiers.length ? new Set(failed) : 'everything';
};

/** An empty answer is none; one that is no JSON is like any other answer that makes no sense. */
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
