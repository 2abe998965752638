import { Aws, Duration } from 'aws-cdk-lib';
import { type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { tenantsPk } from '../../../core/catalog/keys.ts';
import { acknowledge, wildcardFinding } from '../acknowledge.ts';
import { KeepFunction } from '../keep-function.ts';
import { commonProps, type FunctionContext } from './function-context.ts';

/**
 * Tells once a day how much is kept, since CloudWatch charges a metric by the hours in which it was told, and once an hour of
 * which classes nothing comes.
 */
export class GaugesFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, catalogTable, keys } = context;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'gauges',
      description: 'Tells how much is kept, what it costs, and of what nothing comes',
      environment: { CATALOG_TABLE: catalogTable.tableName, DEPLOYMENT: deployment.name },
      timeout: Duration.minutes(5),
      memoryMiB: 256,
    });
    this.function.allowRows(['dynamodb:Query'], catalogTable, tenantsPk, '*#stats');
    this.function.allowTableKey(keys.data, catalogTable.tableName);
    this.allowLookingBack();
    this.tell('Daily', {
      description: 'How much is kept',
      schedule: Schedule.cron({ minute: '50', hour: '0' }),
      look: 'kept',
    });
    this.tell('Hourly', {
      description: 'Of which classes nothing comes',
      schedule: Schedule.cron({ minute: '10' }),
      look: 'arrivals',
    });
  }

  /** What came in the last days, it learns from its own deployment's metrics. */
  private allowLookingBack(): void {
    this.function.allow(['cloudwatch:GetMetricData'], ['*']);
    acknowledge(this.function.role, {
      ids: [wildcardFinding(this.function, '*')],
      reason: 'GetMetricData knows no resources; it only reads numbers',
    });
  }

  private tell(name: string, { look, ...rule }: { description: string; schedule: Schedule; look: string }): void {
    const { resource } = this.function;
    const input = RuleTargetInput.fromObject({ look });
    const target: IRuleTarget = { bind: () => ({ arn: resource.functionArn, input }) };
    const times = new Rule(this, name, { ...rule, targets: [target] });
    acknowledge(times, {
      ids: ['Serverless-EventBusDLQ'],
      reason: 'It is told again the next time; a call that was missed has nothing to be repeated for',
    });
    resource.addPermission(`${name}Invokes`, {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: times.ruleArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}
