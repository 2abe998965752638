import { Aws } from 'aws-cdk-lib';
import { type IManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge, wildcardFinding } from './acknowledge.ts';
import { bucketArn } from './bucket-name.ts';
import { viaServices } from './key-policy.ts';

/** Where S3 tells what it computed: reports are encrypted with S3's own keys, which only this bucket takes. */
export const checksumReports = 'checksums';

export interface ChecksumRoleProps {
  readonly deployment: Deployment;
  readonly boundary: IManagedPolicy;
  /** Closes the vault and the lists of what is to be read. */
  readonly dataKey: IKey;
  /** Prefix of those lists in the scratch bucket. */
  readonly manifests: string;
}

/** What a batch job takes that reads the bytes of large objects where they lie: it changes nothing but its own report. */
export class ChecksumRole extends Construct {
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { deployment, boundary, dataKey, manifests }: ChecksumRoleProps) {
    super(scope, id);
    const content = bucketArn(deployment, 'vault', '*');
    const lists = bucketArn(deployment, 'scratch', `${manifests}*`);
    const reports = bucketArn(deployment, 'logs', `${checksumReports}/*`);
    const opened = [bucketArn(deployment, 'vault'), bucketArn(deployment, 'scratch')];
    const role = new Role(this, 'Default', {
      description: `${deployment.name}: computes checksums of large objects`,
      assumedBy: new ServicePrincipal('batchoperations.s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      permissionsBoundary: boundary,
      inlinePolicies: {
        Compute: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'ReadContent',
              actions: ['s3:GetObject', 's3:GetObjectVersion'],
              resources: [content],
            }),
            new PolicyStatement({
              sid: 'ReadLists',
              actions: ['s3:GetObject', 's3:GetObjectVersion'],
              resources: [lists],
            }),
            new PolicyStatement({ sid: 'WriteReports', actions: ['s3:PutObject'], resources: [reports] }),
            new PolicyStatement({
              sid: 'OpenContent',
              actions: ['kms:Decrypt'],
              resources: [dataKey.keyArn],
              conditions: {
                StringEquals: { 'kms:ViaService': viaServices('s3') },
                ArnLike: { 'kms:EncryptionContext:aws:s3:arn': opened.flatMap((arn) => [arn, `${arn}/*`]) },
              },
            }),
          ],
        }),
      },
    });
    this.roleArn = role.roleArn;
    acknowledge(this, {
      ids: [
        ...[content, lists, reports].map((arn) => wildcardFinding(this, arn)),
        'NIST.800.53.R5-IAMNoInlinePolicy',
        'HIPAA.Security-IAMNoInlinePolicy',
      ],
      reason: 'A job may be given any object of the vault, and its role has this one use',
    });
  }
}
