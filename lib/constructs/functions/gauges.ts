import { Aws, Duration } from 'aws-cdk-lib';
import { type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { tenantsPk } from '../../../core/catalog/keys.ts';
import { acknowledge } from '../acknowledge.ts';
import { KeepFunction } from '../keep-function.ts';
import { commonProps, type FunctionContext } from './function-context.ts';

/** Tells once a day how much is kept: CloudWatch charges a metric by the hours in which it was told. */
export class GaugesFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, catalogTable, keys } = context;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'gauges',
      description: 'Tells how much is kept and what it costs',
      environment: { CATALOG_TABLE: catalogTable.tableName, DEPLOYMENT: deployment.name },
      timeout: Duration.minutes(5),
      memoryMiB: 256,
    });
    this.function.allow(['dynamodb:Query'], [catalogTable.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [tenantsPk, '*#stats'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    this.function.allowTableKey(keys.data, catalogTable.tableName);
    this.tellDaily();
  }

  private tellDaily(): void {
    const { resource } = this.function;
    const target: IRuleTarget = { bind: () => ({ arn: resource.functionArn }) };
    const daily = new Rule(this, 'Daily', {
      description: 'How much is kept',
      schedule: Schedule.cron({ minute: '50', hour: '0' }),
      targets: [target],
    });
    acknowledge(daily, {
      ids: ['Serverless-EventBusDLQ'],
      reason: 'What is kept is told again the next day; a call that was missed has nothing to be repeated for',
    });
    resource.addPermission('DailyInvokes', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: daily.ruleArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}
