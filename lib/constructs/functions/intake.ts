import { Construct } from 'constructs';
import type { DataClass } from '../../../core/data-class.ts';
import { stagedPrefix } from '../../../core/key-layout.ts';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { KeepFunction } from '../keep-function.ts';
import { consumerTimeouts } from '../queue-times.ts';
import { commonEnvironment, commonProps, type FunctionContext } from './function-context.ts';

export interface IntakeFunctionProps extends FunctionContext {
  /** Where content may go. */
  readonly dataClasses: readonly DataClass[];
}

/** Checks what landed and promotes it to the vault: under the prefixes of the classes, and nowhere beside them. */
export class IntakeFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: IntakeFunctionProps) {
    super(scope, id);
    const { deployment, keys } = context;
    const { maximum, reserved } = deployment.concurrency.intake;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'intake',
      description: 'Checks what landed and promotes it to the vault',
      environment: {
        ...commonEnvironment(context),
        LANDING_BUCKET: bucketName(deployment, 'landing'),
        DATA_KEY_ARN: keys.data.keyArn,
      },
      timeout: consumerTimeouts.intake,
      memoryMiB: 1024,
      reservedConcurrency: reserved,
    });
    this.allowBuckets(context);
    this.function.allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], [context.catalogTable.tableArn]);
    this.function.allowObjectKey(keys.data, bucketArn(deployment, 'landing'), bucketArn(deployment, 'vault'));
    this.function.allowTableKey(keys.data, context.catalogTable.tableName);
    this.function.consume(context.intakeQueue.queue, { batchSize: 10, maxConcurrency: maximum });
  }

  private allowBuckets({ deployment, dataClasses }: IntakeFunctionProps): void {
    this.function.allow(['s3:DeleteObjectVersion', 's3:GetObjectVersion'], [bucketArn(deployment, 'landing', '*')]);
    // A copy within landing, so that S3 computes the digest of what came in parts.
    this.function.allow(['s3:PutObject'], [bucketArn(deployment, 'landing', `${stagedPrefix}*`)]);
    this.function.allow(
      ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      dataClasses.map(({ prefix }) => bucketArn(deployment, 'vault', `${prefix}*`)),
    );
    // Without it S3 answers 403 instead of 404 for what is not there.
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'landing'), bucketArn(deployment, 'vault')]);
  }
}
