import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { namedFailure } from '../shared/aws-failure.ts';
import { isConditionFailed } from '../shared/dynamodb-client.ts';
import { createPackTable } from '../shared/packs/pack-table.ts';
import type { RecoveredPacks } from './ports.ts';

const isAbsent = 'attribute_not_exists(pk)';
const isOfRevision = 'revision = :revision';
const isOursToPut =
  'attribute_not_exists(pk) OR (attribute_not_exists(erasedAt) AND (pack.packId = :pack OR pack.packId = :over))';

/** The rows of packs in the live table. */
export const packRows = (client: DynamoDBDocumentClient, table: string): RecoveredPacks => {
  const { readMembers, readPack, erase } = createPackTable(client, table);
  const put = async (
    Item: Record<string, unknown>,
    ConditionExpression: string,
    values?: Record<string, unknown>,
  ): Promise<boolean> => {
    const command = new PutCommand({
      TableName: table,
      Item,
      ConditionExpression,
      ...(values !== undefined && { ExpressionAttributeValues: values }),
    });
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw namedFailure(error, 'PutItem');
    }
  };
  return {
    readMembers,
    readPack,
    erase,
    putPack: (row, expected) =>
      expected === undefined ? put({ ...row }, isAbsent) : put({ ...row }, isOfRevision, { ':revision': expected }),
    async putPacked(row, over = row.pack.packId) {
      await put({ ...row }, isOursToPut, { ':pack': row.pack.packId, ':over': over });
    },
  };
};
