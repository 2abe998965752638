import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { AlarmTopic } from './alarm-topic.ts';

export interface BudgetProps {
  readonly deployment: Deployment;
  readonly monthlyUsd: number;
  readonly topic: AlarmTopic;
}

/** Shares of the budget at which somebody hears of it: spent, or foreseen for the end of the month. */
const shares = [
  ['ACTUAL', 80],
  ['ACTUAL', 100],
  ['FORECASTED', 100],
] as const;

/** Tells when a month of this deployment costs more than was planned; counts what carries its tag `owner`. */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { deployment, monthlyUsd, topic }: BudgetProps) {
    super(scope, id);
    const budget = new CfnBudget(this, 'Default', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:owner$${deployment.name}`] },
      },
      notificationsWithSubscribers: shares.map(([notificationType, threshold]) => ({
        notification: {
          notificationType,
          threshold,
          thresholdType: 'PERCENTAGE',
          comparisonOperator: 'GREATER_THAN',
        },
        subscribers: [{ subscriptionType: 'SNS', address: topic.topic.topicArn }],
      })),
    });
    // Budgets tries the topic when the budget is made.
    budget.node.addDependency(topic);
  }
}
