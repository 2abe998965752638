import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { jobKey } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import type { JobRow } from '../../core/jobs/job-row.ts';
import { namedFailure } from './aws-failure.ts';
import { isNewRow, isOfRevision, putRowIf } from './row-writes.ts';

/** The rows of jobs, as those who start and those who do them see them. */
export interface JobTable {
  read(tenant: string, jobId: string): Promise<JobRow | undefined>;
  /** Answers false where a row of this id is there already. */
  create(row: JobRow): Promise<boolean>;
  /** Answers false where somebody else has written since `before` was read. */
  replace(before: JobRow, after: JobRow): Promise<boolean>;
}

/** The job rows of the catalog table. */
export const createJobTable = (client: DynamoDBDocumentClient, table: string): JobTable => {
  return {
    async read(tenant, jobId) {
      try {
        const { Item } = await client.send(
          new GetCommand({ TableName: table, Key: jobKey(tenant, jobId), ConsistentRead: true }),
        );
        return Item === undefined ? undefined : toJobRow(Item);
      } catch (error) {
        throw namedFailure(error, 'GetItem');
      }
    },
    create: (row) => putRowIf(client, table, row, isNewRow),
    replace: (before, after) => putRowIf(client, table, after, isOfRevision(before.revision)),
  };
};

/** What stands under a job's key was written by those who know {@link JobRow}. */
const toJobRow = (item: Record<string, unknown>): JobRow => {
  if (isJobRow(item)) return item;
  throw new MediakeepError('internal', 'The row under the key of a job is none.');
};

const isJobRow = (item: object): item is JobRow =>
  'kind' in item && item.kind === 'job' && 'revision' in item && typeof item.revision === 'number';
