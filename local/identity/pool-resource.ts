import { createHash } from 'node:crypto';
import { resourceError } from '../aws/resource-properties.ts';
import type { TemplateResource } from '../aws/service.ts';
import type { UserPool, UserPools } from './pool-model.ts';

/** The pool that a resource belongs to. */
export const poolOf = (pools: UserPools, resource: TemplateResource, poolId: string): UserPool => {
  const pool = pools.get(poolId);
  if (pool === undefined) throw resourceError(resource, `\`UserPoolId\` ${poolId} is no user pool of the template.`);
  return pool;
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An id of letters and digits, the same at every start. */
export const shortId = (name: string, length: number): string =>
  [...createHash('sha512').update(name).digest().subarray(0, length)].map((byte) => alphabet[byte % 62]).join('');
