import { AwsError } from '../aws/aws-error.ts';
import { queryErrorCode, sqsError } from './sqs-error.ts';

interface BatchEntry {
  readonly Id: string;
}

export interface BatchAnswer {
  readonly Successful: readonly (BatchEntry & Readonly<Record<string, unknown>>)[];
  readonly Failed: readonly { Id: string; SenderFault: boolean; Code: string; Message: string }[];
}

/** Does each entry of a batch for itself: one that fails is reported and stops no other. */
export const runBatch = <Entry extends BatchEntry>(
  entries: readonly Entry[],
  work: (entry: Entry) => object,
): BatchAnswer => {
  checkEntries(entries);
  const successful: BatchAnswer['Successful'][number][] = [];
  const failed: BatchAnswer['Failed'][number][] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...work(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({
        Id: entry.Id,
        SenderFault: error.status < 500,
        Code: queryErrorCode(error.code),
        Message: error.message,
      });
    }
  }
  return { Successful: successful, Failed: failed };
};

const checkEntries = (entries: readonly BatchEntry[]): void => {
  if (entries.length === 0) throw sqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10) {
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const bad = entries.find(({ Id }) => !/^[A-Za-z0-9_-]{1,80}$/.test(Id));
  if (bad !== undefined) {
    throw sqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores, up to 80.',
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw sqsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
};
