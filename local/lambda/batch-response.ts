import { failedIdentifiers, isRecord, parseAnswer } from './answer-json.ts';

/** Which messages of a batch failed; `everything` where the answer itself cannot be trusted. */
export type BatchFailures = 'everything' | ReadonlySet<string>;

/**
 * Reads a function's answer to a batch as Lambda does with `ReportBatchItemFailures`. Success of all: no answer, `null`, an
 * empty object, or `batchItemFailures` that is null or empty. Failure of all: anything that is no such object, an item
 * whose `itemIdentifier` is missing, null, empty or not of this batch.
 * {@link https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html}
 */
export const batchFailures = (payload: string, messageIds: ReadonlySet<string>): BatchFailures => {
  const answer = parseAnswer(payload);
  if (answer === null) return new Set();
  if (!isRecord(answer)) return 'everything';
  const identifiers = failedIdentifiers(answer);
  if (identifiers === undefined) return 'everything';
  const failed = identifiers.filter((id): id is string => typeof id === 'string' && messageIds.has(id));
  return failed.length === identifiers.length ? new Set(failed) : 'everything';
};
