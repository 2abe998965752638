import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import type { TableKey } from '../../core/catalog/keys.ts';
import { namedFailure } from './aws-failure.ts';
import { isConditionFailed } from './dynamodb-client.ts';

/** A whole row. */
export type RowItem = NonNullable<PutCommandInput['Item']>;

/** What has to hold of the row that is there, with the values that are named in it. */
export interface RowCondition {
  readonly condition: string;
  readonly values?: Readonly<Record<string, unknown>> | undefined;
}

/** No row is there. */
export const isNewRow: RowCondition = { condition: 'attribute_not_exists(pk)' };

/** The row that is there is of this revision. */
export const isOfRevision = (revision: number): RowCondition => ({
  condition: 'revision = :revision',
  values: { ':revision': revision },
});

/** Puts a row over whatever is there. */
export const putRow = async (client: DynamoDBDocumentClient, table: string, row: RowItem): Promise<void> => {
  try {
    await client.send(new PutCommand({ TableName: table, Item: row }));
  } catch (error) {
    throw namedFailure(error, 'PutItem');
  }
};

/** Puts a row where the condition holds; false where it does not. */
export const putRowIf = async (
  client: DynamoDBDocumentClient,
  table: string,
  row: RowItem,
  { condition, values }: RowCondition,
): Promise<boolean> => {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: row,
        ConditionExpression: condition,
        ...(values !== undefined && { ExpressionAttributeValues: values }),
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw namedFailure(error, 'PutItem');
  }
};

/** Removes a row; one that is not there is as good as removed. */
export const removeRow = async (client: DynamoDBDocumentClient, table: string, { pk, sk }: TableKey): Promise<void> => {
  try {
    await client.send(new DeleteCommand({ TableName: table, Key: { pk, sk } }));
  } catch (error) {
    throw namedFailure(error, 'DeleteItem');
  }
};
