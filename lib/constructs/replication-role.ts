import { Aws } from 'aws-cdk-lib';
import { type IManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge, wildcardFinding } from './acknowledge.ts';
import { bucketArn } from './bucket-name.ts';
import { type ReplicatedPart, replicaKeyAlias, replicatedParts, replicationRoleName } from './replica-names.ts';

export interface ReplicationRoleProps {
  readonly deployment: Deployment;
  readonly boundary: IManagedPolicy;
  /** What the originals are encrypted with. */
  readonly sourceKeys: Readonly<Record<ReplicatedPart, IKey>>;
}

/**
 * What S3 copies with: it reads versions of vault and audit with everything that hangs on them, and writes their copies. The
 * second region's keys are named by alias, because their ids are known there only; an alias as a resource would not authorise.
 */
export class ReplicationRole extends Construct {
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { deployment, boundary, sourceKeys }: ReplicationRoleProps) {
    super(scope, id);
    const sources = replicatedParts.map((part) => bucketArn(deployment, part));
    const role = new Role(this, 'Default', {
      roleName: replicationRoleName(deployment),
      description: `${deployment.name}: copies vault and audit to ${deployment.secondRegion}`,
      assumedBy: new ServicePrincipal('s3.amazonaws.com', {
        conditions: {
          ArnEquals: { 'aws:SourceArn': sources },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
      permissionsBoundary: boundary,
      // Inline, so that S3 never meets a role that may not do anything yet.
      inlinePolicies: {
        Replicate: new PolicyDocument({
          minimize: false,
          statements: [
            ...readOriginals(sources),
            writeCopies(deployment),
            ...replicatedParts.flatMap((part) => useKeys(deployment, part, sourceKeys[part])),
          ],
        }),
      },
    });
    this.roleArn = role.roleArn;
    acknowledge(this, {
      ids: [
        ...[undefined, deployment.secondRegion].flatMap((region) =>
          replicatedParts.map((part) => wildcardFinding(this, bucketArn(deployment, part, '*', region))),
        ),
        wildcardFinding(this, `arn:aws:kms:${deployment.secondRegion}:${Aws.ACCOUNT_ID}:key/*`),
        'NIST.800.53.R5-IAMNoInlinePolicy',
        'HIPAA.Security-IAMNoInlinePolicy',
      ],
      reason:
        'Every object of a replicated bucket is copied, and the key of the copy is named by its alias in a condition, because its id belongs to another stack',
    });
  }
}

const readOriginals = (sources: readonly string[]): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'ReadConfiguration',
    actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
    resources: [...sources],
  }),
  new PolicyStatement({
    sid: 'ReadOriginals',
    actions: [
      's3:GetObjectLegalHold',
      's3:GetObjectRetention',
      's3:GetObjectVersionAcl',
      's3:GetObjectVersionForReplication',
      's3:GetObjectVersionTagging',
    ],
    resources: sources.map((arn) => `${arn}/*`),
  }),
];

const writeCopies = (deployment: Deployment): PolicyStatement =>
  new PolicyStatement({
    sid: 'WriteCopies',
    actions: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
    resources: replicatedParts.map((part) => bucketArn(deployment, part, '*', deployment.secondRegion)),
  });

/** With a bucket key the encryption context names the bucket, without one the object. */
const contextOf = (arn: string) => ({ 'kms:EncryptionContext:aws:s3:arn': [arn, `${arn}/*`] });

const useKeys = (deployment: Deployment, part: ReplicatedPart, source: IKey): PolicyStatement[] => {
  const { secondRegion } = deployment;
  const name = part === 'vault' ? 'Vault' : 'Audit';
  return [
    new PolicyStatement({
      sid: `Decrypt${name}`,
      actions: ['kms:Decrypt'],
      resources: [source.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` },
        StringLike: contextOf(bucketArn(deployment, part)),
      },
    }),
    new PolicyStatement({
      sid: `Encrypt${name}Copy`,
      actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
      resources: [`arn:aws:kms:${secondRegion}:${Aws.ACCOUNT_ID}:key/*`],
      conditions: {
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [replicaKeyAlias(deployment, part)] },
        StringEquals: { 'kms:ViaService': `s3.${secondRegion}.amazonaws.com` },
        StringLike: contextOf(bucketArn(deployment, part, undefined, secondRegion)),
      },
    }),
  ];
};
