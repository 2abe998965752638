import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { newMemberRow } from '../../core/catalog/member-row.ts';
import { TenantId } from '../../core/schemas/primitives.ts';
import { tenantRow } from '../../core/tenant-row.ts';
import { isoTime } from '../../core/time.ts';
import { CliError, exitCodes } from '../exit-codes.ts';

/** A tenant and the person or machine that administers it. */
export interface NewTenant {
  readonly tenant: string;
  /** `sub` of the first administrator. */
  readonly principal: string;
  readonly tableName: string;
  readonly nowMs: number;
}

/**
 * Writes that the tenant is there and the first administrator's membership, with the rights of whoever holds the credentials.
 * Sweeps and other work of the deployment find the tenant by its row, so that comes first; one that is there is kept, for a
 * tenant may be given another administrator. Throws a {@link CliError} for a wrong id and where the membership exists already.
 */
export const createTenant = async (table: DynamoDBDocumentClient, request: NewTenant): Promise<void> => {
  const tenant = TenantId.safeParse(request.tenant);
  if (!tenant.success) {
    throw new CliError(exitCodes.usage, `The tenant \`${request.tenant}\` ${tenant.error.issues[0]?.message}.`);
  }
  const made = { createdAt: isoTime(request.nowMs), createdBy: 'mediakeep tenant create' };
  await putNew(table, request.tableName, tenantRow({ tenant: tenant.data, ...made }));
  const row = newMemberRow({
    tenant: tenant.data,
    principal: request.principal,
    roles: ['admin'],
    state: 'active',
    ...made,
  });
  if (await putNew(table, request.tableName, row)) return;
  throw new CliError(
    exitCodes.refused,
    `${request.principal} belongs to \`${request.tenant}\` already; nothing was changed.`,
  );
};

/** False where the row is there already. */
export const putNew = async (table: DynamoDBDocumentClient, TableName: string, Item: object): Promise<boolean> => {
  try {
    await table.send(new PutCommand({ TableName, Item: { ...Item }, ConditionExpression: 'attribute_not_exists(pk)' }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};
