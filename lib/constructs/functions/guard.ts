import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { KeepFunction } from '../keep-function.ts';
import type { ProtectedBucket } from '../protected-bucket.ts';
import { commonProps, type FunctionContext } from './function-context.ts';

export interface GuardFunctionProps extends FunctionContext {
  readonly buckets: readonly ProtectedBucket[];
}

/** Reads the settings of the buckets, nothing else, and tells where they are not what was deployed. */
export class GuardFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, props: GuardFunctionProps) {
    super(scope, id);
    const { deployment, buckets } = props;
    const guarded = buckets.map(({ bucketName, expectation, key }) => [
      bucketName,
      { expected: expectation, ...(key && { key: key.keyArn }) },
    ]);
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(props),
      name: 'guard',
      description: 'Tells where a bucket is not what was deployed',
      environment: { DEPLOYMENT: deployment.name, BUCKETS: JSON.stringify(Object.fromEntries(guarded)) },
      timeout: Duration.seconds(60),
      memoryMiB: 256,
    });
    this.function.allow(
      [
        's3:GetBucketObjectLockConfiguration',
        's3:GetBucketPolicy',
        's3:GetBucketPublicAccessBlock',
        's3:GetBucketVersioning',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
        's3:GetReplicationConfiguration',
      ],
      buckets.map(({ bucketArn }) => bucketArn),
    );
  }
}
