import { PolicyDocument, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct, type IDependable } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { ExpectedBucket } from '../../core/drift/bucket-drift.ts';
import { expectationOf } from './bucket-expectation.ts';
import { type BucketPart, bucketArn, bucketName } from './bucket-name.ts';
import { denyInsecureTransport, denyOldSignatures, denyOtherKeys } from './bucket-policy.ts';
import { keepNamedResource } from './retention.ts';

export interface ProtectedBucketProps {
  readonly deployment: Deployment;
  readonly part: BucketPart;
  /** @default SSE-S3, the only encryption under which S3 delivers access logs */
  readonly key?: IKey;
  /** Receives the access log. @default none is kept */
  readonly accessLogs?: ProtectedBucket;
  readonly rules: readonly CfnBucket.RuleProperty[];
  /** @default none */
  readonly objectLock?: CfnBucket.ObjectLockConfigurationProperty;
  /** @default nobody is told */
  readonly notifications?: CfnBucket.NotificationConfigurationProperty;
  /** What S3 checks when it accepts the notifications: the policies of the queues. */
  readonly after?: readonly IDependable[];
  /** @default none */
  readonly cors?: CfnBucket.CorsConfigurationProperty;
  readonly accelerate?: boolean;
  /** @default nothing is copied elsewhere */
  readonly replication?: CfnBucket.ReplicationConfigurationProperty;
  /** On top of what every bucket denies. */
  readonly statements?: readonly PolicyStatement[];
}

/** A bucket as all of ours are: private, versioned, encrypted, owned by its account, closed to plain HTTP and old signatures. */
export class ProtectedBucket extends Construct {
  readonly resource: CfnBucket;
  readonly bucketName: string;
  readonly bucketArn: string;
  /** What the guard expects of it. */
  readonly expectation: ExpectedBucket;
  /** What it is encrypted with; absent with S3's own keys. */
  readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, props: ProtectedBucketProps) {
    super(scope, id);
    const { deployment, part, key, accessLogs } = props;
    this.bucketName = bucketName(deployment, part);
    this.bucketArn = bucketArn(deployment, part);
    this.resource = new CfnBucket(this, 'Default', {
      bucketName: this.bucketName,
      ...(deployment.bucketNamespace === 'account-regional' && { bucketNamespace: 'account-regional' }),
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      versioningConfiguration: { status: 'Enabled' },
      bucketEncryption: { serverSideEncryptionConfiguration: [encryption(key)] },
      lifecycleConfiguration: {
        rules: [...props.rules],
        transitionDefaultMinimumObjectSize: 'all_storage_classes_128K',
      },
      ...(accessLogs && {
        loggingConfiguration: { destinationBucketName: accessLogs.bucketName, logFilePrefix: `${part}/` },
      }),
      ...(props.objectLock && { objectLockEnabled: true, objectLockConfiguration: props.objectLock }),
      ...(props.notifications && { notificationConfiguration: props.notifications }),
      ...(props.cors && { corsConfiguration: props.cors }),
      ...(props.replication && { replicationConfiguration: props.replication }),
      ...(props.accelerate && { accelerateConfiguration: { accelerationStatus: 'Enabled' } }),
    });
    keepNamedResource(this.resource, deployment.retainData);
    this.resource.node.addDependency(...(accessLogs ? [accessLogs] : []), ...(props.after ?? []));
    this.key = key;
    const statements = this.addPolicy(props);
    this.expectation = expectationOf({ ...props, statements, isKms: key !== undefined });
  }

  private addPolicy({ key, statements: own = [] }: ProtectedBucketProps): readonly PolicyStatement[] {
    const arn = this.resource.attrArn;
    const statements = [
      ...denyInsecureTransport(arn),
      ...(key ? [...denyOldSignatures(arn), ...denyOtherKeys(arn, key.keyArn)] : []),
      ...own,
    ];
    const policy = new CfnBucketPolicy(this, 'Policy', {
      bucket: this.resource.ref,
      policyDocument: new PolicyDocument({
        minimize: false,
        statements,
      }),
    });
    policy.cfnOptions.deletionPolicy = this.resource.cfnOptions.deletionPolicy;
    policy.cfnOptions.updateReplacePolicy = this.resource.cfnOptions.updateReplacePolicy;
    return statements;
  }
}

const encryption = (key: IKey | undefined): CfnBucket.ServerSideEncryptionRuleProperty => ({
  ...(key && { bucketKeyEnabled: true }),
  serverSideEncryptionByDefault: key
    ? { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.keyArn }
    : { sseAlgorithm: 'AES256' },
  blockedEncryptionTypes: { encryptionType: ['SSE-C'] },
});
