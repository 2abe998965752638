import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { indexKeys, indexNames, packMembersPartition } from '../../core/catalog/keys.ts';
import { namedFailure } from '../shared/aws-failure.ts';

/** The ids of the assets whose content stands in a pack. */
export type PackMembers = (tenant: string, packId: string) => AsyncIterable<string>;

const Member = z.object({ summary: z.object({ assetId: z.string() }) });

/** Members by the index of the catalog table. */
export const createPackMembers = (client: DynamoDBDocumentClient, table: string): PackMembers =>
  async function* (tenant, packId) {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        IndexName: indexNames.byKind,
        KeyConditionExpression: `${indexKeys[indexNames.byKind].pk} = :pk`,
        ExpressionAttributeValues: { ':pk': packMembersPartition(tenant, packId) },
        ExclusiveStartKey,
      });
      const page = await client.send(command).catch((error: unknown) => {
        throw namedFailure(error, 'Query');
      });
      for (const item of page.Items ?? []) yield Member.parse(item).summary.assetId;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  };
