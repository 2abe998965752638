import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { KeepFunction } from '../keep-function.ts';
import { commonProps, type FunctionContext } from './function-context.ts';

/** Tells how old the last good proof is, and whether a recovery has left the API closed. */
export class ProofAgeFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, catalogTable, keys } = context;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'proof-age',
      description: 'Tells how old the last good proof of recovery is, and whether a recovery has left the API closed',
      environment: { CATALOG_TABLE: catalogTable.tableName, DEPLOYMENT: deployment.name },
      timeout: Duration.seconds(30),
      memoryMiB: 256,
    });
    this.function.allowRows(['dynamodb:GetItem'], catalogTable, '-#service', '-#job#*');
    this.function.allowTableKey(keys.data, catalogTable.tableName);
  }
}
