import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { metricNamespace } from '../../../core/metric-names.ts';
import { acknowledge, wildcardFinding } from '../acknowledge.ts';
import { KeepFunction } from '../keep-function.ts';
import type { ProtectedBucket } from '../protected-bucket.ts';
import { commonProps, type FunctionContext } from './function-context.ts';

export interface GuardFunctionProps extends FunctionContext {
  readonly buckets: readonly ProtectedBucket[];
}

/** Reads the settings of buckets and keys, nothing else, tells where they are not what was deployed, and that it looks. */
export class GuardFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, props: GuardFunctionProps) {
    super(scope, id);
    const { deployment, buckets, keys } = props;
    const guarded = buckets.map(({ bucketName, expectation, key }) => [
      bucketName,
      { expected: expectation, ...(key && { key: key.keyArn }) },
    ]);
    const keyArns = [keys.data, keys.subjects, keys.audit, keys.messages, keys.tokens].map(({ keyArn }) => keyArn);
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(props),
      name: 'guard',
      description: 'Tells where a bucket is not what was deployed',
      environment: {
        DEPLOYMENT: deployment.name,
        BUCKETS: JSON.stringify(Object.fromEntries(guarded)),
        KEYS: JSON.stringify(keyArns),
        SECOND_REGION: deployment.secondRegion,
      },
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
    this.function.allow(['kms:DescribeKey'], keyArns);
    this.function.allow(['cloudwatch:PutMetricData'], ['*'], {
      StringEquals: { 'cloudwatch:namespace': metricNamespace(deployment.name) },
    });
    acknowledge(this.function.role, {
      ids: [wildcardFinding(this.function, '*')],
      reason: 'Metrics are no resources: the namespace is what limits the right',
    });
  }
}
