import { Construct } from 'constructs';
import { indexNames } from '../../../core/catalog/keys.ts';
import { bucketArn } from '../bucket-name.ts';
import { DurableFunction } from '../durable-function.ts';
import type { KeepFunction } from '../keep-function.ts';
import { PermissionsBoundary } from '../permissions-boundary.ts';
import type { FunctionContext } from './function-context.ts';

/** The rows that it writes: the end of a hold, and that somebody has to look at an asset. */
const writes = ['*#hold#*', '*#due#*'];

/** Lays legal holds on the bytes of the vault, and lifts them; the only function that may. */
export class HoldFunction extends Construct {
  readonly durable: DurableFunction;
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, catalogQueue, catalogTable } = context;
    this.durable = new DurableFunction(this, 'Default', {
      ...context,
      boundary: new PermissionsBoundary(this, 'Boundary', { admits: ['s3:PutObjectLegalHold'] }).policy,
      name: 'hold',
      description: 'Lays legal holds on the bytes of the vault, and lifts them',
      environment: { CATALOG_QUEUE_URL: catalogQueue.queue.queueUrl },
    });
    this.function = this.durable.function;
    this.function.allow(['s3:ListBucketVersions'], [bucketArn(deployment, 'vault')]);
    this.function.allow(['s3:PutObjectLegalHold'], [bucketArn(deployment, 'vault', '*')]);
    this.function.allow(['dynamodb:GetItem', 'dynamodb:Query'], [catalogTable.tableArn]);
    this.function.allow(
      ['dynamodb:Query'],
      Object.values(indexNames).map((index) => `${catalogTable.tableArn}/index/${index}`),
    );
    this.function.allowRows(['dynamodb:PutItem'], catalogTable, ...writes);
    this.function.allowMessages(catalogQueue.queue);
  }
}
