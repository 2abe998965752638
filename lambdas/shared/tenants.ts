import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { tenantsPk } from '../../core/catalog/keys.ts';
import { namedFailure } from './aws-failure.ts';

/** The tenants of the deployment, in their order. */
export interface Tenants {
  /** The first tenant after this one; undefined behind the last. */
  after(tenant: string | undefined): Promise<string | undefined>;
  /** The same for one page of work, which asks for many at once and remembers them. */
  remembered(): Pick<Tenants, 'after'>;
}

/** What works through tenants, with a list of them that all parts of one page of work share: each would ask for it by itself. */
export const withSharedTenants = <Deps extends { readonly tenants: Tenants }>(deps: Deps): Deps => {
  const shared = deps.tenants.remembered();
  return { ...deps, tenants: { ...deps.tenants, remembered: () => shared } };
};

const manyAtOnce = 100;

/** The list of tenants in the catalog table. */
export const createTenants = (client: DynamoDBDocumentClient, table: string): Tenants => {
  const following = async (tenant: string | undefined, limit: number): Promise<readonly string[]> => {
    try {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': tenantsPk, ':after': tenant ?? ' ' },
          ConsistentRead: true,
          Limit: limit,
        }),
      );
      return Items.map(({ sk }) => String(sk));
    } catch (error) {
      throw namedFailure(error, 'Query');
    }
  };
  return {
    after: async (tenant) => (await following(tenant, 1))[0],
    remembered: () => rememberedTenants(following),
  };
};

const rememberedTenants = (
  following: (tenant: string | undefined, limit: number) => Promise<readonly string[]>,
): Pick<Tenants, 'after'> => {
  const known: string[] = [];
  let isWhole = false;
  /** The tenant behind which the remembered ones begin; unset before anybody asked. */
  let from: { readonly tenant: string | undefined } | undefined;
  return {
    async after(tenant) {
      if (from === undefined || (tenant ?? '') < (from.tenant ?? '')) {
        from = { tenant };
        known.length = 0;
        isWhole = false;
      }
      const next = known.find((other) => tenant === undefined || other > tenant);
      if (next !== undefined || isWhole) return next;
      const more = await following(known.at(-1) ?? tenant, manyAtOnce);
      known.push(...more);
      isWhole = more.length < manyAtOnce;
      return known.find((other) => tenant === undefined || other > tenant);
    },
  };
};
