import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { operatorTenant } from '../../../core/catalog/keys.ts';
import { KeepFunction } from '../keep-function.ts';
import { commonEnvironment, commonProps, type FunctionContext } from './function-context.ts';

/** Starts jobs of the whole deployment when their schedules come. */
export class StartFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { keys, catalogTable } = context;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'start',
      description: 'Starts the jobs that are due',
      environment: commonEnvironment(context),
      timeout: Duration.seconds(30),
      memoryMiB: 256,
      deadLetters: context.jobDeadLetters,
    });
    this.function.allowRows(['dynamodb:GetItem', 'dynamodb:PutItem'], catalogTable, `${operatorTenant}#job#*`);
    this.function.allowTableKey(keys.data, catalogTable.tableName);
  }
}
