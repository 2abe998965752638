import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { DuplicateRow, HashRow, RejectedRow } from '../../core/catalog/asset-row.ts';
import { duplicateKey, hashKey, rejectedKey } from '../../core/catalog/keys.ts';
import { type Clock, isoTime } from '../../core/time.ts';
import type { ContentClaim, IntakeCatalog } from './ports.ts';
import { recollection } from './recollection.ts';

const contentIsFree = 'attribute_not_exists(pk)';
const claimIsUnchanged = 'assetId = :owner AND #state = :state AND claimedAt = :claimedAt';

const ClaimFields = z.object({
  tenant: z.string(),
  assetId: z.string(),
  key: z.string(),
  state: z.enum(['claimed', 'stored']),
  claimedAt: z.string(),
});

/** The rows of the catalog table that intake reads and writes; each method is one request, and what is recalled together shares one. */
export const intakeTable = (client: DynamoDBDocumentClient, table: string, clock: Clock): IntakeCatalog => ({
  recall: recollection(client, table),
  claim: (content) => claim(client, table, content, clock),
  takeOver: (content, from) => takeOver(client, table, { content, from, clock }),
  recordRejection: (row) => recordRejection(client, table, row),
  recordDuplicate: (row) => recordDuplicate(client, table, row),
});

const claimRow = (content: ContentClaim, clock: Clock): HashRow => {
  const { tenant, assetId, key } = content;
  return { ...hashKey(content), kind: 'hash', tenant, assetId, key, state: 'claimed', claimedAt: isoTime(clock.now()) };
};

/** A claim of one's own is left as it stands: the catalog may have completed it since. */
const claim = async (
  client: DynamoDBDocumentClient,
  table: string,
  content: ContentClaim,
  clock: Clock,
): Promise<HashRow | undefined> => {
  const standing = await refused(
    client.send(
      new PutCommand({
        TableName: table,
        Item: claimRow(content, clock),
        ConditionExpression: contentIsFree,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (standing === undefined) return undefined;
  const row: HashRow = { ...hashKey(content), kind: 'hash', ...ClaimFields.parse(unmarshall(standing.Item ?? {})) };
  return row.assetId === content.assetId ? undefined : row;
};

interface TakeOver {
  readonly content: ContentClaim;
  readonly from: HashRow;
  readonly clock: Clock;
}

const takeOver = async (
  client: DynamoDBDocumentClient,
  table: string,
  { content, from, clock }: TakeOver,
): Promise<boolean> => {
  const standing = await refused(
    client.send(
      new PutCommand({
        TableName: table,
        Item: claimRow(content, clock),
        ConditionExpression: claimIsUnchanged,
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':owner': from.assetId, ':state': from.state, ':claimedAt': from.claimedAt },
      }),
    ),
  );
  return standing === undefined;
};

/** The refusal of a conditional write, which carries the row that stands; undefined where the write went through. */
const refused = async (write: Promise<unknown>): Promise<ConditionalCheckFailedException | undefined> => {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error;
    throw error;
  }
};

const recordRejection = async (
  client: DynamoDBDocumentClient,
  table: string,
  row: Omit<RejectedRow, 'pk' | 'sk' | 'kind'>,
): Promise<void> => {
  const Item: RejectedRow = { ...rejectedKey(row.tenant, row.assetId), kind: 'rejected', ...row };
  await client.send(new PutCommand({ TableName: table, Item }));
};

const recordDuplicate = async (
  client: DynamoDBDocumentClient,
  table: string,
  row: Omit<DuplicateRow, 'pk' | 'sk' | 'kind'>,
): Promise<void> => {
  const Item: DuplicateRow = { ...duplicateKey(row.tenant, row.assetId), kind: 'duplicate', ...row };
  await client.send(new PutCommand({ TableName: table, Item }));
};
