import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { KeepFunction } from '../keep-function.ts';
import { commonProps, type FunctionContext } from './function-context.ts';

/** Removes one delete marker of the vault after it made sure that it is one; nothing else may delete versions there. */
export class UndeleteFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment } = context;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'undelete',
      description: 'Removes one delete marker of the vault',
      environment: { VAULT_BUCKET: bucketName(deployment, 'vault') },
      timeout: Duration.seconds(20),
      memoryMiB: 256,
    });
    this.function.allow(['s3:ListBucketVersions'], [bucketArn(deployment, 'vault')]);
    this.function.allow(['s3:DeleteObjectVersion'], [bucketArn(deployment, 'vault', '*')]);
  }
}
