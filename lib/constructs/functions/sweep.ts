import { Construct } from 'constructs';
import { abroadPk, indexNames } from '../../../core/catalog/keys.ts';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { DurableFunction } from '../durable-function.ts';
import type { KeepFunction } from '../keep-function.ts';
import type { FunctionContext } from './function-context.ts';

/** The rows that it writes: days to look at, what has to go abroad, and that a member of a pack is erased. */
const writes = ['*#due#*', abroadPk, '*#pack#*', '*#packed#*'];

/** Ends what is over: lays delete markers, removes what was made for a day and what an administrator purges. */
export class SweepFunction extends Construct {
  readonly durable: DurableFunction;
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, catalogQueue } = context;
    this.durable = new DurableFunction(this, 'Default', {
      ...context,
      name: 'sweep',
      description: 'Deletes what is over, as retention decides',
      environment: {
        SCRATCH_BUCKET: bucketName(deployment, 'scratch'),
        CATALOG_QUEUE_URL: catalogQueue.queue.queueUrl,
        SECOND_REGION: deployment.secondRegion,
        REPLICA_BUCKET: bucketName(deployment, 'vault', deployment.secondRegion),
      },
    });
    this.function = this.durable.function;
    this.allowBuckets(context);
    this.allowRows(context);
    this.function.allowMessages(catalogQueue.queue);
  }

  private allowBuckets({ deployment }: FunctionContext): void {
    const [vault, scratch] = [bucketArn(deployment, 'vault'), bucketArn(deployment, 'scratch')];
    this.function.allow(['s3:ListBucketVersions'], [vault, scratch]);
    this.function.allow(['s3:DeleteObject', 's3:DeleteObjectVersion'], [bucketArn(deployment, 'vault', '*')]);
    this.function.allow(['s3:DeleteObjectVersion'], [bucketArn(deployment, 'scratch', '*')]);
    // S3 replicates no deletion of a version. Nothing there can be read with this, nor any marker laid.
    const { secondRegion } = deployment;
    this.function.allow(['s3:ListBucketVersions'], [bucketArn(deployment, 'vault', undefined, secondRegion)]);
    this.function.allow(['s3:DeleteObjectVersion'], [bucketArn(deployment, 'vault', '*', secondRegion)]);
  }

  private allowRows({ catalogTable }: FunctionContext): void {
    const { tableArn } = catalogTable;
    this.function.allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'], [tableArn]);
    this.function.allow(
      ['dynamodb:Query'],
      Object.values(indexNames).map((index) => `${tableArn}/index/${index}`),
    );
    this.function.allowRows(['dynamodb:DeleteItem', 'dynamodb:PutItem'], catalogTable, ...writes);
  }
}
