import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { AbroadRow } from '../../core/abroad/abroad-row.ts';
import { abroadPk } from '../../core/catalog/keys.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';

/** The ids of versions that the home region has deleted for good and whose copies go with the next hourly sweep. */
export const pendingAbroad = async (home: OperatorTarget): Promise<ReadonlySet<string>> => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(home.aws()));
  const ids = new Set<string>();
  try {
    const query = {
      TableName: home.catalogTable,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': abroadPk },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      for (const item of Items) for (const { versionId } of AbroadRow.parse(item).versions) ids.add(versionId);
    }
  } finally {
    client.destroy();
  }
  return ids;
};
