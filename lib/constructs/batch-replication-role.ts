import { Aws } from 'aws-cdk-lib';
import { type IManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge, wildcardFinding } from './acknowledge.ts';
import { bucketArn } from './bucket-name.ts';
import { replicatedParts } from './replica-names.ts';

export interface BatchReplicationRoleProps {
  readonly deployment: Deployment;
  readonly boundary: IManagedPolicy;
}

/**
 * What a batch job takes that copies what replication has not: it finds the versions and hands them to replication, whose own
 * role then does the copying. Whoever starts such a job needs the right to hand over this role.
 */
export class BatchReplicationRole extends Construct {
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { deployment, boundary }: BatchReplicationRoleProps) {
    super(scope, id);
    const sources = replicatedParts.map((part) => bucketArn(deployment, part));
    const role = new Role(this, 'Default', {
      description: `${deployment.name}: finds what has no copy in ${deployment.secondRegion}`,
      assumedBy: new ServicePrincipal('batchoperations.s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      permissionsBoundary: boundary,
      inlinePolicies: {
        Find: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'MakeManifest',
              actions: ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'],
              resources: sources,
            }),
            new PolicyStatement({
              sid: 'BeginCopies',
              actions: ['s3:InitiateReplication'],
              resources: sources.map((arn) => `${arn}/*`),
            }),
          ],
        }),
      },
    });
    this.roleArn = role.roleArn;
    acknowledge(this, {
      ids: [
        ...sources.map((arn) => wildcardFinding(this, `${arn}/*`)),
        'NIST.800.53.R5-IAMNoInlinePolicy',
        'HIPAA.Security-IAMNoInlinePolicy',
      ],
      reason: 'A job goes through every object of the replicated buckets, and its role has this one use',
    });
  }
}
