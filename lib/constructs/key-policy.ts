import { Aws } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';

const administration = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/** A key policy of these statements on top of the account's right to administer the key, which includes no use of it. */
export const keyPolicy = (...statements: readonly PolicyStatement[]): PolicyDocument =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'Administration',
        principals: [new AccountRootPrincipal()],
        actions: administration,
        resources: ['*'],
      }),
      ...statements,
    ],
  });

/** Identities of the account may use the key, where their own policy says so, and only through these services. */
export const useThrough = (...services: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    sid: 'UseThroughServices',
    principals: [new AccountRootPrincipal()],
    actions: [
      'kms:Decrypt',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncrypt*',
    ],
    resources: ['*'],
    conditions: {
      StringEquals: { 'kms:ViaService': viaServices(...services), 'kms:CallerAccount': Aws.ACCOUNT_ID },
    },
  });

/** DynamoDB keeps a grant on the key of a table; nobody else makes grants. */
export const grantsForTables = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'GrantsForTables',
    principals: [new AccountRootPrincipal()],
    actions: ['kms:CreateGrant'],
    resources: ['*'],
    conditions: {
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
      StringEquals: { 'kms:ViaService': viaServices('dynamodb'), 'kms:CallerAccount': Aws.ACCOUNT_ID },
    },
  });

/** DynamoDB looks by itself whether the key of a table is still there. */
export const describeForTables = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'DescribeForTables',
    principals: [new ServicePrincipal('dynamodb.amazonaws.com')],
    actions: ['kms:DescribeKey'],
    resources: ['*'],
  });

/** Identities of the account may sign with an HMAC key, where their own policy says so. */
export const generateMac = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'SignTokens',
    principals: [new AccountRootPrincipal()],
    actions: ['kms:GenerateMac'],
    resources: ['*'],
    conditions: {
      StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256', 'kms:CallerAccount': Aws.ACCOUNT_ID },
    },
  });

/** A service uses the key for resources of this account. */
export const useByService = (
  sid: string,
  service: string,
  conditions: Readonly<Record<string, Record<string, unknown>>> = {},
): PolicyStatement =>
  new PolicyStatement({
    sid,
    principals: [new ServicePrincipal(service)],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
    conditions: {
      ...conditions,
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, ...conditions['StringEquals'] },
    },
  });

/** `s3` → `s3.ap-south-1.amazonaws.com`, as `kms:ViaService` has it. */
export const viaServices = (...services: readonly string[]): string[] =>
  services.map((service) => `${service}.${Aws.REGION}.amazonaws.com`);
