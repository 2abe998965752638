import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { resourceError } from '../aws/resource-properties.ts';
import type { CreatedResource, TemplateResource } from '../aws/service.ts';
import { type ClientProperties, clientProperties, readLifetimes, redirectProblem } from './client-properties.ts';
import { standardScopes, type UserPool, type UserPools } from './pool-model.ts';
import { poolOf, shortId } from './pool-resource.ts';

/** Creates an `AWS::Cognito::UserPoolClient`; its secret is made once and survives restarts. */
export const createClient = (
  { db, pools }: { db: DatabaseSync; pools: UserPools },
  resource: TemplateResource,
): CreatedResource => {
  const properties = clientProperties(resource);
  const pool = poolOf(pools, resource, properties.UserPoolId);
  refuseImpossible(pool, resource, properties);
  const id = shortId(resource.generatedName, 26).toLowerCase();
  const secret = properties.GenerateSecret ? storedSecret(db, id) : undefined;
  const name = properties.ClientName ?? resource.generatedName;
  pool.clients.set(id, {
    id,
    name,
    poolId: pool.id,
    secret,
    flows: properties.AllowedOAuthFlowsUserPoolClient ? properties.AllowedOAuthFlows : [],
    scopes: properties.AllowedOAuthScopes,
    callbackUrls: properties.CallbackURLs,
    logoutUrls: properties.LogoutURLs,
    ...readLifetimes(properties),
    canRevoke: properties.EnableTokenRevocation,
    explicitAuthFlows: properties.ExplicitAuthFlows,
  });
  return {
    ref: id,
    attributes: { ClientId: id, Name: name, ...(secret === undefined ? {} : { ClientSecret: secret }) },
  };
};

/** What Cognito refuses at creation. */
const refuseImpossible = (pool: UserPool, resource: TemplateResource, properties: ClientProperties): void => {
  const known = new Set<string>([...standardScopes, ...[...pool.resourceServers.values()].flat()]);
  const unknown = properties.AllowedOAuthScopes.find((scope) => !known.has(scope));
  if (unknown !== undefined) {
    throw resourceError(resource, `\`AllowedOAuthScopes\`: no resource server of the pool has the scope ${unknown}.`);
  }
  const flows = properties.AllowedOAuthFlows;
  if (flows.includes('client_credentials') && (flows.length > 1 || !properties.GenerateSecret)) {
    throw resourceError(resource, '`AllowedOAuthFlows`: client_credentials stands alone and needs `GenerateSecret`.');
  }
  if (flows.includes('code') && properties.CallbackURLs.length === 0) {
    throw resourceError(resource, '`CallbackURLs` is empty, and the flow code needs one.');
  }
  for (const url of [...properties.CallbackURLs, ...properties.LogoutURLs]) {
    const problem = redirectProblem(url);
    if (problem !== undefined) throw resourceError(resource, `the URL ${url} ${problem}.`);
  }
};

const storedSecret = (db: DatabaseSync, clientId: string): string => {
  const fresh = randomBytes(32).toString('hex').slice(0, 52);
  db.prepare('INSERT INTO identity_client_secrets VALUES (?, ?) ON CONFLICT DO NOTHING').run(clientId, fresh);
  return String(db.prepare('SELECT secret FROM identity_client_secrets WHERE client_id = ?').get(clientId)?.['secret']);
};
