import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { indexKeys, indexNames, packedDeletedPartition } from '../../core/catalog/keys.ts';
import { type ErasureTable, eraseFromPack } from '../../core/pack/erase.ts';
import { type Clock, isoTime } from '../../core/time.ts';
import type { AssetIndex } from '../shared/asset-index.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import type { LookAgain } from '../shared/look-again.ts';
import { decideOver, type RetentionSources } from '../shared/retention-facts.ts';

export interface ForgetDeps {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly packs: ErasureTable;
  readonly index: AssetIndex;
  readonly retention: RetentionSources;
  readonly lookAgain: LookAgain;
  readonly clock: Clock;
  /** How long a deleted asset can be brought back. */
  readonly undeleteWindowMs: number;
}

const Item = z.object({ summary: z.object({ assetId: z.string() }) });
const mostAtOnce = 1_000;

/**
 * Erases the members of packs whose deletion lies further back than the window, as the lifecycle rule removes noncurrent
 * versions of others; what is held, or has a floor that is not reached, stays.
 */
export const createForget =
  (deps: ForgetDeps) =>
  async (tenant: string): Promise<number> => {
    const { clock, index, packs, retention, lookAgain } = deps;
    let erased = 0;
    for (const assetId of await overdue(tenant, deps)) {
      const asset = await index.asset(tenant, assetId);
      if (asset?.summary.state !== 'deleted') continue;
      const { because, keepUntil = 0 } = (await decideOver(asset, retention, clock.now())).decision;
      if (because[0] === 'hold' || clock.now() < keepUntil) continue;
      if (!(await eraseFromPack({ tenant, assetId }, { table: packs, clock }))) continue;
      await lookAgain(asset.detail.key);
      erased += 1;
    }
    return erased;
  };

const overdue = async (
  tenant: string,
  { client, table, clock, undeleteWindowMs }: ForgetDeps,
): Promise<readonly string[]> => {
  const { pk, sk } = indexKeys[indexNames.byActor];
  const request = {
    TableName: table,
    IndexName: indexNames.byActor,
    KeyConditionExpression: `${pk} = :pk AND ${sk} < :end`,
    ExpressionAttributeValues: {
      ':pk': packedDeletedPartition(tenant),
      ':end': isoTime(clock.now() - undeleteWindowMs),
    },
    Limit: mostAtOnce,
  };
  try {
    const { Items = [] } = await client.send(new QueryCommand(request));
    return Items.map((item) => Item.parse(item).summary.assetId);
  } catch (error) {
    throw namedFailure(error, 'Query');
  }
};
