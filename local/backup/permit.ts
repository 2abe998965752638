import type { AwsRequest } from '../aws/service.ts';
import type { Vault } from './model.ts';
import type { BackupParts } from './parts.ts';

/** Throws unless the caller may do that to a vault, its own policy included. */
export const permitVault = (parts: BackupParts, request: AwsRequest, action: string, vault: Vault): void =>
  permit(parts, request, action, vault.arn, vault);

/** Throws unless the caller may do that to a recovery point, the policy of its vault included. */
export const permitPoint = (
  parts: BackupParts,
  request: AwsRequest,
  action: string,
  { arn, vault }: { readonly arn: string; readonly vault?: Vault | undefined },
): void => permit(parts, request, action, arn, vault);

/** Throws unless the caller may do what concerns no resource in particular. */
export const permitAny = (parts: BackupParts, request: AwsRequest, action: string): void =>
  permit(parts, request, action, '*');

/** Throws unless the caller may hand the role to AWS Backup. */
export const permitRole = (parts: BackupParts, request: AwsRequest, roleArn: string): void =>
  parts.authorize({
    caller: request.caller,
    action: 'iam:PassRole',
    resource: roleArn,
    resourceAccountId: request.accountId,
    context: { ...request.baseContext, 'iam:PassedToService': 'backup.amazonaws.com' },
    region: request.region,
  });

const permit = (parts: BackupParts, request: AwsRequest, action: string, resource: string, vault?: Vault): void =>
  parts.authorize({
    caller: request.caller,
    action: `backup:${action}`,
    resource,
    resourceAccountId: request.accountId,
    ...(vault?.policy !== undefined && { resourcePolicy: vault.policy }),
    context: request.baseContext,
    region: request.region,
  });
