import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { abroadPk } from '../../../core/catalog/keys.ts';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { KeepFunction } from '../keep-function.ts';
import { commonProps, type FunctionContext } from './function-context.ts';

/**
 * Removes one delete marker of the vault after it made sure that it is one. The only row that it writes has the marker's copy
 * removed in the second region.
 */
export class UndeleteFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, keys, catalogTable } = context;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'undelete',
      description: 'Removes one delete marker of the vault',
      environment: { VAULT_BUCKET: bucketName(deployment, 'vault'), CATALOG_TABLE: catalogTable.tableName },
      timeout: Duration.seconds(20),
      memoryMiB: 256,
    });
    this.function.allow(['s3:ListBucketVersions'], [bucketArn(deployment, 'vault')]);
    this.function.allow(['s3:DeleteObjectVersion'], [bucketArn(deployment, 'vault', '*')]);
    this.function.allow(['dynamodb:PutItem'], [catalogTable.tableArn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [abroadPk] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    this.function.allowTableKey(keys.data, catalogTable.tableName);
  }
}
