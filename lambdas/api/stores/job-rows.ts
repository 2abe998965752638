import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { indexKeys, indexNames, jobsPartition } from '../../../core/catalog/keys.ts';
import type { JobRow } from '../../../core/jobs/job-row.ts';
import { createJobTable } from '../../shared/job-table.ts';
import type { JobRows, Position } from '../ports.ts';
import { readRows } from './rows.ts';

/** The rows of jobs as the API reads, lists and cancels them. */
export const createJobRows = (client: DynamoDBDocumentClient, table: string): JobRows => {
  const { read, replace } = createJobTable(client, table);
  return {
    read,
    replace,
    list: async ({ tenant, state }, limit, position) => {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: indexNames.byKind,
          KeyConditionExpression: `${indexKeys[indexNames.byKind].pk} = :pk`,
          ExpressionAttributeValues: { ':pk': jobsPartition(tenant, state) },
          ScanIndexForward: false,
          Limit: limit,
          ExclusiveStartKey: position,
        }),
      );
      const rows = readRows<Pick<JobRow, 'kind' | 'summary'>>(Items, ['job']);
      return { items: rows.map(({ summary }) => summary), next: LastEvaluatedKey as Position | undefined };
    },
  };
};
