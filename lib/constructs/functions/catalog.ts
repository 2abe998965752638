import { Construct } from 'constructs';
import { bucketArn } from '../bucket-name.ts';
import { KeepFunction } from '../keep-function.ts';
import { consumerTimeouts } from '../queue-times.ts';
import { commonEnvironment, commonProps, type FunctionContext } from './function-context.ts';

/** Observes the vault and writes what it sees into the catalog: the one writer of asset rows. */
export class CatalogFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, keys } = context;
    const { maximum, reserved } = deployment.concurrency.catalog;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'catalog',
      description: 'Writes what it observes in the vault into the catalog',
      environment: commonEnvironment(context),
      timeout: consumerTimeouts.catalog,
      memoryMiB: 512,
      reservedConcurrency: reserved,
    });
    this.function.allow(
      [
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:GetObjectVersionTagging',
      ],
      [bucketArn(deployment, 'vault', '*')],
    );
    this.function.allow(['s3:GetObject'], [bucketArn(deployment, 'vault', 'facts/*')]);
    this.function.allow(['s3:ListBucket', 's3:ListBucketVersions'], [bucketArn(deployment, 'vault')]);
    this.function.allow(
      ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
      [context.catalogTable.tableArn],
    );
    this.function.allowObjectKey(keys.data, bucketArn(deployment, 'vault'));
    this.function.allowTableKey(keys.data, context.catalogTable.tableName);
    this.function.consume(context.catalogQueue.queue, { batchSize: 10, maxConcurrency: maximum });
  }
}
