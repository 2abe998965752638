import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { AbroadRow, type AnnounceAbroad, abroadRows } from '../../core/abroad/abroad-row.ts';
import type { AbroadDeps } from '../../core/abroad/erase-abroad.ts';
import { abroadPk } from '../../core/catalog/keys.ts';
import type { Clock } from '../../core/time.ts';
import { namedFailure } from './aws-failure.ts';
import { putRow, removeRow } from './row-writes.ts';

/** The rows of what has to be deleted in the second region. */
export interface AbroadTable {
  readonly announce: AnnounceAbroad;
  /** Rows by their age; `after` is the id that the page before ended with. */
  page(
    limit: number,
    after?: string,
  ): Promise<{ readonly rows: readonly AbroadRow[]; readonly next: string | undefined }>;
  readonly remove: AbroadDeps['table']['remove'];
  readonly putOff: AbroadDeps['table']['putOff'];
}

/** Those rows in the catalog table. */
export const createAbroadTable = (
  client: DynamoDBDocumentClient,
  table: string,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): AbroadTable => {
  const put = (row: AbroadRow): Promise<void> => putRow(client, table, row);
  return {
    async announce(what) {
      for (const row of abroadRows(what, { now: clock.now(), random })) await put(row);
    },
    async page(limit, after) {
      try {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': abroadPk },
            ConsistentRead: true,
            Limit: limit,
            ...(after !== undefined && { ExclusiveStartKey: { pk: abroadPk, sk: after } }),
          }),
        );
        const next: unknown = LastEvaluatedKey?.['sk'];
        return { rows: Items.map((item) => AbroadRow.parse(item)), next: typeof next === 'string' ? next : undefined };
      } catch (error) {
        throw namedFailure(error, 'Query');
      }
    },
    remove: (row) => removeRow(client, table, row),
    putOff: (row, dueAt) => put({ ...row, dueAt }),
  };
};
