import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { newMemberRow } from '../../core/catalog/member-row.ts';
import { TenantId } from '../../core/schemas/primitives.ts';
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
 * Writes the first administrator's membership, with the rights of whoever holds the credentials. A tenant is nothing but
 * its members: it begins with this row. Throws a {@link CliError} for a wrong id and where the membership exists already.
 */
export const createTenant = async (table: DynamoDBDocumentClient, request: NewTenant): Promise<void> => {
  const tenant = TenantId.safeParse(request.tenant);
  if (!tenant.success) {
    throw new CliError(exitCodes.usage, `The tenant \`${request.tenant}\` ${tenant.error.issues[0]?.message}.`);
  }
  const row = newMemberRow({
    tenant: tenant.data,
    principal: request.principal,
    roles: ['admin'],
    state: 'active',
    createdAt: isoTime(request.nowMs),
    createdBy: 'mediakeep tenant create',
  });
  try {
    const ConditionExpression = 'attribute_not_exists(pk)';
    await table.send(new PutCommand({ TableName: request.tableName, Item: row, ConditionExpression }));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    throw new CliError(
      exitCodes.refused,
      `${request.principal} belongs to \`${request.tenant}\` already; nothing was changed.`,
    );
  }
};
